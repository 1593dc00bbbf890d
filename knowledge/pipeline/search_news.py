"""Telling those who saved a search of posts that it finds, once their entries are there: once a revision."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from knowledge import events
from knowledge.models import Post, Revision, SearchEntry, Subscription
from knowledge.models.search_words import Corpus
from knowledge.pipeline.following import is_news, news_of
from knowledge.pipeline.notify import Listener, tell_all
from knowledge.pipeline.search_ground import with_tags_of_today
from knowledge.pipeline.search_more import matching
from knowledge.search.grammar import Query, parse

Asked = tuple[str, int | None]  # a query, and whose it is where it asks for what is theirs


def tell_searchers(posts: Iterable[int]) -> None:
    """Of the revisions that readers see of these posts, if nobody was told of them before.

    Each distinct query is asked once for all of them. Who may not see a post isn't told (see notify.py), and
    whoever saved a search later than it was published knows what there was.
    """
    with transaction.atomic():
        news = [revision for revision in _untold(posts) if is_news(revision)]
        if news:
            _tell(news)


def _untold(posts: Iterable[int]) -> list[Revision]:
    """Locks their entries, and writes down that they were told."""
    entries = SearchEntry.objects.filter(post__in=list(posts), indexed_at__isnull=False)
    due = entries.filter(~Q(told=F("post__published_revision")) | Q(told=None))
    revisions = dict(
        due.order_by("pk").select_for_update(of=("self",)).values_list("pk", "post__published_revision")
    )
    told = [SearchEntry(pk=post, told_id=revision) for post, revision in revisions.items()]
    SearchEntry.objects.bulk_update(told, ["told"])
    found = Revision.objects.filter(pk__in=revisions.values()).select_related("post__space", "pushed_by")
    return list(found)


def _tell(news: Sequence[Revision]) -> None:
    saved: dict[Asked, list[Subscription]] = {}
    queries: dict[Asked, Query] = {}
    # The oldest first: it is the one that is named, where several find the same.
    for each in Subscription.objects.filter(kind="search").select_related("user").order_by("pk"):
        query = with_tags_of_today(parse(each.query, today=timezone.localdate()))
        is_own = any(term.field == "is" and term.value == "mine" for term in query.terms)
        asked = (query.text, each.user_id if is_own else None)
        queries[asked] = query
        saved.setdefault(asked, []).append(each)
    if not saved:
        return
    posts, corpus = Post.objects.filter(pk__in=[revision.post_id for revision in news]), Corpus.now()
    found: dict[int, list[Subscription]] = {}
    for asked, those in saved.items():
        for post in matching(queries[asked], posts, user=those[0].user, corpus=corpus):
            found.setdefault(post, []).extend(those)
    told = [(revision, list(_listeners(revision, found.get(revision.post_id, ())))) for revision in news]
    tell_all(
        [
            replace(news_of(revision, those, at=revision.published_at), calls_spaces=False)
            for revision, those in told
            if those
        ]
    )


def _listeners(revision: Revision, saved: Iterable[Subscription]) -> Iterator[Listener]:
    for each in saved:
        if revision.published_at and each.created_at < revision.published_at:
            because = events.because("subscribed-search", each.label)
            yield Listener(each.user_id, "subscribed-search", because, each.pk)
