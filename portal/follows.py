"""The button that follows something or saves a search: what templates/follows/_button.html shows."""

from dataclasses import dataclass

from django.db.models import BigIntegerField, CharField
from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode

from knowledge.models import Collection, Dataset, Insight, Post, Space, User
from knowledge.models.for_readers import ForReader
from knowledge.models.subscription import TARGETS, TEXTS, Subscription, Target
from knowledge.models.tag import fits_path
from knowledge.models.tag_use import current_tag
from knowledge.pipeline.following import clean_query

WORDS = {
    "tag": "this tag",
    "author": "this person",
    "space": "this space",
    "post": "this post",
    "search": "this search",
    "collection": "this collection",
    "dataset": "this dataset",
    "insight": "this number",
}


def _follows(kind: str) -> ForReader[tuple[int]]:
    column = CharField(max_length=500) if kind in TEXTS else BigIntegerField()
    return ForReader(
        lambda reader, to: Subscription.objects.filter(user=reader).to(kind, to).values_list("pk")[:1],
        to=column,
    )


# Kind -> whether a reader follows a target of it, `to` being its id or the text.
FOLLOWS = {kind: _follows(kind) for kind in TARGETS}


@dataclass(frozen=True, slots=True)
class Follow:
    """`key` stands for the target in addresses."""

    kind: str
    key: str
    is_on: bool

    @property
    def words(self) -> str:
        return WORDS[self.kind]

    @property
    def label(self) -> str:
        if self.kind == "search":
            return "Saved" if self.is_on else "Save this search"
        return "Following" if self.is_on else "Follow"

    @property
    def address(self) -> str:
        """Of the button; see knowledge.models.tag.tag_address."""
        if fits_path(self.key):
            return reverse("follow", args=[self.kind, self.key])
        return f"{reverse('follow-named', args=[self.kind])}?{urlencode({'target': self.key})}"


def follow_of(user: User, kind: str, target: Target) -> Follow:
    """One query."""
    is_on = FOLLOWS[kind](user, to=target if isinstance(target, str) else target.pk)
    return Follow(kind, key_of(target), bool(is_on))


def key_of(target: Target) -> str:
    if isinstance(target, User):
        return target.username
    if isinstance(target, Space):
        return target.slug
    if isinstance(target, Insight):
        return target.address
    return str(target.pk) if isinstance(target, (Post, Collection, Dataset)) else target


def found(user: User, kind: str, key: str) -> Target:
    """What `key` names for `user`, or 404."""
    target: Target | None = None
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    if kind == "tag":
        target = current_tag(user, key)
    elif kind == "search":
        target = clean_query(key)
    elif kind == "author":
        target = User.objects.filter(username=key).first()
    elif kind == "space":
        target = Space.objects.visible_to(user).filter(slug=key).first()
    elif kind == "post":
        target = Post.objects.visible_to(user).select_related("space").filter(pk=number).first()
    elif kind == "collection":
        target = Collection.objects.visible_to(user).filter(pk=number).first()
    elif kind == "dataset":
        target = Dataset.objects.visible_to(user).filter(pk=number).first()
    elif kind == "insight":
        target = Insight.objects.visible_to(user).named(key).select_related("space").first()
    if not target:
        raise Http404
    return target
