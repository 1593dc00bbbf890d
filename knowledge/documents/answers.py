"""Which open questions a header says that its post answers."""

import re
from collections.abc import Mapping

from knowledge.documents.decoding import one_line
from knowledge.documents.document import JSON

MOST = 20
_NUMBER = re.compile(r"(?:#|\S{0,500}/questions/)?(\d{1,18})/?", re.ASCII)


def answers_in(raw: Mapping[str, JSON]) -> dict[str, int | None]:
    """What `answers` in Header.raw spells, with the number of the question; None for what is no number.

    `12`, `[12, 15]`, `"12, 15"`, `"#12"` and the address of a question are read alike.
    """
    value = next((value for key, value in raw.items() if key.strip().lower() == "answers"), None)
    if value is None:
        return {}
    parts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [value]
    found: dict[str, int | None] = {}
    for part in parts[:MOST]:
        words = _spelled(part)
        number = _NUMBER.fullmatch(words)
        if words:
            found[words[:100]] = int(number[1]) if number else None
    return found


def _spelled(part: JSON) -> str:
    is_plain = isinstance(part, str | int | float) and not isinstance(part, bool)
    return one_line(str(part)) if is_plain else "something that is no number"
