"""The limit of portal/rates.py, for all of the API."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.rates import Rate, spend


class PersonalRate(BaseThrottle):
    """Each request counts as one; what another door asks on behalf of one that it counted, as none."""

    rate: Rate | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated or getattr(request._request, "is_counted", False):
            return True
        view.rate = self.rate = spend(request.user)
        return not (self.rate and self.rate.is_over)

    def wait(self) -> float | None:
        return float(self.rate.seconds) if self.rate else None
