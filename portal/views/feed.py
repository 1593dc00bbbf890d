"""The feed: what was published, newest first, by tag and space."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.models import Post, Space
from knowledge.models.post_queryset import PostQuerySet
from portal.paging import page_of
from portal.requests import SignedInRequest
from portal.views import moved_lists

MOST_FILTERS = 6
RECENT = 500  # posts whose tags make the rail: it costs the same however many posts there are
TAGS, SPACES = 14, 12


@dataclass(frozen=True, slots=True)
class Filter:
    """`without` is the address of the feed without this filter."""

    label: str
    without: str


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """`?tag=` (several mean all of them) and `?space=` narrow it, `?before=` goes back in time."""
    if moved_lists.narrows(request.GET):
        return moved_lists.posts(request)
    tags = request.GET.getlist("tag")[:MOST_FILTERS]
    space = request.GET.get("space", "")
    visible = Post.objects.visible_to(request.user).published()
    page = page_of(narrowed(visible, tags, space), request.GET.get("before", ""))
    context = {
        "section": "posts",
        "page": page,
        "filters": filters(request.GET, tags, space),
        "spaces": Space.objects.visible_to(request.user)[:SPACES],
        "tags": popular_tags(visible),
        "chosen_tags": tags,
        "chosen_space": space,
    }
    if not page.posts:
        context |= {
            "writable": Space.objects.writable_by(request.user).first(),
            "site_url": settings.SITE_URL,
        }
    return render(request, "feed.html", context)


def narrowed(posts: PostQuerySet, tags: list[str], space: str) -> PostQuerySet:
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


def popular_tags(posts: PostQuerySet) -> list[tuple[str, int]]:
    """What the newest posts are about, with how many of them."""
    recent = Post.objects.filter(pk__in=posts.newest_first()[:RECENT].values("pk"))
    return list(recent.tag_counts()[:TAGS])
