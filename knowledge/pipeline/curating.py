"""Collections: making them, and what they hold, in which order and why. The row of the collection is locked
first, so that two who edit it at once number its posts one after the other.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Collection, CollectionItem, Post, Space, User
from knowledge.models.collection import MOST_POSTS
from knowledge.permissions import check_curate, check_maintain
from knowledge.pipeline.following import tell_collected
from knowledge.rendering.remarks import LONGEST


@transaction.atomic
def make_collection(*, by: User, space: Space | None, title: str, introduction: str = "") -> Collection:
    """Raises UserError "not-a-curator", "no-title" or "long-introduction"."""
    made = Collection(space=space, created_by=by, **_words(title, introduction))
    check_curate(made, by)
    made.save()
    _record("collection.create", made, by)
    return made


@transaction.atomic
def change_collection(*, by: User, collection: Collection, title: str, introduction: str) -> Collection:
    held = _held(collection, by)
    for name, value in _words(title, introduction).items():
        setattr(held, name, value)
    held.save()
    _record("collection.change", held, by)
    return held


@transaction.atomic
def delete_collection(*, by: User, collection: Collection) -> None:
    held = _held(collection, by)
    _record("collection.delete", held, by)
    held.delete()


@transaction.atomic
def add_post(*, by: User, collection: Collection, post: Post, note: str = "") -> CollectionItem:
    """At the end; one that is there already stays where it is. Its followers are told once readers see it.

    Raises UserError "not-a-curator", "no-such-post" or "full-collection".
    """
    held = _held(collection, by)
    found = Post.objects.visible_to(by).posts().live().select_related("space").filter(pk=post.pk).first()
    if found is None:
        raise UserError("no-such-post")
    if there := held.items.filter(post=found).first():
        return there
    if held.items.count() >= MOST_POSTS:
        raise UserError("full-collection", limit=MOST_POSTS)
    last = held.items.aggregate(last=Max("position"))["last"] or 0
    made = held.items.create(post=found, position=last + 1, note=_line(note), added_by=by)
    _record("collection.add", held, by, of=found.pk)
    if Post.objects.published().filter(pk=found.pk).exists():
        tell_collected(held, found, by=by, note=made.note)
    return made


@transaction.atomic
def remove_post(*, by: User, collection: Collection, post: int) -> None:
    held = _held(collection, by)
    held.items.filter(post=post).delete()
    _record("collection.remove", held, by, of=post)


@transaction.atomic
def note_post(*, by: User, collection: Collection, post: int, note: str) -> None:
    """Say in a line why to read it. Raises UserError "not-in-collection"."""
    held = _held(collection, by)
    if not held.items.filter(post=post).update(note=_line(note)):
        raise UserError("not-in-collection")
    _record("collection.note", held, by, of=post)


@transaction.atomic
def arrange(*, by: User, collection: Collection, order: Sequence[int]) -> None:
    """Put the posts named in `order` into it, in the places that they have among the others.

    So whoever doesn't see all of them moves none of those.
    """
    held = _held(collection, by)
    items = {item.post_id: item for item in held.items.all()}
    moving = [items[pk] for pk in dict.fromkeys(order) if pk in items]
    places = sorted(item.position for item in moving)
    for item, place in zip(moving, places, strict=True):
        item.position = place
    CollectionItem.objects.bulk_update(moving, ["position"])
    _record("collection.arrange", held, by)


@transaction.atomic
def choose_front(*, by: User, space: Space, collection: Collection | None) -> None:
    """Begin the space's page with a collection of its own or of the portal, or with none.

    Raises UserError "not-a-maintainer" or "not-its-collection".
    """
    check_maintain(space, by)
    if collection and collection.space_id not in {None, space.pk}:
        raise UserError("not-its-collection")
    if space.front_id == (collection.pk if collection else None):
        return
    space.front = collection
    space.save(update_fields=["front"])
    chosen = collection.pk if collection else None
    AuditEvent.objects.record("space.front", by=by, space=space.slug, collection=chosen)


def _held(collection: Collection, by: User) -> Collection:
    """The row under lock, with its date moved on; refused to who may not change it."""
    held = Collection.objects.select_for_update(no_key=True).filter(pk=collection.pk).first()
    if held is None:
        raise UserError("no-such-collection")
    check_curate(held, by)
    held.save(update_fields=["updated_at"])
    return held


def _words(title: str, introduction: str) -> dict[str, Any]:
    title, introduction = _line(title)[:200], introduction.replace("\x00", "").strip()
    if not title:
        raise UserError("no-title")
    if (size := len(introduction.encode(errors="replace"))) > LONGEST:
        raise UserError("long-introduction", size=-(-size // 1000), limit=LONGEST // 1000)
    return {"title": title, "introduction": introduction}


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:300]


def _record(action: str, collection: Collection, by: User, **detail: Any) -> None:
    space = collection.space.slug if collection.space else ""
    AuditEvent.objects.record(
        action, by=by, space=space, collection=collection.pk, title=collection.title, **detail
    )
