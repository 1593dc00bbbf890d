"""People."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse


class User(AbstractUser):
    """Someone who signs in. `username` is their address in the portal and their name in git."""

    first_name = None  # type: ignore[assignment]  # one name, as people write it
    last_name = None  # type: ignore[assignment]
    name = models.CharField("full name", max_length=150, blank=True)

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
        return reverse("person", args=[self.username])
