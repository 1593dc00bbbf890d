"""The audit trail: of a space for its maintainers, of everything for those who run the portal."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from knowledge.models import AuditEvent
from knowledge.models.audit import AuditEventQuerySet
from portal.audit_export import FORMS, exported
from portal.requests import SignedInRequest
from portal.views.spaces import maintained_space

A_PAGE = 50
MARK = re.compile(r"\d{1,18}", re.ASCII)


@require_safe
def of_space(request: SignedInRequest, space: str) -> HttpResponse:
    found = maintained_space(request.user, space)
    context = {"section": "spaces", "space": found, "may_maintain": True}
    return _page(request, AuditEvent.objects.in_space(found), "spaces/audit.html", context)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    return _page(request, _all(request), "audit.html", {})


@never_cache
@require_safe
def export_space(request: SignedInRequest, space: str, form: str) -> HttpResponseBase:
    found = maintained_space(request.user, space)
    return _exported(request, AuditEvent.objects.in_space(found), f"audit-{found.slug}", form)


@never_cache
@require_safe
def export(request: SignedInRequest, form: str) -> HttpResponseBase:
    return _exported(request, _all(request), "audit", form)


def _all(request: SignedInRequest) -> AuditEventQuerySet:
    if not request.user.is_superuser:
        raise PermissionDenied("The whole audit trail is for the people who run this portal.")
    return AuditEvent.objects.visible_to(request.user)


def _narrowed(request: SignedInRequest, events: AuditEventQuerySet) -> AuditEventQuerySet:
    """By `?action=` and `?person=`."""
    asked: dict[str, Any] = {
        name: request.GET.get(name, "").replace("\x00", "").strip() for name in ("action", "person")
    }
    return events.narrowed(**asked).order_by("-pk")


def _page(
    request: SignedInRequest, events: AuditEventQuerySet, template: str, context: dict[str, Any]
) -> HttpResponse:
    before = request.GET.get("before", "")
    listed = _narrowed(request, events).select_related("actor")
    if is_later := bool(MARK.fullmatch(before)):
        listed = listed.filter(pk__lt=int(before))
    shown = list(listed[: A_PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context |= {
        "rows": [(event, _told(event)) for event in shown[:A_PAGE]],
        "older": shown[A_PAGE - 1].pk if len(shown) > A_PAGE else None,
        "is_later": is_later,
        "action": request.GET.get("action", ""),
        "person": request.GET.get("person", ""),
        "query": f"?{query.urlencode()}" if query else "",
    }
    return render(request, template, context)


def _told(event: AuditEvent) -> str:
    """The details in one line; the space is said elsewhere."""
    return ", ".join(f"{name}: {_text(value)}" for name, value in event.detail.items() if name != "space")


def _text(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def _exported(request: SignedInRequest, events: AuditEventQuerySet, name: str, form: str) -> HttpResponseBase:
    """The whole of it, narrowed as the page is."""
    if form not in FORMS:
        raise Http404
    return exported(_narrowed(request, events), name, form)
