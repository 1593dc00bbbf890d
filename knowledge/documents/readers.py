"""The registry of formats: a reader for each suffix."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from knowledge.documents.document import Document
from knowledge.documents.docx import docx_head, read_docx
from knowledge.documents.head import Head, text_head
from knowledge.documents.knitr import read_qmd, read_rmd
from knowledge.documents.knowledge_post import is_aside, kp_head, read_kp
from knowledge.documents.markdown import read_markdown
from knowledge.documents.notebook import read_notebook
from knowledge.documents.org import org_head, read_org
from knowledge.documents.pdf import pdf_head, read_pdf
from knowledge.documents.scripts import read_jl, read_py, read_r, script_head
from knowledge.documents.webpage import html_head, read_html


@dataclass(frozen=True, slots=True)
class Reader:
    """How documents of one format are read.

    `format` is one name for all suffixes of it, and a suffix itself (without the dot); `lexer` is Pygments'
    name for its source, "" where that is no text. With `needs_header` only a file that has a header is a
    document. `head` is for formats whose `read` takes long, or a large parser: it reads only what ingest has
    to know. `knitted` are the suffixes of what its author's tool makes of it: the first of them that there is
    beside it, under the same name, is shown in its place.
    """

    format: str
    read: Callable[[bytes], Document]
    head: Callable[[bytes], Head] | None = None
    lexer: str = ""
    needs_header: bool = False
    knitted: tuple[str, ...] = ()


_NOTEBOOK = Reader("ipynb", read_notebook, lexer="json")
_MARKDOWN = Reader("md", read_markdown, lexer="markdown")
_HTML = Reader("html", read_html, html_head, lexer="html")

READERS: dict[str, Reader] = {
    ".ipynb": _NOTEBOOK,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".rmd": Reader("rmd", read_rmd, text_head, lexer="markdown", knitted=(".html", ".nb.html", ".md")),
    ".qmd": Reader("qmd", read_qmd, text_head, lexer="markdown", knitted=(".html", ".md")),
    ".py": Reader("py", read_py, script_head, lexer="python", needs_header=True),
    ".r": Reader("r", read_r, script_head, lexer="splus", needs_header=True),
    ".jl": Reader("jl", read_jl, script_head, lexer="julia", needs_header=True),
    ".html": _HTML,
    ".htm": _HTML,
    ".pdf": Reader("pdf", read_pdf, pdf_head),
    ".docx": Reader("docx", read_docx, docx_head),
    ".org": Reader("org", read_org, org_head, lexer="org"),
    ".kp": Reader("kp", read_kp, kp_head),
}
SUFFIXES = tuple(READERS)
KNITTED_SUFFIXES = tuple({suffix: None for reader in READERS.values() for suffix in reader.knitted})


def suffix_of(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def reader_of(path: str) -> Reader | None:
    """The reader for a file of that name."""
    return READERS.get(suffix_of(path))


def is_document(path: str) -> bool:
    """Whether a file of that name may be a document; where its reader `needs_header`, its bytes decide."""
    return suffix_of(path) in READERS and not is_aside(path)


def may_be_knitted(path: str) -> bool:
    """Whether a file of that name may be what another document's tool made of it."""
    return path.lower().endswith(KNITTED_SUFFIXES)


def needs_header(path: str) -> bool:
    """Whether a file of that name is a document only if `has_header` finds one in it."""
    reader = reader_of(path)
    return reader is not None and reader.needs_header
