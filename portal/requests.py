"""What a view of a signed-in person is given."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from knowledge.models import User


class SignedInRequest(HttpRequest):
    """LoginRequiredMiddleware has let nobody else through."""

    user: User
    htmx: HtmxDetails
