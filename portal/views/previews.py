"""Previews: a document as a branch would make it, and what a space's branches hold; for members alone."""

import shlex
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from knowledge.documents import Header
from knowledge.documents.header import header_of
from knowledge.models import Branch, Post, Preview, Rendering, User
from knowledge.models.preview import BranchQuerySet
from knowledge.permissions import can_maintain, can_preview, can_see_findings, can_write
from knowledge.pipeline.facts import People
from knowledge.pipeline.linting import is_kept_back
from knowledge.policy import Policies
from portal.findings import found_in
from portal.outlines import outline
from portal.parts import shown_parts
from portal.post_words import notices
from portal.requests import SignedInRequest
from portal.views.reading import UNFINISHED, asked_part
from portal.views.spaces import visible_space

EACH = 20  # previews of a branch that the list shows, and of its other lines


@dataclass(frozen=True, slots=True)
class Row:
    """A branch with its first previews, and what else its report says; `more` counts the rest of both."""

    branch: Branch
    previews: list[Preview]
    said: list[dict[str, Any]]
    more: int


@require_safe
def of_space(request: SignedInRequest, space: str) -> HttpResponse:
    found = visible_space(request.user, space)
    if not can_preview(found, request.user):
        raise Http404
    branches = Branch.objects.there().filter(space=found)
    rows = [_row(branch) for branch in _newest(branches)]
    context = {
        "section": "spaces",
        "space": found,
        "rows": [row for row in rows if row.previews or row.said],
        "plain": [row.branch for row in rows if not row.previews and not row.said],
        "without": branches.filter(has_room=False).count(),
        "may_write": can_write(found, request.user),
        "may_maintain": can_maintain(found, request.user),
    }
    return render(request, "spaces/previews.html", context)


@require_safe
def show(request: SignedInRequest, space: str, place: str) -> HttpResponse:
    """`place` is the branch and the document's path; htmx asks whether there is something new to read."""
    branch = Branch.objects.visible_to(request.user).at(space, place).select_related("space").first()
    if branch is None:
        raise Http404
    path = place[len(branch.name) + 1 :]
    if not path:
        return redirect("space-previews", space)
    preview = Preview.objects.for_reading().filter(branch=branch, path=path).first()
    is_under_way = preview is not None and preview.rendering.state in UNFINISHED
    if request.htmx and not is_under_way:
        return HttpResponseClientRefresh()
    if preview is None:
        return _no_more(request, branch, path)
    may_mend = can_see_findings(branch.space, request.user)
    context = _around(request, preview, may_mend=may_mend) | {"is_under_way": is_under_way}
    template = "previews/_status.html" if request.htmx else "previews/waiting.html"
    is_ready = preview.rendering.state == Rendering.State.READY
    if is_ready and (may_mend or not is_kept_back(preview)):
        template, context = "previews/show.html", context | _content(preview, asked_part(request))
    return _answer(request, template, context)


def _answer(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    response = render(request, template, {"section": "spaces"} | context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _no_more(request: SignedInRequest, branch: Branch, path: str) -> HttpResponse:
    """To what readers see, where the branch differs no longer; or that the branch is gone."""
    post = Post.objects.visible_to(request.user).at(branch.space.slug, path).live().first()
    if branch.ended_at:
        context = {"branch": branch, "path": path, "post": post}
        return _answer(request, "previews/gone.html", context, status=410)
    if post is None:
        raise Http404
    return redirect("post", branch.space.slug, post.path)


def _around(request: SignedInRequest, preview: Preview, *, may_mend: bool) -> dict[str, Any]:
    """What is said of a preview, whether it can be read already or not."""
    branch, space = preview.branch, preview.branch.space
    path = preview.old_path or preview.path
    is_queued = preview.rendering.state == Rendering.State.QUEUED
    return {
        "preview": preview,
        "branch": branch,
        "space": space,
        "post": Post.objects.visible_to(request.user).at(space.slug, path).live().first(),
        "ahead": Rendering.objects.ahead_of(preview.rendering).count() if is_queued else 0,
        "asks_approval": Policies(space).at(preview.path).is_required,
        "merged": shlex.quote(branch.name),  # a name may hold what a shell would act on
        "faults": preview.faults if may_mend else [],
        "findings": found_in(preview) if may_mend else [],
    }


def _content(preview: Preview, part: int) -> dict[str, Any]:
    header = header_of(preview.header)
    parts = shown_parts(preview, part)
    return {
        "header": header,
        "authors": _authors(preview, header),
        "parts": parts,
        "fragment": next((each.fragment for each in parts if each.fragment), None),
        "macros": preview.rendering.macros,
        "outline": outline(preview.rendering.headings),
        "notices": notices(preview),
    }


def _authors(preview: Preview, header: Header) -> list[tuple[str, User | None]]:
    """How each is called, and who of the people here it is. One query."""
    called = {name: name for name in header.authors}
    if not called:
        called = {preview.author_email or preview.author_name: preview.author_name or preview.author_email}
    people = People(called)
    found = [(name, people.find(key)) for key, name in called.items()]
    return [(user.get_full_name() if user else name, user) for name, user in found]


def _newest(branches: BranchQuerySet) -> BranchQuerySet:
    taken_in = branches.filter(has_room=True).exclude(commit="")
    return taken_in.for_lists(each=EACH).order_by("-pushed_at", "-pk")


def _row(branch: Branch) -> Row:
    said = [line for line in branch.report if not line.get("preview")]
    more = branch.number - len(branch.listed) + len(said[EACH:])
    return Row(branch, branch.listed, said[:EACH], more)
