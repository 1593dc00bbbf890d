"""The page of a post at one of its revisions, and what it says while there is nothing to read yet."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from knowledge.models import Post, Rendering, Revision, User
from knowledge.models.approvals import approvers_of
from knowledge.permissions import can_maintain, can_see_findings, can_write, role_in
from knowledge.trusted import trust_in_post
from portal.findings import Box, box_of
from portal.outlines import outline
from portal.parts import shown_parts
from portal.post_words import notices, words
from portal.reads import count
from portal.requests import SignedInRequest

UNFINISHED = {Rendering.State.QUEUED, Rendering.State.RENDERING}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of a post's page that templates/posts/show.html puts into the frame of all pages."""

    title: str
    head: SafeString
    main: SafeString


def page(request: SignedInRequest, post: Post, revision: Revision | None = None) -> HttpResponseBase:
    """The post as readers see it, or as it was at `revision`; both loaded `for_reading`."""
    shown = revision or post.shown_revision
    if shown is None:
        raise Http404
    if shown.rendering.state != Rendering.State.READY:
        return waiting(request, post, shown)
    may_write = can_write(post.space, request.user)
    if shown.blocked_by and not can_see_findings(post.space, request.user):
        return waiting(request, post, shown)
    count(request, post.pk)
    is_member = may_write or sees_held(post, request.user)
    box = findings_box(request, post, shown, may_write=may_write)
    shows = content(post, shown, may_write=may_write, is_member=is_member, box=box, part=asked_part(request))
    context = {"section": "posts", "drawn": draw(shows, request)}
    response = render(request, "posts/show.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def asked_part(request: SignedInRequest) -> int:
    """`?part=`, for browsers without scripts; the first for anything that is no number of a part."""
    asked = request.GET.get("part", "")
    return int(asked) if re.fullmatch(r"[0-9]{1,6}", asked) else 0


def waiting(request: SignedInRequest, post: Post, revision: Revision) -> HttpResponseBase:
    """Nothing to read yet: how far it is, or why it failed and what to do; or not for everyone yet."""
    context = progress(post, revision) | {
        "section": "posts",
        "may_write": can_write(post.space, request.user),
    }
    response = render(request, "posts/waiting.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def draw(context: dict[str, Any], request: SignedInRequest | None = None) -> Drawn:
    """Without a request the result holds nothing of one, and can be kept for everyone."""
    head = render_to_string("posts/_head.html", context, request)
    return Drawn(context["title"], head, render_to_string("posts/_main.html", context, request))


def content(
    post: Post,
    shown: Revision,
    *,
    may_write: bool,
    is_member: bool,
    box: Box | None = None,
    part: int = 0,
) -> dict[str, Any]:
    """What templates/posts/_main.html shows of `post` at the revision `shown`, whose rendering is ready.

    Of a long document it carries `part`, and where to fetch the others. Who is no member of the space hears
    nothing of a newer revision that is held.
    """
    shown.post = post
    latest = post.latest_revision or shown
    if latest.is_held and not is_member:
        latest = shown
    is_current = shown.pk == post.published_revision_id
    parts = shown_parts(shown, part)
    return words(post, shown, is_current=is_current) | {
        "post": post,
        "revision": shown,
        "latest": latest,
        "is_current": is_current,
        "parts": parts,
        "fragment": next((each.fragment for each in parts if each.fragment), None),
        "macros": shown.rendering.macros,
        "outline": outline(shown.rendering.headings),
        "failure": latest.rendering.failure if is_current else None,
        "faults": latest.faults if is_current else shown.faults,
        "box": box,
        "notices": notices(shown),
        "is_under_way": is_current and is_under_way(post, latest),
        "may_write": may_write,
        "is_member": is_member,
        "trust": trust_in_post(post, approvers=approvers_of(shown.pk)) if is_current else None,
        "site_url": settings.SITE_URL,
    }


def findings_box(request: SignedInRequest, post: Post, shown: Revision, *, may_write: bool) -> Box | None:
    """Of the newest revision, if readers see the post, as it is the one to mend; else of the one shown."""
    subject = (post.latest_revision or shown) if shown.pk == post.published_revision_id else shown
    if not (may_write or (subject.blocked_by and request.user.is_superuser)):
        return None
    subject.post = post
    may_pass = bool(subject.blocked_by) and can_maintain(post.space, request.user)
    return box_of(subject, is_on_page=subject.pk == shown.pk, may_pass=may_pass)


def progress(post: Post, revision: Revision) -> dict[str, Any]:
    """What templates/posts/_status.html shows."""
    rendering = revision.rendering
    is_queued = rendering.state == Rendering.State.QUEUED
    return {
        "post": post,
        "revision": revision,
        "ahead": Rendering.objects.ahead_of(rendering).count() if is_queued else 0,
        "is_under_way": is_under_way(post, revision),
    }


def is_under_way(post: Post, revision: Revision) -> bool:
    """Whether waiting helps: the revision is being rendered, or is about to take its place as the post."""
    if revision.rendering.state != Rendering.State.READY:
        return revision.rendering.state in UNFINISHED
    if revision.blocked_by or revision.is_held:
        return False
    published = post.published_revision
    return post.status != Post.Status.DELETED and (published is None or published.number < revision.number)


def sees_held(post: Post, user: User) -> bool:
    """Whether the user may see a revision that is held."""
    return user.is_superuser or role_in(post.space, user) is not None


def revision_of(post: Post, pk: str) -> Revision:
    """A revision of `post`, one of those it was loaded with if it can be; the latest for a wrong `pk`."""
    for loaded in (post.published_revision, post.latest_revision):
        if loaded and str(loaded.pk) == pk:
            return loaded
    found = None
    if pk.isascii() and pk.isdigit():
        found = post.revisions.for_reading().filter(pk=int(pk)).first()
    if found := found or post.latest_revision:
        return found
    raise Http404
