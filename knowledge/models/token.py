"""Personal access tokens: for git over HTTP and for the API."""

import hashlib
import secrets
from datetime import timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from knowledge.models.user import User

PREFIX = "alm_"


class Scope(models.TextChoices):
    READ = "read", "Read posts and clone repositories"
    WRITE = "write", "Push and submit posts"
    ADMIN = "admin", "Manage spaces and members"


def digest(secret: str) -> str:
    """SHA-256 suffices: the secret has 190 random bits, so there is nothing to guess slowly."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def usable(self) -> Self:
        """Neither revoked nor expired, and of someone who may still sign in."""
        current = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(current, revoked_at=None, user__is_active=True)

    def issue(
        self, *, user: User, name: str, scopes: list[str], days: int | None = None
    ) -> tuple["AccessToken", str]:
        """Make a token and return it with its secret, which is kept nowhere and can't be shown again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        expires = timezone.now() + timedelta(days=days) if days else None
        token = self.create(
            user=user, name=name, scopes=scopes, expires_at=expires, hint=secret[:8], digest=digest(secret)
        )
        return token, secret

    def find(self, secret: str) -> "AccessToken | None":
        return self.usable().select_related("user").filter(digest=digest(secret)).first()


class AccessToken(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    hint = models.CharField(max_length=12, help_text="The first characters, to recognise it by.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def allows(self, scope: str) -> bool:
        """Whether the token carries `scope`; admin includes write, write includes read."""
        order = [Scope.READ, Scope.WRITE, Scope.ADMIN]
        return max((order.index(Scope(held)) for held in self.scopes), default=-1) >= order.index(
            Scope(scope)
        )

    def touch(self) -> None:
        """Remember the use, at most once a minute, so that reading doesn't mean writing."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > timedelta(minutes=1):
            AccessToken.objects.filter(pk=self.pk).update(last_used_at=now)
