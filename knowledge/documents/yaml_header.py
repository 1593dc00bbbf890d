"""The YAML of a header, read without trusting it.

Anchors and aliases (which expand without bound), tags, and more than a header's worth of nesting or bytes are
turned away on the parser's events, before anything is built.
"""

from typing import Any

import yaml

from knowledge.documents.faults import Fault, fault

MAX_CHARACTERS = 64_000
MAX_DEPTH = 12
MAX_EVENTS = 20_000


# Settings that hold names: what looks like a number, a date or a truth there is text, as it was spelled.
AS_SPELLED = {"tags", "categories", "keywords", "title"}
_LOOKS_LIKE = {f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "timestamp")}


class HeaderLoader(yaml.CSafeLoader):
    """A safe loader for which a malformed date or number is text, not the end of the header."""

    def construct_document(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode) and key.value.strip().lower() in AS_SPELLED:
                    _keep_spelling(value)
        return super().construct_document(node)


def _keep_spelling(node: yaml.Node) -> None:
    """The events were checked, so this goes no deeper than MAX_DEPTH, and round no alias."""
    if isinstance(node, yaml.ScalarNode) and node.tag in _LOOKS_LIKE:
        node.tag = "tag:yaml.org,2002:str"
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            _keep_spelling(part)
    elif isinstance(node, yaml.MappingNode):
        for _, part in node.value:
            _keep_spelling(part)


def _or_text(construct: Any) -> Any:
    def constructed(loader: HeaderLoader, node: yaml.ScalarNode) -> Any:
        try:
            return construct(loader, node)
        except (ValueError, OverflowError):
            return node.value

    return constructed


for _kind in ("timestamp", "int", "float"):
    _tag = f"tag:yaml.org,2002:{_kind}"
    HeaderLoader.add_constructor(_tag, _or_text(yaml.SafeLoader.yaml_constructors[_tag]))


def load_mapping(text: str, *, first_line: int, cell: int | None) -> tuple[dict[Any, Any], list[Fault]]:
    """The header's mapping, or an empty one and the fault that tells which line to mend.

    `first_line` is the number, from 1, that the text's first line has in what the author sees.
    """
    if len(text) > MAX_CHARACTERS:
        return {}, [fault("header-too-large", first_line, cell)]
    try:
        refused = _check_events(text, first_line, cell)
        loaded = None if refused else yaml.load(text, Loader=HeaderLoader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        return {}, [_syntax_fault(error, first_line, cell)]
    except (ValueError, RecursionError, TypeError) as error:
        return {}, [fault("bad-header", first_line, cell, reason=type(error).__name__)]
    if refused:
        return {}, [refused]
    if loaded is None:
        return {}, []
    if not isinstance(loaded, dict):
        return {}, [fault("header-not-mapping", first_line, cell)]
    return loaded, []


def _check_events(text: str, first_line: int, cell: int | None) -> Fault | None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        line = first_line + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return fault("header-alias", line, cell)
        if (tag := getattr(event, "tag", None)) and not _is_plain(tag):
            return fault("header-tag", line, cell, tag=tag.removeprefix("tag:yaml.org,2002:")[:60])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > MAX_EVENTS:
            return fault("header-too-large", line, cell)
    return None


def _is_plain(tag: str) -> bool:
    """`!` alone only says "this is text"."""
    return tag == "!"


def _syntax_fault(error: yaml.YAMLError, first_line: int, cell: int | None) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = first_line + (mark.line if mark else 0)
    reason = getattr(error, "problem", None) or "it can't be parsed"
    if context := getattr(error, "context", None):
        reason = f"{reason} {context}"
    return fault("bad-header", line, cell, reason=reason)
