"""The button that follows something or saves a search: what templates/follows/_button.html shows."""

from dataclasses import dataclass

from django.http import Http404

from knowledge.models import Post, Space, User
from knowledge.pipeline.following import Target, clean_query, clean_tag

WORDS = {
    "tag": "this tag",
    "author": "this person",
    "space": "this space",
    "post": "this post",
    "search": "this search",
}


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


def follow_of(user: User, kind: str, target: Target) -> Follow:
    """One query."""
    return Follow(kind, key_of(target), user.subscriptions.to(kind, target).exists())


def key_of(target: Target) -> str:
    if isinstance(target, User):
        return target.username
    if isinstance(target, Space):
        return target.slug
    return str(target.pk) if isinstance(target, Post) else target


def found(user: User, kind: str, key: str) -> Target:
    """What `key` names for `user`, or 404."""
    target: Target | None = None
    if kind == "tag":
        target = clean_tag(key)
    elif kind == "search":
        target = clean_query(key)
    elif kind == "author":
        target = User.objects.filter(username=key).first()
    elif kind == "space":
        target = Space.objects.visible_to(user).filter(slug=key).first()
    elif kind == "post" and key.isascii() and key.isdigit() and len(key) < 19:
        target = Post.objects.visible_to(user).select_related("space").filter(pk=int(key)).first()
    if not target:
        raise Http404
    return target
