"""What a link in a document means: a post by its id, or whatever lies at a path of a space."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from knowledge.documents.readers import KNITTED_SUFFIXES, SUFFIXES

PATH_MAX, SPACE_MAX = 1_000, 64
OLD = ".kp"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]{2}")
_PERMALINK = re.compile(r"/p/(\d{1,18})/?", re.ASCII)
_PLACED = re.compile(r"/s/([\w-]{1,64})/(.{1,1000}?)/?", re.DOTALL)
_REVISION = re.compile(r"@[\w]{1,40}$", re.ASCII)
_OLD_PAGES = ("/post/", "/render?markdown=", "/render?path=")


@dataclass(frozen=True, slots=True)
class Goal:
    """The post of that id, or else what is to be found at `path` in `space`."""

    post: int | None = None
    space: str = ""
    path: str = ""

    @property
    def may_be_post(self) -> bool:
        """Whether a post may be there one day; data and pictures never are."""
        if self.post is not None:
            return False
        suffix = posixpath.splitext(self.path)[1].lower()
        return suffix in {"", *SUFFIXES, *KNITTED_SUFFIXES}


def goal_of(link: str, *, space: str, beside: str, site: str) -> Goal | None:
    """Of a link as a rendering tells it (a path as written, or an address), in the document at `beside`.

    `site` is the portal's own address. None for other sites, for what is no post's place, and for paths out
    of the repository.
    """
    own = site.rstrip("/").lower() + "/"
    address = link.partition("#")[0]
    if address.lower().startswith(own):
        return _of_portal("/" + address[len(own) :], space)
    if not address or _SCHEME.match(address):
        return None
    if address.startswith(("/p/", "/s/", "/post/")) and (goal := _of_portal(address, space)):
        return goal
    return _placed(space, _joined(address, beside))


def _of_portal(address: str, space: str) -> Goal | None:
    """Of an address of the portal, which begins with "/"."""
    for page in _OLD_PAGES:
        if address.startswith(page):
            old = unquote(address.removeprefix(page).partition("&" if "?" in page else "?")[0])
            return _placed(space, _normal(old))
    path = unquote(address.partition("?")[0])
    if permalink := _PERMALINK.fullmatch(path):
        return Goal(post=int(permalink[1]))
    placed = _PLACED.fullmatch(path)
    if placed is None or placed[2] == "-" or placed[2].startswith("-/"):
        return None
    return _placed(placed[1], _normal(placed[2]))


def _joined(address: str, beside: str) -> str:
    folder = "" if address.startswith("/") else posixpath.dirname(beside)
    return _normal(posixpath.join(folder, address.lstrip("/")))


def _normal(path: str) -> str:
    return posixpath.normpath(path.lstrip("/")) if path.strip("/") else ""


def _placed(space: str, path: str) -> Goal | None:
    is_outside = path in {"", ".", ".."} or path.startswith("../")
    is_written = len(path) <= PATH_MAX and len(space) <= SPACE_MAX and "\x00" not in path
    return None if is_outside or not is_written else Goal(space=space, path=path)


def spellings(path: str) -> Iterator[str]:
    """What `path` may mean in its space, the likeliest first: itself, or without a revision."""
    yield path
    if without := _REVISION.sub("", path):
        yield without


def old_spellings(path: str) -> Iterator[str]:
    """What it may have meant in a knowledge-repo, where posts linked to /post/<path>, and relative addresses
    counted from beside a post, not from within."""
    yield path.removeprefix("post/")
    yield path
    within, _, rest = path.partition(f"{OLD}/")
    if rest:
        yield posixpath.normpath(posixpath.join(posixpath.dirname(within), rest))
