"""Which post somebody means who writes its address, its path, or words of its title."""

import re
from urllib.parse import unquote, urlsplit

from knowledge.models import Collection, Post, User
from knowledge.models.post_queryset import PostQuerySet

FOUND = 8
WORDS = 6
_PERMANENT = re.compile(r"(?:/?p/)?(\d{1,18})/?", re.ASCII)
_REVISION = re.compile(r"@r?\w{1,40}$", re.ASCII)


def picked(user: User, text: str, collection: Collection) -> Post | None:
    """By address, number or path, which alone counts in the collection's space; None for other words."""
    path = _path(_clean(text))
    posts = Post.objects.visible_to(user).posts().live().select_related("space")
    if number := _PERMANENT.fullmatch(path):
        return posts.filter(pk=int(number[1])).first()
    place = path.removeprefix("/s/").strip("/")
    space, _, rest = place.partition("/")
    choices = [(space, rest)] + ([(collection.space.slug, place)] if collection.space else [])
    for slug, path in choices:
        for each in dict.fromkeys([path, _REVISION.sub("", path)]):
            if each and (found := posts.at(slug, each).first()):
                return found
    return None


def suggested(user: User, text: str, collection: Collection) -> list[Post]:
    """What readers find, not in the collection yet, with all of the words in its title; the newest first."""
    words = _clean(text).split()[:WORDS]
    if not words:
        return []
    posts: PostQuerySet = Post.objects.visible_to(user).published().select_related("space")
    for word in words:
        posts = posts.filter(title__icontains=word)
    posts = posts.exclude(pk__in=collection.items.values("post"))
    return list(posts.newest_first()[:FOUND])


def _path(text: str) -> str:
    try:
        return _clean(unquote(urlsplit(text).path))
    except ValueError:  # an address with brackets in the wrong place
        return text


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()[:2000]
