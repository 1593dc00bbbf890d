"""What drf-spectacular can't see by itself: how one signs in, and how every failure looks."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

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


# What may go wrong, in words, by status; each is answered as a Problem.
FAILURES = {
    400: ("BadRequest", "Something in the request can't be used as it is."),
    401: ("NotAuthenticated", "Nobody is signed in, or the token is not known."),
    403: ("Forbidden", "The caller, or the scope of the token, may not."),
    404: ("NotFound", "It isn't there, or the caller may not see it."),
    409: ("Conflict", "It doesn't go with how things are now."),
    411: ("LengthRequired", "The body has no Content-Length."),
    413: ("TooLarge", "The body is larger than this address takes."),
    415: ("UnsupportedMediaType", "The body is of a type that this address doesn't take."),
    422: ("Unprocessable", "It is well-formed, and still can't be done."),
    429: ("TooManyRequests", "More than is allowed in that time."),
}
ALWAYS = (400, 401, 403, 429)
TAGS: dict[str, str] = {
    "root": "Where everything is.",
    "posts": "Documents, as readers see them.",
    "revisions": "Versions of posts: text and source.",
    "reviews": "What waits for approval, and what was said of it.",
    "spaces": "Shelves with their members and pushes.",
    "people": "Who is here.",
    "me": "Who is calling.",
    "comments": "What readers say.",
    "threads": "Where they say it, and whether it is settled.",
    "questions": "Open questions, asked without a post.",
    "insights": "Numbers that posts publish, dated and with their source.",
    "subscriptions": "What the caller follows.",
    "webhooks": "Addresses that the portal calls.",
    "search": "Posts by words and fields.",
    "collections": "Posts that somebody put together, in an order.",
    "tags": "What posts are about.",
    "stats": "How much is read.",
}


class Schema(AutoSchema):
    """What every operation has in common is said here, once, and not beside each of them."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").partition("/")[0] or "root"]

    def get_description(self) -> str:
        said = super().get_description() or f"{self.get_summary()}."
        return f"{said}\n\nWith a token: its scope has to be `{self._scope()}` at least."

    def get_operation(self, *args: Any, **kwargs: Any) -> Json | None:
        operation: Json | None = super().get_operation(*args, **kwargs)
        if operation:
            for status in self._failures(operation):
                name, _ = FAILURES[status]
                operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
        return operation

    def _scope(self) -> str:
        reads = self.method in ("GET", "HEAD")
        return str(Scope.READ if reads else getattr(self.view, "write_scope", Scope.WRITE))

    def _failures(self, operation: Json) -> list[int]:
        found = [*ALWAYS]
        if "{" in self.path or operation.get("parameters") or "requestBody" in operation:
            found += [404]
        if self.method != "GET":
            found += [409]
        if "requestBody" in operation:
            found += [411, 413, 415, 422]
        return found


def with_problems(result: Json, generator: SchemaGenerator, request: Any, public: bool) -> Json:
    """Post-processing hook: how every failure looks, and what the tags are about."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    result["components"]["responses"] = {
        name: {"description": words, "content": content} for name, words in FAILURES.values()
    }
    used = {tag for methods in result["paths"].values() for each in methods.values() for tag in each["tags"]}
    result["tags"] = [{"name": name, "description": TAGS.get(name, "")} for name in sorted(used)]
    return result
