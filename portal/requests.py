"""What a view of a signed-in person is given."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django_htmx.middleware import HtmxDetails

from knowledge.models import User


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let nobody else through."""

    user: User
    htmx: HtmxDetails


def sent(request: HttpRequest) -> QueryDict | None:
    """For a form: what was posted, even if it is nothing; None where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def is_ahead_of_time(request: HttpRequest) -> bool:
    """Whether a browser fetches what its user may never look at."""
    headers = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any("prefetch" in value or "prerender" in value for value in headers)


def is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent it, as browsers say. For what is posted without a form, and its token."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.get_host()
