"""People who act at the same moment: nothing unapproved gets out, and nothing is lost."""

import threading
from collections.abc import Callable

import pygit2
import pytest
from django.db import connection

from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import Post, Review, Revision, Space, User, Verdict
from knowledge.pipeline import ingest, talking
from knowledge.pipeline.anchors import Ground
from knowledge.pipeline.applying import apply_suggestion
from knowledge.pipeline.policies import change_policy
from knowledge.pipeline.reviewing import give_verdict
from tests.knowledge.pipeline.desk import Desk, render_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def strict(desk: Desk) -> Desk:
    desk.space.review_policy = Space.ReviewPolicy.REQUIRED
    desk.space.save()
    return desk


def at_once(*doings: Callable[[], object]) -> list[str]:
    """Do them in threads that start together; the codes of those that were refused."""
    start, refused = threading.Barrier(len(doings)), []

    def run(doing: Callable[[], object]) -> None:
        start.wait(10)
        try:
            doing()
        except UserError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


@pytest.mark.parametrize("turn", range(5))
def test_an_approval_and_a_push_at_once_publish_the_old_or_nothing(
    strict: Desk, bob: User, turn: int
) -> None:
    strict.push({"late.md": "# Late\n"})
    ingest.reconcile(strict.space.pk)
    render_all()
    review = Review.objects.get()
    strict.push({"late.md": f"# Later {turn}\n"})
    refused = at_once(
        lambda: give_verdict(
            by=bob, review=Review.objects.get(), revision=review.revision_id, kind=Verdict.Kind.APPROVE
        ),
        lambda: ingest.reconcile(strict.space.pk),
    )
    render_all()
    post = strict.post("late.md")
    shown = post.published_revision.number if post.published_revision else None
    assert (shown, refused) in [(1, []), (None, ["review-moved-on"])]
    assert Revision.objects.get(number=2).is_held
    assert Review.objects.open().get().revision.number == 2


def test_a_suggestion_is_applied_once_by_two_at_once(strict: Desk, bob: User, alice: User) -> None:
    strict.push({"late.md": "# Late\n\nOne in five.\n"})
    ingest.reconcile(strict.space.pk)
    render_all()
    review = Review.objects.select_related("post__space", "revision__rendering").get()
    comment = talking.start_thread(
        by=bob,
        post=review.post,
        review=review,
        revision=review.revision,
        body="```suggestion\nOne in six.\n```",
        spot=Ground(review.revision).at(0, line=3),
    )
    both = [lambda user=user: apply_suggestion(by=user, comment=comment) for user in (alice, bob)]
    assert at_once(*both) == ["suggestion-applied"]
    head = Repository(strict.space.slug).head(strict.space.default_branch)
    comment.refresh_from_db()
    assert comment.applied_as == head
    assert [str(each) for each in strict.git[head].peel(pygit2.Commit).parent_ids] == [strict.head]


def test_two_last_approvals_at_once_publish_once(strict: Desk, bob: User, dana: User) -> None:
    Space.objects.update(approvals=2)
    strict.push({"late.md": "# Late\n"})
    ingest.reconcile(strict.space.pk)
    render_all()
    pk = Review.objects.get().revision_id

    def approve(by: User) -> None:
        give_verdict(by=by, review=Review.objects.get(), revision=pk, kind=Verdict.Kind.APPROVE)

    assert at_once(lambda: approve(bob), lambda: approve(dana)) == []
    assert Review.objects.get().state == "approved"
    assert Post.objects.published().count() == 1


def test_a_looser_policy_and_a_rendering_that_ends_at_once_lose_nothing(strict: Desk, dana: User) -> None:
    strict.push({"late.md": "# Late\n"})
    ingest.reconcile(strict.space.pk)
    policy = {
        "review_policy": "optional",
        "approvals": 1,
        "review_rules": "",
        "stuck_after_days": 3,
        "checklist": [],
    }
    space = Space.objects.get()
    at_once(lambda: change_policy(by=dana, space=space, **policy), render_all)
    render_all()  # who draws passes over a row that the other holds just then; the sweeper wakes another one
    assert Post.objects.published().count() == 1
