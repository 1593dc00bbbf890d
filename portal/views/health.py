"""How the portal is: for load balancers, and for those who run it."""

from django.http import HttpRequest, HttpResponse


def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse("# EOF\n")
