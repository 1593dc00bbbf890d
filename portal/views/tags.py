"""Tags: what posts are about."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "tags/index.html", {"section": "tags"})


def show(request: HttpRequest, tag: str) -> HttpResponse:
    return render(request, "tags/show.html", {"section": "tags"})
