"""Scripts that run from right to left."""

import re

# Hebrew to Mandaic, the forms of Hebrew and Arabic for presentation, and the scripts beyond 16 bits.
_LETTERS = "\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_TO_LEFT = re.compile(f"[{_LETTERS}]")
_BLOCK = re.compile(r"<(p|h[1-6]|td|th|dt|dd|li|summary|ul|ol|blockquote|table)(?=[ >])(?![^>]* dir=)")
_HOLDS_BLOCKS = {"ul", "ol", "blockquote", "table"}
_TAG = re.compile(r"<[^>]*>")
_LETTER = re.compile(r"[^\W\d_]")
_LOOKED_AT = 400


def with_direction(html: str) -> str:
    """Cleaned markup whose blocks take the direction of their text, if any of it runs from right to left."""
    if html.isascii() or not _RIGHT_TO_LEFT.search(html):
        return html
    return _BLOCK.sub(_directed, html)


def _directed(found: re.Match[str]) -> str:
    if found[1] not in _HOLDS_BLOCKS:
        end = found.string.find(f"</{found[1]}>", found.end())
        has_any = _RIGHT_TO_LEFT.search(found.string, found.end(), end if end > 0 else len(found.string))
        return f'{found[0]} dir="auto"' if has_any else found[0]
    # Looking for the first letter, a browser passes over what has a direction itself: it would find none.
    text = _TAG.sub("", found.string[found.end() : found.end() + _LOOKED_AT].partition(">")[2])
    first = _LETTER.search(text)
    return f'{found[0]} dir="rtl"' if first and _RIGHT_TO_LEFT.match(first[0]) else found[0]
