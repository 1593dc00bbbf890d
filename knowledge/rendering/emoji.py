"""Emoji by the names that GitHub gives them: `:rocket:`."""

import re
from functools import cache

_CODE = re.compile(
    r"<(pre|code|kbd|samp)\b.*?</\1>|<[a-z/](?:[^<>\"]|\"[^\"]*\")*>|(:[a-z0-9_+-]{1,40}:)", re.DOTALL
)
_SHORT = re.compile(r":[a-z0-9_+-]{1,40}:")
_AROUND = re.compile(r"[\w:/]")


def with_emoji(html: str) -> str:
    """Short codes in the text as the characters they stand for; not in code, nor in times like 10:30:00."""
    return _CODE.sub(_shown, html) if _SHORT.search(html) else html


def _shown(found: re.Match[str]) -> str:
    code = found[2]
    if not code:
        return found[0]
    before = found.string[max(0, found.start() - 1) : found.start()]
    after = found.string[found.end() : found.end() + 1]
    if _AROUND.match(before) or _AROUND.match(after):
        return code
    return _characters().get(code, code)


@cache
def _characters() -> dict[str, str]:
    """Read when the first code is met: the table is large, and few texts need it."""
    from pymdownx.gemoji_db import aliases, emoji

    characters = {
        name: "".join(chr(int(point, 16)) for point in str(entry["unicode"]).split("-"))
        for name, entry in emoji.items()
        if entry.get("unicode")
    }
    return characters | {alias: characters[name] for alias, name in aliases.items() if name in characters}
