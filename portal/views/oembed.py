"""/oembed: what a wiki or a chat asks to show more of an address than a link (oembed.com, 1.0)."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import escape
from django.views.decorators.http import require_safe

from knowledge.models import AccessToken, Embed, Post, Revision, Scope, User
from portal.embeds import Card, card, figure
from portal.rates import Rate, spend

WIDTH, HEIGHT, FIGURE_HEIGHT = 480, 190, 420
SMALLEST = 200
_TOKEN = re.compile(r"(?:token|bearer) (\S+)", re.IGNORECASE)


@login_not_required  # private addresses are for whoever has them, all else for who signs in or brings a token
@require_safe
def provide(request: HttpRequest) -> HttpResponse:
    """404 for what isn't there, 401 for who may not look, 501 for XML."""
    if request.GET.get("format", "json") != "json":
        return _refused(501, "This portal answers JSON: send format=json.")
    name, places = _place(request.GET.get("url", ""))
    if name == "embed":
        return _keyed(request, places["token"])
    user, rate = _caller(request)
    if user is None:
        return _refused(401, "Sign in, or send Authorization: Bearer and a token.")
    if rate and rate.is_over:
        answer = _refused(429, "These are more requests than one person may send in a minute.")
        answer["Retry-After"] = str(rate.seconds)
        return answer
    told = SHOWN[name](request, user, places) if name in SHOWN else None
    return _told(told) if told else _refused(404, "There is nothing at this address that you can see.")


def _place(url: str) -> tuple[str, dict[str, Any]]:
    """The name of one of our addresses and what it says; "" for others."""
    try:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != settings.SITE_URL or "\x00" in unquote(parts.path):
            return "", {}
        found = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return "", {}
    return str(found.url_name), found.kwargs


def _caller(request: HttpRequest) -> tuple[User | None, Rate | None]:
    """Who asks, and how often they may: with a token, as often as the API."""
    if found := _TOKEN.fullmatch(request.headers.get("Authorization", "")):
        token = AccessToken.objects.find(found[1])
        if token is None or not token.allows(Scope.READ):
            return None, None
        token.touch()
        return token.user, spend(token.user)
    return (request.user if isinstance(request.user, User) else None), None


def _keyed(request: HttpRequest, token: str) -> HttpResponse:
    embed = Embed.objects.find(token)
    shown: Card | None = None
    if embed and embed.insight:
        shown = card(embed.user, embed.insight.space.slug, embed.insight.name)
    elif embed:
        shown = figure(embed.user, embed.post_id or 0, embed.anchor)
    if embed is None or shown is None:
        return _refused(404, "There is nothing at this address.")
    height = HEIGHT if embed.insight else FIGURE_HEIGHT
    return _told(_rich(request, shown, reverse("embed", args=[token]), height))


def _insight(request: HttpRequest, user: User, places: dict[str, Any]) -> dict[str, Any] | None:
    shown = card(user, places["space"], places["name"])
    address = reverse("embed-insight", args=[places["space"], places["name"]])
    return _rich(request, shown, address, HEIGHT) if shown else None


def _output(request: HttpRequest, user: User, places: dict[str, Any]) -> dict[str, Any] | None:
    shown = figure(user, places["pk"], places["number"])
    address = reverse("embed-output", args=[places["pk"], places["number"]])
    return _rich(request, shown, address, FIGURE_HEIGHT) if shown else None


def _post(request: HttpRequest, user: User, places: dict[str, Any]) -> dict[str, Any] | None:
    """A link: what a post says is in the post."""
    seen = Post.objects.visible_to(user).live().posts().select_related("space")
    where = (
        {"pk": places["pk"]} if "pk" in places else {"space__slug": places["space"], "path": places["path"]}
    )
    found = seen.filter(**where).prefetch_related("authorships__user").first()
    if found is None:
        return _revision(user, places) if "path" in places else None
    return _link(found, found.title)


def _revision(user: User, places: dict[str, Any]) -> dict[str, Any] | None:
    """A permanent address, such as `late.md@3`."""
    path, _, mark = places["path"].rpartition("@")
    seen = Revision.objects.visible_to(user).at(places["space"], path, mark).select_related("post")
    found = seen.prefetch_related("post__authorships__user").first()
    return _link(found.post, found.title) if found else None


def _link(found: Post, title: str) -> dict[str, Any]:
    authors = ", ".join(it.user.name if it.user else it.name for it in found.authorships.all())
    return {**_common(title), "type": "link", "author_name": authors}


SHOWN = {
    "insight": _insight,
    "embed-insight": _insight,
    "embed-output": _output,
    "post": _post,
    "permalink": _post,
}


def _common(title: str) -> dict[str, Any]:
    return {
        "version": "1.0",
        "title": title,
        "provider_name": "Almanac",
        "provider_url": settings.SITE_URL,
        "cache_age": 300,
    }


def _rich(request: HttpRequest, shown: Card, address: str, height: int) -> dict[str, Any]:
    """No larger than `maxwidth` and `maxheight`."""
    width = min(WIDTH, _most(request, "maxwidth"))
    height = min(height, _most(request, "maxheight"))
    source, title = escape(f"{settings.SITE_URL}{address}"), escape(shown.title)
    html = (
        f'<iframe src="{source}" width="{width}" height="{height}" title="{title}" loading="lazy" '
        'referrerpolicy="no-referrer" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        'style="border:0"></iframe>'
    )
    size = {"html": html, "width": width, "height": height}
    return {**_common(shown.title), "type": "rich", "author_name": shown.space, **size}


def _most(request: HttpRequest, name: str) -> int:
    said = request.GET.get(name, "")
    return max(SMALLEST, int(said)) if said.isascii() and said.isdigit() and len(said) < 6 else 10_000


def _told(told: dict[str, Any]) -> HttpResponse:
    return _private(JsonResponse(told))


def _refused(status: int, words: str) -> HttpResponse:
    answer = JsonResponse({"error": words}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Almanac"'
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Authorization", "Cookie"])
    return answer
