"""What reviewers say of cells and lines: drafts, threads that outlive revisions, suggestions."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pygit2
import pytest

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Comment,
    Contribution,
    Delivery,
    Membership,
    Notification,
    Review,
    Revision,
    Role,
    Space,
    Subscription,
    Thread,
    User,
    Verdict,
    Webhook,
)
from knowledge.pipeline import review_talk, settling, talking
from knowledge.pipeline.anchors import WHOLE, Ground
from knowledge.pipeline.applying import apply_suggestion
from knowledge.pipeline.reviewing import give_verdict, withdraw
from tests.cast import make_user
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all

Kind = Verdict.Kind
LOAD = {
    "cell_type": "code",
    "id": "load",
    "metadata": {},
    "source": ["a = load()\n", "a.head()"],
    "outputs": [],
}
SOURCE = ["plot(a)\n", "# why?\n", "show()"]
PLOT = {
    "cell_type": "code",
    "id": "plot",
    "metadata": {},
    "source": SOURCE,
    "outputs": [],
}


def notebook(*cells: Mapping[str, object]) -> str:
    written = [{"execution_count": None, **cell} for cell in cells]
    return json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Of a space where revisions need approval."""
    desk.space.review_policy = Space.ReviewPolicy.REQUIRED
    desk.space.save()
    return desk


@pytest.fixture
def review(desk: Desk) -> Review:
    return pushed(desk, notebook(LOAD, PLOT))


def pushed(desk: Desk, text: str | None, path: str = "late.ipynb") -> Review:
    desk.push({path: text})
    reconcile(desk)
    render_all()
    return Review.objects.select_related("post__space", "revision__rendering").get(
        post=desk.post(path), state__in=["open", "changes_requested"]
    )


def ground(review: Review) -> Ground:
    review.refresh_from_db()
    return Ground(Revision.objects.select_related("rendering").get(pk=review.revision_id))


def say(by: User, review: Review, body: str = "Why?", *, is_draft: bool = False, **place: Any) -> Comment:
    here = ground(review)
    return talking.start_thread(
        by=by,
        post=review.post,
        review=review,
        revision=here.revision,
        body=body,
        spot=here.at(**place) if place else WHOLE,
        is_draft=is_draft,
    )


def judge(by: User, review: Review, kind: Kind = Kind.COMMENT, summary: str = "") -> Verdict:
    review.refresh_from_db()
    return give_verdict(by=by, review=review, revision=review.revision_id, kind=kind, summary=summary)


def committed(desk: Desk, commit: str, path: str) -> str:
    blob = desk.git[commit].peel(pygit2.Tree)[path]
    assert isinstance(blob, pygit2.Blob)
    return blob.data.decode()


def refusal(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(UserError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def told(user: User, event: str = "") -> list[tuple[str, str]]:
    found = Notification.objects.filter(user=user).order_by("pk").values_list("event", "reason")
    return [each for each in found if not event or each[0] == event]


class TestDrafts:
    def test_nobody_else_sees_or_hears_of_a_draft(self, review: Review, bob: User, alice: User) -> None:
        draft = say(bob, review, "Of which @alice?", is_draft=True, cell=0)
        assert not Thread.objects.visible_to(alice).exists()
        assert not Comment.objects.visible_to(alice).exists()
        assert list(Comment.objects.visible_to(bob)) == [draft]
        assert told(alice, "comment.mentioned") == []
        assert not AuditEvent.objects.filter(action="comment.create").exists()

    def test_a_verdict_sends_all_of_them_and_tells_once(self, review: Review, bob: User, alice: User) -> None:
        for line in (1, 2):
            say(bob, review, is_draft=True, cell=0, line=line)
        say(bob, review, "@alice look", is_draft=True, cell=1)
        judge(bob, review, Kind.REQUEST_CHANGES, "Three things.")
        assert Comment.objects.visible_to(alice).count() == 3
        assert [each for each in told(alice) if each[0] != "review.requested"] == [
            ("comment.mentioned", "mentioned"),
            ("review.changes_requested", "author"),
        ]
        said = Notification.objects.get(event="review.changes_requested", user=alice).detail["text"]
        assert said == "Three things.\n\n3 comments on its cells."
        assert AuditEvent.objects.filter(action="comment.create", actor=bob).count() == 3

    def test_who_is_named_in_many_drafts_is_told_once(self, review: Review, bob: User, alice: User) -> None:
        for line in (1, 2):
            say(bob, review, "@alice look", is_draft=True, cell=0, line=line)
        judge(bob, review)
        assert told(alice, "comment.mentioned") == [("comment.mentioned", "mentioned")]

    def test_drafts_alone_are_a_verdict_and_nothing_is_none(self, review: Review, bob: User) -> None:
        assert refusal(judge, bob, review) == "empty-verdict"
        say(bob, review, is_draft=True, cell=0)
        assert judge(bob, review).summary == ""

    def test_others_drafts_stay_theirs(self, review: Review, bob: User, dana: User) -> None:
        say(dana, review, is_draft=True, cell=0)
        judge(bob, review, summary="Fine.")
        assert Comment.objects.get().is_draft

    def test_a_refused_verdict_sends_nothing(self, desk: Desk, review: Review, bob: User) -> None:
        old = review.revision_id
        say(bob, review, is_draft=True, cell=0)
        pushed(desk, notebook(PLOT))
        assert (
            refusal(give_verdict, by=bob, review=review, revision=old, kind=Kind.COMMENT) == "review-moved-on"
        )
        assert Comment.objects.get().is_draft

    def test_what_becomes_of_one_is_in_no_audit_trail(self, review: Review, bob: User) -> None:
        draft = say(bob, review, is_draft=True, cell=0)
        talking.edit(by=bob, comment=draft, body="Why not?")
        settling.resolve(by=bob, thread=draft.thread)
        settling.reopen(by=bob, thread=draft.thread)
        assert not AuditEvent.objects.filter(actor=bob).exists()

    def test_they_can_be_taken_back(self, review: Review, bob: User, alice: User) -> None:
        kept = say(alice, review, cell=0)
        talking.reply(by=bob, thread=kept.thread, body="No.", is_draft=True)
        say(bob, review, is_draft=True, cell=1)
        assert review_talk.discard_drafts(by=bob, review=review) == 2
        assert list(Comment.objects.all()) == [kept]
        assert Thread.objects.count() == 1


class TestWhoSees:
    def test_only_members_see_what_is_said_in_a_review(
        self, review: Review, bob: User, carol: User, mallory: User, admin: User
    ) -> None:
        judge(bob, review, Kind.APPROVE)  # by now all see the post
        comment = say(bob, review, cell=0)
        for user, number in ((carol, 1), (admin, 1), (mallory, 0)):
            assert Thread.objects.visible_to(user).count() == number
            assert Comment.objects.visible_to(user).count() == number
        assert not Thread.objects.of(review.post).exists()
        assert not Comment.objects.of(review.post).exists()
        assert refusal(say, mallory, review, cell=0) == "review-role"
        assert refusal(talking.reply, by=mallory, thread=comment.thread, body="x") == "review-role"

    def test_what_is_kept_back_from_readers_is_quoted_to_none(
        self, review: Review, bob: User, carol: User
    ) -> None:
        comment = say(bob, review, cell=0, line=1)
        Revision.objects.update(blocked_by=["secret"])
        for user, number in ((carol, 0), (bob, 1)):
            assert Thread.objects.visible_to(user).count() == number
            assert Comment.objects.visible_to(user).filter(pk=comment.pk).count() == number

    def test_only_who_takes_part_is_told(
        self, review: Review, bob: User, alice: User, carol: User, mallory: User
    ) -> None:
        judge(bob, review, Kind.APPROVE)
        Subscription.objects.create(user=mallory, kind="post", post=review.post)
        comment = say(carol, review, "Ask @mallory", cell=0)
        assert told(alice, "review.discussed") == [("review.discussed", "author")]
        assert told(bob, "review.discussed") == [("review.discussed", "reviewer")]
        assert told(mallory) == []
        assert "<a" not in comment.html
        Membership.objects.filter(user=carol).delete()
        talking.reply(by=bob, thread=comment.thread, body="No.")
        settling.resolve(by=bob, thread=comment.thread)
        assert told(carol) == []

    def test_who_is_no_member_any_more_reads_no_notification_of_it(
        self, review: Review, bob: User, carol: User
    ) -> None:
        judge(bob, review, Kind.APPROVE)  # by now all see the post
        comment = say(carol, review, cell=0)
        talking.reply(by=bob, thread=comment.thread, body="@carol the customer is Meridian.")
        talking.reply(by=bob, thread=comment.thread, body="Don't tell.")
        settling.resolve(by=bob, thread=comment.thread)
        assert Notification.objects.visible_to(carol).count() == 3
        Membership.objects.filter(user=carol).delete()
        assert not Notification.objects.visible_to(carol).exists()
        assert Notification.objects.unread_count(carol) == 0

    def test_no_webhook_of_the_space_is_told(self, desk: Desk, review: Review, bob: User) -> None:
        events = ["review.discussed", "comment.mentioned", "comment.created", "thread.resolved"]
        webhook = Webhook.objects.create(space=desk.space, url="https://x.example/", events=events)
        judge(bob, review, Kind.APPROVE)
        comment = say(bob, review, "@alice the customer is Meridian.", cell=0)
        settling.resolve(by=bob, thread=comment.thread)
        assert not Delivery.objects.filter(webhook=webhook).exists()

    def test_who_may_not_read_a_blocked_revision_is_told_nothing_of_it(
        self, review: Review, bob: User, carol: User, alice: User
    ) -> None:
        Revision.objects.filter(pk=review.revision_id).update(blocked_by=["secret"])
        comment = say(bob, review, "@carol @alice look at the key", cell=0)
        assert told(carol) == []
        assert told(alice, "comment.mentioned") == [("comment.mentioned", "mentioned")]
        assert "/people/carol" not in comment.html

    def test_reviewers_and_authors_settle_it(
        self, review: Review, bob: User, alice: User, carol: User
    ) -> None:
        comment = say(carol, review, cell=0)
        settling.resolve(by=bob, thread=comment.thread)
        settling.reopen(by=alice, thread=comment.thread)
        other = say(bob, review, cell=1)
        assert refusal(settling.resolve, by=carol, thread=other.thread) == "not-yours-to-settle"


class TestPlaces:
    def test_threads_find_their_line_in_the_next_revision(
        self, desk: Desk, review: Review, bob: User
    ) -> None:
        line = say(bob, review, cell=1, line=2).thread
        cell = say(bob, review, cell=0).thread
        gone = say(bob, review, cell=1, line=3).thread
        more = PLOT | {"source": ["import this\n", "plot(a)\n", "# why?\n"]}
        here = ground(pushed(desk, notebook(more, LOAD)))
        found = {
            name: here.place(thread) for name, thread in (("line", line), ("cell", cell), ("gone", gone))
        }
        assert found["line"]
        assert (found["line"].cell, found["line"].line) == (0, 3)
        assert found["cell"]
        assert found["cell"].cell == 1
        assert found["gone"] is None

    @pytest.mark.parametrize(
        "place", [{"cell": 2}, {"cell": 0, "line": 3}, {"cell": 0, "line": 1, "output": 0}]
    )
    def test_a_place_that_is_not_there_is_refused(
        self, review: Review, bob: User, place: dict[str, int]
    ) -> None:
        assert refusal(say, bob, review, **place) == "no-such-place"

    def test_no_place_is_beyond_what_a_column_holds(self, desk: Desk, bob: User) -> None:
        review = pushed(desk, notebook(LOAD | {"source": "a = 1\n" * 50_000}))
        for place in ({"line": 10**10}, {"output": 10**10}):
            assert refusal(say, bob, review, cell=0, **place) == "no-such-place"

    def test_a_blank_line_above_a_cell_moves_its_lines(self, desk: Desk, review: Review, bob: User) -> None:
        line = say(bob, review, cell=1, line=1).thread
        place = ground(pushed(desk, notebook(LOAD, PLOT | {"source": ["\n", *SOURCE]}))).place(line)
        assert place
        assert place.line == 2


class TestSuggestions:
    BODY = "Better:\n```suggestion\nplot(a, by='week')\n```\n"

    def test_one_is_applied_as_a_commit_that_changes_its_line_alone(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        comment = say(bob, review, self.BODY, cell=1, line=1)
        commit = apply_suggestion(by=alice, comment=comment)
        reconcile(desk)
        render_all()
        newest = desk.post("late.ipynb").latest_revision
        assert newest
        assert (newest.commit, newest.number, newest.author_name) == (commit, 2, "Alice Example")
        assert desk.git[commit].peel(pygit2.Commit).message.endswith("\n\nSuggested-by: Bob Example")
        changed = PLOT | {"source": ["plot(a, by='week')\n", "# why?\n", "show()"]}
        assert committed(desk, commit, "late.ipynb") == notebook(LOAD, changed)
        comment.refresh_from_db()
        assert (comment.applied_as, comment.applied_by) == (commit, alice)
        assert comment.thread.resolved_by == alice
        assert AuditEvent.objects.get(action="suggestion.apply").detail["commit"] == commit
        assert refusal(apply_suggestion, by=alice, comment=comment) == "suggestion-applied"
        assert refusal(talking.edit, by=bob, comment=comment, body="x") == "suggestion-applied"

    def test_who_suggested_it_may_still_approve_it(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        apply_suggestion(by=alice, comment=say(bob, review, self.BODY, cell=1, line=1))
        reconcile(desk)
        render_all()
        assert not Contribution.objects.filter(user=bob).exists()
        judge(bob, review, Kind.APPROVE)
        published = desk.post("late.ipynb").published_revision
        assert published
        assert published.number == 2

    def test_it_finds_its_line_in_a_newer_revision(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        comment = say(bob, review, self.BODY, cell=1, line=1)
        pushed(desk, notebook(PLOT | {"source": ["import this\n", *SOURCE]}, LOAD))
        commit = apply_suggestion(by=alice, comment=comment)
        cells = json.loads(committed(desk, commit, "late.ipynb"))["cells"]
        assert cells[0]["source"][:2] == ["import this\n", "plot(a, by='week')\n"]

    def test_of_a_text_with_a_header(self, desk: Desk, bob: User, alice: User) -> None:
        text = "---\ntitle: Late\n---\n\nOne in five.\n\nOne in five.\n"
        review = pushed(desk, text, "late.md")
        lines = ground(review).lines(0)
        assert lines
        last = len(lines) - lines[::-1].index("One in five.")
        comment = say(bob, review, "```suggestion\nOne in six.\n```", cell=0, line=last)
        commit = apply_suggestion(by=alice, comment=comment)
        assert committed(desk, commit, "late.md") == (
            "---\ntitle: Late\n---\n\nOne in five.\n\nOne in six.\n"
        )

    def test_what_it_was_made_for_must_be_there(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        line = say(bob, review, self.BODY, cell=1, line=1)
        cell = say(bob, review, self.BODY, cell=0)
        pushed(desk, notebook(LOAD | {"source": "a = load(3)"}))
        assert refusal(apply_suggestion, by=alice, comment=line) == "suggestion-outdated"
        assert refusal(apply_suggestion, by=alice, comment=cell) == "suggestion-outdated"

    def test_who_may_write_applies_it_whoever_wrote_the_post(
        self, desk: Desk, review: Review, bob: User
    ) -> None:
        erin = make_user("erin")
        Membership.objects.create(space=desk.space, user=erin, role=Role.AUTHOR)
        comment = say(bob, review, self.BODY, cell=1, line=1)
        commit = apply_suggestion(by=erin, comment=comment)
        comment.refresh_from_db()
        assert comment.applied_as == commit
        assert comment.thread.resolved_by == erin

    def test_what_reads_so_already_is_no_commit(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        comment = say(bob, review, "```suggestion\nplot(a)\n```", cell=1, line=1)
        assert refusal(apply_suggestion, by=alice, comment=comment) == "suggestion-there"

    @pytest.mark.parametrize(
        "source",
        [["plot(a, 3)\n", "# why?\n", "show()"], ["plot(a)\n", "plot(a)\n", "show()"]],
        ids=["changed", "there twice"],
    )
    def test_what_somebody_wrote_meanwhile_is_not_lost(
        self, desk: Desk, review: Review, bob: User, alice: User, source: list[str]
    ) -> None:
        comment = say(bob, review, self.BODY, cell=1, line=1)
        pushed(desk, notebook(LOAD, PLOT | {"source": source}))
        assert refusal(apply_suggestion, by=alice, comment=comment) == "suggestion-outdated"

    def test_only_what_can_be_read_is_applied(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        hidden = '[x]: /u "\n```suggestion\nsteal()\n```\n"\n\n'
        comment = say(bob, review, hidden + self.BODY, cell=1, line=1)
        assert "steal" not in comment.html
        assert refusal(apply_suggestion, by=alice, comment=comment) == "no-suggestion"

    def test_no_name_writes_more_than_its_line_of_the_message(
        self, desk: Desk, review: Review, bob: User, alice: User, dana: User
    ) -> None:
        bob.name = "Bob\nCo-authored-by: Dana <dana@meridian.example>"
        bob.save()
        apply_suggestion(by=alice, comment=say(bob, review, self.BODY, cell=1, line=1))
        reconcile(desk)
        render_all()
        assert not Contribution.objects.filter(user=dana).exists()

    def test_text_of_a_script_is_not_its_code(self, desk: Desk, bob: User, alice: User) -> None:
        text = (
            "# ---\n# title: Late\n# ---\n\n# %%\nx = 1\nprint(x)\n\n# %% [markdown]\n# x = 1\n#\n# Late.\n"
        )
        review = pushed(desk, text, "late.py")
        code, said = (say(bob, review, "```suggestion\nx = 2\n```", cell=at, line=1) for at in (0, 1))
        assert refusal(apply_suggestion, by=alice, comment=said) == "suggestion-outdated"
        commit = apply_suggestion(by=alice, comment=code)
        assert committed(desk, commit, "late.py") == text.replace("\nx = 1", "\nx = 2")

    def test_a_push_that_is_not_taken_in_yet_is_not_lost(
        self, desk: Desk, review: Review, bob: User, alice: User
    ) -> None:
        comment = say(bob, review, self.BODY, cell=1, line=1)
        desk.push({"late.ipynb": notebook(PLOT)})
        assert refusal(apply_suggestion, by=alice, comment=comment) == "moved-on"
        comment.refresh_from_db()
        assert comment.applied_as == ""

    def test_who_may(self, review: Review, bob: User, carol: User, mallory: User, alice: User) -> None:
        comment = say(bob, review, self.BODY, cell=1, line=1)
        assert refusal(apply_suggestion, by=carol, comment=comment) == "not-a-member"
        assert refusal(apply_suggestion, by=mallory, comment=comment) == "not-a-member"
        for other in (say(bob, review, "No.", cell=1), say(bob, review, self.BODY)):
            assert refusal(apply_suggestion, by=alice, comment=other) == "no-suggestion"
        draft = say(bob, review, self.BODY, is_draft=True, cell=1, line=1)
        assert refusal(apply_suggestion, by=alice, comment=draft) == "no-suggestion"
        talking.delete(by=bob, comment=comment)
        assert refusal(apply_suggestion, by=alice, comment=comment) == "no-suggestion"


def test_what_was_said_stays_when_a_review_is_withdrawn(review: Review, bob: User, alice: User) -> None:
    say(bob, review, cell=0)
    withdraw(by=alice, review=review)
    assert Thread.objects.visible_to(alice).count() == 1
