"""dbt: run_results.json of `dbt test` or `dbt build`. Which model a test is of stands in manifest.json.

https://docs.getdbt.com/reference/artifacts/run-results-json
"""

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

SOURCE = "dbt"
Json = dict[str, Any]
_OUTCOMES = {
    "pass": Outcome.PASSED,
    "success": Outcome.PASSED,
    "warn": Outcome.WARNED,
    "fail": Outcome.FAILED,
    "error": Outcome.FAILED,
    "runtime error": Outcome.FAILED,
    "partial success": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
    "no-op": Outcome.SKIPPED,
}
_TESTS = ("test.", "unit_test.")


def is_one(result: Json) -> bool:
    listed = result.get("results")
    return (
        isinstance(listed, list)
        and all("unique_id" in each for each in objects(listed))
        and ("metadata" in result or bool(listed))
    )


def read(result: Json) -> Iterator[Observed]:
    """All of it as one observation: who posts it to a dataset ran the tests of that."""
    checks = [_check(each) for each in objects(result["results"])]
    yield _observed(result, checks, "")


def read_each(result: Json, manifest: Json) -> Iterator[Observed]:
    """One for each model and source that a test is of, or that was built; named as `manifest` says.

    Without a manifest each result stands for itself, under its own name.
    """
    nodes = mapping(manifest.get("nodes")) | mapping(manifest.get("sources"))
    found: dict[str, list[Check]] = {}
    for each in objects(result["results"]):
        for name in _subjects(text(each.get("unique_id"), 400), nodes):
            found.setdefault(name, []).append(_check(each))
    for name, checks in sorted(found.items()):
        if any(check.outcome != Outcome.SKIPPED for check in checks):
            yield _observed(result, checks, name)


def names_of(dataset: str, manifest: Json) -> list[str]:
    """By which a node can be called: its id, its relation in the warehouse, its own name."""
    node = mapping((mapping(manifest.get("nodes")) | mapping(manifest.get("sources"))).get(dataset))
    parts = dataset.split(".")
    own = [".".join(parts[2:])] if len(parts) > 2 else []
    if dataset.startswith(_TESTS) and len(parts) > 3:
        own = [parts[2]]
    return [*filter(None, [dataset, text(node.get("relation_name"), 200), text(node.get("name"), 200)]), *own]


def _subjects(unique_id: str, nodes: Json) -> list[str]:
    if not unique_id.startswith(_TESTS):
        return [unique_id]
    node = mapping(nodes.get(unique_id))
    if attached := text(node.get("attached_node"), 400):
        return [attached]
    needed = mapping(node.get("depends_on")).get("nodes")
    return (
        [text(each, 400) for each in needed if text(each)]
        if isinstance(needed, list) and needed
        else [unique_id]
    )


def _observed(result: Json, checks: list[Check], dataset: str) -> Observed:
    about = mapping(result.get("metadata"))
    return Observed.of_checks(
        SOURCE,
        checks,
        at=moment(about.get("generated_at")),
        run=text(about.get("invocation_id")) or text(about.get("generated_at")),
        dataset=dataset,
    )


def _check(each: Json) -> Check:
    status = each.get("status")
    outcome = _OUTCOMES.get(status.lower()) if isinstance(status, str) else None
    if outcome is None:
        raise NotUnderstood(f"“status” of a result is to be one of {', '.join(_OUTCOMES)}")
    parts = text(each.get("unique_id"), 400).split(".")
    name = parts[2] if len(parts) > 2 else parts[-1]
    return Check(
        text(name, 150) or "result", outcome, text(each.get("message")) if outcome != Outcome.PASSED else ""
    )
