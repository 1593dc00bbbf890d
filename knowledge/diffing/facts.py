"""Settings in words: of the header, and of cells."""

from typing import Any

from knowledge.diffing.cells import Cell
from knowledge.diffing.difference import Fact
from knowledge.diffing.sequences import Effort
from knowledge.diffing.words import prose
from knowledge.documents import JSON, Document

_LONGEST = 2_000


def header_facts(old: Document, new: Document, effort: Effort) -> tuple[Fact, ...]:
    """What the two headers say differently, in the order of the new one; and the language of the code."""
    a, b = old.header.raw, new.header.raw
    names = dict.fromkeys([*b, *a])
    facts = [_fact(name, _said(a.get(name)), _said(b.get(name)), effort) for name in names]
    facts.append(_fact("language", old.language, new.language, effort))
    return tuple(fact for fact in facts if fact)


def cell_facts(old: Cell, new: Cell, effort: Effort) -> tuple[Fact, ...]:
    """What readers notice of a cell besides its text and outputs: its type, its tags, its part in slides."""
    facts = [
        _fact("type", old.kind, new.kind, effort),
        _fact("tags", _tags(old.metadata), _tags(new.metadata), effort),
        _fact("slide", _slide(old.metadata), _slide(new.metadata), effort),
        _fact("attached", ", ".join(sorted(old.attachments)), ", ".join(sorted(new.attachments)), effort),
    ]
    if set(old.attachments) == set(new.attachments) and old.attachments != new.attachments:
        changed = [name for name, data in new.attachments.items() if old.attachments[name] != data]
        facts.append(_fact("attached", "", f"{', '.join(changed)} changed", effort))
    return tuple(fact for fact in facts if fact)


def _fact(name: str, old: str, new: str, effort: Effort) -> Fact | None:
    return Fact(name[:100], prose(old[:_LONGEST], new[:_LONGEST], effort)) if old != new else None


def _said(value: JSON) -> str:
    """A value of a header as people would say it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_said(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(part)}" for name, part in value.items())
    return str(value)


def _tags(metadata: dict[str, Any]) -> str:
    tags = metadata.get("tags")
    return ", ".join(sorted(tag for tag in tags if isinstance(tag, str))) if isinstance(tags, list) else ""


def _slide(metadata: dict[str, Any]) -> str:
    wanted = metadata.get("slideshow")
    kind = wanted.get("slide_type") if isinstance(wanted, dict) else ""
    return kind if isinstance(kind, str) and kind not in {"-", ""} else ""
