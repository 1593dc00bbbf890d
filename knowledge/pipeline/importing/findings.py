"""What an import could not keep of a post, or its people should know: found by reading, changed by nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from knowledge.documents import DocumentError, Header, is_document, read_head
from knowledge.documents.head import Head
from knowledge.pipeline.importing.posts import SourcePost, document_at

# A start ends where another one could begin, so that no text takes long.
_LINKED = re.compile(r"(!?)\[[^\[\]\n]{0,300}\]\(\s{0,3}<?([^)\s>\"'\\]{1,500})")
_DRAWN = re.compile(r"<img\b[^<>]{0,500}?\ssrc\s{0,3}=\s{0,3}\\?[\"']?([^\"'\s>\\]{1,500})", re.IGNORECASE)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|/", re.IGNORECASE)
_NAMED = 5  # in one line of a report


@dataclass(frozen=True, slots=True)
class Note:
    """`code` is stable; `message` is a sentence for people."""

    code: str
    message: str


def head_of(post: SourcePost) -> Head:
    """Header and title of a post's document; empty where it can't be read."""
    if post.document is None:
        return Head()
    try:
        return read_head(document_at(post.path), post.document.read())
    except DocumentError:
        return Head()


def references(path: str, source: bytes) -> list[str]:
    """The files that a document at `path` refers to by relative addresses, as paths from the root."""
    text = source.decode(errors="replace")
    named = [goal for _, goal in _LINKED.findall(text)] + _DRAWN.findall(text)
    places = (_resolved(path, goal) for goal in named)
    return [place for place in dict.fromkeys(places) if place and not is_document(place)]


def images(text: str) -> list[str]:
    """The addresses of a text's pictures, in its order."""
    found = [(match.start(), match[2]) for match in _LINKED.finditer(text) if match[1]]
    found += [(match.start(), match[1]) for match in _DRAWN.finditer(text)]
    return [address for _, address in sorted(found)]


def findings(post: SourcePost, head: Head, *, revisions: int | None) -> list[Note]:
    """`revisions` is how many of the post the history tells: 0 without one, None if it was told before."""
    if post.document is None:
        return []
    text = post.document.read().decode(errors="replace")
    shown = images(text) if post.is_folder else []
    return [
        *_faults(head),
        *_missing_images(post, shown),
        *_thumbnail(post, head.header, shown),
        *_header(head.header),
        *_sources(post),
        *(_revisions(post, revisions) if revisions is not None else ()),
    ]


def _resolved(path: str, address: str) -> str:
    """ "" where it leads elsewhere, out of the root, or into what is hidden."""
    address = unquote(re.split("[?#]", address, maxsplit=1)[0])
    if not address or _ELSEWHERE.match(address):
        return ""
    names: list[str] = list(PurePosixPath(path).parent.parts)
    for name in address.split("/"):
        if name == ".." and not names:
            return ""
        if name == "..":
            names.pop()
        elif name not in {"", "."}:
            names.append(name)
    return "" if any(name.startswith(".") for name in names) else "/".join(names)


def _faults(head: Head) -> Iterator[Note]:
    """What had to be put right in reading it; its page says so too."""
    yield from (Note(fault.code, fault.message) for fault in head.faults)


def _missing_images(post: SourcePost, shown: list[str]) -> Iterator[Note]:
    wanted = [place for address in dict.fromkeys(shown) if (place := _resolved("knowledge.md", address))]
    missing = [place for place in wanted if post.find(place) is None]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        yield Note(
            "missing-images", f"Shows pictures that are not there: {', '.join(missing[:_NAMED])}{more}."
        )


def _thumbnail(post: SourcePost, header: Header, shown: list[str]) -> Iterator[Note]:
    wanted = header.thumbnail
    if not wanted or not post.is_folder:
        return
    if wanted.isascii() and wanted.isdigit():
        if int(wanted[:6]) >= max(len(shown), 1):
            many = f"{len(shown)} picture{'' if len(shown) == 1 else 's'}"
            said = f"Its thumbnail is number {wanted}, counted from 0; its text has {many}."
            yield Note("missing-thumbnail", f"{said} Cards show the first that there is.")
    elif (place := _resolved("knowledge.md", wanted)) and post.find(place) is None:
        yield Note("missing-thumbnail", f"Its thumbnail {place} is not there.")
    elif not place:
        yield Note(
            "thumbnail-elsewhere", f"Its thumbnail lies at {wanted[:200]}: nothing is loaded from there."
        )


def _header(header: Header) -> Iterator[Note]:
    if not header.present:
        yield Note("no-header", "It has no header: its author and dates are those of the commit.")
    if proxy := header.raw.get("proxy"):
        yield Note("proxy", f"It stood for the page {str(proxy)[:200]}, which is not shown.")
    if header.private:
        groups = ", ".join(header.allowed_groups) or "nobody but members"
        yield Note("private", f"It is private, for members of the space and: {groups}.")


def _sources(post: SourcePost) -> Iterator[Note]:
    kept = [file.path for file in post.files if file.path.startswith(("orig_src/", "src/"))]
    if kept:
        yield Note("sources", f"Made from {', '.join(kept[:_NAMED])}: kept, and linked on its page.")


def _revisions(post: SourcePost, revisions: int) -> Iterator[Note]:
    counted = post.find("REVISION")
    if counted is None or counted.size > 20:
        return
    said = counted.read().strip()
    if said.isdigit() and int(said) > max(revisions, 1):
        told = f"the history tells {revisions}" if revisions else "files tell no history"
        yield Note("revisions", f"It had {int(said)} revisions; {told}.")
