"""Addresses of lists in the knowledge-repo that a space was brought over from: to the nearest of ours."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from knowledge.models import Authorship, Post, User
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.tag import tag_address
from portal.requests import SignedInRequest
from portal.views.moved import forward

MOST_NAMES = 6
GROUPS = {"folder": "spaces", "tags": "tags", "author": "feed"}


def narrows(query: QueryDict) -> bool:
    return bool(query.get("authors") or query.get("filters"))


@require_safe
def posts(request: SignedInRequest) -> HttpResponse:
    """`?authors=` (with commas) leads to the first of them, `?filters=` (with blanks) to what are tags."""
    return _posts(request, "feed")


@require_safe
def table(request: SignedInRequest) -> HttpResponse:
    """The same, to the table of all posts."""
    return _posts(request, "post-table")


def _posts(request: SignedInRequest, goal: str) -> HttpResponse:
    visible = Post.objects.visible_to(request.user).published()
    authors = [name.strip() for name in request.GET.get("authors", "").split(",")][:MOST_NAMES]
    if person := next((found for name in authors if (found := _person(visible, name))), None):
        return forward(person.get_absolute_url())
    tags, others = _tags(visible, request.GET.get("filters", ""))
    unknown = [*filter(None, authors), *others]
    if unknown:
        words = ", ".join(f"“{word[:50]}”" for word in unknown)
        messages.info(request, f"The old address asked for {words}, which is no tag or author here.")
    return forward("?".join(filter(None, [reverse(goal), urlencode([("tag", tag) for tag in tags])])))


@require_safe
def clusters(request: SignedInRequest) -> HttpResponse:
    if narrows(request.GET):
        return posts(request)
    return forward(reverse(GROUPS.get(request.GET.get("group_by", "folder"), "feed")))


@require_safe
def tag(request: SignedInRequest) -> HttpResponse:
    name = request.GET.get("tag", "").strip().removeprefix("#")
    return forward(tag_address(name) if name else reverse("tags"))


def _person(visible: PostQuerySet, name: str) -> User | None:
    """By user name, or as the header of a post that the reader can see spells them."""
    if not name:
        return None
    signed = Authorship.objects.filter(name__iexact=name, post__in=visible, user__isnull=False)
    spelled = signed.select_related("user").first()
    return User.objects.filter(username__iexact=name).first() or (spelled.user if spelled else None)


def _tags(visible: PostQuerySet, text: str) -> tuple[list[str], list[str]]:
    """(tags, other words) of what was looked for; a tag may have blanks."""
    text = text.strip().lower()
    if not text or visible.tagged(text).exists():
        return [text] if text else [], []
    words = list(dict.fromkeys(text.split()))[:MOST_NAMES]
    tags = [word for word in words if visible.tagged(word).exists()]
    return tags, [word for word in words if word not in tags]
