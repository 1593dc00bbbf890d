"""The plain form, for whatever else checks data: {"passed": false, "summary": …, "at": …, "checks": […]}."""

from collections.abc import Iterator
from typing import Any

from knowledge.observing.observed import Check, NotUnderstood, Observed, Outcome, moment, text

SOURCE = "plain"
Json = dict[str, Any]
_FORM = '{"passed": false, "summary": "What is wrong", "at": "2026-11-29T06:00:00Z", "run": …, "checks": […]}'


def is_one(result: Json) -> bool:
    return "passed" in result


def read(result: Json) -> Iterator[Observed]:
    passed, at, checks = result.get("passed"), result.get("at"), result.get("checks", [])
    if not isinstance(passed, bool):
        raise NotUnderstood(f"“passed” is to be true or false, as in {_FORM}")
    if at is not None and moment(at) is None:
        raise NotUnderstood("“at” is to be a moment by ISO 8601, such as 2026-11-29T06:00:00Z")
    if not isinstance(checks, list) or not all(isinstance(each, dict) for each in checks):
        raise NotUnderstood('“checks” is to be a list of objects, {"name": …, "passed": true, "detail": …}')
    found = Observed.of_checks(
        text(result.get("source"), 40) or SOURCE,
        map(_check, checks),
        passed=passed,
        at=moment(at),
        run=text(result.get("run"), 200),
        summary=text(result.get("summary"), 500),
        dataset=text(result.get("dataset"), 200),
    )
    if found.passed != passed:
        raise NotUnderstood("“passed” is true, but one of its checks is not")
    yield found


def _check(each: Json) -> Check:
    passed = each.get("passed")
    if not isinstance(passed, bool):
        raise NotUnderstood("“passed” of each check is to be true or false")
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Check(text(each.get("name"), 150) or "check", outcome, text(each.get("detail")))
