"""People: what someone wrote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def show(request: HttpRequest, username: str) -> HttpResponse:
    return render(request, "people/show.html")
