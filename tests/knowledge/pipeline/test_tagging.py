"""Names of tags: synonyms, renames and merges move what is listed, and git has the last word."""

import pytest

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Post, Space, Subscription, Tag, TagSynonym, TagUse, User
from knowledge.models.post_states import Status
from knowledge.models.tag_use import fold, ranked
from knowledge.pipeline import tagging
from knowledge.pipeline.following import follow
from tests.cast import MakePost, make_space
from tests.knowledge.pipeline.desk import Desk


def headed(*tags: str) -> str:
    return f"---\ntitle: Late\ntags: [{', '.join(tags)}]\n---\nText\n"


def tags_of(path: str) -> list[str]:
    return Post.objects.get(path=path).tags


class TestMerging:
    def test_posts_and_followers_move_and_nothing_is_there_twice(
        self, growth: Space, make_post: MakePost, admin: User, carol: User, bob: User
    ) -> None:
        make_post(growth, "a.md", tags=["first", "ab-test", "pricing", "experiment", "last"])
        make_post(growth, "b.md", tags=["ab-test"])
        for user, tag in ((carol, "ab-test"), (carol, "experiment"), (bob, "ab-test")):
            follow(by=user, kind="tag", target=tag)
        moved = tagging.merge(by=admin, tag="AB-Test", into="experiment")
        assert (moved.posts, moved.followers) == (2, 2)
        assert tags_of("a.md") == ["first", "experiment", "pricing", "last"]
        assert tags_of("b.md") == ["experiment"]
        followed = Subscription.objects.values_list("user__username", "tag")
        assert sorted(followed) == [("bob", "experiment"), ("carol", "experiment")]
        event = AuditEvent.objects.get(action="tag.merge")
        assert (event.detail["tag"], event.detail["into"], event.detail["posts"]) == (
            "ab-test",
            "experiment",
            2,
        )

    def test_synonyms_and_words_go_along(self, growth: Space, make_post: MakePost, admin: User) -> None:
        make_post(growth, "a.md", tags=["a"])
        make_post(growth, "b.md", tags=["b"])
        tagging.merge(by=admin, tag="aa", into="a")
        tagging.describe(by=admin, tag="aa", description="The first \x00 letter.")
        tagging.merge(by=admin, tag="a", into="b")
        assert TagSynonym.objects.of(["b"]) == {"b": ["a", "aa"]}
        assert Tag.objects.get().description == "The first letter."
        assert Post.objects.tagged("aa", "B").count() == 2

    def test_it_does_not_go_in_circles(self, growth: Space, make_post: MakePost, admin: User) -> None:
        make_post(growth, "a.md", tags=["a", "b"])
        tagging.merge(by=admin, tag="a", into="b")
        with pytest.raises(UserError, match="called already"):
            tagging.merge(by=admin, tag="b", into="a")
        tagging.rename(by=admin, tag="b", to="a")
        assert tags_of("a.md") == ["a"]
        assert TagSynonym.objects.current(["a", "b"]) == {"a": "a", "b": "a"}
        with pytest.raises(UserError, match="There is no tag nowhere"):
            tagging.merge(by=admin, tag="a", into="nowhere")

    def test_a_name_that_is_taken_is_merged_not_renamed(
        self, growth: Space, make_post: MakePost, admin: User
    ) -> None:
        make_post(growth, "a.md", tags=["a", "b"])
        tagging.merge(by=admin, tag="c", into="b")
        for taken in ("b", "c"):
            with pytest.raises(UserError, match="There is a tag b already"):
                tagging.rename(by=admin, tag="a", to=taken)


@pytest.mark.parametrize("who", ["dana", "mallory"])
def test_names_are_for_those_who_run_the_portal(
    request: pytest.FixtureRequest, growth: Space, make_post: MakePost, dana: User, who: str
) -> None:
    user: User = request.getfixturevalue(who)
    make_post(growth, "a.md", tags=["a", "b"])
    Tag.objects.create(name="a", keeper=dana)
    for verb in (
        lambda: tagging.rename(by=user, tag="a", to="x"),
        lambda: tagging.merge(by=user, tag="a", into="b"),
        lambda: tagging.remove_synonym(by=user, name="a"),
        lambda: tagging.set_synonyms(by=user, tag="a", names=["x"]),
        lambda: tagging.describe(by=user, tag="b", description="x"),
    ):
        with pytest.raises(UserError) as refused:
            verb()
        assert refused.value.status == 403
    tagging.describe(by=dana, tag="a", description="Mine to say.")
    assert Tag.objects.get().keeper == dana


class TestTakingIn:
    def test_headers_are_listed_under_the_current_names(self, desk: Desk, admin: User) -> None:
        desk.publish({"a.md": headed("Experiment")})
        tagging.merge(by=admin, tag="ab-test", into="experiment")
        desk.publish({"b.md": headed("3.10", "AB-test", "experiment")})
        assert tags_of("b.md") == ["3.10", "experiment"]
        desk.publish({"b.md": headed("ab-test")})
        assert tags_of("b.md") == ["experiment"]

    def test_without_the_synonym_headers_count_again(self, desk: Desk, admin: User) -> None:
        desk.publish({"a.md": headed("ab-test", "x"), "b.md": headed("experiment"), "c.md": headed("x")})
        tagging.merge(by=admin, tag="ab-test", into="experiment")
        assert tags_of("a.md") == ["experiment", "x"]
        tagging.remove_synonym(by=admin, name="ab-test")
        tagging.upkeep()
        assert (tags_of("a.md"), tags_of("b.md")) == (["ab-test", "x"], ["experiment"])
        assert not TagSynonym.objects.exists()

    def test_what_raced_with_a_merge_is_put_right(self, desk: Desk, admin: User) -> None:
        desk.publish({"a.md": headed("ab-test", "experiment")})
        tagging.merge(by=admin, tag="ab-test", into="experiment")
        Post.objects.update(tags=["x", "ab-test"])  # as a push left it that had read the names before
        tagging.upkeep()
        assert tags_of("a.md") == ["x", "experiment"]

    def test_it_takes_no_query_for_each_post(
        self, growth: Space, make_post: MakePost, admin: User, django_assert_num_queries: object
    ) -> None:
        from knowledge.pipeline.facts import name_tags

        posts = [make_post(growth, f"{n}.md", source=b"%d" % n, tags=[f"t{n}"]) for n in range(3)]
        tagging.merge(by=admin, tag="t1", into="t0")
        with django_assert_num_queries(1):  # type: ignore[operator]
            name_tags(posts)
        assert [post.tags for post in posts] == [["t0"], ["t0"], ["t2"]]


class TestFollowers:
    def test_who_sees_no_post_with_the_new_name_does_not_learn_it(
        self, growth: Space, finance: Space, make_post: MakePost, admin: User, carol: User, mallory: User
    ) -> None:
        make_post(finance, "s.md", tags=["secret"])
        for user in (carol, mallory):
            follow(by=user, kind="tag", target="guess")
        tagging.merge(by=admin, tag="guess", into="secret")
        assert set(Subscription.objects.values_list("user__username", "tag")) == {
            ("carol", "secret"),
            ("mallory", "guess"),
        }

    def test_and_is_told_all_the_same_once_there_is_one(
        self, desk: Desk, finance: Space, make_post: MakePost, admin: User, mallory: User
    ) -> None:
        make_post(finance, "s.md", tags=["secret"])
        follow(by=mallory, kind="tag", target="guess")
        tagging.merge(by=admin, tag="guess", into="secret")
        desk.publish({"a.md": headed("secret")})
        assert mallory.notifications.get().because == "you follow the tag guess"


class TestCounts:
    def check(self, *users: User) -> None:
        for user in users:
            visible = Post.objects.visible_to(user).published()
            assert ranked(TagUse.objects.seen_by(user)) == list(visible.tag_counts()), user
            for space in Space.objects.all():
                expected = list(visible.filter(space=space).tag_counts())
                assert ranked(TagUse.objects.seen_by(user, space=space)) == expected

    def test_they_are_those_of_the_posts_that_somebody_sees_whatever_happens(
        self, growth: Space, finance: Space, make_post: MakePost, carol: User, mallory: User, admin: User
    ) -> None:
        everyone = (carol, mallory, admin)
        make_post(growth, "a.md", tags=["a", "b"])
        make_post(growth, "p.md", source=b"p", tags=["a", "hidden"], private=True)
        make_post(finance, "s.md", source=b"s", tags=["a", "secret"])
        group = mallory.groups.create(name="board")
        make_post(growth, "g.md", source=b"g", tags=["b", "board"], private=True, allowed_groups=["board"])
        self.check(*everyone)
        assert set(TagUse.objects.seen_by(mallory)) == {"a", "b", "board"}
        for _ in range(2):
            fold()
            self.check(*everyone)
            Post.objects.filter(path="a.md").update(private=True)
            self.check(*everyone)
            for status in Status.values[:-1]:
                Post.objects.filter(path="s.md").update(status=status)
                self.check(admin)
            Post.objects.filter(path="s.md").update(status="published", tags=["a", "new"], space=growth)
            Space.objects.filter(slug="finance").update(visibility="internal")
            self.check(*everyone)
            Space.objects.filter(slug="growth").update(visibility="restricted")
            self.check(*everyone)
        mallory.groups.remove(group)
        make_space("third", {mallory: "maintainer"})  # type: ignore[dict-item]
        fold()
        self.check(*everyone)
        Post.objects.filter(path="p.md").delete()
        Space.objects.filter(slug="growth").delete()
        self.check(*everyone)
        assert not TagUse.objects.seen_by(admin)
