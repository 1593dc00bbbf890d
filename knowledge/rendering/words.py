"""The words of cleaned markup."""

import re
from html import unescape

from knowledge.rendering.slots import MARK

OUTSIDE_IMAGE = "Image on another site"  # what the page says in its place, and its author didn't
TAG = re.compile(r'<[a-z/][^<>"]*+(?:"[^"]*+"[^<>"]*+)*+>')
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|div|tr|td|th|pre|dd|dt|blockquote)>|<br>")
_SLOT = re.compile(rf"{MARK}[^{MARK}]*{MARK}")


def words(html: str) -> str:
    """A fragment's text on one line, without what only the whole document knows."""
    if MARK in html:
        html = _SLOT.sub("", html)
    if "<" in html:
        html = TAG.sub("", _BLOCK_END.sub(" ", html))
    return " ".join(unescape(html).split())


def words_of_line(html: str) -> str:
    """The same of a fragment that holds no blocks, which most do."""
    if MARK in html:
        html = _SLOT.sub("", html)
    if "<" in html:
        html = TAG.sub("", html.replace("<br>", " "))
    return " ".join(unescape(html).split())
