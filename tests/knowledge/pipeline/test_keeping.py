"""Published posts stay true, or say that they may not be: days to look again, successors, the archive."""

from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Confirmation, Membership, Post, User
from knowledge.pipeline.keepers import keepers
from knowledge.pipeline.keeping import (
    archive,
    look_again,
    look_for_stale,
    still_true,
    unarchive,
)
from knowledge.pipeline.superseding import supersede
from tests.knowledge.pipeline.desk import Desk

LATER = datetime(2027, 3, 1, tzinfo=UTC)
HEADED = "---\ntitle: Late\nauthors: [alice]\n{}\n---\nText\n"


def headed(*lines: str) -> str:
    return HEADED.format("\n".join(lines))


class TestTheDay:
    def test_the_header_says_when_to_look_again(self, desk: Desk) -> None:
        desk.publish({"late.md": headed("review_by: 2027-01-31", "refresh_every: quarterly")})
        post = desk.post("late.md")
        assert (post.review_by, post.refresh_days) == (date(2027, 1, 31), 91)
        assert post.due_on == date(2027, 1, 4)  # 91 days from the commit, which is sooner

    def test_a_day_that_had_passed_when_it_was_written_asks_for_nothing(self, desk: Desk) -> None:
        desk.publish({"late.md": headed("review_by: 2026-01-31")})
        assert desk.post("late.md").due_on is None

    def test_a_post_past_its_day_needs_attention_and_stays_in_the_feed(self, desk: Desk) -> None:
        desk.publish({"late.md": headed("review_by: 2027-01-31")})
        assert look_for_stale(now=LATER - timedelta(days=40)) == 0
        assert look_for_stale(now=LATER) == 1
        post = desk.post("late.md")
        assert (post.status, post.attention_since) == ("needs_attention", LATER)
        assert list(Post.objects.published()) == [post]
        assert look_for_stale(now=LATER) == 0

    def test_nobody_looking_asks_the_space_and_then_for_the_archive(
        self, desk: Desk, alice: User, dana: User
    ) -> None:
        desk.publish({"late.md": headed("review_by: 2027-01-31")})
        stages = []
        for days in (0, 13, 14, 43, 44, 100):
            look_for_stale(now=LATER + timedelta(days=days))
            asked = [user.username for user in (alice, dana) if Post.objects.asked_of(user).exists()]
            stages.append((desk.post("late.md").attention_stage, asked))
        both = ["alice", "dana"]
        assert stages == [(1, ["alice"]), (1, ["alice"]), (2, both), (2, both), (3, both), (3, both)]

    def test_a_new_revision_is_a_look(self, desk: Desk) -> None:
        desk.publish({"late.md": headed("refresh_every: 30 days")})
        look_for_stale(now=LATER)
        desk.publish({"late.md": headed("refresh_every: 30 days", "tldr: More.")}, at=LATER)
        post = desk.post("late.md")
        assert (post.status, post.due_on) == ("published", date(2027, 3, 31))

    def test_one_click_says_that_it_holds(self, desk: Desk, alice: User) -> None:
        desk.publish({"late.md": headed("review_by: 2026-10-06")})
        look_for_stale()
        assert desk.post("late.md").status == "needs_attention"
        still_true(by=alice, post=desk.post("late.md"), note="Ran it on October’s orders.")
        post, said = desk.post("late.md"), Confirmation.objects.get()
        assert (post.status, post.due_on, post.attention_stage) == ("published", None, 0)
        assert (said.by_name, said.note, said.revision) == (
            "alice",
            "Ran it on October’s orders.",
            post.published_revision,
        )
        assert AuditEvent.objects.filter(action="post.confirm").exists()

    def test_the_page_sets_it_where_the_header_is_silent(self, desk: Desk, alice: User) -> None:
        desk.publish({"late.md": headed(), "sure.md": headed("refresh_every: yearly")})
        look_again(by=alice, post=desk.post("late.md"), review_by=date(2099, 1, 1), refresh_days=None)
        assert desk.post("late.md").due_on == date(2099, 1, 1)
        desk.publish({"late.md": headed("tldr: More.")})
        assert desk.post("late.md").due_on == date(2099, 1, 1)
        with pytest.raises(UserError, match="says when to look at it again"):
            look_again(by=alice, post=desk.post("sure.md"), review_by=None, refresh_days=7)

    def test_only_those_who_answer_for_it_say_so(
        self, desk: Desk, bob: User, carol: User, dana: User
    ) -> None:
        desk.publish({"late.md": headed()})
        for user in (bob, carol):
            with pytest.raises(UserError, match="That is for those who wrote this post"):
                still_true(by=user, post=desk.post("late.md"))
        still_true(by=dana, post=desk.post("late.md"))


class TestWhoAnswers:
    def test_the_owner_then_the_authors_then_the_space(
        self, desk: Desk, alice: User, bob: User, dana: User
    ) -> None:
        desk.publish({"late.md": headed("owner: bob")})
        assert keepers(desk.post("late.md")) == [bob]
        Membership.objects.filter(user=bob).delete()
        assert keepers(desk.post("late.md")) == [alice]
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert keepers(desk.post("late.md")) == [dana]

    def test_posts_of_who_left_are_asked_of_the_space_at_once(
        self, desk: Desk, alice: User, dana: User
    ) -> None:
        desk.publish({"late.md": headed("review_by: 2027-01-31")})
        look_for_stale(now=LATER)
        assert not Post.objects.asked_of(dana).exists()
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert Post.objects.asked_of(dana).exists()


class TestTheArchive:
    def test_an_archived_post_leaves_the_lists_and_stays_readable(self, desk: Desk, alice: User) -> None:
        desk.publish({"late.md": headed()})
        with pytest.raises(UserError, match="Nobody would know why"):
            archive(by=alice, post=desk.post("late.md"), why=" ")
        archive(by=alice, post=desk.post("late.md"), why="The shop closed.")
        post = desk.post("late.md")
        assert (post.status, post.archived_by, post.archived_why) == ("archived", alice, "The shop closed.")
        assert not Post.objects.published().exists()
        assert post.published_revision is not None
        desk.publish({"late.md": headed("tldr: More.")})
        assert (desk.post("late.md").status, desk.post("late.md").tldr) == ("archived", "More.")
        unarchive(by=alice, post=desk.post("late.md"))
        assert desk.post("late.md").status == "published"

    def test_it_is_archived_once(self, desk: Desk, alice: User) -> None:
        desk.publish({"late.md": headed()})
        archive(by=alice, post=desk.post("late.md"), why="Old.")
        with pytest.raises(UserError, match="archived already"):
            archive(by=alice, post=desk.post("late.md"), why="Older.")


class TestSuccessors:
    def test_the_header_puts_a_post_in_the_place_of_another(self, desk: Desk) -> None:
        desk.publish({"old.md": headed()})
        desk.publish({"new.md": headed("supersedes: old.md")})
        old, new = desk.post("old.md"), desk.post("new.md")
        assert (old.status, old.superseded_by) == ("superseded", new)
        assert list(Post.objects.published()) == [new]

    @pytest.mark.parametrize(
        "spelled", ["/p/{pk}", "https://x.example/p/{pk}", "/s/growth/old.md", "/old.md"]
    )
    def test_it_is_named_by_path_or_address(self, desk: Desk, spelled: str) -> None:
        desk.publish({"old.md": headed()})
        pk = desk.post("old.md").pk
        desk.publish({"new.md": headed(f"supersedes: [{spelled.format(pk=pk)}]")})
        assert desk.post("old.md").status == "superseded"

    def test_both_may_come_in_one_push(self, desk: Desk) -> None:
        desk.publish({"old.md": headed(), "new.md": headed("supersedes: old.md", "tldr: New.")})
        assert (desk.post("old.md").status, desk.post("new.md").status) == ("superseded", "published")

    def test_when_the_newer_goes_the_older_holds_again(self, desk: Desk) -> None:
        desk.publish({"old.md": headed()})
        desk.publish({"new.md": headed("supersedes: old.md")})
        desk.publish({"new.md": None})
        assert (desk.post("old.md").status, desk.post("old.md").superseded_by) == ("published", None)

    def test_neither_itself_nor_in_a_circle_nor_what_is_not_there(self, desk: Desk, alice: User) -> None:
        desk.publish({"a.md": headed("tldr: A."), "b.md": headed("tldr: B.")})
        supersede(by=alice, post=desk.post("a.md"), name="b.md")
        for name, why in {"a.md": "before", "b.md": "it is this post", "c.md": "no such post"}.items():
            with pytest.raises(UserError, match=why):
                supersede(by=alice, post=desk.post("b.md"), name=name)
        supersede(by=alice, post=desk.post("a.md"), name="")
        assert desk.post("a.md").status == "published"

    def test_a_private_post_takes_the_place_of_none_that_others_read(self, desk: Desk) -> None:
        desk.publish({"old.md": headed()})
        desk.publish({"new.md": headed("supersedes: old.md", "private: true")})
        assert desk.post("old.md").status == "published"

    def test_a_link_to_itself_in_a_header_does_nothing(self, desk: Desk) -> None:
        desk.publish({"a.md": headed("supersedes: a.md")})
        assert desk.post("a.md").status == "published"


@pytest.mark.parametrize(
    ("written", "days"),
    [("90", 90), ("90 days", 90), ("6 weeks", 42), ("3 months", 90), ("monthly", 30), ("quarterly", 91),
     ("yearly", 365), ("every 2 weeks", 14), ("daily", 1)],
)  # fmt: skip
def test_spans_of_time_are_written_as_people_do(desk: Desk, written: str, days: int) -> None:
    desk.publish({"late.md": headed(f"refresh_every: {written}")})
    assert desk.post("late.md").refresh_days == days


@pytest.mark.parametrize("written", ["often", "0 days", "99999", "[1, 2]", "-3", "1.5 days"])
def test_what_is_no_span_of_time_is_a_fault(desk: Desk, written: str) -> None:
    desk.publish({"late.md": headed(f"refresh_every: {written}")})
    post = desk.post("late.md")
    assert post.refresh_days is None
    assert post.latest_revision
    assert "refresh_every" in post.latest_revision.faults[0]["message"]
