"""The Western Electric rules: what looks unlikely for a process that goes on as it did.

Source: Western Electric Company, "Statistical Quality Control Handbook", 1956, pages 25-28; NIST/SEMATECH
e-Handbook, 6.3.2. Each is asked of the last of some readings, which has to be one of those that break it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.watching.control import Control


@dataclass(frozen=True, slots=True)
class Rule:
    """`least` of the last `among` readings are more than `zone` standard deviations out, all on one side."""

    name: str
    least: int
    among: int
    zone: float


RULES = (
    Rule("beyond-limits", 1, 1, 3.0),
    Rule("two-of-three", 2, 3, 2.0),
    Rule("four-of-five", 4, 5, 1.0),
    Rule("eight-in-a-row", 8, 8, 0.0),
)
LONGEST = max(rule.among for rule in RULES)


def broken(values: Sequence[float], control: Control) -> Iterator[tuple[Rule, int, list[int]]]:
    """What the last of `values` breaks: above (1) or below (-1), and the places of those that do."""
    for rule in RULES:
        if len(values) < rule.among:
            continue
        first = len(values) - rule.among
        zones = [control.zone(value) for value in values[first:]]
        sign = 1 if zones[-1] > 0 else -1
        out = [first + place for place, zone in enumerate(zones) if sign * zone > rule.zone]
        if len(out) >= rule.least and out[-1] == len(values) - 1:
            yield rule, sign, out
