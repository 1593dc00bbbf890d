"""How a revision is cited: as a line, and as an entry of a BibTeX file."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings

from knowledge.models import Revision

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts those that are escaped, too: one too many would end the entry
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
_SPECIAL = re.compile("[" + re.escape("".join(_LATEX)) + "]")
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
# BibTeX parts names at these; a name that holds one is kept whole.
_PARTED = re.compile(r",|\band\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """A revision in words. `line` is plain text; `bibtex` an entry in UTF-8, escaped for LaTeX."""

    line: str
    bibtex: str


def address_of(revision: Revision) -> str:
    """The permanent address of a revision, from outside."""
    return f"{settings.SITE_URL}{revision.get_absolute_url()}"


def authors_of(revision: Revision) -> list[str]:
    """Those that the post names; else who committed the revision."""
    return [author.name for author in revision.post.authorships.all()] or [revision.author_name]


def citation(revision: Revision, title: str = "") -> Citation:
    """`title` is the one shown where it isn't the revision's own. Asks the database for the authors alone."""
    title = _plain(title or revision.title)
    authors = [_plain(name) for name in authors_of(revision)]
    return Citation(_line(revision, title, authors), _bibtex(revision, title, authors))


def _line(revision: Revision, title: str, authors: list[str]) -> str:
    day = revision.committed_at
    where = f"{revision.post.space.name}, revision {revision.number}, {day.day} {day:%B %Y}"
    stop = "" if title.endswith((".", "?", "!")) else "."
    return f"{_joined(authors)}: {title}{stop} {where}. {address_of(revision)}"


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _bibtex(revision: Revision, title: str, authors: list[str]) -> str:
    space = _latex(_plain(revision.post.space.name))
    fields = {
        "author": f"{{{' and '.join(_name(name) for name in authors)}}}",
        "title": f"{{{{{_latex(title)}}}}}",  # twice, so that styles leave its capitals alone
        "year": f"{{{revision.committed_at.year}}}",
        "month": _MONTHS[revision.committed_at.month - 1],
        "howpublished": f"{{Almanac, {space}}}",
        "note": f"{{Revision {revision.number}, commit {revision.commit[:12]}}}",
        "url": f"{{{address_of(revision)}}}",
    }
    lines = "".join(f"  {name:<12} = {value},\n" for name, value in fields.items())
    return f"@misc{{{key_of(revision)},\n{lines}}}\n"


def key_of(revision: Revision) -> str:
    """Of what never changes in a revision: space, path and number. Plain ASCII, as BibTeX wants its keys."""
    path = PurePosixPath(revision.path)
    name = _ascii(f"{path.parent.name} {path.stem}") or f"post-{revision.post_id}"
    return f"{_ascii(revision.post.space.slug)}-{name}-r{revision.number}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_KEYS.sub("-", plain).strip("-")[:80].rstrip("-")


def _name(name: str) -> str:
    return f"{{{_latex(name)}}}" if _PARTED.search(name) else _latex(name)


def _latex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _LATEX[found[0]], text)


def _plain(text: str) -> str:
    """In one line, without what no file should hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
