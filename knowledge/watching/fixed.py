"""The limits that an author declares beside a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Fixed:
    """`max_change` is the greatest change from one reading to the next, up or down, in the number's own unit.

    What lies on a limit is within it. A limit that isn't given is None.
    """

    min: float | None = None
    max: float | None = None
    max_change: float | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Fixed":
        """Of what a reading declares; a `max_change` below zero counts without its sign."""
        low, high, change = (_number(said.get(name)) for name in ("min", "max", "max_change"))
        return cls(low, high, abs(change) if change is not None else None)

    def breaks(self, value: float, before: float | None) -> Iterator[tuple[str, float]]:
        """The rules that `value` breaks, each with the limit."""
        if self.min is not None and value < self.min:
            yield "below-min", self.min
        if self.max is not None and value > self.max:
            yield "above-max", self.max
        if self.max_change is None or before is None:
            return
        if abs(_exact(value) - _exact(before)) > _exact(self.max_change):
            yield "changed-too-much", self.max_change


def _number(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None


def _exact(value: float) -> Decimal:
    """As it is written: 0.4 is 0.1 more than 0.3, which it isn't of floats."""
    return Decimal(repr(value))
