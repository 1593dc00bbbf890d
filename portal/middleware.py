"""Static files without a second server, and the policy that keeps pages from running what isn't ours."""

import warnings
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from whitenoise.middleware import WhiteNoiseMiddleware

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Everything a page needs comes from the portal itself, and nothing may be written inline.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """/static/ as collected, and /vendor/ as its authors released it."""

    def __init__(self, get_response: GetResponse) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "No directory at")  # nothing was collected: in tests
            super().__init__(get_response)
        self.add_headers_function = share_with_frames
        self.add_files(str(settings.VENDOR_DIR), prefix="/vendor/")

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Names that change with the content: ours carry a hash, the folders of vendored ones a version."""
        in_versioned_folder = url.startswith("/vendor/") and url.count("/") > 2
        return in_versioned_folder or bool(super().immutable_file_test(path, url))


def share_with_frames(headers: dict[str, str], path: str, url: str) -> None:
    """Output documents have an origin of their own, and still draw with what lies in /vendor/."""
    if Path(path).is_relative_to(settings.VENDOR_DIR):
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


class NoNulBytes:
    """No page's address holds a NUL, and PostgreSQL refuses to be asked for one: 400 instead of 500.

    The API answers for itself, in its own form.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        holds_nul = "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")
        if holds_nul and not request.path_info.startswith("/api/"):
            raise BadRequest("The address holds a NUL byte.")
        return self.get_response(request)


class BodyLimit:
    """Refuses a body by the size that it announces: Django writes any to disk, of whoever sends it.

    Stands before the middleware that looks for a form's CSRF token, and with it reads the whole form. The
    machine doors, which read no form, have limits of their own.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if getattr(view, "csrf_exempt", False) or int(length) <= body_limit(request):
            return None
        context = {"push_limit": settings.PUSH_MAX_BYTES}
        return render(request, "errors/413.html", context, status=413)


def body_limit(request: HttpRequest) -> int:
    """Bytes: a file's for people who may upload one, a form's for everybody else."""
    match = request.resolver_match
    if match and match.view_name == "upload" and request.user.is_authenticated:
        return settings.FILE_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class ContentSecurityPolicy:
    """Every page gets PAGE_POLICY unless its view set a policy of its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        return response
