"""The OpenAPI document, made once for all tests that go through it."""

import re
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
_PLACE = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")


@cache
def document() -> Json:
    found: Json = SchemaGenerator().get_schema(request=None, public=True)
    return found


@cache
def operations() -> dict[tuple[str, str], Json]:
    """By route, as the URLconf has it but for the names of its places, and method in capitals."""
    return {
        (shape(path.removeprefix("/api/v1/")), method.upper()): operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def shape(route: str) -> str:
    """`posts/<int:pk>/` and `posts/{id}/` are one."""
    return _PLACE.sub("<>", route)
