"""Revisions: a post's history, its source, and the original file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def history(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/history.html")


def source(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "posts/source.html")


def download(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse()
