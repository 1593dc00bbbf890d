"""Posts: the page that people read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest, space: str, path: str) -> HttpResponse:
    return render(request, "posts/show.html")


def permalink(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/show.html")


def status(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/_status.html")


def retry(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/_status.html")
