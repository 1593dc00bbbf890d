"""What a token is good for. Whether its owner may do it is decided by the domain."""

from typing import TYPE_CHECKING

from rest_framework import permissions
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from knowledge.models import AccessToken, Scope

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ScopePermission(permissions.BasePermission):
    """Signed in, and with a token: reading needs `read`, changing the view's `write_scope` (else `write`)."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        reading = request.method in permissions.SAFE_METHODS
        needed = Scope.READ if reading else getattr(view, "write_scope", Scope.WRITE)
        if isinstance(request.auth, AccessToken) and not request.auth.allows(needed):
            raise PermissionDenied(f"This token lacks the scope {needed.value!r}.", "missing-scope")
        return True
