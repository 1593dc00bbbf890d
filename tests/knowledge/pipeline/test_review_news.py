"""Who hears of reviews and of the life of posts: those whose word is awaited, and those who wait for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Notification, Review, Space, User, Verdict
from knowledge.pipeline.keeping import archive, look_for_stale
from knowledge.pipeline.reviewing import ask, give_verdict
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all
from tests.knowledge.pipeline.test_keeping import LATER, headed


@pytest.fixture
def strict(desk: Desk) -> Desk:
    desk.space.review_policy = Space.ReviewPolicy.REQUIRED
    desk.space.save()
    return desk


def push(desk: Desk, *lines: str, by: str = "alice") -> Review:
    desk.push({"late.md": headed(*lines)}, by=by)
    reconcile(desk)
    render_all()
    return Review.objects.get(post=desk.post("late.md"), state__in=["open", "changes_requested"])


def heard(user: User) -> list[tuple[str, str]]:
    """Event and reason, and forget them."""
    found = list(Notification.objects.filter(user=user).order_by("pk").values_list("event", "reason"))
    Notification.objects.filter(user=user).delete()
    return found


def say(review: Review, by: User, kind: Verdict.Kind, summary: str = "") -> None:
    review.refresh_from_db()
    give_verdict(by=by, review=review, revision=review.revision_id, kind=kind, summary=summary)


def test_all_reviewers_are_asked_where_nobody_is_by_name(
    strict: Desk, alice: User, bob: User, dana: User
) -> None:
    push(strict)
    assert {user.username: heard(user) for user in (alice, bob, dana)} == {
        "alice": [],
        "bob": [("review.requested", "reviewer")],
        "dana": [("review.requested", "reviewer")],
    }


def test_only_those_named_are_asked(strict: Desk, bob: User, dana: User) -> None:
    push(strict, "reviewers: bob")
    assert (heard(bob), heard(dana)) == ([("review.requested", "reviewer")], [])


def test_who_wrote_it_is_not_asked_to_review_it(strict: Desk, bob: User, dana: User) -> None:
    push(strict, by="bob")
    assert (heard(bob), heard(dana)) == ([], [("review.requested", "reviewer")])


def test_the_way_of_a_review_is_told_to_those_it_concerns(
    strict: Desk, alice: User, bob: User, dana: User
) -> None:
    review = push(strict, "reviewers: bob")
    ask(by=alice, review=review, usernames=["dana"])
    assert heard(dana) == [("review.requested", "asked")]
    heard(bob)
    say(review, bob, Verdict.Kind.REQUEST_CHANGES, "Look at gifts.")
    asked = Notification.objects.get(user=alice)
    assert (asked.event, asked.reason, asked.text) == ("review.changes_requested", "author", "Look at gifts.")
    assert (heard(alice), heard(bob)) == ([("review.changes_requested", "author")], [])
    heard(dana)
    push(strict, "reviewers: bob", "tldr: Without gifts.")
    assert (heard(bob), heard(dana)) == (
        [("revision.proposed", "reviewer")],
        [("revision.proposed", "reviewer")],
    )
    say(review, bob, Verdict.Kind.APPROVE)
    assert ("review.approved", "author") in heard(alice)


def test_followers_hear_when_it_is_published_and_not_before(strict: Desk, bob: User, mallory: User) -> None:
    mallory.subscriptions.create(kind="space", space=strict.space)
    review = push(strict)
    assert heard(mallory) == []
    say(review, bob, Verdict.Kind.APPROVE)
    assert heard(mallory) == [("post.published", "subscribed-space")]


def test_a_stale_post_asks_its_author_then_the_space(desk: Desk, alice: User, dana: User) -> None:
    desk.publish({"late.md": headed("review_by: 2027-01-31")})
    look_for_stale(now=LATER)
    assert (heard(alice), heard(dana)) == ([("post.stale", "owner")], [])
    look_for_stale(now=LATER.replace(day=20))
    assert heard(dana) == [("post.stale", "maintainer")]


def test_authors_and_followers_hear_of_the_archive(desk: Desk, alice: User, carol: User, dana: User) -> None:
    desk.publish({"late.md": headed()})
    carol.subscriptions.create(kind="post", post=desk.post("late.md"))
    archive(by=dana, post=desk.post("late.md"), why="The shop closed.")
    assert (heard(alice)[-1], heard(carol)[-1]) == (
        ("post.archived", "author"),
        ("post.archived", "subscribed-post"),
    )


def test_a_push_of_many_asks_with_as_many_queries_as_one_of_few(strict: Desk) -> None:
    counts = []
    for number in (2, 12):
        strict.push({f"{number}-{at}.md": headed(f"tldr: {number} {at}") for at in range(number)})
        with CaptureQueriesContext(connection) as queries:
            reconcile(strict)
        counts.append(len(queries))
    assert counts[0] == counts[1]
