"""A space's front page, and the list of what was pushed to it."""

import re

from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knowledge.models import Post, Push, Rendering, Space, TagUse, User
from knowledge.models.listing import IN_SPACE, Plain
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.prepared import several
from knowledge.models.tag_use import ranked
from knowledge.models.writers import RECENT, Told
from knowledge.permissions import can_maintain, can_write
from portal.folders import subfolders
from portal.follows import follow_of
from portal.paging import page_of
from portal.requests import SignedInRequest
from portal.views import places
from portal.views.collections import front_of
from portal.views.spaces import visible_space

PUSHES_A_PAGE = 30
MEMBERS_SHOWN = 12
UNREAD_SHOWN = 10
TAGS_SHOWN = 12
POPULAR_SHOWN, WRITERS_SHOWN = 5, 6
COLLECTIONS_SHOWN = 5
MARK = re.compile(r"\d{1,18}", re.ASCII)


@require_safe
def show(request: SignedInRequest, space: str) -> HttpResponse:
    """The introduction (its README), then the posts; for authors also what can't be read yet."""
    found = visible_space(request.user, space)
    visible = Post.objects.visible_to(request.user)
    posts = visible.filter(space=found)
    listed = IN_SPACE.of(request.user, space=found.pk)
    newest = listed.newest(None, RECENT)
    told = Told.of(*several(*Told.asked_of([pk for _, pk in newest])))
    tag = _tag(request)
    before = request.GET.get("before", "")
    may_write = can_write(found, request.user)
    context = {
        "section": "spaces",
        "space": found,
        "front": front_of(request.user, found),
        "introduction": places.introduction(visible, found.slug, ""),
        "page": page_of(Plain(posts.published().tagged(tag)), before)
        if tag
        else page_of(listed, before, newest=newest),
        "tag": tag,
        "tags": ranked(TagUse.objects.seen_by(request.user, space=found))[:TAGS_SHOWN],
        "collections": found.collections.order_by("-updated_at", "-pk")[:COLLECTIONS_SHOWN],
        "unread": _unread(posts) if may_write else [],
        "subfolders": subfolders(posts, ""),
        "popular": posts.published().popular_first()[:POPULAR_SHOWN],
        "writers": told.writers[:WRITERS_SHOWN],
        "members": found.memberships.select_related("user").order_by("user__username")[:MEMBERS_SHOWN],
        "clone": f"{settings.SITE_URL}/git/{found.slug}.git",
        "follow": follow_of(request.user, "space", found),
        "may_write": may_write,
        "may_maintain": can_maintain(found, request.user),
    }
    return render(request, "spaces/show.html", context)


@require_safe
def pushes(request: SignedInRequest, space: str) -> HttpResponse:
    found = visible_space(request.user, space)
    before = request.GET.get("before", "")
    listed = Push.objects.filter(space=found).select_related("pushed_by").order_by("-pk")
    if MARK.fullmatch(before):
        listed = listed.filter(pk__lt=int(before))
    shown = list(listed[: PUSHES_A_PAGE + 1])
    older = shown[PUSHES_A_PAGE - 1].pk if len(shown) > PUSHES_A_PAGE else None
    context = {
        "section": "spaces",
        "space": found,
        "rows": _with_documents(shown[:PUSHES_A_PAGE], found, request.user),
        "older": older,
        "may_maintain": can_maintain(found, request.user),
    }
    return render(request, "spaces/pushes.html", context)


def _tag(request: SignedInRequest) -> str:
    return request.GET.get("tag", "").replace("\x00", "").strip().lower()


def _unread(posts: PostQuerySet) -> list[Post]:
    """Documents whose latest revision readers can't see: still on the way, failed, or kept back."""
    seen = Q(latest_revision__rendering__state=Rendering.State.READY, latest_revision__blocked_by=[])
    waiting = posts.live().exclude(seen)
    return list(waiting.for_cards().order_by("-updated_at", "-pk")[:UNREAD_SHOWN])


def _with_documents(pushes: list[Push], space: Space, user: User) -> list[tuple[Push, list[str]]]:
    """Each push with the titles of its documents as readers know them now, without those `user` can't see.

    One query.
    """
    named = {line["post"] for push in pushes for line in push.report if line.get("post")}
    seen = dict(Post.objects.visible_to(user).filter(pk__in=named).values_list("pk", "title"))
    return [
        (
            push,
            [
                seen.get(line.get("post") or 0) or line.get("title") or line["path"]
                for line in push.report
                if not line.get("post") or line["post"] in seen
            ],
        )
        for push in pushes
    ]
