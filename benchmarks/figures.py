"""Small statistics over lists of seconds, and the lines that print them."""

import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float]) -> str:
    """`p50 212 ms, p95 301 ms` of seconds."""
    return f"p50 {statistics.median(values) * 1000:,.0f} ms, p95 {percentile(values, 0.95) * 1000:,.0f} ms"


def row(name: str, value: str, goal: str = "", *, met: bool | None = None) -> None:
    """One line of the report; `met` marks a goal as reached or missed."""
    mark = "" if met is None else ("  reached" if met else "  MISSED")
    print(f"  {name:<58} {value:<34} {('goal ' + goal) if goal else ''}{mark}", flush=True)


def heading(title: str) -> None:
    print(f"\n{title}", flush=True)
