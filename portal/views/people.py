"""People: who writes, and what someone wrote. Whom an import knew under another name is found under both."""

from functools import lru_cache

from django.db.models import BigIntegerField, CharField
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from knowledge.models import Space, User, prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.user import person_address
from knowledge.models.writers import Told, writers
from knowledge.models.written import AT_ONCE, Written
from portal.follows import FOLLOWS, Follow
from portal.paging import page_of, popular_page
from portal.requests import SignedInRequest

A_PAGE = 30
TAGS, TOGETHER = 10, 6
LISTS = {"new": "Newest", "popular": "Popular"}
_COLUMNS = ("id", "username", "name", "unclaimed", "is_active")
_NAMED = ForReader(
    lambda _, username: User.objects.filter(username=username).values_list(*_COLUMNS, "claimed_by__username"),
    username=CharField(max_length=150),
)
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
    found = writers(request.user, A_PAGE + 1, words=words, after=last)
    context = {
        "section": "people",
        "words": words,
        "writers": [
            _drawn(each.person.username, each.person.name, each.posts, each.has_more, each.tags)
            for each in found[:A_PAGE]
        ],
        "more": found[A_PAGE - 1].person.username if len(found) > A_PAGE else None,
        "is_first": last is None,
    }
    return render(request, "people/index.html", context)


@lru_cache(maxsize=3_000)
def _drawn(username: str, name: str, posts: int, has_more: bool, tags: tuple[str, ...]) -> SafeString:
    """The same for everybody who sees as much of it."""
    told = {"person": User(username=username, name=name), "posts": posts, "has_more": has_more, "tags": tags}
    return render_to_string("people/_writer.html", told)


@require_safe
def show(request: SignedInRequest, username: str) -> HttpResponse:
    """`?list=popular`: what is read of it most, these days."""
    found = _NAMED(request.user, username=username)
    if not found:
        raise Http404
    *columns, claimed_by = found[0]
    if claimed_by:
        return redirect(person_address(claimed_by))
    person = User(**dict(zip(_COLUMNS, columns, strict=True)))
    posts, before = Written(request.user, person), request.GET.get("before", "")
    newest = posts.newest(None, AT_ONCE)
    here = "popular" if request.GET.get("list") == "popular" else "new"
    signed, tags, spaces, follows = prepared.several(
        *Told.asked_of([pk for _, pk in newest]),
        _WRITES_IN.filled(request.user, person=person.pk),
        FOLLOWS["author"].filled(request.user, to=person.pk),
    )
    told = Told.of(signed, tags)
    together = told.writers[: TOGETHER + 1]
    context = {
        "section": "people",
        "person": person,
        "spaces": spaces,
        "follow": Follow("author", person.username, bool(follows)),
        "page": popular_page(posts, before) if here == "popular" else page_of(posts, before, newest=newest),
        "lists": LISTS,
        "here": here,
        "tags": told.tags[:TAGS],
        "together": [(other, number) for other, number in together if other != person][:TOGETHER],
    }
    return render(request, "people/show.html", context)
