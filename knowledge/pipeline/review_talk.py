"""What a reviewer writes on cells, lines and outputs: drafts, which only they see until their verdict."""

from django.db import transaction
from django.utils import timezone

from knowledge.models import Comment, Review, Thread, User
from knowledge.pipeline import talk_news
from knowledge.pipeline.talking import mentioned_in, record_said


def send_drafts(review: Review, *, by: User) -> int:
    """Let the others read what `by` drafted, and return how many comments that are.

    Within the verdict's transaction, which has locked the review. Who takes part in it is told by the
    verdict, once for all of them; here only who is named.
    """
    drafts = list(
        Comment.objects.drafts_of(by, review)
        .select_for_update(of=("self",), no_key=True)
        .select_related("thread__revision")
        .order_by("pk")
    )
    now = timezone.now()
    told: set[User] = set()
    for comment in drafts:
        comment.is_draft, comment.created_at = False, now
        comment.thread.post, comment.thread.review = review.post, review
        record_said(comment, comment.thread, by=by)
        fresh = [user for user in mentioned_in(comment) if user not in told]
        talk_news.tell_mentioned(comment, review.post, fresh, by=by)
        told.update(fresh)
    Comment.objects.bulk_update(drafts, ["is_draft", "created_at"], batch_size=500)
    return len(drafts)


@transaction.atomic
def discard_drafts(*, by: User, review: Review) -> int:
    """Take back all that `by` didn't send yet, and return how many comments that were."""
    drafts = Comment.objects.drafts_of(by, review)
    threads = list(drafts.values_list("thread", flat=True))
    number, _ = drafts.delete()
    Thread.objects.filter(pk__in=threads, comments=None).delete()
    return number
