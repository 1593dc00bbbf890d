"""Whether two things that were said of a number are one: to who relies on it, and to two who both say it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

_PERCENT = Fraction(1, 100)
_SCALES = {"ratio": Fraction(1), "%": _PERCENT, "percent": _PERCENT, "pct": _PERCENT}


class Said(Protocol):
    """`number` is the value exactly, where it is one."""

    @property
    def value(self) -> Any: ...
    @property
    def number(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...


class Dated(Said, Protocol):
    @property
    def as_of(self) -> str: ...


class Claimed(Dated, Protocol):
    @property
    def dimensions(self) -> Mapping[str, Any]: ...


def is_same(one: Said, other: Said) -> bool:
    """To programs too: another unit is another value."""
    if one.unit != other.unit:
        return False
    if one.number is not None and other.number is not None:
        return one.number == other.number
    return bool(one.value == other.value)


def is_correction(now: Dated, before: Dated) -> bool:
    """Whether it says otherwise what it said of the same day: the world didn't move."""
    return is_of_one_day(now, before) and not is_same(now, before)


def is_repeated(now: Claimed, before: Claimed) -> bool:
    """Whether it says again all that it said."""
    return is_same(now, before) and now.dimensions == before.dimensions and _day(now) == _day(before)


def is_of_one_day(one: Dated, other: Dated) -> bool:
    """However the day is spelled; never where one says none."""
    return bool(one.as_of) and _day(one) == _day(other)


def contradict(one: Claimed, other: Claimed) -> bool:
    """Whether both can't be true: said of the same thing and day. 0.14 as a ratio is 14 %."""
    if not is_of_one_day(one, other) or one.dimensions != other.dimensions:
        return False
    shares = _share(one), _share(other)
    return shares[0] != shares[1] if None not in shares else not is_same(one, other)


def _share(said: Said) -> Fraction | None:
    scale = _SCALES.get(said.unit.strip().lower())
    return Fraction(said.number) * scale if scale and said.number is not None else None


def _day(said: Dated) -> str:
    try:
        moment = datetime.fromisoformat(said.as_of)
    except ValueError:
        return said.as_of
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat()
