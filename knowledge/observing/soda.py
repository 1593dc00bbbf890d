"""Soda Core: the results of a scan, `scan.get_scan_results()`, or the file of `soda scan -srf`."""

from collections.abc import Iterator
from typing import Any

from knowledge.observing.observed import (
    Check,
    NotUnderstood,
    Observed,
    Outcome,
    mapping,
    moment,
    objects,
    text,
)

SOURCE = "soda"
Json = dict[str, Any]
_OUTCOMES = {"pass": Outcome.PASSED, "warn": Outcome.WARNED, "fail": Outcome.FAILED, None: Outcome.SKIPPED}


def is_one(result: Json) -> bool:
    return isinstance(result.get("checks"), list) and any(
        name in result for name in ("hasFailures", "hasErrors", "scanStartTimestamp", "definitionName")
    )


def read(result: Json) -> Iterator[Observed]:
    """One for each table that was scanned."""
    tables: dict[str, list[Check]] = {}
    for each in objects(result["checks"]):
        tables.setdefault(text(each.get("table"), 200), []).append(_check(each))
    if not tables:
        raise NotUnderstood("“checks” of the scan is empty: nothing was checked")
    # Which table an error of the scan belongs to isn't said; all that it wanted to know is open, then.
    failed = False if result.get("hasErrors") is True else None
    at = moment(result.get("scanStartTimestamp")) or moment(result.get("dataTimestamp"))
    run = text(result.get("scanId")) or text(result.get("scanStartTimestamp"))
    summary = "The scan ended with errors" if failed is False else ""
    for table, checks in sorted(tables.items()):
        seen = [check.outcome for check in checks]
        told = "" if Outcome.FAILED in seen else summary
        if failed is None and set(seen) == {Outcome.SKIPPED}:
            continue  # nothing was found out of it
        name = f"{run} {text(result.get('definitionName'), 80)}".strip()
        yield Observed.of_checks(SOURCE, checks, passed=failed, at=at, run=name, summary=told, dataset=table)


def _check(each: Json) -> Check:
    outcome = each.get("outcome")
    if outcome is not None and not isinstance(outcome, str):
        raise NotUnderstood("“outcome” of a check is to be pass, warn, fail or null")
    if outcome not in _OUTCOMES:
        raise NotUnderstood(
            f"“outcome” of a check is to be pass, warn, fail or null, not {text(outcome, 40)}"
        )
    name = text(each.get("name"), 150) or text(each.get("definition"), 150) or "check"
    return Check(name, _OUTCOMES[outcome], _detail(each))


def _detail(each: Json) -> str:
    reasons = [text(it.get("message")) for it in objects(each.get("outcomeReasons"))]
    said = "; ".join(filter(None, reasons))
    value = text(mapping(each.get("diagnostics")).get("value"), 60)
    return text(said) or (f"observed {value}" if value else "")
