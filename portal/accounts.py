"""How allauth signs people in here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the people who run the portal, unless SIGNUP_OPEN says otherwise."""
        return bool(settings.SIGNUP_OPEN)
