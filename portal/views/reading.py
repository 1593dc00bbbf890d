"""The page of a post at one of its revisions, and what it says while there is nothing to read yet."""

from hashlib import blake2b
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from knowledge.documents.header import header_of
from knowledge.models import Post, Rendering, Revision
from knowledge.permissions import can_write
from portal.fragments import fragments, period
from portal.requests import SignedInRequest

UNFINISHED = {Rendering.State.QUEUED, Rendering.State.RENDERING}


def page(request: SignedInRequest, post: Post, revision: Revision | None = None) -> HttpResponseBase:
    """The post as readers see it, or as it was at `revision`; both loaded `for_reading`."""
    shown = revision or post.shown_revision
    if shown is None:
        raise Http404
    shown.post = post
    if shown.rendering.state != Rendering.State.READY:
        return waiting(request, post, shown)
    etag = quote_etag(fingerprint(request, post, shown))
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    response = render(
        request, "posts/show.html", content(request, post, shown, is_permanent=revision is not None)
    )
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


def waiting(request: SignedInRequest, post: Post, revision: Revision) -> HttpResponseBase:
    """Nothing to read yet: how far it is, or why it failed and what to do."""
    context = progress(post, revision) | {
        "section": "posts",
        "may_write": can_write(post.space, request.user),
        "is_whole_page": True,
    }
    response = render(request, "posts/waiting.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def content(request: SignedInRequest, post: Post, shown: Revision, *, is_permanent: bool) -> dict[str, Any]:
    latest = post.latest_revision or shown
    is_current = shown.pk == post.published_revision_id
    faults = latest.faults if is_current else shown.faults
    failure = latest.rendering.failure if is_current else None
    return head(post, shown, is_current=is_current) | {
        "section": "posts",
        "post": post,
        "revision": shown,
        "latest": latest,
        "is_current": is_current,
        "is_permanent": is_permanent,
        "fragment": fragments.of(shown),
        "outline": outline(shown.rendering),
        "failure": failure,
        "faults": faults,
        "notices": notices(shown),
        "is_under_way": is_current and is_under_way(post, latest),
        "may_write": bool(faults or failure) and can_write(post.space, request.user),
    }


def head(post: Post, shown: Revision, *, is_current: bool) -> dict[str, Any]:
    """Title, subtitle, tldr and tags: the post's own, or those that an old revision's header had."""
    if is_current:
        return {"title": post.title, "subtitle": post.subtitle, "tldr": post.tldr, "tags": post.tags}
    header = header_of(shown.header)
    tags = [tag.strip().lower() for tag in header.tags]
    return {"title": shown.title, "subtitle": header.subtitle, "tldr": header.tldr, "tags": tags}


def outline(rendering: Rendering) -> list[dict[str, Any]]:
    """The two upper levels of headings that the document uses; none where there is nothing to choose from."""
    top = min((heading["level"] for heading in rendering.headings), default=1)
    upper = [
        heading | {"deep": heading["level"] > top}
        for heading in rendering.headings
        if heading["level"] < top + 2
    ]
    return upper if len(upper) > 1 else []


def notices(revision: Revision) -> list[str]:
    """What readers should know of the rendering. A fault of the header is the author's to know."""
    faults = {fault["message"] for fault in revision.faults}
    return [notice for notice in revision.rendering.notices if notice not in faults]


def progress(post: Post, revision: Revision) -> dict[str, Any]:
    """What templates/posts/_status.html shows."""
    rendering = revision.rendering
    ahead = 0
    if rendering.state == Rendering.State.QUEUED:
        ahead = Rendering.objects.ahead_of(rendering).count()
    return {"post": post, "revision": revision, "ahead": ahead, "is_under_way": is_under_way(post, revision)}


def is_under_way(post: Post, revision: Revision) -> bool:
    """Whether waiting helps: the revision is being rendered, or is about to take its place as the post."""
    if revision.rendering.state != Rendering.State.READY:
        return revision.rendering.state in UNFINISHED
    published = post.published_revision
    return post.status != Post.Status.DELETED and (published is None or published.number < revision.number)


def revision_of(post: Post, pk: str) -> Revision:
    """A revision of `post`, one of those it was loaded with if it can be; the latest for a wrong `pk`."""
    for loaded in (post.published_revision, post.latest_revision):
        if loaded and str(loaded.pk) == pk:
            return loaded
    found = post.revisions.for_reading().filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() else None
    if found := found or post.latest_revision:
        return found
    raise Http404


def fingerprint(request: SignedInRequest, post: Post, shown: Revision) -> str:
    """Changes with everything that the page shows."""
    latest = post.latest_revision
    rendering = shown.rendering
    facts = (
        staticfiles_storage.__dict__.get("manifest_hash"),
        request.path,
        (request.user.pk, request.user.name, request.user.is_superuser, len(get_messages(request))),
        (post.pk, post.path, post.title, post.subtitle, post.tldr, post.tags, post.status),
        (post.space.name, post.space.visibility, post.private),
        (post.created_at, post.updated_at, post.published_at, post.published_revision_id),
        [(author.name, author.user and author.user.name) for author in post.authorships.all()],
        (shown.pk, rendering.pk, rendering.finished_at, period()),
        latest and (latest.pk, latest.rendering.state, latest.rendering.failure, latest.faults),
    )
    return blake2b(repr(facts).encode(), digest_size=12).hexdigest()
