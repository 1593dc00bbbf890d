"""A history since the last known shift, judged reading by reading.

Limits rest on the first BASELINE readings: they are set once, and go on until somebody says that a shift is
known. While there are fewer, each reading is judged by those before it, and joins them unless it lies beyond
their limits: no reading has a say in the limits that it is judged by, and an outlier in none at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from knowledge.watching.control import BASELINE, LEAST, Control, control_of
from knowledge.watching.fixed import Fixed
from knowledge.watching.western import LONGEST, broken


@dataclass(frozen=True, slots=True)
class Break:
    """A rule that a reading breaks, the value that it is about, and the places of the readings that break it.

    `side`, "above" or "below" that value, is of the rules of control charts.
    """

    rule: str
    limit: float
    readings: tuple[int, ...]
    side: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """`control` is what the last reading is judged by; `breaks` has those of each reading, in their order."""

    control: Control | None
    breaks: Sequence[tuple[Break, ...]]

    @property
    def outside(self) -> tuple[Break, ...]:
        """Of the last."""
        return self.breaks[-1] if self.breaks else ()


def watch(
    values: Sequence[float],
    fixed: Fixed,
    *,
    last_only: bool = False,
    early: int | None = None,
    has_gap: bool = False,
) -> Watched:
    """`values` are the oldest first. With `last_only`, what the others break is not looked for.

    Limits rest on the first `early`, where those are enough; with `has_gap`, some are missing after them.
    What isn't finite breaks nothing and sets no limits.
    """
    early = len(values) if early is None else early
    base, found, last = _Base(values), [], len(values) - 1
    control = None
    for place in range(len(values)):
        if last_only and place < last and not base.is_open:
            continue  # it has no say
        control = base.control
        if not last_only or place == last:
            start = early if has_gap and place >= early else 0
            found.append(tuple(_breaks(values, place, fixed, control, start)))
        if base.is_open and (place < early or control is None):
            base.take(place)
    return Watched(control, [*[()] * (len(values) - len(found)), *found])


class _Base:
    """The readings that limits rest on."""

    def __init__(self, values: Sequence[float]) -> None:
        self._values = values
        self._places: list[int] = []
        self._ranges: list[float] = []
        self.control: Control | None = None

    @property
    def is_open(self) -> bool:
        return len(self._places) < BASELINE

    def take(self, place: int) -> None:
        """Let the reading at `place` join, if there is room and it is none that stands out."""
        value, control = self._values[place], self.control
        if not self.is_open or not isfinite(value) or (control and abs(control.zone(value)) > 3):
            return
        if self._places and self._places[-1] == place - 1:
            self._ranges.append(abs(value - self._values[place - 1]))
        self._places.append(place)
        if len(self._places) >= LEAST:
            self.control = control_of([self._values[each] for each in self._places], self._ranges)


def _breaks(
    values: Sequence[float], place: int, fixed: Fixed, control: Control | None, start: int
) -> Iterator[Break]:
    """Of the one at `place`, by those that follow one another from `start` on."""
    value = values[place]
    before = values[place - 1] if place > start else None
    if not isfinite(value):
        return
    for name, limit in fixed.breaks(value, before if before is not None and isfinite(before) else None):
        yield Break(name, limit, (place,))
    if control is None:
        return
    first = max(start, place + 1 - LONGEST)
    for rule, sign, out in broken(values[first : place + 1], control):
        line = control.centre + sign * rule.zone * control.sigma
        yield Break(rule.name, line, tuple(first + each for each in out), "above" if sign > 0 else "below")
