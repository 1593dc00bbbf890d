"""Which tool wrote a result, and what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from knowledge.observing import dbt, evidently, great_expectations, plain, soda
from knowledge.observing.observed import NotUnderstood, Observed

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tool:
    """`is_one` tells its results by their shape; `read` raises NotUnderstood."""

    label: str
    is_one: Callable[[Json], bool]
    read: Callable[[Json], Iterator[Observed]]


# The plain form is last: whatever else has its word, too, is the tool's.
TOOLS = {
    great_expectations.SOURCE: Tool("Great Expectations", great_expectations.is_one, great_expectations.read),
    soda.SOURCE: Tool("Soda", soda.is_one, soda.read),
    dbt.SOURCE: Tool("dbt", dbt.is_one, dbt.read),
    evidently.SOURCE: Tool("Evidently", evidently.is_one, evidently.read),
    plain.SOURCE: Tool("A plain form", plain.is_one, plain.read),
}
EXPECTED = (
    "send what Great Expectations, Soda, dbt (run_results.json) or Evidently wrote, as JSON, or the plain "
    'form {"passed": false, "summary": "What is wrong"}'
)
ROOM = 500  # datasets in a request


def read(result: Any) -> list[Observed]:
    """What one result says, in one observation or more. Raises NotUnderstood."""
    if not isinstance(result, dict):
        raise NotUnderstood(EXPECTED)
    tool = next((tool for tool in TOOLS.values() if tool.is_one(result)), None)
    if tool is None:
        raise NotUnderstood(EXPECTED)
    found = list(tool.read(result))
    if not found:
        raise NotUnderstood("nothing in it was checked, so that it tells neither good nor bad")
    return found


def read_all(body: Any) -> list[tuple[Observed, list[str]]]:
    """Observations of several datasets, each with the names by which it may be known. Raises NotUnderstood.

    `body` is a result whose tool names what it checked; or {"result": …, "datasets": {its name: ours},
    "manifest": dbt's}, or {"observations": [plain forms with a "dataset"]}.
    """
    if not isinstance(body, dict):
        raise NotUnderstood(EXPECTED)
    if isinstance(listed := body.get("observations"), list):
        found = [(each, [each.dataset]) for one in listed for each in read(one)]
    else:
        result, manifest = body.get("result", body), body.get("manifest")
        if not isinstance(result, dict):
            raise NotUnderstood(EXPECTED)
        renamed = body.get("datasets", {}) if "result" in body else {}
        if not isinstance(renamed, dict) or not all(isinstance(name, str) for name in renamed.values()):
            raise NotUnderstood("“datasets” is to map the tool's names to ours, {“orders”: “shop.orders”}")
        found = [
            (each, _ours(names, renamed))
            for each, names in _named(result, manifest if isinstance(manifest, dict) else {})
        ]
    if any(not names or not names[0] for _, names in found):
        raise NotUnderstood("it doesn't say of which dataset it is; post it to that dataset's own address")
    if len(found) > ROOM:
        raise NotUnderstood(f"it is of {len(found)} datasets; {ROOM} at a time are taken")
    return found


def _named(result: Json, manifest: Json) -> Iterator[tuple[Observed, list[str]]]:
    if dbt.is_one(result) and not great_expectations.is_one(result):
        for each in dbt.read_each(result, manifest):
            yield each, dbt.names_of(each.dataset, manifest)
        return
    for each in read(result):
        yield each, [each.dataset] if each.dataset else []


def _ours(names: list[str], renamed: dict[str, str]) -> list[str]:
    """What it is called here, where that is said; else all that it may be called."""
    said = [renamed[name] for name in names if name in renamed]
    return said[:1] or names
