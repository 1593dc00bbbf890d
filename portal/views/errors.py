"""The pages that say what went wrong, what it means, and what to do."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template

PROGRAMS = ("/api/", "/mcp")  # the doors of which api/exceptions.py has the codes


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", {"reason": str(exception)}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without context processors: whatever broke may be the database. Programs get a problem."""
    if request.path_info.startswith(PROGRAMS):
        return _problem(is_database=isinstance(sys.exc_info()[1], OperationalError | InterfaceError))
    return HttpResponse(get_template("errors/500.html").render(), status=500)


def _problem(*, is_database: bool) -> HttpResponse:
    """RFC 9457, for what broke outside of what the API answers itself."""
    status, code = (503, "unavailable") if is_database else (500, "server-error")
    body = {
        "type": f"{settings.SITE_URL}/api/docs/#{code}",
        "title": "Service Unavailable" if is_database else "Internal Server Error",
        "status": status,
        "detail": "The portal can't answer at this moment." if is_database else "Something broke here.",
        "code": code,
        "hint": "Ask again in a few seconds." if is_database else "Tell the people who run this portal.",
    }
    answer = JsonResponse(body, status=status, content_type="application/problem+json")
    if is_database:
        answer["Retry-After"] = "5"
    return answer
