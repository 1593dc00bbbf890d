"""The OpenAPI document by the recommended rules of Spectral's `oas` set, each under its name there.

Left out: `path-keys-no-trailing-slash`, for ours end in one; rules for OpenAPI 2, and for callbacks, links
and webhooks, of which there are none. `oas3-schema` is `spectacular --validate`, in test_schema.py;
`oas3-valid-media-example` is in test_examples.py.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.api.operations import document

Json = dict[str, Any]
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
PLACE = re.compile(r"{([^}]*)}")


def operations() -> Iterator[tuple[str, Json]]:
    for path, methods in document()["paths"].items():
        for operation in methods.values():
            yield path, operation


def resolved(node: Json) -> Json:
    found: Any = node
    while "$ref" in found:
        address = found["$ref"].removeprefix("#/").split("/")
        found = document()
        for word in address:
            found = found[word]
    return found  # type: ignore[no-any-return]


def parameters(operation: Json) -> list[Json]:
    return [resolved(each) for each in operation.get("parameters", [])]


def nodes(node: Any, place: str = "#") -> Iterator[tuple[str, Json]]:
    """Every object of the document, examples aside."""
    if isinstance(node, dict):
        yield place, node
        for name, inner in node.items():
            if name not in ("example", "examples", "default"):
                yield from nodes(inner, f"{place}/{name}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from nodes(inner, f"{place}/{number}")


def schemas() -> Iterator[tuple[str, Json]]:
    """Every node that is a schema; a property that is called `type` or `enum` is none."""
    for place, node in nodes(document()):
        if not place.endswith("/properties") and isinstance(node.get("type", node.get("enum")), str | list):
            yield place, node


def test_operation_success_response() -> None:
    assert [path for path, each in operations() if not any(s[0] in "23" for s in each["responses"])] == []


def test_operation_operation_id_is_there_unique_and_valid_in_url() -> None:
    ids = [each["operationId"] for _, each in operations()]
    assert [name for name, number in Counter(ids).items() if number > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[A-Za-z0-9_.~-]+", name)] == []


def test_operation_parameters_are_named_once() -> None:
    for path, each in operations():
        named = Counter((one["name"], one["in"]) for one in parameters(each))
        assert [name for name, number in named.items() if number > 1] == [], path


def test_operation_description_and_summary() -> None:
    for path, each in operations():
        assert each["description"], path
        assert each["summary"], path
        assert not each["summary"].endswith("."), path


def test_operation_tags_are_there_defined_described_and_unique() -> None:
    defined = {tag["name"]: tag["description"] for tag in document()["tags"]}
    assert len(defined) == len(document()["tags"])
    assert [name for name, words in defined.items() if not words] == []
    for path, each in operations():
        assert each["tags"], path
        assert set(each["tags"]) <= defined.keys(), path


def test_path_params_are_declared_and_no_others() -> None:
    for path, each in operations():
        declared = [one for one in parameters(each) if one["in"] == "path"]
        assert sorted(one["name"] for one in declared) == sorted(PLACE.findall(path)), path
        assert all(one["required"] for one in declared), path


def test_path_declarations_must_exist_and_path_not_include_query() -> None:
    assert [path for path in document()["paths"] if "{}" in path or "?" in path] == []


def test_info_contact_description_and_license() -> None:
    info = document()["info"]
    assert all((info["description"], info["contact"]["name"], info["license"]["identifier"], info["title"]))


def test_no_eval_and_no_script_tags_in_markdown() -> None:
    words = [node["description"] for _, node in nodes(document()) if isinstance(node.get("description"), str)]
    assert len(words) > 100
    assert [each for each in words if "<script" in each.lower() or "eval(" in each] == []


def test_typed_enum_and_duplicated_entry_in_enum() -> None:
    seen = 0
    for place, node in schemas():
        if not isinstance(values := node.get("enum"), list):
            continue
        seen += 1
        assert len(values) == len(set(values)), place
        kinds = node.get("type", [])
        for kind in [kinds] if isinstance(kinds, str) else []:
            assert all(isinstance(value, TYPES[kind]) for value in values), place
    assert seen > 5


def test_array_items() -> None:
    assert [place for place, node in schemas() if node.get("type") == "array" and "items" not in node] == []


def test_oas3_api_servers_without_a_trailing_slash() -> None:
    assert document()["servers"]
    assert [each["url"] for each in document()["servers"] if each["url"].endswith("/")] == []


def test_oas3_operation_security_defined() -> None:
    defined = document()["components"]["securitySchemes"].keys()
    for path, each in operations():
        assert each["security"], path
        assert {name for one in each["security"] for name in one} <= defined, path


def test_references_lead_somewhere_and_have_no_siblings_outside_of_schemas() -> None:
    for place, node in nodes(document()):
        if isinstance(node.get("$ref"), str):
            assert resolved(node), place
            if re.search(r"/(parameters|responses|headers)/[^/]+$", place):
                assert node.keys() == {"$ref"}, place


def test_oas3_unused_component() -> None:
    used = {node["$ref"] for _, node in nodes(document()) if isinstance(node.get("$ref"), str)}
    there = {
        f"#/components/{kind}/{name}"
        for kind, named in document()["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert there - used == set()


def test_oas3_valid_schema_example_and_default() -> None:
    for place, node in schemas():
        for value in [node[name] for name in ("example", "default") if name in node]:
            whole = {"components": document()["components"]} | node
            assert not list(Draft202012Validator(whole).iter_errors(value)), place
