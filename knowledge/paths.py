"""Which paths may stand in a repository. Standard library only: the pre-receive hook runs this too."""

import re
import unicodedata

MAX_PATH_BYTES = 1000
MAX_NAME_BYTES = 255

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# They turn the text that follows around, so that a name reads as another one.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Characters that HFS+ leaves out when it compares names.
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def reason_against(path: str) -> str | None:
    """Why `path` (relative, parted by "/") can't be in a repository, as a sentence; None where it can.

    A path that came from bytes which are not UTF-8 is given decoded with "surrogateescape".
    """
    try:
        encoded = path.encode()
    except UnicodeEncodeError:
        return "The name is not UTF-8. Rename the file."
    if len(encoded) > MAX_PATH_BYTES:
        return f"The path has {len(encoded)} bytes; it may have {MAX_PATH_BYTES}. Use shorter names."
    if path.startswith("-/"):
        return "A folder at the top can't be named “-”: the portal keeps that address for itself."
    for name in path.split("/"):
        if reason := _reason_against_name(name):
            return reason
    return None


def _reason_against_name(name: str) -> str | None:
    if name in {"", ".", ".."}:
        return f"A folder or file can't be named “{name}”. Write the path without it."
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"A name may have {MAX_NAME_BYTES} bytes at the most. Use a shorter one."
    if _CONTROLS.search(name):
        return "The name holds a line break or another control character. Rename the file."
    if _REORDERING.search(name):
        return "The name holds characters that turn the direction of writing. Rename the file."
    if "\\" in name:
        return "The name holds a backslash, which is a folder separator on Windows. Rename the file."
    if _passes_for_dot_git(name):
        return "The name is, or passes on some computers for, “.git”. Rename it."
    return None


def _passes_for_dot_git(name: str) -> bool:
    """Would macOS or Windows open .git for this name? Then a clone could have its configuration replaced."""
    if name.isascii() and name[:1] not in {".", "g", "G"}:
        return False
    plain = _IGNORED_BY_HFS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return plain.split(":", 1)[0].rstrip(". ") in {".git", "git~1"}


def collision_key(path: str) -> str:
    """Equal for two paths that are one file on a disk that ignores case and Unicode composition."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path.casefold())
