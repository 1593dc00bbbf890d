"""Values over days: lines, areas and bars on one pair of axes, each named where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import groupby

from knowledge.plotting.scales import Scale, day_ticks, ticks
from knowledge.plotting.svg import Svg, element, path, picture
from knowledge.plotting.table import Table, day, number

TOP, BOTTOM, LEFT = 22, 24, 2
LETTER = 7.2  # pixels, more or less
LINE = 15  # of text
TICK_ROOM = 74


class Kind(Enum):
    LINE = "line"
    AREA = "area"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class Series:
    """One value for each day of the plot, or None where there is none. `tone` is a class of plot.css."""

    name: str
    values: Sequence[float | None]
    kind: Kind = Kind.LINE
    tone: str = "first"


@dataclass(frozen=True, slots=True)
class Rule:
    """A value that matters on the whole way: a goal, a limit."""

    value: float
    name: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """`name` is unique on its page. `span` says what begins on each of the days."""

    name: str
    title: str
    days: Sequence[date]
    series: Sequence[Series]
    rules: Sequence[Rule] = ()
    description: str = ""
    span: str = "Day"
    from_zero: bool = True
    whole: bool = False

    def draw(self, width: int, height: int = 240) -> Svg:
        """`days` and each series may not be empty."""
        return _Drawing(self, width, height).svg()

    def table(self) -> Table:
        rows = [
            (day(at), *(number(series.values[place]) for series in self.series))
            for place, at in enumerate(self.days)
        ]
        return Table((self.span, *(series.name for series in self.series)), rows[::-1])

    def says(self, place: int) -> str:
        """What is to be said of one day: "3 Oct 2026: 12 views, 5 readers"."""
        said = ", ".join(f"{each.name} {number(each.values[place])}" for each in self.series)
        return f"{day(self.days[place])}: {said}"


class _Drawing:
    def __init__(self, plot: OverTime, width: int, height: int) -> None:
        self.plot, self.width, self.height = plot, width, height
        known = [value for each in plot.series for value in each.values if value is not None]
        known += [rule.value for rule in plot.rules]
        low = min(known, default=0.0)
        self.levels = ticks(
            min(0.0, low) if plot.from_zero else low, max(known, default=1.0) or 1.0, whole=plot.whole
        )
        names = [*(each.name for each in plot.series), *(rule.name for rule in plot.rules)]
        self.right = width - 10 - LETTER * max(map(len, names), default=0)
        self.slot = (self.right - LEFT) / len(plot.days)
        self.y = Scale(self.levels[0], self.levels[-1], height - BOTTOM, TOP)

    def x(self, place: int) -> float:
        """The middle of a day's slot; days that are missing leave room for themselves."""
        first, last = self.plot.days[0], self.plot.days[-1]
        if first == last:
            return LEFT + self.slot * (place + 0.5)
        along = (self.plot.days[place] - first).days / (last - first).days
        return LEFT + self.slot * (0.5 + along * (len(self.plot.days) - 1))

    def svg(self) -> Svg:
        plot = self.plot
        name = f"{plot.name}-{self.width}"
        marks = [mark for each in plot.series for mark in self.marks(each)]
        return picture(
            name, plot.title, plot.description, self.width, self.height,
            *self.grid(), *marks, *self.rules(), *self.days(), *self.names(), *self.hints(),
        )  # fmt: skip

    def grid(self) -> list[Svg]:
        """A line for each level, with its value standing on it."""
        found = []
        for level in self.levels:
            y = self.y(level)
            tone = "plot-base" if level == 0 else "plot-level"
            found.append(element("line", x1=LEFT, x2=self.right, y1=y, y2=y, class_=tone))
            if level != 0:
                found.append(element("text", number(level), x=LEFT, y=y - 4))
        return found

    def days(self) -> list[Svg]:
        """Names of days below the axis; none runs into the end."""
        first, last = self.plot.days[0], self.plot.days[-1]
        along = Scale(0, (last - first).days, self.x(0), self.x(len(self.plot.days) - 1))
        found = []
        for at, name in day_ticks(first, last, int(self.right // TICK_ROOM)):
            x = along((at - first).days)
            half = len(name) * LETTER / 2
            foot = self.height - BOTTOM
            found.append(element("line", x1=x, x2=x, y1=foot, y2=foot + 4, class_="plot-base"))
            middle = min(max(x, half), self.right + 24 - half)
            found.append(element("text", name, x=middle, y=self.height - 5, text_anchor="middle"))
        return found

    def marks(self, series: Series) -> list[Svg]:
        if series.kind is Kind.BARS:
            return [self.bar(series, place) for place, value in enumerate(series.values) if value]
        found = []
        for run in _runs(series.values):
            points = [(self.x(place), self.y(value)) for place, value in run]
            if series.kind is Kind.AREA:
                zero = self.y(max(0.0, self.levels[0]))
                around = [(points[0][0], zero), *points, (points[-1][0], zero)]
                found.append(element("path", d=path(around, closed=True), class_=f"plot-area {series.tone}"))
            if len(points) == 1:
                found.append(
                    element("circle", cx=points[0][0], cy=points[0][1], r=3, class_=f"plot-dot {series.tone}")
                )
            else:
                found.append(element("path", d=path(points), class_=f"plot-line {series.tone}"))
        return found

    def bar(self, series: Series, place: int) -> Svg:
        value = series.values[place] or 0.0
        zero = self.y(max(0.0, self.levels[0]))
        top, thick = min(self.y(value), zero), max(1.0, self.slot * 0.72)
        return element(
            "rect", x=self.x(place) - thick / 2, y=top, width=thick, height=abs(self.y(value) - zero),
            class_=f"plot-bar {series.tone}",
        )  # fmt: skip

    def rules(self) -> list[Svg]:
        return [
            element(
                "line",
                x1=LEFT,
                x2=self.right,
                y1=self.y(rule.value),
                y2=self.y(rule.value),
                class_="plot-rule",
            )
            for rule in self.plot.rules
        ]

    def names(self) -> list[Svg]:
        """Each beside the end of what it names, and none on another."""
        ends = [(self.y(_last(each.values)), each.name, each.tone) for each in self.plot.series]
        ends += [(self.y(rule.value), rule.name, "rule") for rule in self.plot.rules]
        places = spread([y for y, _, _ in ends], LINE, TOP, self.height - BOTTOM)
        return [
            element("text", name, x=self.right + 6, y=y + 4, class_=f"plot-name {tone}")
            for y, (_, name, tone) in zip(places, ends, strict=True)
        ]

    def hints(self) -> list[Svg]:
        """What a pointer that rests on a day is told."""
        return [
            element(
                "rect", element("title", self.plot.says(place)), x=self.x(place) - self.slot / 2, y=TOP,
                width=self.slot, height=self.height - BOTTOM - TOP, class_="plot-hint",
            )
            for place in range(len(self.plot.days))
        ]  # fmt: skip


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, `apart` from each other, in the same order, none beyond `high`."""
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    found = list(wanted)
    floor = low - apart
    for place in order:
        floor = found[place] = max(found[place], floor + apart)
    ceiling = high + apart
    for place in reversed(order):
        ceiling = found[place] = min(found[place], ceiling - apart)
    return found


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without a gap."""
    known = groupby(enumerate(values), key=lambda pair: pair[1] is None)
    return [
        [(place, value) for place, value in run if value is not None] for is_gap, run in known if not is_gap
    ]


def _last(values: Sequence[float | None]) -> float:
    return next((value for value in reversed(values) if value is not None), 0.0)
