"""One post in the place of another: as headers say (`supersedes`), or who answers for the older one."""

import re
from collections.abc import Iterable

from django.db import transaction

from knowledge import life
from knowledge.documents.header import header_of
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Post, Revision, Space, User
from knowledge.permissions import check_keep
from knowledge.pipeline import ledger

_PERMALINK = re.compile(r"(?:https?://[^/]+)?/p/(\d{1,12})", re.ASCII)
_ADDRESS = re.compile(r"(?:https?://[^/]+)?/s/([a-z0-9-]+)/(.+)", re.ASCII)
COLUMNS = ["superseded_by", "status"]


def follow(published: Iterable[Revision]) -> list[Post]:
    """Put each in the place of the posts of its space that its header names; returns those superseded now.

    To be called last in a transaction that publishes: it changes posts that may be in others' hands there.
    """
    superseded = []
    for revision in published:
        for name in header_of(revision.header).supersedes:
            old = find(revision.post.space, name)
            if old and not _why_not(old, revision.post):
                superseded += _put_in_place(old, revision.post)
    return superseded


def release(gone: Iterable[Post]) -> list[Post]:
    """Posts whose place was taken by one that is no more hold good again; returns those that do by now."""
    posts = Post.objects.filter(superseded_by__in=list(gone)).select_for_update(no_key=True).order_by("pk")
    freed = list(posts)
    good = [post for post in freed if _hold_good_again(post)]
    Post.objects.bulk_update(freed, COLUMNS)
    return good


@transaction.atomic
def supersede(*, by: User, post: Post, name: str) -> Post:
    """Put the post that `name` names, by path or address, in the place of `post`; "" takes that back.

    Raises UserError "not-a-keeper" or "not-superseding".
    """
    check_keep(post, by)
    old = Post.objects.live().select_for_update(no_key=True).get(pk=post.pk)
    if not name.strip():
        if old.superseded_by_id:
            is_good = _hold_good_again(old)
            old.save(update_fields=COLUMNS)
            ledger.follow(returned=[old] if is_good else [], by=by)
            AuditEvent.objects.record("post.hold-good-again", by=by, post=old.pk, path=old.path)
        return old
    new = find(post.space, name)
    if new is None or not Post.objects.visible_to(by).filter(pk=new.pk).exists():
        raise UserError("not-superseding", path=name.strip()[:200], why="there is no such post here")
    if why := _why_not(old, new):
        raise UserError("not-superseding", path=new.path, why=why)
    ledger.follow(superseded=_put_in_place(old, new), by=by)
    AuditEvent.objects.record("post.supersede", by=by, post=old.pk, path=old.path, superseded_by=new.path)
    return old


def superseded(post: Post, user: User) -> list[Post]:
    """Those in whose place it is, as far as the user sees them."""
    return list(Post.objects.visible_to(user).live().filter(superseded_by=post).select_related("space")[:50])


def find(space: Space, name: str) -> Post | None:
    """The post of the space that a path or an address names."""
    posts = Post.objects.live().posts().filter(space=space)
    name = name.strip()
    if found := _PERMALINK.fullmatch(name):
        return posts.filter(pk=int(found[1])).first()
    if found := _ADDRESS.fullmatch(name):
        return posts.filter(path=found[2]).first() if found[1] == space.slug else None
    return posts.filter(path=name.lstrip("/")).first()


def _why_not(old: Post, new: Post) -> str:
    """In words; "" if it may."""
    if new.pk == old.pk:
        return "it is this post"
    if not new.published_revision_id:
        return "it is not published"
    if new.private and not old.private:
        return "it is private, and this one is not"
    seen: Post | None = new
    for _ in range(50):
        seen = seen.superseded_by if seen else None
        if seen is None:
            return ""
        if seen.pk == old.pk:
            break
    return "this post took its place before"


def _put_in_place(old: Post, new: Post) -> list[Post]:
    """The old one, if it is superseded as of now."""
    old = Post.objects.select_for_update(no_key=True).get(pk=old.pk)
    if old.superseded_by_id == new.pk:
        return []
    before, old.superseded_by = old.status, new
    if old.published_revision_id:
        life.settle(old, "supersede")
    old.save(update_fields=COLUMNS)
    return [old] if old.status != before else []


def _hold_good_again(post: Post) -> bool:
    """In memory; False where it is archived or deleted all the same."""
    before, post.superseded_by = post.status, None
    life.settle(post, "hold good again")
    return post.status != before
