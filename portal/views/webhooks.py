"""Webhooks: of a space, for its maintainers, and one's own."""

import re
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from knowledge.errors import UserError
from knowledge.models import Delivery, Space, Webhook
from knowledge.pipeline.webhooks import (
    OVER,
    add_webhook,
    call_again,
    call_once,
    delete_webhook,
    revive_webhook,
)
from portal.requests import SignedInRequest, sent
from portal.views.spaces import maintained_space
from portal.webhook_forms import WebhookForm

NUMBER = re.compile(r"\d{1,18}", re.ASCII)
LISTED = 30  # calls
ACTIONS = {
    "test": (call_once, "It is called now; how that went stands here in a moment."),
    "revive": (revive_webhook, "It is on again."),
    "delete": (delete_webhook, "It is deleted."),
}


@never_cache  # the secret of a new one is on this page, once
@require_http_methods(["GET", "POST"])
def of_space(request: SignedInRequest, space: str) -> HttpResponse:
    found = maintained_space(request.user, space)
    context = {"section": "spaces", "space": found, "may_maintain": True}
    return _page(request, found, "spaces/webhooks.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def own(request: SignedInRequest) -> HttpResponse:
    return _page(request, None, "account/webhooks.html", {})


def _page(
    request: SignedInRequest, space: Space | None, template: str, context: dict[str, Any]
) -> HttpResponse:
    owner = {"space": space} if space else {"user": request.user}
    listed = Webhook.objects.filter(**owner).order_by("pk")
    if action := next((name for name in ACTIONS if NUMBER.fullmatch(request.POST.get(name, ""))), ""):
        webhook = get_object_or_404(listed.select_related("space"), pk=int(request.POST[action]))
        do, words = ACTIONS[action]
        do(by=request.user, webhook=webhook)
        messages.success(request, words)
        return redirect(request.path)
    if NUMBER.fullmatch(request.POST.get("again", "")):
        calls = Delivery.objects.filter(webhook__in=listed).select_related("webhook__space")
        call_again(by=request.user, delivery=get_object_or_404(calls, pk=int(request.POST["again"])))
        messages.success(request, "It is sent again, with the same id.")
        return redirect(request.path)
    form, made = WebhookForm(sent(request)), None
    if request.method == "POST" and form.is_valid():
        try:
            fields = form.cleaned_data
            made = add_webhook(
                by=request.user, space=space, url=fields["url"], kind=fields["kind"], wanted=fields["events"]
            )
        except UserError as error:
            form.add_error("url", f"{error.message} {error.hint}")
        else:
            form = WebhookForm()
    return render(
        request, template, context | {"form": form, "webhooks": listed, "made": made, "calls": _calls(listed)}
    )


def _calls(webhooks: QuerySet[Webhook]) -> list[tuple[Delivery, bool]]:
    """The newest, and whether each is over and could be sent again."""
    calls = Delivery.objects.filter(webhook__in=webhooks).select_related("webhook").order_by("-pk")
    return [(call, call.state in OVER) for call in calls[:LISTED]]
