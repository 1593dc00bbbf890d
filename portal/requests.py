"""What a view of a signed-in person is given."""

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
