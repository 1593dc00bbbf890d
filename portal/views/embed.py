"""Pages that stand in frames of other sites, badges, and the addresses at which they need no sign-in."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import Embed, Insight, Post, User
from knowledge.pipeline.embeds import embed_insight, embed_output, revoke_embed
from portal.embeds import Card, card, drawn, figure, insight_at, post_at
from portal.requests import SignedInRequest
from portal.views.spaces import maintained_space

CLOSED = "This address is closed. Whatever showed it shows nothing from now on."
# Nothing runs in it, and it loads nothing but its style; which sites may frame it is a setting.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors {sites}"
)
BADGE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@login_not_required  # says so in the frame: where signing in leads, no frame goes
@xframe_options_exempt
@require_safe
@conditional_page
def insight(request: HttpRequest, space: str, name: str) -> HttpResponse:
    user = _reader(request)
    return _page(request, card(user, space, name) if user else None, user)


@login_not_required
@xframe_options_exempt
@require_safe
@conditional_page
def output(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    user = _reader(request)
    return _page(request, figure(user, pk, number) if user else None, user)


@login_not_required
@require_safe
@conditional_page
def insight_badge(request: HttpRequest, space: str, name: str) -> HttpResponse:
    user = _reader(request)
    return _badge(card(user, space, name) if user else None, user)


@login_not_required  # the address is the key
@xframe_options_exempt
@require_safe
@conditional_page
def keyed(request: HttpRequest, token: str) -> HttpResponse:
    """As who made the address sees it now."""
    embed = Embed.objects.find(token)
    return _kept(_page(request, _shown(embed), embed.user if embed else None, is_keyed=True))


@login_not_required  # the address is the key
@require_safe
@conditional_page
def keyed_badge(request: HttpRequest, token: str) -> HttpResponse:
    embed = Embed.objects.find(token)
    shown = _shown(embed) if embed and embed.insight else None
    return _kept(_badge(shown, embed.user if embed else None, is_keyed=True))


@never_cache
@require_http_methods(["GET", "POST"])
def addresses(request: SignedInRequest) -> HttpResponse:
    """One's own: what each shows, making one, and revoking it. Of what one sees no more, not what it is."""
    if request.method == "POST":
        try:
            _change(request)
        except UserError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect("embeds")
    listed = list(Embed.objects.of(request.user))
    insights = _seen(Insight.objects.visible_to(request.user), (each.insight_id for each in listed))
    posts = _seen(Post.objects.visible_to(request.user), (each.post_id for each in listed))
    rows = [
        (
            each,
            f"{settings.SITE_URL}{reverse('embed', args=[each.token])}",
            each.insight_id in insights or each.post_id in posts,
        )
        for each in listed
    ]
    return render(request, "account/embeds.html", {"rows": rows, "sites": settings.EMBED_SITES})


@never_cache
@require_http_methods(["GET", "POST"])
def of_space(request: SignedInRequest, space: str) -> HttpResponse:
    """For maintainers: what of their space is open to everybody, by whom, and closing it."""
    found = maintained_space(request.user, space)
    listed = Embed.objects.in_space(found)
    if request.method == "POST":
        pk = _number(request.POST.get("revoke", ""))
        revoke_embed(by=request.user, pk=get_object_or_404(listed, pk=pk).pk)
        messages.success(request, CLOSED)
        return redirect("space-embeds", found.slug)
    context = {"section": "spaces", "space": found, "may_maintain": True, "embeds": listed}
    return render(request, "spaces/embeds.html", context)


def _seen(visible: QuerySet[Any], wanted: Iterable[int | None]) -> set[int]:
    return set(visible.filter(pk__in=[pk for pk in wanted if pk]).values_list("pk", flat=True))


def _change(request: SignedInRequest) -> None:
    asked = request.POST
    if pk := asked.get("revoke", ""):
        revoke_embed(by=request.user, pk=_number(pk))
        messages.success(request, CLOSED)
    elif post := asked.get("post", ""):
        found = post_at(request.user, _number(post))
        number = _number(asked.get("output", ""))
        shown = figure(request.user, found.pk, number) if found else None
        if found is None or shown is None:
            raise Http404
        embed_output(by=request.user, post=found, anchor=shown.anchor)
    else:
        space, name = (asked.get(each, "").replace("\x00", "") for each in ("space", "name"))
        named = insight_at(request.user, space, name)
        if named is None:
            raise Http404
        embed_insight(by=request.user, insight=named)


def _number(said: str) -> int:
    if not said.isascii() or not said.isdigit() or len(said) > 9:
        raise Http404
    return int(said)


def _reader(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _shown(embed: Embed | None) -> Card | None:
    if embed is None:
        return None
    if embed.insight:
        return card(embed.user, embed.insight.space.slug, embed.insight.name)
    return figure(embed.user, embed.post_id or 0, embed.anchor)


def _page(
    request: HttpRequest, shown: Card | None, user: User | None, *, is_keyed: bool = False
) -> HttpResponse:
    """200, 404 for what isn't there for the reader, 401 for who isn't signed in: the same for all of it."""
    status = 200 if shown else 404 if user or is_keyed else 401
    context: dict[str, Any] = {
        "shown": shown,
        "is_signed_in": bool(user) or is_keyed,
        "site_url": settings.SITE_URL,
    }
    answer = render(request, "embed/page.html", context, status=status)
    answer["Content-Security-Policy"] = POLICY.format(sites=" ".join(["'self'", *settings.EMBED_SITES]))
    return _private(answer)


def _badge(shown: Card | None, user: User | None, *, is_keyed: bool = False) -> HttpResponse:
    status = 200 if shown else 404 if user or is_keyed else 401
    drawing = drawn(shown, otherwise="sign in" if status == 401 else "not available")
    answer = HttpResponse(drawing, content_type="image/svg+xml; charset=utf-8", status=status)
    answer["Content-Security-Policy"] = BADGE_POLICY
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    answer["X-Robots-Tag"] = "noindex"
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Cookie"])
    return answer


def _kept(answer: HttpResponse) -> HttpResponse:
    """Asked for each time, as it may be closed. The address isn't told to where its links lead."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
