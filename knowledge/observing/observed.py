"""What a tool saw of a dataset, whichever tool it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

KEPT = 50  # checks of an observation, those that failed first
LONGEST_TEXT = 300
_YEARS = range(2000, 2101)


class NotUnderstood(ValueError):
    """Its words go on from "This is no result that can be read: "."""


class Outcome(StrEnum):
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"  # it wasn't run, so that it decides nothing


# In the order in which they are told.
_ORDER = (Outcome.FAILED, Outcome.WARNED, Outcome.PASSED, Outcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """`at` is None where the tool doesn't say; `run` tells one run from another; `dataset` is its own name.

    `checks` are the KEPT first; `counts` are of all of them, by outcome.
    """

    source: str
    passed: bool
    at: datetime | None = None
    run: str = ""
    summary: str = ""
    dataset: str = ""
    checks: Sequence[Check] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_checks(
        cls,
        source: str,
        checks: Iterable[Check],
        *,
        passed: bool | None = None,
        at: datetime | None = None,
        run: str = "",
        summary: str = "",
        dataset: str = "",
    ) -> "Observed":
        """All was well unless one failed, or the tool itself says otherwise (`passed`).

        Raises NotUnderstood where nothing was checked and the tool doesn't say either.
        """
        found = sorted(checks, key=lambda check: _ORDER.index(check.outcome))
        counts = {each.value: n for each in _ORDER if (n := sum(it.outcome == each for it in found))}
        decided = sum(n for name, n in counts.items() if name != Outcome.SKIPPED)
        if passed is None and not decided:
            raise NotUnderstood("nothing in it was checked, so that it tells neither good nor bad")
        all_well = passed is not False and Outcome.FAILED not in counts
        told = text(summary, 500) or summed_up(found, counts)
        return cls(source, all_well, at, text(run, 200), told, dataset, found[:KEPT], counts)

    def of_dataset(self, name: str) -> "Observed":
        return replace(self, dataset=name)


def summed_up(checks: Sequence[Check], counts: dict[str, int]) -> str:
    """In a sentence: what failed, by name, or how much went well."""
    total = sum(n for name, n in counts.items() if name != Outcome.SKIPPED)
    bad = [check for check in checks if check.outcome == Outcome.FAILED]
    if bad:
        named = ", ".join(check.name for check in bad[:3])
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        return text(f"{len(bad)} of {total} checks failed: {named}{more}", 500)
    if not total:
        return ""
    warned = counts.get(Outcome.WARNED, 0)
    passed = f"{total} check{'' if total == 1 else 's'} passed"
    return f"{passed}, {warned} of them with a warning" if warned else passed


def text(value: Any, most: int = LONGEST_TEXT) -> str:
    """On one line, fit for the database; "" for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    line = " ".join(str(value).replace("\x00", " ").split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def moment(value: Any) -> datetime | None:
    """By ISO 8601, with what Great Expectations writes (20220727T154327.630107Z); UTC where it says none."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        found = datetime.fromisoformat(value.strip()[:60])
    except ValueError:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    try:
        found = found.astimezone(UTC)
    except OverflowError:
        return None
    return found if found.year in _YEARS else None


def mapping(value: Any) -> dict[str, Any]:
    """{} for what is none."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """Of a list those that are objects."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
