"""What documents bring with them: images, output documents, files beside them."""

from django.http import HttpRequest, HttpResponse


def asset(request: HttpRequest, revision: int, digest: str, suffix: str) -> HttpResponse:
    return HttpResponse()


def output(request: HttpRequest, revision: int, number: int) -> HttpResponse:
    return HttpResponse()


def file(request: HttpRequest, space: str, commit: str, path: str) -> HttpResponse:
    return HttpResponse()
