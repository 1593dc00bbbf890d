"""How an author says in the document itself that something is meant to be so. Secrets are never accepted."""

from collections.abc import Mapping
from typing import Any

from knowledge.documents import JSON
from knowledge.linting.finding import CODES

NEVER = "secret"
_HEADER_FIELD = "lint_ignore"
_TAG = "almanac-ok:"
_EXPECTS_ERROR = "raises-exception"


def accepted_in(header: Mapping[str, JSON]) -> frozenset[str]:
    """The codes that the header (Header.raw) accepts for the whole document."""
    said = header.get(_HEADER_FIELD)
    words = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    return frozenset(word.strip() for word in words if isinstance(word, str)) & (CODES.keys() - {NEVER})


def is_accepted(cell: Mapping[str, Any], code: str) -> bool:
    """Whether the cell is tagged `almanac-ok:` and the code. For errors, `raises-exception` will do."""
    tags = cell["metadata"].get("tags")
    if not isinstance(tags, list) or code == NEVER:
        return False
    return f"{_TAG}{code}" in tags or (code == "ends-in-error" and _EXPECTS_ERROR in tags)
