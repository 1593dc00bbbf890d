"""Limits as the page of an insight shows them: the chart, what is wrong in words, and the known shifts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.limits import History, histories
from knowledge.models import Insight, Reading, Shift, User
from knowledge.permissions import can_keep, can_maintain
from knowledge.plotting import ControlChart, Lines, Mark, Rule, Stretch
from knowledge.watching import LEAST, Break, Control, Fixed, Watched, figure, measured, message, watch
from portal.insight_pages import day_of
from portal.key_numbers import spoken
from portal.reading_plots import Drawn, fits


@dataclass(frozen=True, slots=True)
class Watching:
    """`why`: what is wrong with the newest reading; `missing`: how many readings its limits wait for."""

    chart: Drawn | None
    why: Sequence[str]
    declared: Sequence[str]
    control: Control | None
    missing: int
    shifts: Sequence[Shift]
    may_mark: bool

    @property
    def usual(self) -> tuple[str, str, str] | None:
        """Low, high and centre of what is usual."""
        it = self.control
        return (figure(it.low), figure(it.high), figure(it.centre)) if it else None


def watching(insight: Insight, readings: Sequence[Reading], user: User) -> Watching:
    """`readings` are those that `user` sees, the newest first; there is one. Six queries at the most."""
    history = histories(readings[:1])[insight.pk]
    watched = history.watch()
    seen = Reading.objects.visible_to(user).filter(insight=insight)
    shifts = insight.shifts.filter(reading__in=seen.order_by().values("pk")).select_related("reading")
    known = list(shifts.order_by("-reading__published_at"))
    return Watching(
        chart=_chart(readings, history, watched, known),
        why=[_words(each) for each in watched.outside],
        declared=list(_declared(history.fixed)),
        control=watched.control,
        missing=max(0, LEAST + 1 - len(history.points)) if history.points else 0,
        shifts=known,
        may_mark=may_mark(insight, user),
    )


def may_mark(insight: Insight, user: User) -> bool:
    return can_keep(insight.post, user) if insight.post else can_maintain(insight.space, user)


def _chart(
    readings: Sequence[Reading], history: History, watched: Watched, shifts: Sequence[Shift]
) -> Drawn | None:
    """Of two numbers or more, of the newest's unit; None where they can't be drawn to one scale."""
    alike = [it for it in reversed(readings) if it.number is not None and it.unit == readings[0].unit]
    numbers = [alike[place] for place in measured([(it.as_of, float(it.number or 0)) for it in alike])]
    values = [float(it.number or 0) for it in numbers]
    if len(numbers) < 2 or readings[0].number is None or not fits(values):
        return None
    broken = {point.pk: breaks for point, breaks in zip(history.points, watched.breaks, strict=True)}
    stretches = list(_stretches(numbers, shifts, broken, watched.control))
    outside = sum(bool(mark.why) for stretch in stretches for mark in stretch.marks)
    return Drawn.of(
        ControlChart(
            name="trend",
            title="How it went",
            description=f"{len(numbers)} readings, the last {spoken(values[-1])}; {outside} out of limits.",
            stretches=stretches,
            rules=[Rule(value, f"{name} {figure(value)}") for name, value in _levels(history.fixed)],
            value=readings[0].unit or "Value",
        )
    )


def _stretches(
    numbers: Sequence[Reading],
    shifts: Sequence[Shift],
    broken: Mapping[int, Sequence[Break]],
    control: Control | None,
) -> Iterator[Stretch]:
    """From shift to shift; the last as it is judged by, those before by what they say themselves."""
    notes = {shift.reading_id: shift.note for shift in shifts}
    starts = [0, *(place for place, it in enumerate(numbers) if it.pk in notes and place)]
    for first, end in zip(starts, [*starts[1:], None], strict=True):
        part = numbers[first:end]
        if end is None:
            found, lines = broken, control
        else:
            judged = watch([float(it.number or 0) for it in part], Fixed())
            lines = judged.control
            found = {it.pk: each for it, each in zip(part, judged.breaks, strict=True)}
        marks = [_mark(it, found.get(it.pk, ())) for it in part]
        yield Stretch(marks, _lines(lines), notes.get(part[0].pk, ""))


def _lines(control: Control | None) -> Lines | None:
    return Lines(control.centre, control.low, control.high) if control else None


def _mark(reading: Reading, breaks: Sequence[Break]) -> Mark:
    return Mark(day_of(reading), float(reading.number or 0), " ".join(map(_words, breaks)))


def _words(each: Break) -> str:
    return message(each.rule, each.limit, each.side)


def _levels(fixed: Fixed) -> Iterator[tuple[str, float]]:
    if fixed.max is not None:
        yield "most", fixed.max
    if fixed.min is not None:
        yield "least", fixed.min


def _declared(fixed: Fixed) -> Iterator[str]:
    if fixed.min is not None:
        yield f"at least {figure(fixed.min)}"
    if fixed.max is not None:
        yield f"at most {figure(fixed.max)}"
    if fixed.max_change is not None:
        yield f"a change of at most {figure(fixed.max_change)}"
