"""Versions that outputs tell: what was there when the document was run, which beats what it asked for."""

import re
from collections.abc import Iterable, Iterator

LONGEST = 50  # characters of a version
MOST = 20_000  # characters of a cell's outputs that are read
_NUMBER = r"\d[\w.+!-]{0,48}"
# What code says that asks for versions.
_ASKS = (
    *("ersion", "ERSION", "watermark", "ession", "pip", "conda", "Pkg.", "nstall", "tidy", "dependencies"),
    "print_header",
)
_LISTS = re.compile(
    r"watermark|session_?info|show_versions|version_information|print_versions|dependencies|versioninfo|\blist\b|freeze"
    r"|print_header|__version__",
    re.IGNORECASE,
)
_OF_MODULE = re.compile(
    r"\b([A-Za-z_]\w{0,60})(?:\.[A-Za-z_]\w{0,60}){0,3}\.(?:__version__|VERSION\b|version\.(?:version|full_version))"
    r"|\b(?:version|packageVersion|get_distribution|package\.version)\(\s*[\"']([\w.-]{1,80})[\"']\s*\)"
    r"|\b(?:sys\.version\b|platform\.python_version\()"
)
_SHOWN = re.compile(
    r"(?<![\w.])[vV]?(\d{1,6}(?:\.\d[\w+-]{0,20}){1,4}(?:\.(?:rc|dev|post|alpha|beta|a|b)\d[\w.+-]{0,30})?)"
)
_LINE = re.compile(
    rf"^[ \t>*|]{{0,40}}(?:\[\d+\][ \t]*)?([A-Za-z][\w.-]{{0,80}})"
    rf"(?:[ \t]*[:=|]{{1,2}}[ \t]*|[ \t]+)[vV]?({_NUMBER})(?:[ \t]+\(v?[\w.+-]{{1,48}}\))?[ \t|]*$"
)
_PAIR = re.compile(rf"(?<![\w./-])([A-Za-z][\w.-]{{0,80}})==({_NUMBER})(?=[\s,;]|$)")
_OF_R = re.compile(rf"(?<![\w.])([A-Za-z][A-Za-z0-9.]{{1,60}})_({_NUMBER})(?=\s|$)")
_OF_TABLE = re.compile(
    rf"^[ \t!]*([A-Za-z][\w.]{{1,60}})[ \t]+(?:\*[ \t]+)?({_NUMBER})[ \t]+\d{{4}}-\d\d-\d\d\b"
)
_ATTACHED = re.compile(rf"[✔✓√][ \t]+([A-Za-z][\w.]{{1,60}})[ \t]+({_NUMBER})")
_OF_JULIA = re.compile(r"\[[0-9a-f]{8}\][ \t]+(?:[+~↑↓⌅⌃⚲][ \t]*)*(\w{1,80})[ \t]+v(\d[\w.+-]{0,48})")
_INSTALLED = re.compile(r"^Successfully installed ([^\n]{1,5000})", re.MULTILINE)
_INSTALLED_ONE = re.compile(rf"([A-Za-z][\w.-]{{0,80}}?)-({_NUMBER})(?=\s|$)")
_THERE = re.compile(
    rf"^Requirement already satisfied: ([A-Za-z][\w.-]{{0,80}})[^\n]{{0,400}}\(({_NUMBER})\)", re.MULTILINE
)
_ABOUT = re.compile(rf"^Name: ([\w.-]{{1,80}})[ \t]*\nVersion: ({_NUMBER})", re.MULTILINE)
_LANGUAGES = re.compile(
    r"^[ \t]*(?:C?Python|Python version|python|(?P<r>R version)|(?P<julia>Julia Version))"
    rf"[ \t]*[: ][ \t]*({_NUMBER})",
    re.MULTILINE,
)
_TAG = re.compile(r"<[^<>]{0,300}>")
_COLOUR = re.compile(r"\x1b\[[\d;]{0,20}m")


def versions_shown(code: str, outputs: Iterable[str], language: str) -> list[tuple[str, str]]:
    """(library or distribution, version) as the outputs of a cell tell them, in order.

    A name may be one that the document's imports bind; the language goes by "python", "r" or "julia".
    """
    code = code[:MOST]
    if not any(sign in code for sign in _ASKS):
        return []
    text = _text(outputs)
    if not text:
        return []
    found = [*_told(text, language), *_by_order(code, text)]
    if _LISTS.search(code):
        found += _PAIR.findall(text)
        found += _lines(text)
    return [(name, version) for name, version in found if len(version) <= LONGEST]


def _text(outputs: Iterable[str]) -> str:
    """What is put out, as lines; texts that a notebook writes as Python does have theirs marked."""
    text = ""
    for output in outputs:
        text += output[: MOST - len(text)] + "\n"
        if len(text) >= MOST:
            break
    return _TAG.sub(" ", _COLOUR.sub("", text).replace("\\n", "\n")) if text.strip() else ""


def _told(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Where the words themselves say which is which."""
    for line in _INSTALLED.finditer(text):
        yield from _INSTALLED_ONE.findall(line[1])
    yield from _THERE.findall(text)
    yield from _ABOUT.findall(text)
    if language in {"r", "ir", "webr"}:
        yield from _OF_R.findall(text)
        yield from _ATTACHED.findall(text)
        yield from _matched(_OF_TABLE, text)
    if language == "julia":
        yield from _OF_JULIA.findall(text)
    for found in _LANGUAGES.finditer(text):
        yield "r" if found["r"] else "julia" if found["julia"] else "python", found[3]


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """A list of names, each with its version behind it."""
    return _matched(_LINE, text)


def _matched(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if found := pattern.match(line[:300]):
            yield found[1], found[2]


def _by_order(code: str, text: str) -> Iterator[tuple[str, str]]:
    """What was asked for, one after the other, if as many versions are shown."""
    names = [next(filter(None, found.groups()), "python") for found in _OF_MODULE.finditer(code)]
    shown = _SHOWN.findall(text)
    if names == ["python"]:
        shown = shown[:1]  # what follows says of what it is made
    if 0 < len(names) == len(shown):
        yield from zip(names, shown, strict=True)
