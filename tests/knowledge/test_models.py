"""What the rows promise: who sees what, what can't be written, what a token allows."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, transaction
from django.db.models import Model, RestrictedError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from knowledge.models import (
    AccessToken,
    AuditEvent,
    FormerPath,
    Membership,
    Post,
    Rendering,
    Revision,
    Role,
    Scope,
    Space,
    User,
)
from tests.cast import THE_DAY, MakePost


class TestRoles:
    def test_each_role_includes_the_ones_before_it(self) -> None:
        assert Role.at_least(Role.REVIEWER) == [Role.REVIEWER, Role.MAINTAINER]
        assert Role.at_least(Role.READER) == list(Role)


class TestVisibility:
    def test_restricted_spaces_are_for_members_and_superusers(
        self, growth: Space, finance: Space, carol: User, mallory: User, admin: User
    ) -> None:
        assert set(Space.objects.visible_to(carol)) == {growth, finance}
        assert set(Space.objects.visible_to(admin)) == {growth, finance}
        assert set(Space.objects.visible_to(mallory)) == {growth}
        assert not Space.objects.visible_to(AnonymousUser()).exists()

    def test_authors_and_above_may_write(self, growth: Space, alice: User, carol: User, admin: User) -> None:
        assert list(Space.objects.writable_by(alice)) == [growth]
        assert not Space.objects.writable_by(carol).exists()
        assert not Space.objects.writable_by(admin).exists()

    def test_private_posts_are_for_members_and_the_groups_they_name(
        self, growth: Space, make_post: MakePost, carol: User, mallory: User
    ) -> None:
        private = make_post(growth, private=True, allowed_groups=["board", "staff"])
        assert list(Post.objects.visible_to(carol)) == [private]
        assert not Post.objects.visible_to(mallory).exists()
        mallory.groups.add(Group.objects.create(name="board"), Group.objects.create(name="staff"))
        assert list(Post.objects.visible_to(mallory)) == [private]

    def test_a_named_group_opens_no_restricted_space(
        self, finance: Space, make_post: MakePost, mallory: User
    ) -> None:
        make_post(finance, private=True, allowed_groups=["board"])
        mallory.groups.add(Group.objects.create(name="board"))
        assert not Post.objects.visible_to(mallory).exists()

    def test_revisions_are_as_visible_as_their_post(
        self, finance: Space, make_post: MakePost, carol: User, mallory: User
    ) -> None:
        post = make_post(finance)
        assert list(Revision.objects.visible_to(carol)) == [post.latest_revision]
        assert not Revision.objects.visible_to(mallory).exists()

    def test_nobody_signed_in_sees_a_post(self, growth: Space, make_post: MakePost) -> None:
        make_post(growth)
        assert not Post.objects.visible_to(AnonymousUser()).exists()


class TestPosts:
    def test_lists_leave_out_introductions_drafts_and_deleted_ones(
        self, growth: Space, make_post: MakePost
    ) -> None:
        shown = make_post(growth, "shown.md")
        make_post(growth, "README.md", kind="introduction")
        make_post(growth, "draft.md", rendering={"state": "queued"})
        make_post(growth, "gone.md", status="deleted", deleted_at=THE_DAY)
        assert list(Post.objects.published()) == [shown]

    def test_tags_are_found_in_any_case(self, growth: Space, make_post: MakePost) -> None:
        post = make_post(growth, tags=["retention", "price"])
        assert list(Post.objects.tagged(" Retention")) == [post]
        assert not Post.objects.tagged("ret").exists()

    def test_authors_are_found_by_user_name_and_by_spelling(
        self, growth: Space, make_post: MakePost, alice: User
    ) -> None:
        post = make_post(growth, authors=(alice, "Zoe Q."))
        for name in ("alice", "ALICE", "zoe q."):
            assert list(Post.objects.by_author(name)) == [post]
        assert not Post.objects.by_author("zoe").exists()

    def test_cards_take_a_constant_number_of_queries(
        self,
        growth: Space,
        make_post: MakePost,
        alice: User,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(5):
            make_post(growth, f"{number}.md", title=f"Finding {number}", authors=(alice,))
        with django_assert_num_queries(2):
            for post in Post.objects.published().for_cards():
                assert post.space.slug
                assert post.published_revision
                assert post.published_revision.rendering.state
                assert [each.user for each in post.authorships.all()] == [alice]


class TestWhatCanNotBeWritten:
    def refuses(self, row: Model) -> bool:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
        return True

    def test_two_live_posts_at_one_path(self, growth: Space, make_post: MakePost) -> None:
        gone = make_post(growth, status="deleted", deleted_at=THE_DAY)
        facts = {"title": "T", "created_at": THE_DAY, "updated_at": THE_DAY}
        Post.objects.create(space=growth, path=gone.path, **facts)
        assert self.refuses(Post(space=growth, path=gone.path, **facts))

    def test_a_published_post_without_a_revision(self, growth: Space) -> None:
        facts = {"title": "T", "created_at": THE_DAY, "updated_at": THE_DAY}
        assert self.refuses(Post(space=growth, path="a.md", status="published", **facts))

    def test_a_deleted_post_that_does_not_say_when(self, growth: Space, make_post: MakePost) -> None:
        post = make_post(growth)
        post.status = Post.Status.DELETED
        assert self.refuses(post)

    def test_a_failure_without_a_code(self, db: None) -> None:
        assert self.refuses(Rendering(source_digest="0" * 64, format="md", state="failed"))

    def test_an_attempt_that_is_nobodys(self, db: None) -> None:
        assert self.refuses(Rendering(source_digest="0" * 64, format="md", state="rendering"))

    def test_a_second_rendering_of_one_source(self, db: None) -> None:
        same = {"source_digest": "0" * 64, "format": "md", "renderer_version": "1"}
        Rendering.objects.create(**same)
        assert self.refuses(Rendering(**same))

    def test_two_forwards_from_one_path(self, growth: Space, make_post: MakePost) -> None:
        post = make_post(growth)
        FormerPath.objects.create(space=growth, path="old.md", post=post)
        assert self.refuses(FormerPath(space=growth, path="old.md", post=post))

    def test_two_roles_in_one_space(self, growth: Space, carol: User) -> None:
        assert self.refuses(Membership(space=growth, user=carol, role=Role.AUTHOR))


class TestTokens:
    def issue(self, user: User, **more: object) -> tuple[AccessToken, str]:
        return AccessToken.objects.issue(user=user, name="laptop", scopes=["write"], **more)  # type: ignore[arg-type]

    def test_the_secret_finds_it_and_is_kept_nowhere(self, alice: User) -> None:
        token, secret = self.issue(alice)
        assert AccessToken.objects.find(secret) == token
        assert secret not in str(AccessToken.objects.values().get())
        assert AccessToken.objects.find(secret[:-1]) is None

    def test_revoked_expired_and_inactive_ones_are_not_found(self, alice: User) -> None:
        _, secret = self.issue(alice, days=1)
        assert AccessToken.objects.find(secret)
        for column in ("revoked_at", "expires_at"):
            AccessToken.objects.update(**{column: timezone.now() - timedelta(seconds=1)})
            assert AccessToken.objects.find(secret) is None
            AccessToken.objects.update(**{column: None})
        User.objects.update(is_active=False)
        assert AccessToken.objects.find(secret) is None

    @pytest.mark.parametrize(
        ("held", "allowed"),
        [
            ([], []),
            (["read"], ["read"]),
            (["write"], ["read", "write"]),
            (["admin"], ["read", "write", "admin"]),
            (["read", "admin"], ["read", "write", "admin"]),
        ],
    )
    def test_a_scope_includes_the_lesser_ones(self, held: list[str], allowed: list[str]) -> None:
        token = AccessToken(scopes=held)
        assert [scope.value for scope in Scope if token.allows(scope)] == allowed

    def test_a_use_is_remembered_once_a_minute(
        self, alice: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        token, _ = self.issue(alice)
        token.touch()
        token.refresh_from_db()
        assert token.last_used_at
        with django_assert_num_queries(0):
            token.touch()


def test_an_event_outlives_its_actors_account(alice: User) -> None:
    AuditEvent.objects.record("space.create", by=alice, space="growth")
    alice.delete()
    event = AuditEvent.objects.get()
    assert (event.actor, event.actor_name, event.detail) == (None, "alice", {"space": "growth"})


def test_commits_in_the_portal_carry_an_address_even_without_mail() -> None:
    assert User(username="alice").git_email == "alice@almanac.invalid"


def test_a_space_goes_with_its_published_posts(growth: Space, make_post: MakePost) -> None:
    post = make_post(growth, "a.md")
    make_post(growth, "a.md", title="Again")
    with pytest.raises(RestrictedError):
        post.revisions.latest("number").delete()
    growth.delete()
    assert not Revision.objects.filter(post__path="a.md").exists()
