"""Addresses that leave the browser carry the whole host name."""

from django.conf import settings


def absolute(address: str) -> str:
    """The full URL of a path on this portal."""
    return f"{settings.SITE_URL}{address}"
