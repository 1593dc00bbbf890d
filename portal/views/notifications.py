"""What somebody is told: the bell, the list, and by which channel it comes."""

import re

from django.conf import settings as site
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from knowledge import events
from knowledge.errors import UserError
from knowledge.models import Notification
from knowledge.models.notification import UNREAD_SHOWN
from knowledge.pipeline.inbox import channels, choose_channels, mark_read
from portal.requests import SignedInRequest

A_PAGE = 30
MARK = re.compile(r"\d{1,18}", re.ASCII)


@never_cache
@require_GET
def bell(request: SignedInRequest) -> JsonResponse:
    """How many are unread, for js/bell.js: every open page asks now and then, so it is one small query."""
    unread = Notification.objects.unread_count(request.user)
    shown = f"{UNREAD_SHOWN}+" if unread > UNREAD_SHOWN else str(unread)
    return JsonResponse({"unread": unread, "shown": shown})


@never_cache
@require_http_methods(["GET", "POST"])
def index(request: SignedInRequest) -> HttpResponse:
    """`?unread=1` leaves out what was read, `?before=` goes back in time. A POST marks one or all as read."""
    if request.method == "POST":
        one = request.POST.get("read", "")
        mark_read(by=request.user, which=[int(one)] if MARK.fullmatch(one) else None)
        return redirect(request.get_full_path())
    only_unread = "unread" in request.GET
    listed = Notification.objects.visible_to(request.user).for_lists().order_by("-pk")
    listed = listed.unread() if only_unread else listed
    before = request.GET.get("before", "")
    if is_later := bool(MARK.fullmatch(before)):
        listed = listed.filter(pk__lt=int(before))
    shown = list(listed[: A_PAGE + 1])
    context = {
        "rows": shown[:A_PAGE],
        "older": shown[A_PAGE - 1].pk if len(shown) > A_PAGE else None,
        "is_later": is_later,
        "only_unread": only_unread,
        "unread": Notification.objects.unread_count(request.user),
    }
    return render(request, "notifications/index.html", context)


@never_cache
@require_GET
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """On to what it is about; it counts as read then."""
    found = get_object_or_404(Notification.objects.visible_to(request.user).for_lists(), pk=pk)
    mark_read(by=request.user, which=[pk])
    return redirect(found.url or "notifications")


@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """The matrix: for each group of events one channel."""
    if request.method == "POST":
        choices = {group: request.POST[group] for group in events.GROUPS if group in request.POST}
        try:
            choose_channels(by=request.user, choices=choices)
        except UserError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Your choice is saved.")
        return redirect("notification-settings")
    held = channels(request.user)
    context = {
        "rows": [(key, group, held[key]) for key, group in events.GROUPS.items()],
        "channels": events.CHANNELS.items(),
        "sends_mail": site.SENDS_MAIL,
        "digest_hour": site.DIGEST_HOUR,
        "digest_day": site.DIGEST_DAY.title(),
        "time_zone": site.TIME_ZONE,
    }
    return render(request, "notifications/settings.html", context)
