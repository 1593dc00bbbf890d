"""Days and moments that callers ask for, in parameters."""

from datetime import UTC, datetime, time
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from rest_framework.exceptions import ValidationError


def moment(name: str, value: str, *, is_end: bool) -> datetime:
    """A moment, or the beginning or the end of a day; in UTC, as is taken for one that names no zone.

    PostgreSQL knows no offsets beyond 16 hours, and no fractions of seconds in them.
    """
    try:
        if day := parse_date(value):
            return datetime.combine(day, time.max if is_end else time.min, UTC)
        if found := parse_datetime(value):
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError({name: ["Send a day or a moment by ISO 8601, such as 2026-10-01."]})


def bound(asked: Any, name: str, *, is_end: bool) -> datetime | None:
    """As `from` and `to` have it, which dashboards send in milliseconds, too; None where it isn't there."""
    value = asked.get(name)
    if not value:
        return None
    if value.isascii() and value.isdigit() and 11 <= len(value) <= 14:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    return moment(name, value, is_end=is_end)
