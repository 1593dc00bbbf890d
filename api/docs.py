"""The API's description: for programs at /api/v1/schema/ (OpenAPI 3.1), for people at /api/docs/."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from api.etags import revalidated
from api.exceptions import DOORS, hint
from knowledge.errors import WORDINGS

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@extend_schema(exclude=True)
@method_decorator(partial(revalidated, is_kept=True), name="dispatch")
class SchemaView(APIView):
    """Open to everyone: it is the same on every portal and tells nothing of what is on this one.

    Made once in each process, in each form.
    """

    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
    ]

    def get(self, request: Request) -> HttpResponse:
        form = request.accepted_renderer
        answer = HttpResponse(_written(form.media_type), content_type=form.media_type)
        answer["Content-Disposition"] = f'inline; filename="almanac-api.{form.format}"'
        patch_cache_control(answer, no_cache=True)
        patch_vary_headers(answer, ["Accept"])
        return answer


@cache
def _written(media_type: str) -> bytes:
    form = next(each for each in SchemaView.renderer_classes if each.media_type == media_type)
    return force_bytes(form().render(_schema(), form.media_type, {}))


@cache
def _schema() -> Json:
    found: Json = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body: `place` says where it goes."""

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    text: str
    sent: list[Field]
    answers: list[Field]
    status: str
    scope: str
    body: str
    answer: str

    @property
    def places(self) -> list[Field]:
        """What a form to try it has a field for."""
        return [each for each in self.sent if each.place in ("path", "query")]

    @property
    def can_be_tried(self) -> bool:
        """All but what sends a file."""
        return bool(self.body) or not any(each.place == "body" for each in self.sent)


@login_not_required  # as the schema
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    faults = [(code, status, hint(code)) for code, (status, _) in DOORS.items()]
    faults += [
        (code, words.status, f"{words.message} {words.hint}".replace("!r}", "}"))
        for code, words in WORDINGS.items()
    ]
    context = {"groups": described(), "site_url": settings.SITE_URL, "faults": faults}
    return render(request, "api/docs.html", context)


@cache
def described() -> dict[str, list[Operation]]:
    """The schema's operations, by the first word of their path."""
    schema = _schema()
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                group = path.removeprefix("/api/v1/").partition("/")[0] or "root"
                groups.setdefault(group, []).append(_operation(schema, path, method, methods[method]))
    return groups


def _operation(schema: Json, path: str, method: str, described: Json) -> Operation:
    status, answer = next(iter(described["responses"].items()))
    contents: Json = described.get("requestBody", {}).get("content", {})
    kind = next(iter(contents), "")
    body: Json = contents.get(kind, {})
    answered: Json = next(iter(answer.get("content", {}).values()), {})
    sent = [_parameter(schema, _resolved(schema, each)) for each in described.get("parameters", [])]
    text, _, scope = described.get("description", "").rpartition("\n\n")
    return Operation(
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        text=text if text != f"{described['summary']}." else "",
        sent=sent + list(_fields(schema, body.get("schema", {}), "body")),
        answers=list(_fields(schema, _answered(schema, answer), "answer")),
        status=status,
        scope=scope.replace("`", ""),
        body=_spelled(body.get("example")) if kind == "application/json" else "",
        answer=_spelled(answered.get("example")),
    )


def _spelled(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)


def _parameter(schema: Json, described: Json) -> Field:
    kind = _kind(schema, described["schema"])
    text = described.get("description", "").replace("`", "")
    return Field(described["name"], described["in"], kind, described.get("required", False), text)


def _answered(schema: Json, answer: Json) -> Json:
    """The schema of one row, also where the answer is a page of a list."""
    content: Json = next(iter(answer.get("content", {}).values()), {})
    shape = _resolved(schema, content.get("schema", {}))
    rows = shape.get("properties", {}).get("results")
    return _resolved(schema, rows["items"]) if rows else shape


def _fields(schema: Json, shape: Json, place: str) -> Iterator[Field]:
    shape = _resolved(schema, shape)
    required = shape.get("required", [])
    for name, described in shape.get("properties", {}).items():
        text = described.get("description", "") or _resolved(schema, described).get("description", "")
        yield Field(name, place, _kind(schema, described), name in required, text.partition("\n")[0])


def _resolved(schema: Json, shape: Json) -> Json:
    """What a reference leads to; of several shapes the first: the others are of `expand` and `format`."""
    if several := shape.get("allOf") or shape.get("anyOf"):
        return _resolved(schema, several[0])
    if reference := shape.get("$ref"):
        kind, name = reference.split("/")[-2:]
        found: Json = schema["components"][kind][name]
        return found
    return shape


def _kind(schema: Json, shape: Json) -> str:
    """A type in words: `string`, `list of integer`, `queued, rendering, ready or failed`."""
    choices = shape.get("oneOf") or shape.get("allOf") or shape.get("anyOf")
    if choices:
        return " or ".join(dict.fromkeys(_kind(schema, choice) for choice in choices))
    shape = _resolved(schema, shape)
    if values := shape.get("enum"):
        return " | ".join("null" if value is None else str(value) or '""' for value in values)
    kind = shape.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_kind(schema, shape.get('items', {}))}"
    return {"date-time": "date and time", "binary": "file"}.get(shape.get("format", ""), str(kind))
