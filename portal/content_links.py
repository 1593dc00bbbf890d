"""The addresses behind the markers that rendered documents carry (see docs/rendering.md).

A rendering is shared by every revision with the same bytes, so what depends on the revision, its images, its
output documents, the files beside it, is named by markers and filled in when a page is made.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from html import escape, unescape
from urllib.parse import quote, unquote, urlencode

from django.urls import reverse

# Tags as the sanitizer writes them: text never holds "<", values never hold a quote. Linear in the input.
_TAG = re.compile(r'<(?:img|a|iframe)(?:\s+[a-zA-Z-]+(?:="[^"]*")?)+\s*/?>')
_MARKER = re.compile(r'\s(src|href)="almanac-(asset|output|file):([^"]*)"')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Place:
    """The revision that a document is shown as, or the preview: then `names` begins its addresses' names.

    `token` signs the number of an output document. From outside of the portal, `origin` comes before every
    address: what the document shows is then at addresses for programs, and links lead to pages.
    """

    space: str
    commit: str
    path: str
    shown: int
    token: Callable[[int], str]
    names: str = ""
    origin: str = ""


def resolve(html: str, place: Place) -> str:
    """`html` with its markers as addresses; one that leads nowhere loses its attribute. Text stays text."""
    if "almanac-" not in html:
        return html
    return _TAG.sub(partial(_resolve_tag, place), html)


def _resolve_tag(place: Place, tag: re.Match[str]) -> str:
    return _MARKER.sub(partial(_resolve_marker, place), tag[0]) if "almanac-" in tag[0] else tag[0]


def _resolve_marker(place: Place, marker: re.Match[str]) -> str:
    attribute, kind, rest = marker.groups()
    is_link = kind == "file" and attribute == "href" and bool(place.origin)
    url = _RESOLVERS[kind](replace(place, names="") if is_link else place, unescape(rest))
    return f' {attribute}="{escape(place.origin + url)}"' if url else ""


def asset_url(place: Place, name: str) -> str | None:
    digest, _, suffix = name.partition(".")
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not re.fullmatch(r"[a-z]{2,5}", suffix):
        return None
    return reverse(f"{place.names}asset", args=[place.shown, digest, suffix])


def output_url(place: Place, number: str) -> str | None:
    if not re.fullmatch(r"[0-9]{1,6}", number):
        return None
    address = reverse(f"{place.names}output", args=[place.shown, int(number)])
    token = place.token(int(number))
    return f"{address}?{urlencode({'t': token})}" if token else address


def file_url(place: Place, relative: str) -> str | None:
    """Where `relative`, as a link in the document says it, leads: never out of the repository."""
    path, hash_sign, fragment = relative.partition("#")
    target = place_of_file(unquote(path.partition("?")[0]), place.path)
    if target is None:
        return None
    if target == ".":
        return reverse("space", args=[place.space])
    at = [place.shown] if place.names else [place.space, place.commit]
    return reverse(f"{place.names}file", args=[*at, target]) + hash_sign + quote(fragment, safe="/:%+-_.")


def place_of_file(relative: str, beside: str) -> str | None:
    """The path in the repository that `relative` means in a document at `beside`; None for one out of it."""
    folder = "" if relative.startswith("/") else posixpath.dirname(beside)
    target = posixpath.normpath(posixpath.join(folder, relative.lstrip("/")))
    return None if target.startswith("../") or target == ".." or _CONTROL.search(target) else target


_RESOLVERS: dict[str, Callable[[Place, str], str | None]] = {
    "asset": asset_url,
    "output": output_url,
    "file": file_url,
}
