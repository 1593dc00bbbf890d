"""Making spaces and changing their members."""

import pytest

from knowledge.errors import UserError
from knowledge.git import Repository, repository_path
from knowledge.models import AuditEvent, Membership, Role, Space, User
from knowledge.permissions import role_in
from knowledge.pipeline.spaces import change_space, create_space, remove_member, set_member
from tests.knowledge.pipeline.desk import Desk


class TestCreating:
    def test_whoever_makes_a_space_maintains_it(self, alice: User, data_dir: object) -> None:
        space = create_space(by=alice, slug="supply", name="Supply", visibility="restricted")
        assert role_in(space, alice) == Role.MAINTAINER
        assert space.is_restricted
        assert Repository("supply").head("main") == ""
        assert AuditEvent.objects.get().action == "space.create"

    def test_a_name_that_is_taken_is_refused(self, growth: Space, alice: User) -> None:
        with pytest.raises(UserError) as refused:
            create_space(by=alice, slug="growth", name="Another")
        assert refused.value.code == "space-exists"

    @pytest.mark.parametrize(
        "slug", ["", "new", "-a", "a-", "A", "a b", "a/b", "..", "a.git", "ä", "a\n", "a" * 65, "a\0b"]
    )
    def test_an_address_that_can_not_be_is_refused(self, alice: User, data_dir: object, slug: str) -> None:
        with pytest.raises(UserError) as refused:
            create_space(by=alice, slug=slug, name="X")
        assert refused.value.code == "bad-space-name"
        assert not Space.objects.exists()

    def test_a_repository_left_by_another_space_is_not_opened_to_a_new_one(
        self, desk: Desk, alice: User
    ) -> None:
        desk.push({"secret.md": "x"})
        desk.space.delete()
        with pytest.raises(UserError) as refused:
            create_space(by=alice, slug="growth", name="Growth")
        assert refused.value.code == "space-exists"
        assert not Space.objects.exists()
        assert repository_path("growth").exists()


class TestChanging:
    def test_maintainers_may(self, growth: Space, dana: User) -> None:
        change_space(by=dana, space=growth, name="G", description="d", visibility="restricted")
        growth.refresh_from_db()
        assert (growth.name, growth.description, growth.is_restricted) == ("G", "d", True)

    def test_others_may_not(self, growth: Space, bob: User) -> None:
        with pytest.raises(UserError) as refused:
            change_space(by=bob, space=growth, name="G", description="", visibility="internal")
        assert refused.value.code == "not-a-maintainer"
        assert "dana" in refused.value.hint


class TestMembers:
    def test_a_maintainer_adds_and_promotes(self, growth: Space, dana: User, mallory: User) -> None:
        for role in (Role.READER, Role.AUTHOR):
            set_member(by=dana, space=growth, username="mallory", role=role)
        assert role_in(growth, mallory) == Role.AUTHOR
        assert AuditEvent.objects.filter(action="space.member").count() == 2

    def test_nobody_else_does(self, growth: Space, alice: User, mallory: User) -> None:
        for user in (alice, mallory):
            with pytest.raises(UserError):
                set_member(by=user, space=growth, username="mallory", role=Role.READER)
        assert role_in(growth, mallory) is None

    def test_a_name_that_nobody_has_is_refused(self, growth: Space, dana: User) -> None:
        with pytest.raises(UserError) as refused:
            set_member(by=dana, space=growth, username="nobody", role=Role.READER)
        assert refused.value.code == "no-such-user"

    def test_the_last_maintainer_stays(self, growth: Space, dana: User, alice: User) -> None:
        for attempt in (
            lambda: set_member(by=dana, space=growth, username="dana", role=Role.READER),
            lambda: remove_member(by=dana, space=growth, username="dana"),
        ):
            with pytest.raises(UserError) as refused:
                attempt()
            assert refused.value.code == "last-maintainer"
        set_member(by=dana, space=growth, username="alice", role=Role.MAINTAINER)
        remove_member(by=alice, space=growth, username="dana")
        assert role_in(growth, dana) is None

    def test_members_may_leave_by_themselves_but_not_send_others_away(
        self, growth: Space, carol: User, bob: User
    ) -> None:
        with pytest.raises(UserError):
            remove_member(by=carol, space=growth, username="bob")
        remove_member(by=carol, space=growth, username="carol")
        assert not Membership.objects.filter(space=growth, user=carol).exists()

    def test_removing_who_is_no_member_changes_nothing(self, growth: Space, dana: User) -> None:
        remove_member(by=dana, space=growth, username="nobody")
        assert not AuditEvent.objects.exists()
