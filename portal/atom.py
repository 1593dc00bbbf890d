"""Atom feeds: what is in each, as the person sees it whose private address it is.

To add a kind: a function in KINDS from the person and the target's name to a Feed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from knowledge.models import (
    Collection,
    Dataset,
    Insight,
    Investigation,
    Post,
    Reading,
    Revision,
    Space,
    User,
)
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.tag import tag_address
from knowledge.models.tag_use import current_tag
from knowledge.pipeline.search_more import sorted_by
from knowledge.pipeline.searching import search
from knowledge.search.grammar import MAX_LENGTH
from portal.insight_pages import said
from portal.search import address

ENTRIES = 30
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # what XML can't hold


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    url: str
    key: str
    text: str
    authors: Sequence[str]
    tags: Sequence[str]
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """`url` is the page that shows the same."""

    title: str
    url: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=datetime(2026, 1, 1, tzinfo=UTC))


def feed_of(user: User, kind: str, target: str) -> Feed:
    """What `user` sees of it now; Http404 for what isn't there for them."""
    if kind not in KINDS:
        raise Http404
    return KINDS[kind](user, target)


def written(feed: Feed, own_url: str) -> bytes:
    atom = _Atom(
        title=_plain(feed.title),
        link=f"{settings.SITE_URL}{feed.url}",
        description="",
        feed_url=own_url,
        language="en",
    )
    atom.latest = feed.updated_at
    for entry in feed.entries:
        atom.add_item(
            title=_plain(entry.title),
            link=f"{settings.SITE_URL}{entry.url}",
            description=_plain(entry.text),
            unique_id=f"{settings.SITE_URL}{entry.key}",
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            author_name=_plain(", ".join(entry.authors)) or None,
            categories=[_plain(tag) for tag in entry.tags],
        )
    return atom.writeString("utf-8").encode()


class _Atom(Atom1Feed):
    latest: datetime

    def latest_post_date(self) -> datetime:
        return self.latest


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _published(user: User) -> PostQuerySet:
    return Post.objects.visible_to(user).published()


def _entries(posts: PostQuerySet) -> list[Entry]:
    return [_entry(post) for post in posts.newest_first().for_cards()[:ENTRIES]]


def _entry(post: Post) -> Entry:
    revision = post.published_revision
    published = post.published_at or post.created_at
    return Entry(
        title=post.title,
        url=post.get_absolute_url(),
        key=f"/p/{post.pk}",
        text=post.tldr or (revision.rendering.summary if revision else ""),
        authors=[author.name for author in post.authorships.all()],
        tags=post.tags,
        published_at=published,
        updated_at=(revision and revision.published_at) or published,
    )


def _everything(user: User, target: str) -> Feed:
    return Feed("New posts", reverse("feed"), _entries(_published(user)))


def _tag(user: User, target: str) -> Feed:
    tag = current_tag(user, target)
    if not tag:
        raise Http404
    return Feed(f"Posts about {tag}", tag_address(tag), _entries(_published(user).tagged(tag)))


def _author(user: User, target: str) -> Feed:
    person = User.objects.filter(username=target, claimed_by=None).first()
    if person is None:
        raise Http404
    title = f"Posts by {person.get_full_name()}"
    return Feed(title, person.get_absolute_url(), _entries(_published(user).by_author(target)))


def _space(user: User, target: str) -> Feed:
    space = Space.objects.visible_to(user).filter(slug=target).first()
    if space is None:
        raise Http404
    posts = _published(user).filter(space=space)
    return Feed(f"Posts in {space.name}", reverse("space", args=[space.slug]), _entries(posts))


def _post(user: User, target: str) -> Feed:
    """Its published revisions."""
    post = Post.objects.visible_to(user).posts().live().for_cards().filter(pk=_number(target)).first()
    if post is None:
        raise Http404
    revisions = Revision.objects.visible_to(user).of(post).for_readers().for_lists()[:ENTRIES]
    authors = [author.name for author in post.authorships.all()]
    entries = [_of_revision(revision, authors) for revision in revisions]
    return Feed(f"Revisions of {post.title}", post.get_absolute_url(), entries)


def _of_revision(revision: Revision, authors: Sequence[str]) -> Entry:
    at = revision.published_at or revision.committed_at
    return Entry(
        title=f"{revision.title or revision.path}, revision {revision.number}",
        url=revision.get_absolute_url(),
        key=f"/r/{revision.pk}",
        text=revision.rendering.summary,
        authors=authors,
        tags=(),
        published_at=at,
        updated_at=at,
    )


def _collection(user: User, target: str) -> Feed:
    """Its posts, the newest first and not in its order: that is what is new."""
    found = Collection.objects.visible_to(user).filter(pk=_number(target)).first()
    if found is None:
        raise Http404
    posts = _published(user).filter(collection_items__collection=found)
    return Feed(found.title, found.get_absolute_url(), _entries(posts))


def _dataset(user: User, target: str) -> Feed:
    """What was looked into, and what came of it."""
    found = Dataset.objects.visible_to(user).filter(pk=_number(target)).first()
    if found is None:
        raise Http404
    investigations = (
        Investigation.objects.visible_to(user).filter(dataset=found).order_by("-opened_at", "-pk")
    )
    listed = investigations.select_related("observation", "owner")[:ENTRIES]
    return Feed(found.label, found.get_absolute_url(), [_of_investigation(found, each) for each in listed])


def _of_investigation(dataset: Dataset, each: Investigation) -> Entry:
    summary = each.told.summary if each.told else ""
    return Entry(
        title=f"{dataset.label} is suspect" if each.is_open else f"{dataset.label} was looked into",
        url=each.get_absolute_url(),
        key=each.get_absolute_url(),
        text=summary if each.is_open else each.note,
        authors=[each.owner.get_full_name()] if each.owner else [],
        tags=(),
        published_at=each.opened_at,
        updated_at=each.closed_at or each.opened_at,
    )


def _insight(user: User, target: str) -> Feed:
    """Its readings."""
    found = Insight.objects.visible_to(user).named(target).select_related("space").first()
    if found is None:
        raise Http404
    readings = list(Reading.objects.visible_to(user).filter(insight=found).newest_first()[:ENTRIES])
    url = found.get_absolute_url()
    title = next((it.title for it in readings if it.title), found.name)
    return Feed(f"{title} ({found.address})", url, [_of_reading(it, title, url) for it in readings])


def _of_reading(reading: Reading, title: str, url: str) -> Entry:
    dated = f", as of {reading.as_of}" if reading.as_of else ""
    return Entry(
        title=f"{title}: {said(reading) or 'a table'}{dated}",
        url=url,
        key=f"{url}#{reading.pk}",
        text=reading.reason,
        authors=reading.authors,
        tags=(),
        published_at=reading.published_at,
        updated_at=reading.published_at,
    )


def _number(target: str) -> int:
    return int(target) if re.fullmatch(r"[0-9]{1,18}", target, re.ASCII) else 0


def _search(user: User, target: str) -> Feed:
    """The newest that it finds, in its own spelling alone: what is subscribed to stays the same."""
    text = target[: MAX_LENGTH * 2]
    results = search(user=user, text=text, as_typed=True)
    if not results.query.clauses:
        raise Http404
    found = sorted_by("new", results, user=user)
    whole = [hit.post for hit in found.hits if not hit.missing][:ENTRIES]
    shown = Post.objects.visible_to(user).for_cards().in_bulk(whole)
    return Feed(f"Search: {text}", address(text), [_entry(shown[pk]) for pk in whole if pk in shown])


KINDS: dict[str, Callable[[User, str], Feed]] = {
    "posts": _everything,
    "tag": _tag,
    "author": _author,
    "space": _space,
    "post": _post,
    "collection": _collection,
    "dataset": _dataset,
    "search": _search,
    "insight": _insight,
}
