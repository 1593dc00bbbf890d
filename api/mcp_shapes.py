"""Shapes of what the API answers, as JSON Schema in one piece, from its own OpenAPI document."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Json = dict[str, Any]
RESOURCE = {"type": "string", "description": "Its address among the resources here, to cite it by."}


@cache
def _components() -> Json:
    schema: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: Json = schema["components"]["schemas"]
    return found


@cache
def shape(name: str) -> Json:
    """What the API's description says of it, all in one."""
    whole: Json = _resolved(_components()[name])
    return whole


def _resolved(part: Any) -> Any:
    if isinstance(part, list):
        return [_resolved(each) for each in part]
    if not isinstance(part, dict):
        return part
    if reference := part.get("$ref"):
        return _resolved(_components()[reference.rpartition("/")[2]])
    return {name: _resolved(each) for name, each in part.items()}


def answer(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def with_resource(whole: Json) -> Json:
    required = ["resource", *whole.get("required", ())]
    return whole | {"properties": {"resource": RESOURCE, **whole["properties"]}, "required": required}


def without(whole: Json, *names: str) -> Json:
    kept = {name: each for name, each in whole["properties"].items() if name not in names}
    return whole | {"properties": kept, "required": [it for it in whole.get("required", ()) if it in kept]}


def only(whole: Json, names: tuple[str, ...]) -> Json:
    return without(whole, *(set(whole["properties"]) - set(names)))


def or_null(whole: Json) -> Json:
    return {"anyOf": [whole, {"type": "null"}]}


def list_of(whole: Json) -> Json:
    return {"type": "array", "items": whole}
