"""Insights as OpenMetrics, which Prometheus and its like scrape; the older text format reads the same."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from knowledge.serving.facts import InsightFacts

VALUE = "almanac_insight"
AS_OF = "almanac_insight_as_of_timestamp_seconds"
# Whatever begins with two underscores is the scraper's own.
OWN = ("space", "name", "unit", "status")
_FORBIDDEN = re.compile(r"[^a-zA-Z0-9_]")
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def exposition(insights: Iterable[InsightFacts]) -> str:
    """A gauge for each insight that is a number and isn't withdrawn, and the time that it is of."""
    shown = [it for it in insights if not it.is_withdrawn and _number(it) is not None]
    return "\n".join([*_values(shown), *_days(shown), "# EOF", ""])


def _values(insights: list[InsightFacts]) -> Iterator[str]:
    yield f"# TYPE {VALUE} gauge"
    yield f"# HELP {VALUE} Numbers that posts publish, as of the time that {AS_OF} tells."
    for it in insights:
        newest = it.newest
        own = {"space": it.space, "name": it.name, "unit": newest.unit, "status": it.status}
        yield f"{VALUE}{_labels(own | dimension_labels(newest.dimensions))} {_number(it)!r}"


def _days(insights: list[InsightFacts]) -> Iterator[str]:
    yield f"# TYPE {AS_OF} gauge"
    yield f"# UNIT {AS_OF} seconds"
    yield f"# HELP {AS_OF} What the number is of; where its post doesn't say, when that was published."
    for it in insights:
        yield f"{AS_OF}{_labels({'space': it.space, 'name': it.name})} {it.newest.moment.timestamp():.0f}"


def _number(insight: InsightFacts) -> float | None:
    """None for what is none, or is beyond what a float holds."""
    exact = insight.newest.number
    number = float(exact) if exact is not None else None
    return number if number is not None and math.isfinite(number) else None


def dimension_labels(dimensions: Mapping[str, str]) -> dict[str, str]:
    """By names that a label may have, each once; those of ours, and the scraper's, begin with dimension_."""
    found: dict[str, str] = {}
    for said, value in dimensions.items():
        label = _FORBIDDEN.sub("_", said)
        if not label or label[0].isdigit() or label.startswith("__") or label in OWN:
            label = f"dimension_{label.lstrip('_')}"
        base, number = label, 2
        while label in found:
            label, number = f"{base}_{number}", number + 1
        found[label] = str(value)
    return found


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPED)}"' for name, value in labels.items()) + "}"
