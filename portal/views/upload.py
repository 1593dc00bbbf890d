"""Uploading documents from the browser, and watching what becomes of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "upload.html")


def progress(request: HttpRequest, space: str, commit: str) -> HttpResponse:
    return render(request, "spaces/push.html")
