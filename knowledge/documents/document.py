"""What a reader makes of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from knowledge.documents.faults import Fault

Dialect: TypeAlias = Literal["notebooks", "files"]
JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None


@dataclass(frozen=True, slots=True)
class Header:
    """What the author says about the document. Times are aware (UTC where the author gave no zone).

    `raw` is the whole header, fit for a JSON column: no NUL, no lone surrogates, capped in size and depth.
    `present` tells an empty header from none. `answers` are ids of questions, `language` is the prose's.
    """

    title: str = ""
    subtitle: str = ""
    tldr: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    allowed_groups: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    path: str = ""
    thumbnail: str = ""
    owner: str = ""
    review_by: datetime | None = None
    refresh_days: int | None = None
    supersedes: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    language: str = ""
    private: bool = False
    present: bool = False
    raw: dict[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook in today's form, whatever it came as.

    `cells` have `cell_type` (code, markdown, raw), `source` (str), `metadata` (dict) and `id` (str,
    unique, safe in an HTML id); code cells also `execution_count` (int, or None) and `outputs`, each with its
    known `output_type` and every field that type needs, multi-line strings joined. The header cell is left
    out; `first_cell` is the number of the first one here. `dialect` is how the text of its cells is written:
    as in "notebooks", or as in Markdown "files" (documents of text and code, as R Markdown and Quarto write
    them).
    """

    metadata: dict[str, Any]
    cells: list[dict[str, Any]]
    first_cell: int = 1
    dialect: Dialect = "notebooks"


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown after its header, which ends on line `first_line` - 1 of its file.

    `files` holds what the document itself brings along, by relative path.
    """

    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Markup:
    """A fragment of HTML, not to be trusted, that is to be cleaned and read on the page as narrative.

    `files` holds what the document itself brings along, by the addresses that the fragment has for it.
    """

    html: str
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WholePage:
    """A whole HTML document, not to be trusted, with styles and scripts of its own: for a frame."""

    html: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF, not to be trusted. Its words are taken out of it when it is rendered."""

    data: bytes


Content: TypeAlias = Notebook | Prose | Markup | WholePage | Paper


@dataclass(frozen=True, slots=True)
class Document:
    """One document as read. `format` is its suffix, in lower case and without the dot.

    `title` is the header's, else the first heading, else the first line of a notebook without header,
    else "". `language` is that of the code, in lower case ("" where unknown).
    """

    format: str
    header: Header
    title: str
    language: str
    faults: tuple[Fault, ...]
    content: Content
