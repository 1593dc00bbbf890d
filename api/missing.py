"""Addresses under /api/ that lead nowhere, or lack their last slash."""

from typing import Any, NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


@csrf_exempt
@login_not_required  # says nothing about what is there
def with_slash(request: HttpRequest) -> HttpResponseBase:
    """Django's own redirect would turn a POST into a GET, which then seems to succeed.

    404 at once where nothing is there with a slash either.
    """
    found = resolve(f"{request.path_info}/").func
    if getattr(found, "cls", None) is MissingView:
        return found(request)  # type: ignore[no-any-return]
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    address = request.get_full_path_info().partition("?")[0]
    return HttpResponsePermanentRedirect(f"{address}/{query}", preserve_request=True)


@extend_schema(exclude=True)
class MissingView(APIView):
    """404 as a problem, whatever the method."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotFound("There is nothing at this address.")
