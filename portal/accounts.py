"""How allauth signs people in here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from knowledge.models import User
from knowledge.pipeline.people import claim, welcome


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the people who run the portal, unless SIGNUP_OPEN says otherwise."""
        return bool(settings.SIGNUP_OPEN)

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Whoever followed the link of our mail is whom an import knew by that address."""
        is_confirmed = bool(super().confirm_email(request, email_address))
        if is_confirmed:
            claim(by=email_address.user, verified=email_address.email)
        return is_confirmed


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Whoever the company's own provider vouches for is let in."""
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whom an import knew already gets that account, with all they wrote, at their first sign-in."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        verified = [each for each in sociallogin.email_addresses if each.verified]
        written = sociallogin.user
        person = welcome(verified=[each.email for each in verified], username=written.username)
        if person is not None:
            person.name = written.name or person.name
            sociallogin.user, sociallogin.email_addresses = person, verified
            sociallogin.save(request)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        for address in sociallogin.email_addresses:
            address.verified = address.verified in (True, "true")  # some providers send words
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
