"""Reading figures as templates/reads/show.html draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.figures import DAYS, Figures
from knowledge.plotting import ControlChart, Kind, OverTime, Series, Share, Shares, Svg, Table

WIDE, NARROW = 752, 344  # a page of text, and a phone
WEEKLY = 120  # days, from which on weeks are drawn
LARGEST = 1e15  # of what is drawn; above, a float holds no whole numbers any more
SMALLEST = 1e-12
PERIODS = {30: "30 days", 90: "90 days", 365: "A year"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plot for both widths, and the numbers behind it."""

    title: str
    wide: Svg
    narrow: Svg
    table: Table

    @classmethod
    def of(cls, plot: OverTime | Shares | ControlChart) -> "Drawn":
        return cls(plot.title, plot.draw(WIDE), plot.draw(NARROW), plot.table())


def fits(values: Sequence[float]) -> bool:
    """Whether an axis can name places between these."""
    low, high = min(values), max(values)
    return max(abs(low), abs(high)) < LARGEST and (low == high or high - low > SMALLEST)


def period(asked: str) -> int:
    """`?days=`; the shortest for anything that isn't one of ours."""
    return next((days for days in DAYS if str(days) == asked), DAYS[0])


def over_time(figures: Figures) -> Drawn:
    span = 7 if len(figures.by_day) > WEEKLY else 1
    steps = figures.by(span)
    return Drawn.of(
        OverTime(
            name="over-time",
            title=f"Views and reads a {'week' if span > 1 else 'day'}",
            description=f"{figures.sums['views']} views and {figures.reads} reads in all.",
            days=[step.day for step in steps],
            series=[
                Series("Views", [step.views for step in steps], Kind.AREA, tone="second"),
                Series("Reads", [step.readers for step in steps], Kind.LINE),
            ],
            span="Week from" if span > 1 else "Day",
            whole=True,
        )
    )


def read_through(figures: Figures) -> Drawn:
    sums = figures.sums
    return Drawn.of(
        Shares(
            name="read-through",
            title="How far they came",
            description=f"{sums['finished']} of {figures.reads} reads came to the end, and stayed.",
            whole=figures.reads,
            unit="Reads",
            shares=[
                Share("Opened it", figures.reads),
                Share("Came to a quarter", sums["reached_25"]),
                Share("to the half", sums["reached_50"]),
                Share("to three quarters", sums["reached_75"]),
                Share("to the end", sums["reached_100"]),
                Share("and read it", sums["finished"], tone="good"),
            ],
        )
    )


def finished_share(figures: Figures) -> int | None:
    """In per cent."""
    return round(100 * figures.sums["finished"] / figures.reads) if figures.reads else None


def compared(figures: Figures) -> str:
    """A sentence, so that the numbers mean something; "" where there is nothing to compare with."""
    comparison, space = figures.comparison, figures.subject.space
    if comparison is None or space is None:
        return ""
    fewer, others = comparison.fewer, comparison.others
    if fewer == others:
        return f"Read more often than any other post of {space.name}."
    if fewer == 0:
        return f"The {others} other posts of {space.name} were read at least as often."
    if others > 10:
        return f"Read more often than {10 * fewer // others or 'a few'} of 10 posts of {space.name}."
    return f"Read more often than {fewer} of the {others} other posts of {space.name}."
