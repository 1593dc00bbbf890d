"""Numbers with all of the digits that they were written with, where a float doesn't keep them."""

from decimal import Context, Decimal
from math import isfinite

_ANY = Context(prec=2_000)  # digits: more than any difference has
_PLAIN = range(-9, 16)  # powers of ten that are written without an exponent


def plain(number: Decimal) -> str:
    return f"{number:f}" if number.adjusted() in _PLAIN else str(number)


def exact(number: Decimal | None) -> str | None:
    """None where a float says it all, and of what is no number."""
    if number is None or Decimal(repr(float(number))) == number:
        return None
    return plain(number)


def change(
    newest: Decimal | None, before: Decimal | None, *, is_alike: bool
) -> dict[str, float | str | None]:
    """What is served of a change as `delta`, and with all of its digits; nothing where units aren't alike."""
    delta = difference(newest, before) if is_alike else None
    told = float(delta) if delta is not None else None
    return {"delta": told if told is not None and isfinite(told) else None, "delta_exact": exact(delta)}


def difference(newest: Decimal | None, before: Decimal | None) -> Decimal | None:
    return _ANY.subtract(newest, before) if newest is not None and before is not None else None
