"""What a text becomes: a title that is defined once can be shown ten thousand times."""

import re

_DEFINED = re.compile(r"^[ \t>]{0,20}\*?\[([^\[\]\n]{1,200})\]:(?=([^\n]*(?:\n[^\n]+){0,2}))", re.MULTILINE)
_LONG = 1_000


def repeats_beyond(source: str, most: int) -> bool:
    """Whether a definition in Markdown (a link's, an abbreviation's), shown each time that its name stands in
    the text, makes more than `most` characters."""
    long = [found for found in _DEFINED.finditer(source) if len(found[2]) >= _LONG]
    folded = source.casefold() if long else ""
    return any(folded.count(found[1].casefold()) * len(found[2]) > most for found in long)
