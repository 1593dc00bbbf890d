"""Feeds at private addresses, and the page where one sees, renews and revokes one's own."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_GET, require_http_methods, require_safe

from knowledge.errors import UserError
from knowledge.models import FeedKey
from knowledge.pipeline.feed_keys import renew_feeds, revoke_feeds
from portal.atom import KINDS, feed_of, written
from portal.follows import key_of
from portal.requests import SignedInRequest

MINUTES = 5  # that a reader may keep a feed before it asks again


@login_not_required  # the address is the key
@require_GET
@conditional_page
def show(request: HttpRequest, token: str, kind: str, target: str) -> HttpResponse:
    """As the person sees it whose key it is. A search that took too long is asked for again later."""
    key = FeedKey.objects.find(token)
    if key is None:
        raise Http404
    try:
        feed = feed_of(key.user, kind, target)
    except UserError as error:
        return HttpResponse(
            str(error), status=503, content_type="text/plain", headers={"Retry-After": "3600"}
        )
    answer = HttpResponse(
        written(feed, _address(token, kind, target)), content_type="application/atom+xml; charset=utf-8"
    )
    answer["Last-Modified"] = http_date(feed.updated_at.timestamp())
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    patch_cache_control(answer, private=True, max_age=MINUTES * 60)
    return answer


@never_cache
@require_safe
def mine(request: SignedInRequest, kind: str, target: str) -> HttpResponse:
    """From a page of the portal to one's own address of its feed; without one, to where it is made."""
    if kind not in KINDS:
        raise Http404
    key = FeedKey.objects.filter(user=request.user).first()
    return redirect(_path(key.token, kind, target) if key else "feeds")


@never_cache
@require_http_methods(["GET", "POST"])
def settings_page(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            revoke_feeds(by=request.user)
            messages.success(request, "Your feeds are closed. Whatever read them gets nothing from now on.")
        else:
            renew_feeds(by=request.user)
            messages.success(request, "Your feeds have new addresses. The old ones lead nowhere.")
        return redirect("feeds")
    key = FeedKey.objects.filter(user=request.user).first()
    listed = request.user.subscriptions.all().visible_to(request.user).for_lists()
    feeds = [
        ("All new posts", "posts", "all"),
        *((each.label, each.kind, key_of(each.target)) for each in listed),
    ]
    rows = [(label, _address(key.token, kind, target)) for label, kind, target in feeds] if key else []
    return render(request, "account/feeds.html", {"key": key, "rows": rows})


def _path(token: str, kind: str, target: str) -> str:
    return reverse("atom", args=[token, kind, target])


def _address(token: str, kind: str, target: str) -> str:
    return f"{settings.SITE_URL}{_path(token, kind, target)}"
