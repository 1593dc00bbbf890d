"""Reading bodies that may be anything, and answering JSON whatever the caller says it accepts."""

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rest_framework import negotiation, parsers
from rest_framework.exceptions import NotAcceptable, ParseError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONParser(parsers.JSONParser):
    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = super().parse(stream, media_type, parser_context)
            json.dumps(parsed, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except UnicodeEncodeError:  # no answer could quote it
            raise ParseError("The JSON holds half of a surrogate pair.") from None
        return parsed


class LenientNegotiation(negotiation.DefaultContentNegotiation):
    """A browser asks for HTML; the JSON it gets instead is of more use than a 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        offered = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, offered, format_suffix)
        except NotAcceptable:
            return offered[0], offered[0].media_type
        return chosen
