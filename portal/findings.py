"""What lint says of a revision, as templates/posts/_findings.html shows it to those who can mend it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from knowledge.linting import CODES
from knowledge.models import Preview, Revision
from knowledge.pipeline.linting import blocking_among, findings_of

OPEN_UP_TO = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding, and where it is: in words, and its address, "" where there is none."""

    code: str
    message: str
    hint: str
    place: str
    address: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Box:
    """`may_pass`: whether the reader may publish the revision all the same."""

    revision: Revision
    findings: list[Shown]
    may_pass: bool

    @property
    def is_open(self) -> bool:
        """A long list of advice would stand between its author and the post."""
        return bool(self.revision.blocked_by) or len(self.findings) <= OPEN_UP_TO

    @property
    def blocking(self) -> list[str]:
        """What keeps it from being published, in words."""
        return [CODES[code].lower() for code in self.revision.blocked_by]


def box_of(revision: Revision, *, is_on_page: bool, may_pass: bool = False) -> Box | None:
    """None where nothing was found. With `is_on_page` links lead down the page that shows the revision."""
    page = "" if is_on_page else revision.get_absolute_url()
    source = "" if revision.knitted_path else reverse("revision-source", args=[revision.pk])
    shown = [_shown(each, revision.blocked_by, page, source) for each in findings_of(revision)]
    shown.sort(key=lambda each: not each.blocks)
    return Box(revision, shown, may_pass) if shown else None


def found_in(preview: Preview) -> list[Shown]:
    """What was found in it, for its page."""
    found = findings_of(preview)
    blocking = blocking_among(preview.branch.space, found)
    return sorted((_shown(each, blocking, "", "") for each in found), key=lambda each: not each.blocks)


def _shown(finding: dict[str, Any], blocking: Collection[str], page: str, source: str) -> Shown:
    return Shown(
        finding["code"],
        finding["message"],
        finding["hint"],
        place_of(finding),
        _address(finding, page, source),
        finding["code"] in blocking,
    )


def place_of(finding: dict[str, Any]) -> str:
    """ "Cell 4, line 2"; "" for the document as a whole."""
    cell, line = finding["cell"], finding["line"]
    words = [f"cell {cell}" if cell else "", f"line {line}" if line else ""]
    said = ", ".join(filter(None, words))
    return said[:1].upper() + said[1:]


def _address(finding: dict[str, Any], page: str, source: str) -> str:
    """Of the cell on the page, or of the line in the source, which has not the lines of what was knitted."""
    if finding["anchor"]:
        return f"{page}#cell-{finding['anchor']}"
    if finding["line"] and not finding["cell"] and source:
        return f"{source}#L-{finding['line']}"
    return ""
