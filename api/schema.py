"""What drf-spectacular can't see by itself: how one signs in, and how every failure looks."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from api.conventions import FAILURES, HEADERS, PARAMETERS, TAGS
from api.examples import ANSWERS, request_of
from api.shaping import Expansion
from knowledge.models import Scope

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


RATE = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


class Schema(AutoSchema):
    """What every operation has in common is said here, once, and not beside each of them."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").partition("/")[0] or "root"]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        said = super().get_description() or f"{self.get_summary()}."
        return f"{said}\n\nWith a token: its scope has to be `{self._scope()}` at least."

    def get_operation(self, *args: Any, **kwargs: Any) -> Json | None:
        operation: Json | None = super().get_operation(*args, **kwargs)
        if operation:
            self._add_expanded(operation)
            self._add_rows(operation)
            self._add_examples(operation)
            self._add_parameters(operation)
            self._add_headers(operation["responses"])
            for status in self._failures(operation):
                name, _ = FAILURES[status]
                operation["responses"].setdefault(str(status), _reference("responses", name))
        return operation

    @property
    def _reads(self) -> bool:
        return bool(self.method == "GET")

    @property
    def _guards(self) -> bool:
        """Whether it changes what can be read at the same address, and so has an ETag."""
        return self.method in ("PUT", "PATCH", "DELETE") and "get" in getattr(self.view, "action_map", ())

    def _scope(self) -> str:
        return str(Scope.READ if self._reads else getattr(self.view, "write_scope", Scope.WRITE))

    def _expansions(self, operation: Json) -> Mapping[str, Expansion]:
        return getattr(self.view, "expandable", {}) if self._reads and _answer(operation) else {}

    def _add_parameters(self, operation: Json) -> None:
        asked = operation.setdefault("parameters", [])
        if names := list(self._expansions(operation)):
            words = f"What to show whole, under `expanded`: some of {', '.join(names)}."
            schema = {"type": "array", "items": {"type": "string", "enum": names}}
            asked += [
                {"name": "expand", "in": "query", "description": words, "schema": schema, "explode": False}
            ]
        if self._reads and _answer(operation):
            asked += [_reference("parameters", "Fields")]
        if self._reads:
            asked += [_reference("parameters", "IfNoneMatch")]
        if self.method == "POST":
            asked += [_reference("parameters", "IdempotencyKey")]
        if self._guards:
            asked += [_reference("parameters", "IfMatch")]

    def _add_expanded(self, operation: Json) -> None:
        """Beside what the answer is anyway."""
        fields = {name: each.shape for name, each in self._expansions(operation).items()}
        if not fields:
            return
        row: Json = {"type": "object", "properties": {"expanded": {"type": "object", "properties": fields}}}
        if self._is_list_view():
            row = {"type": "object", "properties": {"results": {"type": "array", "items": row}}}
        answer = _answer(operation)
        answer["schema"] = {"allOf": [answer["schema"], row]}

    def _add_rows(self, operation: Json) -> None:
        """What `format=rows` answers instead: a bare list, as dashboards read it."""
        asked = [
            each["schema"].get("enum", ()) for each in operation.get("parameters", ()) if "schema" in each
        ]
        if any("rows" in values for values in asked):
            answer = _answer(operation)
            answer["schema"] = {"anyOf": [answer["schema"], {"type": "array", "items": {"type": "object"}}]}

    def _add_examples(self, operation: Json) -> None:
        name = operation["operationId"]
        if (body := request_of(name)) is not None:
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["example"] = body
        if name in ANSWERS:
            _answer(operation)["example"] = ANSWERS[name]

    def _add_headers(self, responses: Json) -> None:
        for status, answer in responses.items():
            names = [*RATE, *["ETag"] * self._reads, *["Location"] * (status == "202")]
            headers = {name: _reference("headers", name.replace("-", "")) for name in names}
            answer["headers"] = headers | answer.get("headers", {})
        if self._reads:
            etag = {"ETag": _reference("headers", "ETag")}
            responses["304"] = {"description": "It is what If-None-Match names.", "headers": etag}

    def _failures(self, operation: Json) -> list[int]:
        found = {400, 401, 403, 429, 503}
        if "{" in self.path or operation.get("parameters") or "requestBody" in operation:
            found |= {404}
        if not self._reads:
            found |= {409}
        if self._guards:
            found |= {412}
        if self.method == "POST":
            found |= {415, 422}
        if "requestBody" in operation:
            found |= {411, 413, 415, 422}
        return sorted(found)


def _answer(operation: Json) -> Json:
    """The media type of what is answered when all goes well; empty where that isn't JSON."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            found: Json = answer.get("content", {}).get("application/json", {})
            return found
    return {}


def _reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def with_problems(result: Json, generator: SchemaGenerator, request: Any, public: bool) -> Json:
    """Post-processing hook: how every failure looks, and what the tags are about."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": _reference("schemas", "Problem")}}
    components["responses"] = {
        name: {"description": words, "content": content} for name, words in FAILURES.values()
    }
    for name in ("TooManyRequests", "Unavailable"):
        components["responses"][name]["headers"] = {"Retry-After": _reference("headers", "RetryAfter")}
    components["parameters"], components["headers"] = PARAMETERS, HEADERS
    used = {tag for methods in result["paths"].values() for each in methods.values() for tag in each["tags"]}
    result["tags"] = [{"name": name, "description": TAGS.get(name, "")} for name in sorted(used)]
    return result
