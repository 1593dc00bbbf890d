"""Who calls: a personal access token, or the browser's session (which then must send its CSRF token)."""

from django.contrib.auth.models import AnonymousUser
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from knowledge.models import AccessToken, User

SCHEMES = {b"token", b"bearer"}


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token ...` or `Bearer ...`; `request.auth` is then the AccessToken."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        words = authentication.get_authorization_header(request).split()
        if not words or words[0].lower() not in SCHEMES:
            return None
        token = AccessToken.objects.find(words[1].decode("latin-1")) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed(
                "This token is not known here, was revoked, or has expired.", "bad-token"
            )
        token.touch()
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Almanac"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The signed-in browser. Sign-in is the pages' business, so an anonymous session is simply nobody."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, None] | None:
        found: tuple[User | AnonymousUser, None] | None = super().authenticate(request)
        return found
