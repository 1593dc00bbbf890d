"""An empty view behind sign-in, one without it, beside everything the portal serves."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal.urls import urlpatterns as portal_urls


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("bench/empty", empty), path("bench/bare", bare), *portal_urls]
