"""The feed: what was published, newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "feed.html", {"section": "posts"})
