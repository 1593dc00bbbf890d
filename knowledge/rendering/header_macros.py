"""Macros that a document's header defines: as LaTeX for R Markdown, Quarto and Org, by name for MyST."""

from collections.abc import Iterable, Iterator, Mapping

from knowledge.documents.document import JSON
from knowledge.rendering.macros import Macro, taken_from

_INCLUDES = "header-includes"
_BY_NAME = "math"


def macros_of(raw: Mapping[str, JSON]) -> list[Macro]:
    """`raw` is a header's."""
    return [*_included(raw.get(_INCLUDES)), *_named(raw.get(_BY_NAME))]


def _included(value: JSON) -> Iterator[Macro]:
    for text in _texts(value):
        yield from taken_from(text)[1]


def _texts(value: JSON) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return _texts(value.get("text"))
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


def _named(value: JSON) -> Iterator[Macro]:
    for name, said in value.items() if isinstance(value, Mapping) else ():
        body = said.get("macro") if isinstance(said, Mapping) else said
        if isinstance(body, str) and name.startswith("\\"):
            yield Macro(name, body)
