"""Campaigns: posts that are to come over an upgrade of a library, and who was asked for which."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from knowledge import versions
from knowledge.errors import UserError
from knowledge.models import Campaign, CampaignItem, LibraryUse, Space, User
from knowledge.models.campaign import MOST_POSTS
from knowledge.models.library_use import LibraryUseQuerySet
from knowledge.permissions import can_run, check_campaign, check_run, kept_by
from knowledge.pipeline import campaigning
from knowledge.rendering.remarks import LONGEST, remark
from portal.library_pages import Progress, progress_of
from portal.requests import SignedInRequest, sent

A_PAGE = 50
GROUPS = 50  # spaces, and people, whose progress is told apart


class WordsForm(forms.Form):
    title = forms.CharField(max_length=200, help_text="As whoever is asked will know it.")
    target = forms.CharField(
        label="Version to come to",
        max_length=versions.LONGEST,
        required=False,
        help_text="Such as <code>2.1</code>. Empty: away from this library.",
    )
    what = forms.CharField(
        label="What is to be done?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        help_text="How, until when, whom to ask. Markdown, as in comments.",
    )


class CampaignForm(WordsForm):
    """What it is about comes from the list of what an upgrade touches."""

    library = forms.CharField(max_length=100, widget=forms.HiddenInput)
    affected = forms.CharField(max_length=versions.LONGEST, required=False, widget=forms.HiddenInput)
    space = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    with_unknown = forms.BooleanField(label="Also ask for posts whose version is not known", required=False)


class MarkForm(forms.Form):
    item = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    state = forms.ChoiceField(choices=CampaignItem.State.choices)
    note = forms.CharField(max_length=500, required=False)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Those with a post that the reader sees, the newest first; `?closed=1` those that are over."""
    is_closed = bool(request.GET.get("closed"))
    seen = Campaign.objects.visible_to(request.user).filter(closed_at__isnull=not is_closed)
    page = Paginator(seen.order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    pks = [each.pk for each in page.object_list]
    mine = CampaignItem.objects.visible_to(request.user).of(request.user).waiting().filter(campaign__in=pks)
    theirs = {row["campaign"]: row["every"] for row in mine.progress("campaign")}
    progress = progress_of(pks, request.user)
    context = {
        "section": "insights",
        "rows": [(each, progress.get(each.pk), theirs.get(each.pk, 0)) for each in page.object_list],
        "page": page,
        "is_closed": is_closed,
    }
    return render(request, "campaigns/index.html", context)


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """`?library=`, `?from=`, `?to=` and `?space=` say what it is about."""
    try:
        check_campaign(request.user)
    except UserError as error:
        raise PermissionDenied(str(error)) from error
    about = _about(request)
    uses = LibraryUse.objects.visible_to(request.user).of(about["library"])
    space = Space.objects.visible_to(request.user).filter(slug=about["space"]).first()
    uses = uses.filter(space__slug=about["space"]) if about["space"] else uses
    target = request.GET.get("to", "").replace("\x00", "")[: versions.LONGEST]
    title = " ".join(filter(None, (about["library"], target)))
    form = CampaignForm(sent(request), initial=about | {"target": target, "title": title})
    if request.method == "POST" and form.is_valid():
        try:
            if about["space"] and space is None:
                raise UserError("no-such-space", space=about["space"])
            made = campaigning.open_campaign(by=request.user, **form.cleaned_data | {"space": space})
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is open, and everybody who answers for one of its posts is told.")
            return redirect(made)
    context = {
        "section": "insights",
        "form": form,
        "about": about,
        "space": space,
        "posts": uses.concerned(about["affected"], form["target"].value() or "").count()
        if about["library"]
        else 0,
        "unknown": uses.unknown().count() if about["library"] else 0,
        "limit": MOST_POSTS,
    }
    return render(request, "campaigns/new.html", context)


@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The checklist; `?whose=mine` those that the reader is asked for, `?state=`, `?space=`, `?owner=`."""
    campaign = _visible(request.user, pk)
    seen = CampaignItem.objects.visible_to(request.user).filter(campaign=campaign)
    mine = seen.of(request.user)
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:150] for name in _NARROWS}
    listed = _narrowed(mine if asked["whose"] == "mine" else seen, asked)
    page = Paginator(listed.open_first().with_posts(), A_PAGE).get_page(request.GET.get("page"))
    keeps = (
        kept_by(request.user, [item.post for item in page.object_list]) if not campaign.closed_at else set()
    )
    whole = next(iter(seen.progress("campaign")), {"every": 0, "settled": 0})
    uses = LibraryUse.objects.visible_to(request.user).of(campaign.library)
    context = {
        "section": "insights",
        "campaign": campaign,
        "what": _what(campaign),
        "rows": [(item, item.post_id in keeps) for item in page.object_list],
        "page": page,
        "asked": asked,
        "whole": Progress(whole["every"], whole["settled"]),
        "mine": mine.count(),
        "by_space": _by_space(seen),
        "by_owner": _by_owner(seen),
        "may_run": can_run(campaign, request.user) and not campaign.closed_at,
        "is_used": uses.exists(),
        "others": _others(campaign, uses),
    }
    return render(request, "campaigns/show.html", context)


def _others(campaign: Campaign, uses: LibraryUseQuerySet) -> int:
    """How many more posts it would ask for if it were opened now: they came later, or are of other spaces."""
    if campaign.closed_at:
        return 0
    asked = CampaignItem.objects.filter(campaign=campaign).values("post")
    return uses.concerned(campaign.affected, campaign.target).exclude(post__in=asked).count()


_NARROWS = ("whose", "state", "space", "owner")


@require_POST
def mark(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick off one post, or open it again; leads back to where the button was."""
    campaign = _visible(request.user, pk)
    form = MarkForm(request.POST)
    back = _back(request, campaign)
    if not form.is_valid():
        messages.error(request, "That could not be written down. Choose one of the buttons again.")
        return redirect(back)
    seen = CampaignItem.objects.visible_to(request.user).filter(campaign=campaign)
    item = get_object_or_404(seen.select_related("post__space"), pk=form.cleaned_data["item"])
    try:
        campaigning.mark(
            by=request.user, item=item, state=form.cleaned_data["state"], note=form.cleaned_data["note"]
        )
    except UserError as error:
        messages.error(request, str(error))
    return redirect(f"{back}#item-{item.pk}")


@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its words; `do=close` with a note ends it."""
    campaign = _visible(request.user, pk)
    try:
        check_run(campaign, request.user)
    except UserError as error:
        raise PermissionDenied(str(error)) from error
    if request.POST.get("do") == "close":
        return _close(request, campaign)
    words = {"title": campaign.title, "what": campaign.what, "target": campaign.target}
    form = WordsForm(sent(request), initial=words)
    if request.method == "POST" and form.is_valid():
        try:
            campaigning.change_campaign(by=request.user, campaign=campaign, **form.cleaned_data)
        except UserError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is saved.")
            return redirect(campaign)
    context = {"section": "insights", "campaign": campaign, "form": form}
    return render(request, "campaigns/edit.html", context)


def _close(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    try:
        campaigning.close_campaign(by=request.user, campaign=campaign, note=request.POST.get("note", ""))
    except UserError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "It is closed, and everybody who was asked is told.")
    return redirect(campaign)


def _about(request: SignedInRequest) -> dict[str, str]:
    given = request.POST if request.method == "POST" else request.GET
    affected = "affected" if request.method == "POST" else "from"
    found = {"library": given.get("library", ""), "affected": given.get(affected, "")}
    found["space"] = given.get("space", "")
    return {name: value.replace("\x00", "")[:100] for name, value in found.items()}


def _visible(user: User, pk: int) -> Campaign:
    return get_object_or_404(
        Campaign.objects.visible_to(user).select_related("opened_by", "closed_by"), pk=pk
    )


def _narrowed(items: Any, asked: dict[str, str]) -> Any:
    if asked["state"] in CampaignItem.State.values:
        items = items.filter(state=asked["state"])
    if asked["space"]:
        items = items.filter(post__space__slug=asked["space"])
    if asked["owner"]:
        items = items.filter(owners__username=asked["owner"])
    return items


def _by_space(seen: Any) -> list[Progress]:
    rows = seen.progress("post__space__slug", "post__space__name").order_by("post__space__name")[:GROUPS]
    return [
        Progress(
            row["every"], row["settled"], row["post__space__name"], _query(space=row["post__space__slug"])
        )
        for row in rows
    ]


def _by_owner(seen: Any) -> list[Progress]:
    rows = seen.progress("owners__username", "owners__name").order_by("owners__name", "owners__username")
    return [
        Progress(
            row["every"],
            row["settled"],
            row["owners__name"] or row["owners__username"] or "Nobody",
            _query(owner=row["owners__username"]) if row["owners__username"] else "",
        )
        for row in rows[:GROUPS]
    ]


def _query(**asked: str) -> str:
    return f"?{urlencode(asked)}"


def _what(campaign: Campaign) -> SafeString:
    return mark_safe(remark(campaign.what).shown({}))  # noqa: S308 (cleaned by remark)


def _back(request: SignedInRequest, campaign: Campaign) -> str:
    """The list that the button was on."""
    here = reverse("campaign", args=[campaign.pk])
    query = request.POST.get("query", "").replace("\x00", "")[:500]
    return f"{here}?{query}" if query and query.isprintable() and "#" not in query else here
