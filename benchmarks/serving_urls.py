"""An empty view behind sign-in, one without it, beside everything the portal serves."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.urls import path

from portal.urls import urlpatterns as portal_urls


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


CONSTANT = Engine.get_default().from_string(
    '{% extends "base.html" %}{% block content %}{{ words }}{% endblock content %}'
)


def constant(request: HttpRequest) -> HttpResponse:
    """The frame of every page around words that are always the same, so that all of it has `?bytes=`."""
    words = "x" * int(request.GET.get("bytes", 0))
    return HttpResponse(CONSTANT.render(RequestContext(request, {"words": words})))


urlpatterns = [
    path("bench/empty", empty),
    path("bench/bare", bare),
    path("bench/constant", constant),
    *portal_urls,
]
