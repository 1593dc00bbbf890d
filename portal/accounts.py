"""How allauth signs people in here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from knowledge.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the people who run the portal, unless SIGNUP_OPEN says otherwise."""
        return bool(settings.SIGNUP_OPEN)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the company's own provider vouches for is let in."""
        return True

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        written = " ".join(filter(None, (data.get("first_name"), data.get("last_name"))))
        user.name = (data.get("name") or written)[: User._meta.get_field("name").max_length]
        return user


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    signup_is_open: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signup_is_open = settings.SIGNUP_OPEN
        self.fields["login"].label = "User name or e-mail"
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    @property
    def mail_is_sent(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def clean(self) -> dict[str, Any]:
        if not self.mail_is_sent:
            raise ValidationError("This portal sends no mail. Ask the people who run it for a new password.")
        return dict(super().clean() or {})
