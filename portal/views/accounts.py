"""One's own account: profile and personal access tokens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "account/profile.html")


def tokens(request: HttpRequest) -> HttpResponse:
    return render(request, "account/tokens.html")


def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "account/tokens.html")
