"""Arguments of tools, held against the JSON Schema that describes them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "object": (dict,)}
_WORDS = {"string": "a text", "integer": "a whole number", "object": "an object"}


def faults(schema: Schema, arguments: Mapping[str, Any]) -> list[str]:
    """What is wrong, in sentences. Of JSON Schema it knows what our tools use."""
    known = schema["properties"]
    found = [f"{name} is missing." for name in schema.get("required", ()) if name not in arguments]
    for name, value in arguments.items():
        if name not in known:
            found.append(f"{name[:50]} is no argument; these are: {', '.join(known)}.")
        else:
            found += [f"{name} {wrong}" for wrong in _wrong(known[name], value)]
    return found


def _wrong(schema: Schema, value: Any) -> Iterator[str]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if isinstance(value, bool) or not any(isinstance(value, _KINDS[kind]) for kind in kinds):
        yield f"is to be {' or '.join(_WORDS[kind] for kind in kinds)}."
    elif "enum" in schema and value not in schema["enum"]:
        yield f"is to be one of {', '.join(schema['enum'])}."
    elif isinstance(value, str):
        if len(value) > schema.get("maxLength", 1_000):
            yield f"may have {schema.get('maxLength', 1_000)} letters."
        if "\x00" in value:
            yield "holds a NUL."
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"is to be {schema['minimum']} to {schema['maximum']}."
