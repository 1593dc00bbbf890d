"""What the API tells of an insight's limits."""

from typing import Any

from knowledge.limits import messages
from knowledge.models import Insight, Reading
from knowledge.watching import Fixed


def limits_of(insight: Insight, reading: Reading) -> dict[str, Any]:
    """Those that `reading` declares, and those that the history sets, if it is the newest reading."""
    fixed = Fixed.of(reading.limits)
    is_newest = reading.published_at >= insight.changed_at
    return {
        "fixed": {"min": fixed.min, "max": fixed.max, "max_change": fixed.max_change},
        "control": insight.control if is_newest else None,
    }


def outside_of(insight: Insight, reading: Reading) -> list[dict[str, str]]:
    """The rules that `reading` breaks, if it is the newest."""
    facts = insight.outside if reading.published_at >= insight.changed_at else []
    return [{"rule": rule, "message": words} for rule, words in messages(facts)]
