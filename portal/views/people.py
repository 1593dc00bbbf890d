"""People: who writes, and what someone wrote. Whom an import knew under another name is found under both."""

from django.db.models import BigIntegerField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from knowledge.models import Post, Space, User
from knowledge.models.for_readers import ForReader
from knowledge.models.writers import Told, writers_of, written_by
from knowledge.models.written import AT_ONCE, Written
from portal.follows import follow_of
from portal.paging import page_of, popular_page
from portal.requests import SignedInRequest

A_PAGE = 30
TAGS, TOGETHER = 10, 6
LISTS = {"new": "Newest", "popular": "Popular"}
_WRITES_IN = ForReader(
    lambda reader, person: Space.objects.visible_to(reader).writable_by(person).values_list("slug", "name"),
    person=BigIntegerField(),
)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Who wrote something that the reader can see, by name; `?q=` is part of it, `?after=` goes on."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:150]
    mark = request.GET.get("after", "").replace("\x00", "")[:150]
    last = User.objects.filter(username=mark).first() if mark else None
    visible = Post.objects.visible_to(request.user).published()
    found = list(writers_of(visible, words=words, after=last)[: A_PAGE + 1])
    context = {
        "section": "people",
        "words": words,
        "writers": written_by(found[:A_PAGE], visible),
        "more": found[A_PAGE - 1].username if len(found) > A_PAGE else None,
        "is_first": last is None,
    }
    return render(request, "people/index.html", context)


@require_safe
def show(request: SignedInRequest, username: str) -> HttpResponse:
    """`?list=popular`: what is read of it most, these days."""
    person = get_object_or_404(User.objects.select_related("claimed_by"), username=username)
    if person.claimed_by:
        return redirect(person.claimed_by)
    posts, before = Written(request.user, person), request.GET.get("before", "")
    newest = posts.newest(None, AT_ONCE)
    here = "popular" if request.GET.get("list") == "popular" else "new"
    told = Told.of([pk for _, pk in newest])
    together = told.writers[: TOGETHER + 1]
    context = {
        "section": "people",
        "person": person,
        "spaces": _WRITES_IN(request.user, person=person.pk),
        "follow": follow_of(request.user, "author", person),
        "page": popular_page(posts, before) if here == "popular" else page_of(posts, before, newest=newest),
        "lists": LISTS,
        "here": here,
        "tags": told.tags[:TAGS],
        "together": [(other, number) for other, number in together if other != person][:TOGETHER],
    }
    return render(request, "people/show.html", context)
