"""Bytes of a file to text that a database and a parser can take."""

import codecs
import re
from typing import Any

from knowledge.documents.faults import Fault, fault, refusal

# The largest notebook of a corpus of 2,600 has 40 MB; beyond that a browser gives up too.
MAX_BYTES = 64 * 1024 * 1024
_LFS = b"version https://git-lfs.github.com/spec/"
_OURS = re.compile(rb"^<{7} ", re.MULTILINE)
_BETWEEN = re.compile(rb"^={7}\r?$", re.MULTILINE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff\ufdd0\ufdd1]")
# Control characters, and the bidirectional embeddings and overrides that make a title read as another.
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# All white space but the kinds that hold words together: authors set those on purpose.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def check_source(source: bytes) -> None:
    """Refuse what no reader could make sense of: nothing, too much, or a pointer to something else."""
    if not source.strip():
        raise refusal("empty-document")
    if len(source) > MAX_BYTES:
        raise refusal("document-too-large", size=len(source) // 1_000_000, limit=MAX_BYTES // 1_000_000)
    if source.startswith(_LFS):
        raise refusal("lfs-pointer")


def conflict_line(source: bytes) -> int | None:
    """The line, from 1, of the first marker that git left where it could not merge."""
    ours = _OURS.search(source)
    if not ours or not _BETWEEN.search(source, ours.end()):
        return None
    return source.count(b"\n", 0, ours.start()) + 1


def to_utf8(source: bytes) -> tuple[bytes, list[Fault]]:
    """The same text as UTF-8 without byte order mark, and a fault if it came as something else."""
    if source.startswith(codecs.BOM_UTF8):
        source = source[len(codecs.BOM_UTF8) :]
    if encoding := _UTF16.get(source[:2]):
        return source.decode(encoding, "replace").encode(), [fault("not-utf-8", encoding="UTF-16")]
    try:
        source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        text = source.decode("cp1252", "replace")
        return text.encode(), [fault("not-utf-8", line, encoding="Windows-1252 (western European)")]
    return source, []


def storable(text: str) -> str:
    """Text without what PostgreSQL and UTF-8 refuse: NUL and lone surrogates (pairs are joined).

    Nor does it hold U+FDD0 and U+FDD1, characters that no text needs: rendering marks its places with them.
    """
    if not _UNSTORABLE.search(text):
        return text
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return joined.replace("\x00", "\ufffd").replace("\ufdd0", "").replace("\ufdd1", "")


def text_of(source: bytes) -> tuple[str, list[Fault]]:
    """A text file's text, storable, with line ends as \\n, and a fault if it isn't UTF-8."""
    utf8, faults = to_utf8(source)
    return storable(utf8.decode()).replace("\r\n", "\n").replace("\r", "\n"), faults


def one_line(text: str) -> str:
    """Text for a title or a name: one line, nothing in it that can't be seen."""
    return _SPACES.sub(" ", _UNPRINTABLE.sub("", storable(text))).strip()


def storable_tree(root: Any) -> Any:
    """Clean every string of a JSON value, in place where it can be; walks without recursion."""
    if isinstance(root, str):
        return storable(root)
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            _clean_keys(node)
        keys = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in list(keys):
            if isinstance(value, str):
                node[key] = storable(value)
            elif isinstance(value, dict | list):
                pending.append(value)
    return root


def _clean_keys(node: dict[str, Any]) -> None:
    for key in [key for key in node if _UNSTORABLE.search(key)]:
        node[storable(key)] = node.pop(key)
