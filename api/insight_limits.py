"""What the API tells of an insight's limits."""

from typing import Any

from knowledge.serving.facts import InsightFacts
from knowledge.watching import Fixed, messages


def limits_of(insight: InsightFacts) -> dict[str, Any]:
    """Those that the reading declares, and those that the history sets, if it is the newest reading."""
    fixed = Fixed.of(insight.newest.limits)
    return {
        "fixed": {"min": fixed.min, "max": fixed.max, "max_change": fixed.max_change},
        "control": insight.control,
    }


def outside_of(insight: InsightFacts) -> list[dict[str, str]]:
    """The rules that the reading breaks, if it is the newest."""
    return [{"rule": rule, "message": words} for rule, words in messages(insight.outside)]
