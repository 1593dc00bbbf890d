"""The reader of scripts in Python, R and Julia whose comments are text, as jupytext and spin have it.

Only a script that begins with a header in comments is a document; all others are code of a repository.
"""

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from knowledge.documents.cells import Repairs, check_number, normal_cells
from knowledge.documents.decoding import text_of
from knowledge.documents.document import Document, Header, Notebook
from knowledge.documents.faults import Fault, refusal
from knowledge.documents.footnotes import share_footnotes
from knowledge.documents.head import Head
from knowledge.documents.header import split_header
from knowledge.documents.titles import first_heading

LOOKED_AT = 2_000
MAX_BYTES = 1_000_000  # a larger one was not written by a person
_SPIN = re.compile(r"^#'[ \t]", re.MULTILINE)
_PERCENT = re.compile(r"^#[ \t]?%%(?:[ \t]|$)", re.MULTILINE)
_COMMENT = re.compile(r"^#'?[ \t]?", re.MULTILINE)
# What may stand before the header: a shebang, the encoding, empty lines, the mark of a Markdown cell.
_PREAMBLE = (
    r"\A\ufeff?(?:#!.*\n)?(?:#.*coding[:=].*\n)?(?:[ \t]*\n)*"
    r"(?:#[ \t]*(?:%%|\+)[ \t]*\[(?:markdown|md|raw)\].*\n)?"
)
_RULE = r"---[ \t]*"
_COMMENTED = re.compile(
    rf"{_PREAMBLE}(?P<block>#'?[ \t]{_RULE}\n#'?[ \t][\w-]+:.*\n(?:#.*\n)*?#'?[ \t]{_RULE}(?:\n|\Z))"
)
# In the docstring that such a cell may be.
_QUOTED = re.compile(rf'{_PREAMBLE}r?"""[ \t]*\n?(?P<block>{_RULE}\n[\w-]+:(?:.*\n)*?{_RULE}(?:\n|\Z))')
_BEGINS = re.compile(rf"{_PREAMBLE}(?:#'?[ \t]{_RULE}\n#'?[ \t][\w-]+:|r?\"\"\"[ \t]*\n?{_RULE}\n[\w-]+:)")
_MOST_LINES = 20_000  # jupytext takes the square of their number
_FORMATS = {"percent", "light", "hydrogen", "spin", "nomarker"}
_MARKERS = {"region,endregion", "{{{,}}}", '"""', "'''"}
_LANGUAGES = {".py": "python", ".r": "r", ".jl": "julia"}


def has_header(source: bytes) -> bool:
    """Whether a script is a document, by its first lines alone."""
    if len(source) > MAX_BYTES:
        return False
    return bool(_BEGINS.match(source[:LOOKED_AT].decode(errors="replace").replace("\r\n", "\n")))


def script_head(source: bytes) -> Head:
    text, faults = text_of(source[:MAX_BYTES])
    header, rest, header_faults = _take_header(text)
    title = header.title or first_heading(_COMMENT.sub("", "".join(_comments(rest))))
    return Head(header, title, (*faults, *header_faults))


def read_script(suffix: str, source: bytes) -> Document:
    """`content` is a Notebook of what jupytext makes of it; the header is read here, not there."""
    if len(source) > MAX_BYTES:
        raise refusal("script-too-large", limit=MAX_BYTES // 1_000_000)
    head = script_head(source)
    header, rest, _ = _take_header(text_of(source)[0])
    if rest.count("\n") > _MOST_LINES:
        raise refusal("too-intricate", limit=_MOST_LINES, what="lines")
    found = _cells(rest, suffix, header.raw.get("jupyter"))
    check_number(found)
    cells = normal_cells(found, Repairs())
    share_footnotes(cells)
    return Document(
        format=suffix[1:],
        header=head.header,
        title=head.title,
        language=_LANGUAGES[suffix],
        faults=head.faults,
        content=Notebook(metadata={}, cells=cells, first_cell=1),
    )


read_py = partial(read_script, ".py")
read_r = partial(read_script, ".r")
read_jl = partial(read_script, ".jl")


def _take_header(text: str) -> tuple[Header, str, list[Fault]]:
    """The header and the script without it; line numbers are those of the file."""
    found = _COMMENTED.match(text) or _QUOTED.match(text)
    if not found:
        return Header(), text, []
    block, start, end = found["block"], found.start("block"), found.end("block")
    yaml = "\n" * text.count("\n", 0, start) + (_COMMENT.sub("", block) if block[0] == "#" else block)
    header, _, faults = split_header(yaml)
    if block[0] == "#":
        return header, text[end:], faults
    return header, text[:start] + text[end:], faults


def _comments(text: str) -> list[str]:
    """The lines that may hold a heading: comments, and what a docstring of Markdown has."""
    lines = text[:200_000].splitlines(keepends=True)
    return [
        line for line in lines if line.startswith("#") and not line.startswith(("# %%", "#%%", "# +", "#+"))
    ]


def _cells(text: str, suffix: str, jupyter: object) -> list[Any]:
    """Imports jupytext late: it takes a quarter of a second, which only the process that renders needs spend.

    Its converter is given the format and not left to find it: for some it would run a program.
    """
    from jupytext.jupytext import TextNotebookConverter

    try:
        notebook = TextNotebookConverter(_format(text, suffix, jupyter), None).reads(text.lstrip("\n"))
    except RecursionError:
        raise refusal("too-deep") from None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise refusal("bad-script", reason=type(error).__name__) from error
    cells = orjson.loads(json.dumps(notebook.cells))  # nbformat's nodes as plain values
    return [_normal(cell) for cell in cells if cell["source"].strip()]


def _normal(cell: dict[str, Any]) -> dict[str, Any]:
    """jupytext's ids are random: without them, cells are called by their name or by what is in them."""
    name = cell["metadata"].get("name")
    return {**cell, "id": name if isinstance(name, str) else None}


def _format(text: str, suffix: str, jupyter: object) -> dict[str, str]:
    from jupytext.formats import guess_format

    extension = ".R" if suffix == ".r" else suffix
    # Its guess takes the apostrophe of a spin comment for the begin of a string.
    guessed, options = ("spin", {}) if _is_spin(text, suffix) else guess_format(text, extension)
    name = _said(jupyter, "text_representation", "format_name") or guessed
    markers = _said(jupyter, "cell_markers") or options.get("cell_markers", "")
    return {
        "extension": extension,
        "format_name": name if name in _FORMATS else "light",
        **({"cell_markers": markers} if markers in _MARKERS else {}),
    }


def _is_spin(text: str, suffix: str) -> bool:
    return suffix == ".r" and bool(_SPIN.search(text)) and not _PERCENT.search(text)


def _said(jupyter: object, *names: str) -> str:
    """What the script's header tells jupytext; "" where it doesn't."""
    at: object = jupyter
    for name in ("jupytext", *names):
        at = at.get(name) if isinstance(at, Mapping) else None
    return at if isinstance(at, str) else ""
