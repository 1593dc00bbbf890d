"""The feed: what is for the reader, what is new, what is read, what needs them; by tag and space."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from knowledge.models import OpenQuestion, Post, Space, User, prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.writers import LATELY_ABOUT
from portal.attention import attention_of
from portal.feeds import ATTENTION, NEW, WORDS, feed_of
from portal.requests import SignedInRequest
from portal.views import moved_lists

MOST_FILTERS = 6
TAGS, SPACES, QUESTIONS = 14, 12, 3


@dataclass(frozen=True, slots=True)
class Filter:
    """`without` is the address of the feed without this filter."""

    label: str
    without: str


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """`?list=` names one of its lists; `?tag=` (several mean all of them) and `?space=` narrow it.

    `?before=` goes on where a page ended; scripts get the cards alone.
    """
    if moved_lists.narrows(request.GET):
        return moved_lists.posts(request)
    if request.GET.get("list") == ATTENTION:
        return _attention(request)
    tags = request.GET.getlist("tag")[:MOST_FILTERS]
    space = request.GET.get("space", "")
    posts = narrowed(request.user, tags, space) if tags or space else None
    feed = feed_of(request.user, posts, request.GET.get("list", ""), request.GET.get("before", ""))
    context = {
        "section": "posts",
        "feed": feed,
        "page": feed.page,
        "why": feed.why,
        "here": feed.here,
        "lists": WORDS,
    }
    if request.htmx:
        return _alone(render(request, "posts/_cards.html", context))
    context |= {"filters": filters(request.GET, tags, space), "chosen_tags": tags, "chosen_space": space}
    context |= _ways_in(request.user)
    if not feed.page.ids and feed.here == NEW:
        context |= {
            "writable": Space.objects.writable_by(request.user).first(),
            "site_url": settings.SITE_URL,
        }
    return render(request, "feed.html", context)


def _attention(request: SignedInRequest) -> HttpResponse:
    context = {
        "section": "posts",
        "here": ATTENTION,
        "lists": WORDS,
        "attention": attention_of(request.user),
    }
    return render(request, "attention.html", context)


def _ways_in(reader: User) -> dict[str, object]:
    """What stands beside the cards. One query."""
    asked = (_SPACES, LATELY_ABOUT, _QUESTIONS)
    spaces, tags, questions = prepared.several(*(each.filled(reader) for each in asked))
    return {"spaces": spaces, "tags": tags[:TAGS], "questions": questions}


_SPACES = ForReader(
    lambda reader: Space.objects.visible_to(reader).values_list("slug", "name", "visibility")[:SPACES]
)
_QUESTIONS = ForReader(
    lambda reader: (
        OpenQuestion.objects.visible_to(reader)
        .wanted()
        .by_votes()
        .values_list("pk", "title", "votes")[:QUESTIONS]
    )
)


def _alone(response: HttpResponse) -> HttpResponse:
    """Cards at the address of a page: no browser may take them for it when somebody comes back."""
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, private=True, no_store=True)
    return response


def narrowed(reader: User, tags: list[str], space: str) -> PostQuerySet:
    posts = Post.objects.visible_to(reader).published()
    posts = posts.tagged(*tags) if tags else posts
    return posts.in_space(space) if space else posts


def filters(query: QueryDict, tags: list[str], space: str) -> list[Filter]:
    chosen = [("space", space)] if space else []
    return [
        Filter(value, _without(query, name, value)) for name, value in chosen + [("tag", tag) for tag in tags]
    ]


def _without(query: QueryDict, name: str, value: str) -> str:
    rest = query.copy()
    rest.pop("before", None)
    rest.setlist(name, [other for other in query.getlist(name) if other != value])
    return f"?{rest.urlencode()}"
