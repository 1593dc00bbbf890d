"""Following tags, people, spaces, posts and searches, and telling those who do what was published.

What one follows is one's own affair: it isn't in the audit trail, and maintainers don't see it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import Authorship, Post, Revision, Space, Subscription, User
from knowledge.models.post_states import LISTED
from knowledge.models.subscription import TARGETS, TEXTS
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.search.grammar import MAX_LENGTH, parse

Target = str | User | Space | Post
MOST = 1000  # subscriptions of one person
_IMPORTED = re.compile(r"^Imported-(?:From|Part-Of): ", re.MULTILINE)  # see importing/target.py


@transaction.atomic
def follow(*, by: User, kind: str, target: Target) -> Subscription:
    """Whoever follows already goes on to. Raises UserError "nothing-to-follow" or "follows-too-much"."""
    if isinstance(target, User):
        target = target.claimed_by or target
    _check_visible(by, kind, target)
    found = by.subscriptions.to(kind, target).first()
    if found:
        return found
    if by.subscriptions.count() >= MOST:
        raise UserError("follows-too-much", limit=MOST)
    columns: dict[str, Any] = {"user": by, "kind": kind, TARGETS[kind]: target}
    made, _ = Subscription.objects.get_or_create(**columns)
    return made


@transaction.atomic
def unfollow(*, by: User, kind: str, target: Target) -> None:
    by.subscriptions.to(kind, target).delete()


def _check_visible(user: User, kind: str, target: Target) -> None:
    visible: bool = bool(target)
    if isinstance(target, Space):
        visible = Space.objects.visible_to(user).filter(pk=target.pk).exists()
    if isinstance(target, Post):
        visible = Post.objects.visible_to(user).filter(pk=target.pk).exists()
    if not visible:
        raise UserError("nothing-to-follow")


def clean_tag(tag: str) -> str:
    """As posts carry it."""
    return " ".join(tag.replace("\x00", "").split()).lower()[:100].strip()


def clean_query(text: str) -> str:
    """As searches are kept; "" where there is nothing to look for."""
    query = parse(text, today=timezone.localdate())
    return query.text[:MAX_LENGTH] if query.clauses else ""


def tell_published(revisions: Iterable[Revision], *, at: datetime) -> None:
    """Tell the followers of the posts, whose authors are signed by now, what they can read since `at`.

    Nobody is told of what an import brought over, nor of introductions: they are no news.
    """
    news = [revision for revision in revisions if is_news(revision)]
    if not news:
        return
    listeners = _listeners([revision.post for revision in news])
    tell_all([news_of(revision, listeners.get(revision.post_id, ()), at=at) for revision in news])


def news_of(revision: Revision, listeners: Sequence[Listener], *, at: datetime | None) -> News:
    """That `revision` can be read since `at`."""
    event = "post.published" if revision.post.published_at == at else "post.updated"
    return News(event, revision.post, revision.pushed_by, revision, listeners)


def is_news(revision: Revision) -> bool:
    post = revision.post
    is_read = post.kind == Post.Kind.POST and post.status in LISTED
    return is_read and not _IMPORTED.search(revision.message)


def _listeners(posts: Sequence[Post]) -> dict[int, list[Listener]]:
    """Who follows each of the posts, or one of its tags or authors, or its space. Three queries."""
    written = Authorship.objects.filter(post__in=posts).exclude(user=None).values_list("post", "user_id")
    targets = {post.pk: set(_targets(post)) for post in posts}
    for pk, user in written:
        targets[pk].add(("author", user))
    wanted: dict[str, set[object]] = {kind: set() for kind in TARGETS}
    for kind, target in (each for those in targets.values() for each in those):
        wanted[kind].add(target)
    asked = (Q(kind=kind, **{f"{column}__in": wanted[kind]}) for kind, column in TARGETS.items())
    followers: dict[tuple[str, object], list[Listener]] = {}
    for each in Subscription.objects.filter(reduce(or_, asked)).select_related("author", "space"):
        column = TARGETS[each.kind] if each.kind in TEXTS else f"{TARGETS[each.kind]}_id"
        followers.setdefault((each.kind, getattr(each, column)), []).append(_listener(each))
    if followers:
        prefetch_related_objects(posts, "space")
    return {pk: [one for each in those for one in followers.get(each, ())] for pk, those in targets.items()}


def _targets(post: Post) -> Iterator[tuple[str, object]]:
    yield "post", post.pk
    yield "space", post.space_id
    for tag in post.tags:
        yield "tag", tag


def _listener(subscription: Subscription) -> Listener:
    reason = f"subscribed-{subscription.kind}"
    target = "" if subscription.kind == "post" else subscription.label
    return Listener(subscription.user_id, reason, events.because(reason, target), subscription.pk)
