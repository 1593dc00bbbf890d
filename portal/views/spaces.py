"""Spaces: their index, their page, their settings and members, and what was pushed to them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "spaces/index.html")


def create(request: HttpRequest) -> HttpResponse:
    return render(request, "spaces/new.html")


def show(request: HttpRequest, space: str) -> HttpResponse:
    return render(request, "spaces/show.html")


def settings(request: HttpRequest, space: str) -> HttpResponse:
    return render(request, "spaces/settings.html")


def members(request: HttpRequest, space: str) -> HttpResponse:
    return render(request, "spaces/members.html")


def setup(request: HttpRequest, space: str) -> HttpResponse:
    return render(request, "spaces/setup.html")


def pushes(request: HttpRequest, space: str) -> HttpResponse:
    return render(request, "spaces/pushes.html")
