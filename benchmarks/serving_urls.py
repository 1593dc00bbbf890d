"""An empty view behind sign-in, one without it, and constants, beside everything the portal serves."""

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import Engine, RequestContext
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
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


CONSTANTS: dict[str, bytes] = {}  # JSON by name


class ConstantView(Endpoint):
    """What an endpoint of the API costs that asks the database nothing but who calls."""

    def retrieve(self, request: Request) -> Response:
        name = request.query_params["of"]
        if name not in _PARSED:
            _PARSED[name] = json.loads(CONSTANTS[name])
        return Response(_PARSED[name])


_PARSED: dict[str, object] = {}

urlpatterns = [
    path("bench/constant.json", ConstantView.as_view({"get": "retrieve"})),
    path("bench/empty", empty),
    path("bench/bare", bare),
    path("bench/constant", constant),
    *portal_urls,
]
