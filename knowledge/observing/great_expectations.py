"""Great Expectations: a validation result, as 0.x and 1.x write it, or a checkpoint's with several.

https://docs.greatexpectations.io/docs/reference/api/core/expectationsuitevalidationresult_class/
"""

from collections.abc import Iterator
from datetime import datetime
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

SOURCE = "great_expectations"
Json = dict[str, Any]
_TIMES = ("validation_time", "run_time")
_NAMES = ("data_asset_name", "table_name", "asset_name")


def is_one(result: Json) -> bool:
    if isinstance(result.get("run_results"), dict) or isinstance(result.get("validation_results"), list):
        return "success" in result
    listed = result.get("results", result.get("expectations"))
    return "success" in result and isinstance(listed, list) and all(map(_is_expectation, objects(listed)))


def read(result: Json) -> Iterator[Observed]:
    """One for each validation in it."""
    validations = list(_validations(result))
    if not validations:
        raise NotUnderstood("a checkpoint of Great Expectations is to have a validation in run_results")
    for each in validations:
        yield _of_validation(each, result)


def _is_expectation(each: Json) -> bool:
    return "success" in each and ("expectation_config" in each or "expectation_type" in each)


def _validations(result: Json) -> Iterator[Json]:
    if isinstance(runs := result.get("run_results"), dict):
        for each in runs.values():
            yield mapping(mapping(each).get("validation_result", each))
    elif isinstance(listed := result.get("validation_results"), list):
        yield from objects(listed)
    else:
        yield result


def _of_validation(result: Json, whole: Json) -> Observed:
    success = result.get("success")
    if not isinstance(success, bool):
        raise NotUnderstood("“success” of a validation is to be true or false")
    meta = mapping(result.get("meta"))
    run = meta.get("run_id", whole.get("run_id"))
    named = mapping(run)
    checks = [_check(each) for each in objects(result.get("results", result.get("expectations")))]
    if not checks:
        raise NotUnderstood("“results” of a validation is empty: nothing was checked")
    suite = text(result.get("suite_name", meta.get("expectation_suite_name")), 100)
    known = [named.get("run_name"), named.get("run_time"), meta.get("validation_id"), result.get("id")]
    # `success` is false for what only warns, too: it decides where no expectation says that it failed.
    told = None if any(check.outcome != Outcome.PASSED for check in checks) else success
    return Observed.of_checks(
        SOURCE,
        checks,
        passed=told,
        at=_time(meta, named),
        run=text(run) or " ".join(filter(None, [*map(text, known), suite])),
        dataset=_dataset(meta),
    )


def _time(meta: Json, run: Json) -> datetime | None:
    return next((at for name in _TIMES if (at := moment(meta.get(name)) or moment(run.get(name)))), None)


def _dataset(meta: Json) -> str:
    places = [mapping(meta.get(name)) for name in ("active_batch_definition", "batch_spec", "batch_kwargs")]
    return next((text(it[name], 200) for it in [*places, meta] for name in _NAMES if it.get(name)), "")


def _check(each: Json) -> Check:
    success = each.get("success")
    if not isinstance(success, bool):
        raise NotUnderstood("“success” of each expectation is to be true or false")
    config = mapping(each.get("expectation_config")) or each
    kind = text(config.get("type") or config.get("expectation_type"), 150) or "expectation"
    column = text(mapping(config.get("kwargs")).get("column"), 100)
    # 1.x knows how bad it would be: a warning or a note makes no dataset suspect by itself.
    is_mild = config.get("severity") in {"warning", "info"}
    failed = Outcome.WARNED if is_mild else Outcome.FAILED
    return Check(
        f"{kind} ({column})" if column else kind, Outcome.PASSED if success else failed, _detail(each)
    )


def _detail(each: Json) -> str:
    error = mapping(each.get("exception_info"))
    if error.get("raised_exception"):
        return text(error.get("exception_message"))
    result = mapping(each.get("result"))
    if result.get("unexpected_count"):
        of = result.get("element_count")
        return text(f"{result['unexpected_count']} unexpected values" + (f" of {of}" if of else ""))
    observed = text(result.get("observed_value"), 100)
    return f"observed {observed}" if observed else ""
