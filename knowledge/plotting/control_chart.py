"""A control chart: readings one after the other, with the limits that they are judged by.

Readings stand at equal distances, whatever the days between them. What lies outside is told by its shape, and
named; a known shift breaks the line and its limits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from knowledge.plotting.over_time import BOTTOM, LEFT, LETTER, LINE, Rule, spread
from knowledge.plotting.scales import Scale, ticks
from knowledge.plotting.svg import Svg, element, path, picture
from knowledge.plotting.table import Table, day, number

TOP = 34  # room for the notes of shifts
DAY_ROOM = 96  # pixels from the name of a day to the next
SHORTEST = 6  # letters of a note that are worth writing
FAR = 1.5  # a declared limit further off than so many spans of the values would flatten them


@dataclass(frozen=True, slots=True)
class Mark:
    """A reading: `why` says what is wrong with it, if anything is."""

    day: date
    value: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """The limits that a history sets."""

    centre: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """The readings from a known shift on, which `note` explains, or from the first; never empty."""

    marks: Sequence[Mark]
    lines: Lines | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ControlChart:
    """`name` is unique on its page; `rules` are the limits that are declared."""

    name: str
    title: str
    stretches: Sequence[Stretch]
    rules: Sequence[Rule] = ()
    description: str = ""
    value: str = "Value"

    @property
    def marks(self) -> list[Mark]:
        return [mark for stretch in self.stretches for mark in stretch.marks]

    def draw(self, width: int, height: int = 280) -> Svg:
        return _Drawing(self, width, height).svg()

    def table(self) -> Table:
        rows = [
            (day(mark.day), number(mark.value), *_limits(stretch.lines), _remark(stretch, mark))
            for stretch in self.stretches
            for mark in stretch.marks
        ]
        return Table(("As of", self.value, "Lower limit", "Usual", "Upper limit", "Remarks"), rows[::-1])


def _limits(lines: Lines | None) -> Sequence[str]:
    return (number(lines.low), number(lines.centre), number(lines.high)) if lines else ("–", "–", "–")


def _remark(stretch: Stretch, mark: Mark) -> str:
    shift = f"Known shift: {stretch.note}." if stretch.note and mark is stretch.marks[0] else ""
    return " ".join(filter(None, [shift, mark.why]))


class _Drawing:
    def __init__(self, chart: ControlChart, width: int, height: int) -> None:
        self.chart, self.width, self.height = chart, width, height
        self.marks = chart.marks
        known = [mark.value for mark in self.marks]
        known += [each for it in chart.stretches if it.lines for each in (it.lines.low, it.lines.high)]
        low, high = min(known), max(known)
        room = FAR * ((high - low) or abs(high) or 1.0)
        self.rules = [rule for rule in chart.rules if low - room <= rule.value <= high + room]
        known += [rule.value for rule in self.rules]
        self.levels = ticks(min(known), max(known))
        self.ends = self._ends()
        self.right = max(width / 2, width - 10 - LETTER * max(len(name) for _, name, _ in self.ends))
        self.left = LEFT + LETTER * max(len(number(level)) for level in self.levels)
        self.slot = (self.right - self.left) / len(self.marks)
        self.y = Scale(self.levels[0], self.levels[-1], height - BOTTOM, TOP)

    def _ends(self) -> list[tuple[float, str, str]]:
        """What is named beside its end: of the newest limits, and of those declared."""
        lines = self.chart.stretches[-1].lines
        found = [(rule.value, rule.name, "rule") for rule in self.rules]
        if lines:
            found += [
                (lines.high, f"upper {number(lines.high)}", "second"),
                (lines.centre, f"usual {number(lines.centre)}", "second"),
                (lines.low, f"lower {number(lines.low)}", "second"),
            ]
        return found or [(self.marks[-1].value, number(self.marks[-1].value), "first")]

    def x(self, place: float) -> float:
        return self.left + self.slot * (place + 0.5)

    def svg(self) -> Svg:
        chart, name = self.chart, f"{self.chart.name}-{self.width}"
        return picture(
            name, chart.title, chart.description, self.width, self.height,
            *self._grid(), *self._days(), *self._drawn_rules(), *self._stretches(), *self._names(),
            *self._hints(),
        )  # fmt: skip

    def _grid(self) -> Iterator[Svg]:
        for level in self.levels:
            y = self.y(level)
            tone = "plot-base" if level == 0 else "plot-level"
            yield element("line", x1=LEFT, x2=self.right, y1=y, y2=y, class_=tone)
            if level != 0:
                yield element("text", number(level), x=LEFT, y=y - 4)

    def _days(self) -> Iterator[Svg]:
        """Of the last reading, and of as many before as there is room for."""
        for place in range(len(self.marks) - 1, -1, -ceil(DAY_ROOM / self.slot)):
            x, foot = self.x(place), self.height - BOTTOM
            name = day(self.marks[place].day)
            half = len(name) * LETTER / 2
            yield element("line", x1=x, x2=x, y1=foot, y2=foot + 4, class_="plot-base")
            middle = min(max(x, half), self.width - half)
            yield element("text", name, x=middle, y=self.height - 5, text_anchor="middle")

    def _drawn_rules(self) -> Iterator[Svg]:
        for rule in self.rules:
            yield self._level(rule.value, LEFT, self.right, "plot-rule")

    def _level(self, value: float, start: float, end: float, tone: str) -> Svg:
        return element("line", x1=start, x2=end, y1=self.y(value), y2=self.y(value), class_=tone)

    def _stretches(self) -> Iterator[Svg]:
        first = 0
        for at, stretch in enumerate(self.chart.stretches):
            end = first + len(stretch.marks)
            left, right = self.left + self.slot * first, self.left + self.slot * end
            if stretch.note or at:
                yield from self._shift(stretch, left, right)
            if lines := stretch.lines:
                yield self._level(lines.centre, left, right, "plot-centre")
                for value in (lines.low, lines.high):
                    yield self._level(value, left, right, "plot-limit")
            yield from self._readings(stretch, first)
            first = end

    def _shift(self, stretch: Stretch, left: float, right: float) -> Iterator[Svg]:
        """A break, with as much of its note as there is room for."""
        yield element("line", x1=left, x2=left, y1=8, y2=self.height - BOTTOM, class_="plot-shift")
        end = self.width if stretch is self.chart.stretches[-1] else right
        letters = int((end - left - 10) / LETTER)
        if letters >= SHORTEST:
            note = _shortened(stretch.note, letters)
            yield element("text", element("title", stretch.note), note, x=left + 6, y=16, class_="plot-note")

    def _readings(self, stretch: Stretch, first: int) -> Iterator[Svg]:
        points = [(self.x(first + place), self.y(mark.value)) for place, mark in enumerate(stretch.marks)]
        if len(points) > 1:
            yield element("path", d=path(points), class_="plot-line first")
        radius = 3.0 if self.slot >= 9 else 1.75
        for place, ((x, y), mark) in enumerate(zip(points, stretch.marks, strict=True)):
            if not mark.why:
                yield element("circle", cx=x, cy=y, r=radius, class_="plot-dot first")
                continue
            yield element("path", d=_diamond(x, y, radius + 3.5), class_="plot-out")
            if first + place == self.newest_out:
                yield self._value(x, y, mark)

    @property
    def newest_out(self) -> int:
        """The place of the one that carries its value."""
        return max((place for place, mark in enumerate(self.marks) if mark.why), default=-1)

    def _value(self, x: float, y: float, mark: Mark) -> Svg:
        """Above what lies in the lower half, below what lies in the upper one, and never cut off."""
        said = number(mark.value)
        half = len(said) * LETTER / 2
        above = y - 12 if y > TOP + 22 else y + 20
        middle = min(max(x, self.left + half), self.right - half)
        return element("text", said, x=middle, y=above, text_anchor="middle", class_="plot-value")

    def _names(self) -> list[Svg]:
        places = spread([self.y(value) for value, _, _ in self.ends], LINE, TOP, self.height - BOTTOM)
        return [
            element("text", name, x=self.right + 6, y=y + 4, class_=f"plot-name {tone}")
            for y, (_, name, tone) in zip(places, self.ends, strict=True)
        ]

    def _hints(self) -> Iterator[Svg]:
        place = 0
        for stretch in self.chart.stretches:
            for mark in stretch.marks:
                said = f"{day(mark.day)}: {number(mark.value)}. {_remark(stretch, mark)}".strip()
                yield element(
                    "rect", element("title", said), x=self.left + self.slot * place, y=TOP,
                    width=self.slot, height=self.height - BOTTOM - TOP, class_="plot-hint",
                )  # fmt: skip
                place += 1


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _diamond(x: float, y: float, size: float) -> str:
    return path([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], closed=True)
