"""Evidently: a test suite (0.2 to 0.6), a run with tests (0.7 and newer), or a report that found drift."""

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

SOURCE = "evidently"
Json = dict[str, Any]
_OUTCOMES = {
    "SUCCESS": Outcome.PASSED,
    "WARNING": Outcome.WARNED,
    "FAIL": Outcome.FAILED,
    "ERROR": Outcome.FAILED,
    "SKIPPED": Outcome.SKIPPED,
}


def is_one(result: Json) -> bool:
    tests, metrics = result.get("tests"), result.get("metrics")
    return (isinstance(tests, list) and all("status" in it for it in objects(tests))) or (
        isinstance(metrics, list)
        and any({"metric", "metric_id", "metric_name"} & it.keys() for it in objects(metrics))
    )


def read(result: Json) -> Iterator[Observed]:
    tests = objects(result.get("tests"))
    checks = [_check(each) for each in tests] or list(_drifts(objects(result.get("metrics"))))
    if not checks:
        raise NotUnderstood(
            "this report of Evidently holds no tests, so that nothing in it is good or bad; run it with tests"
        )
    yield Observed.of_checks(
        SOURCE,
        checks,
        at=moment(result.get("timestamp")) or moment(mapping(result.get("metadata")).get("timestamp")),
        run=text(result.get("id")) or text(result.get("timestamp")),
    )


def _check(each: Json) -> Check:
    status = each.get("status")
    # Written from Python, it may be "TestStatus.FAIL".
    word = status.rpartition(".")[2].upper() if isinstance(status, str) else ""
    if word not in _OUTCOMES:
        raise NotUnderstood(f"“status” of a test is to be one of {', '.join(_OUTCOMES)}")
    return Check(text(each.get("name"), 150) or "test", _OUTCOMES[word], text(each.get("description")))


def _drifts(metrics: list[Json]) -> Iterator[Check]:
    """What older reports say of drift over all columns."""
    for each in metrics:
        drift = mapping(each.get("result")).get("dataset_drift")
        if isinstance(drift, bool):
            columns = text(mapping(each.get("result")).get("number_of_drifted_columns"))
            detail = f"{columns} columns drifted" if columns else ""
            name = text(each.get("metric"), 150) or "DatasetDriftMetric"
            yield Check(name, Outcome.FAILED if drift else Outcome.PASSED, detail)
