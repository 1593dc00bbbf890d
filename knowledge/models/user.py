"""People."""

from functools import lru_cache

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse


@lru_cache(maxsize=10_000)
def person_address(username: str) -> str:
    """Of their page. Kept: lists name hundreds."""
    return reverse("person", args=[username])


class User(AbstractUser):
    """Someone who signs in. `username` is their address in the portal and their name in git."""

    first_name = None  # type: ignore[assignment]  # one name, as people write it
    last_name = None  # type: ignore[assignment]
    name = models.CharField("full name", max_length=150, blank=True)
    unclaimed = models.BooleanField(
        default=False, help_text="Named by an import; becomes the account of whoever proves to be them."
    )
    imported_email = models.EmailField(
        blank=True, help_text="By which an import knows them. Nobody has proved yet that it is theirs."
    )
    claimed_by = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="aliases",
        help_text="The account of the person whom an import knew under this name.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unclaimed=False) | models.Q(is_active=False, claimed_by=None),
                name="nobody_signs_in_as_unclaimed",
                violation_error_message="Whoever may sign in is no longer unclaimed: take that mark away.",
            )
        ]
        indexes = [
            models.Index(Lower("imported_email"), name="user_imported_email"),
            models.Index(Upper("username"), name="user_in_capitals"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.username

    @property
    def git_email(self) -> str:
        """The address that commits made in the portal in this person's name carry."""
        return self.email or f"{self.username}@almanac.invalid"

    def get_absolute_url(self) -> str:
        return person_address(self.username)
