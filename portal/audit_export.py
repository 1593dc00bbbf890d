"""The audit trail taken along: all of it, or what it was narrowed to."""

import json
from collections.abc import Callable, Iterator

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from knowledge.models import AuditEvent
from knowledge.models.audit import AuditEventQuerySet
from portal.spreadsheets import csv_lines

CHUNK = 2000
COLUMNS = ["id", "at", "person", "action", "space", "detail"]


def exported(events: AuditEventQuerySet, name: str, form: str) -> StreamingHttpResponse:
    """As one of FORMS, in the order of `events`; a row at a time, however long it is."""
    media_type, lines = FORMS[form]
    rows = events.iterator(chunk_size=CHUNK)
    response = StreamingHttpResponse(lines(rows), content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{form}") or ""
    return response


def _csv(events: Iterator[AuditEvent]) -> Iterator[str]:
    yield from csv_lines([COLUMNS])
    yield from csv_lines(map(_cells, events))


def _cells(event: AuditEvent) -> list[object]:
    detail = json.dumps(event.detail, ensure_ascii=False)
    return [event.pk, event.at.isoformat(), event.actor_name, event.action, event.space, detail]


def _json_lines(events: Iterator[AuditEvent]) -> Iterator[str]:
    for event in events:
        values = (event.pk, event.at.isoformat(), event.actor_name, event.action, event.space, event.detail)
        yield json.dumps(dict(zip(COLUMNS, values, strict=True)), ensure_ascii=False) + "\n"


FORMS: dict[str, tuple[str, Callable[[Iterator[AuditEvent]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "jsonl": ("application/jsonl; charset=utf-8", _json_lines),
}
