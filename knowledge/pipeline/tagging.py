"""What tags are called and mean. Headers stay as they are: posts are listed under the current names.

A change of names moves all posts by one statement. A push that read the names just before is put right by
`settle`, which the scheduler calls; what a synonym's end means for posts is read from their headers by a job.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Membership, Post, Space, Subscription, Tag, TagSynonym, TagUse, User
from knowledge.models.tag import clean_tag
from knowledge.models.tag_use import fold
from knowledge.permissions import can_name_tags, check_describe, check_name_tags
from knowledge.pipeline.index import request_index
from knowledge.pipeline.naming import restore_ended, settle
from knowledge.pipeline.waking import wake

_MOVE_POSTS = """
WITH held AS (
  SELECT id FROM knowledge_post WHERE tags @> ARRAY[%(old)s]::varchar[] ORDER BY id FOR NO KEY UPDATE
)
UPDATE knowledge_post AS post SET tags = ARRAY(
  SELECT name FROM unnest(array_replace(post.tags, %(old)s, %(new)s)) WITH ORDINALITY AS each (name, place)
  GROUP BY name ORDER BY min(place)
) FROM held WHERE post.id = held.id RETURNING post.id
"""


@dataclass(frozen=True, slots=True)
class Moving:
    """How much a change of a tag's name moves, of all spaces: for those who may make it."""

    posts: int
    followers: int


def moving(tag: str) -> Moving:
    followers = Subscription.objects.filter(kind=Subscription.Kind.TAG, tag=tag)
    return Moving(Post.objects.filter(tags__contains=[tag]).count(), followers.count())


@transaction.atomic
def describe(*, by: User, tag: str, description: str, keeper: User | None = None) -> Tag:
    """Say what a tag means. Who keeps it is changed by those who run the portal alone.

    Raises UserError "not-the-keeper", "bad-tag" or "no-such-tag".
    """
    _hold_names()
    name = _existing(tag)
    found = Tag.objects.filter(name=name).first()
    check_describe(found, by)
    found = found or Tag(name=name)
    found.description = " ".join(description.replace("\x00", "").split())[:500]
    if can_name_tags(by):
        found.keeper = keeper
    found.save()
    said = {"description": found.description, "keeper": found.keeper.username if found.keeper else ""}
    AuditEvent.objects.record("tag.describe", by=by, tag=name, **said)
    return found


@transaction.atomic
def rename(*, by: User, tag: str, to: str) -> Moving:
    """Call it `to`; the old name becomes a synonym.

    Raises UserError "not-yours-to-name", "bad-tag", "no-such-tag", "same-tag" or "tag-exists".
    """
    check_name_tags(by)
    _hold_names()
    old, new = _existing(tag), _named(to)
    if old == new:
        raise UserError("same-tag", tag=old)
    current = _current(new)
    if current != old and (current != new or _is_there(new)):
        raise UserError("tag-exists", tag=current)
    found, _ = Tag.objects.get_or_create(name=old)
    TagSynonym.objects.filter(name=new).delete()
    found.name = new
    found.save(update_fields=["name"])
    return _moved(by, "tag.rename", old, found)


@transaction.atomic
def merge(*, by: User, tag: str, into: str) -> Moving:
    """Make `tag`, used or not yet, another name of `into`, with all its own other names.

    Raises UserError "not-yours-to-name", "bad-tag", "no-such-tag" or "same-tag".
    """
    check_name_tags(by)
    _hold_names()
    old, new = _current(_named(tag)), _existing(into)
    if old == new:
        raise UserError("same-tag", tag=new)
    target, _ = Tag.objects.get_or_create(name=new)
    if merged := Tag.objects.filter(name=old).first():
        merged.synonyms.update(tag=target)
        target.description = target.description or merged.description
        target.keeper_id = target.keeper_id or merged.keeper_id
        target.save(update_fields=["description", "keeper"])
        merged.delete()
    return _moved(by, "tag.merge", old, target)


@transaction.atomic
def remove_synonym(*, by: User, name: str) -> None:
    """Let posts be listed as their headers say again: a job reads them. Followers stay with the tag.

    Raises UserError "not-yours-to-name" or "no-such-tag".
    """
    check_name_tags(by)
    _hold_names()
    found = TagSynonym.objects.in_force().filter(name=clean_tag(name)).select_related("tag").first()
    if found is None:
        raise UserError("no-such-tag", tag=name)
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    AuditEvent.objects.record("tag.remove-synonym", by=by, tag=found.tag.name, synonym=found.name)
    transaction.on_commit(lambda: wake(upkeep))


@transaction.atomic
def set_synonyms(*, by: User, tag: str, names: Iterable[str]) -> None:
    """Let these, and no others, be its other names. Raises as `merge` does."""
    check_name_tags(by)
    _hold_names()
    name = _existing(tag)
    wanted, known = set(map(_named, names)) - {name}, set(TagSynonym.objects.of([name]).get(name, ()))
    for gone in sorted(known - wanted):
        remove_synonym(by=by, name=gone)
    for new in sorted(wanted - known):
        merge(by=by, tag=new, into=name)


def _moved(by: User, action: str, old: str, tag: Tag) -> Moving:
    """Move what is listed under `old` to the tag, of which that is a synonym from now on."""
    how_many = moving(old)
    made = {"tag": tag, "created_by": by, "ended_at": None}
    TagSynonym.objects.update_or_create(name=old, defaults=made)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_POSTS, {"old": old, "new": tag.name})
        request_index(pk for (pk,) in cursor.fetchall())
    _move_followers(old, tag.name)
    moved = {"posts": how_many.posts, "followers": how_many.followers}
    AuditEvent.objects.record(action, by=by, tag=old, into=tag.name, **moved)
    return how_many


def _move_followers(old: str, new: str) -> None:
    """Of those who can see a post with the new name, for whom alone it is there.

    Others go on to follow the old one, which means the same to those who tell them (following.py).
    """
    followers = Subscription.objects.filter(kind=Subscription.Kind.TAG, tag=old)
    uses = TagUse.objects.filter(tag=new)
    internal = Space.objects.filter(visibility=Space.Visibility.INTERNAL).values("pk")
    if not uses.filter(private=False, space__in=internal).counts().exists():
        members = Membership.objects.filter(space__in=uses.values("space")).values("user")
        followers = followers.filter(Q(user__in=members) | Q(user__is_superuser=True))
    both = Subscription.objects.filter(kind=Subscription.Kind.TAG, tag=new).values("user")
    followers.filter(user__in=both).delete()
    followers.update(tag=new)


def _hold_names() -> None:
    """One change of names at a time, so that no name is both a tag and a synonym. Readers don't wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TagSynonym._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _named(tag: str) -> str:
    if not (name := clean_tag(tag)):
        raise UserError("bad-tag")
    return name


def _current(name: str) -> str:
    return TagSynonym.objects.current([name])[name]


def _existing(tag: str) -> str:
    name = _current(_named(tag))
    if not _is_there(name):
        raise UserError("no-such-tag", tag=name)
    return name


def _is_there(name: str) -> bool:
    return Tag.objects.filter(name=name).exists() or Post.objects.filter(tags__contains=[name]).exists()


@shared_task
def upkeep() -> None:
    """What raced with a change of names, synonyms that ended, counts in many rows."""
    settle()
    restore_ended()
    with transaction.atomic():
        fold()
