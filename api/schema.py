"""What drf-spectacular can't see by itself: how one signs in, and how every failure looks."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

Json = dict[str, Any]

TEXT = {"type": "string"}
PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["type", "title", "status", "detail", "code", "hint"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "A page that tells of this code."},
        "title": TEXT | {"description": "The status in words."},
        "status": {"type": "integer"},
        "detail": TEXT | {"description": "What happened."},
        "code": TEXT | {"description": "Stable; for programs."},
        "hint": TEXT | {"description": "What to do."},
        "errors": {
            "type": "array",
            "description": "What is wrong with which field; only with the code `invalid`.",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": TEXT, "code": TEXT, "message": TEXT},
            },
        },
    },
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A personal access token; `Authorization: Token ...` does as well.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> Json:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "A signed-in browser; to change anything, send the X-CSRFToken header too.",
        }


def with_problems(result: Json, generator: SchemaGenerator, request: Any, public: bool) -> Json:
    """Post-processing hook: every operation may fail, and fails in one way."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    reference = {"$ref": "#/components/schemas/Problem"}
    failure = {
        "description": "A failure, in words.",
        "content": {"application/problem+json": {"schema": reference}},
    }
    for methods in result["paths"].values():
        for operation in methods.values():
            operation["responses"]["default"] = failure
    return result
