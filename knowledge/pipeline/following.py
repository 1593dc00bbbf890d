"""Following tags, people, spaces, posts, datasets, insights and so on, and telling of what was published.

What one follows is one's own affair: it isn't in the audit trail, and maintainers don't see it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import (
    Authorship,
    Collection,
    CollectionItem,
    Dataset,
    Insight,
    Post,
    Revision,
    Space,
    Subscription,
    TagSynonym,
    User,
)
from knowledge.models.post_states import LISTED
from knowledge.models.subscription import TARGETS, TEXTS, Target
from knowledge.pipeline.notify import Listener, News, tell_all
from knowledge.search.grammar import MAX_LENGTH, parse

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
    if isinstance(target, Collection):
        visible = Collection.objects.visible_to(user).filter(pk=target.pk).exists()
    if isinstance(target, Dataset):
        visible = Dataset.objects.visible_to(user).filter(pk=target.pk).exists()
    if isinstance(target, Insight):
        visible = Insight.objects.visible_to(user).filter(pk=target.pk).exists()
    if not visible:
        raise UserError("nothing-to-follow")


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


def tell_collected(collection: Collection, post: Post, *, by: User, note: str) -> None:
    """Tell the followers of a collection that it holds the post now, and why to read it."""
    following = Subscription.objects.to("collection", collection).of_visible_collections()
    listeners = [_listener(each) for each in following.select_related("collection")]
    detail = {"collection": collection.pk, "post": post.pk, "text": note}
    tell_all([News("post.collected", post, by, None, listeners, detail)])


def is_news(revision: Revision) -> bool:
    post = revision.post
    is_read = post.kind == Post.Kind.POST and post.status in LISTED
    return is_read and not _IMPORTED.search(revision.message)


def _listeners(posts: Sequence[Post]) -> dict[int, list[Listener]]:
    """Who follows each of the posts, or one of its tags, authors or collections, or its space.

    As many queries for a thousand posts as for one.
    """
    targets = _targets(posts)
    wanted: dict[str, set[object]] = {kind: set() for kind in TARGETS}
    for kind, target in (each for those in targets.values() for each in those):
        wanted[kind].add(target)
    asked = (Q(kind=kind, **{f"{column}__in": wanted[kind]}) for kind, column in TARGETS.items())
    following = Subscription.objects.filter(reduce(or_, asked)).of_visible_collections()
    followers: dict[tuple[str, object], list[Listener]] = {}
    for each in following.select_related("author", "space", "collection"):
        column = TARGETS[each.kind] if each.kind in TEXTS else f"{TARGETS[each.kind]}_id"
        followers.setdefault((each.kind, getattr(each, column)), []).append(_listener(each))
    if followers:
        prefetch_related_objects(posts, "space")
    return {pk: [one for each in those for one in followers.get(each, ())] for pk, those in targets.items()}


def _targets(posts: Sequence[Post]) -> dict[int, set[tuple[str, object]]]:
    """What can be followed to hear of each post, its tags by all of their names."""
    found: dict[int, set[tuple[str, object]]] = {
        post.pk: {("post", post.pk), ("space", post.space_id), *(("tag", tag) for tag in post.tags)}
        for post in posts
    }
    synonyms = TagSynonym.objects.of({tag for post in posts for tag in post.tags})
    for post in posts:
        found[post.pk] |= {("tag", name) for tag in post.tags for name in synonyms.get(tag, ())}
    written = Authorship.objects.filter(post__in=posts).exclude(user=None).values_list("post", "user_id")
    for pk, user in written:
        found[pk].add(("author", user))
    for pk, collection in CollectionItem.objects.filter(post__in=posts).values_list("post", "collection_id"):
        found[pk].add(("collection", collection))
    return found


def _listener(subscription: Subscription) -> Listener:
    reason = f"subscribed-{subscription.kind}"
    target = "" if subscription.kind == "post" else subscription.label
    return Listener(subscription.user_id, reason, events.because(reason, target), subscription.pk)
