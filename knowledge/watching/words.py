"""What is told of a rule that a reading breaks."""

from collections.abc import Iterable, Mapping
from math import floor, isfinite, log10
from typing import Any

WORDS = {
    "below-min": "It is below {limit}, the least that its author expects.",
    "above-max": "It is above {limit}, the most that its author expects.",
    "changed-too-much": "It changed by more than {limit}, the most that its author expects.",
    "beyond-limits": "It is {side} {limit}, the {end} limit that its own history sets.",
    "two-of-three": "Two of the last three readings are far {side} the usual, beyond {limit}.",
    "four-of-five": "Four of the last five readings are {side} the usual, beyond {limit}.",
    "eight-in-a-row": "The last eight readings are all {side} the usual, {limit}.",
}
DIGITS = 4


def message(rule: str, limit: float, side: str = "") -> str:
    """A sentence about the reading; "" for a rule that there isn't any more."""
    end = "upper" if side == "above" else "lower"
    return WORDS.get(rule, "").format(limit=figure(limit), side=side, end=end)


def messages(facts: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Of Insight.outside: each rule, and what is told of it."""
    told = ((fact["rule"], message(fact["rule"], fact["limit"], fact["side"])) for fact in facts)
    return [(rule, words) for rule, words in told if words]


def figure(value: float, digits: int = DIGITS) -> str:
    """To four digits, or as many, but with all of those before the point: 1234567.8 -> "1,234,568"."""
    size = abs(value)
    if not isfinite(value) or size >= 1e15 or 0 < size < 1e-4:
        return f"{value:.{digits}g}"
    after = max(0, digits - 1 - floor(log10(size))) if size else 0
    written = f"{value:,.{after}f}"
    return (written.rstrip("0").rstrip(".") if after else written).replace("-", "\N{MINUS SIGN}")
