"""The reader of Jupyter notebooks, formats 2 to 4."""

import re
from typing import Any

from knowledge.documents.cells import Repairs, check_number, normal_cells
from knowledge.documents.decoding import to_utf8
from knowledge.documents.document import Document, Header, Notebook
from knowledge.documents.faults import Fault, fault, refusal
from knowledge.documents.footnotes import share_footnotes
from knowledge.documents.header import split_header
from knowledge.documents.json_source import parse_json
from knowledge.documents.titles import LOOKED_AT, bold_opening, first_heading, first_line
from knowledge.documents.upgrade import to_format_4

_NEWEST_MAJOR = 4
# Each takes some hundred bytes of the reader's memory, however few of the file.
_MOST_PARTS = 1_000_000
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_LANGUAGE = re.compile(r"[a-z0-9+#._ -]{1,40}", re.IGNORECASE)


def read_notebook(source: bytes) -> Document:
    """Lenient: what departs from the format is repaired and said; only what is no notebook is refused."""
    utf8, faults = to_utf8(source)
    _check_parts(utf8)
    tree = parse_json(utf8)
    if not isinstance(tree, dict):
        raise refusal("not-a-notebook", reason=f"it holds a {type(tree).__name__}, not an object")
    repairs = Repairs()
    tree = _in_format_4(tree, faults)
    metadata = repairs.mapping(tree.get("metadata"), "metadata is missing")
    check_number(tree["cells"])
    cells = normal_cells(tree["cells"], repairs)
    header, cells, first_cell, header_faults = _take_header(cells)
    faults += header_faults
    share_footnotes(cells)
    if repairs.made:
        faults.append(fault("repaired-notebook", what="; ".join(repairs.made)))
    return Document(
        format="ipynb",
        header=header,
        title=header.title or _title(cells),
        language=_language(metadata),
        faults=tuple(faults),
        content=Notebook(metadata=metadata, cells=cells, first_cell=first_cell),
    )


def _check_parts(source: bytes) -> None:
    """Refuse more lists and objects than there is room for. Brackets in strings, as in HTML, don't count."""
    if _brackets(source) > _MOST_PARTS and _brackets(_STRING.sub(b"", source)) > _MOST_PARTS:
        raise refusal("too-intricate", limit=_MOST_PARTS, what="lists and objects")


def _brackets(source: bytes) -> int:
    return source.count(b"[") + source.count(b"{")


def _in_format_4(tree: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    major = tree.get("nbformat")
    if isinstance(major, int) and major > _NEWEST_MAJOR:
        faults.append(fault("newer-notebook", version=f"{major}.{tree.get('nbformat_minor', 0)}"))
    if isinstance(tree.get("cells"), list):
        return tree
    if "worksheets" in tree or major in {1, 2, 3}:
        return to_format_4(tree)
    reason = "its cells are no list" if "cells" in tree else "it has no cells"
    raise refusal("not-a-notebook", reason=reason)


def _take_header(cells: list[dict[str, Any]]) -> tuple[Header, list[dict[str, Any]], int, list[Fault]]:
    """The header and the cells without it; text that follows the header in its cell stays."""
    if not cells or cells[0]["cell_type"] == "code":
        return Header(), cells, 1, []
    header, rest, faults = split_header(cells[0]["source"].replace("\r\n", "\n"), cell=1)
    if not header.present:
        return header, cells, 1, faults
    if rest.strip():
        return header, [{**cells[0], "cell_type": "markdown", "source": rest}, *cells[1:]], 1, faults
    return header, cells[1:], 2, faults


def _title(cells: list[dict[str, Any]]) -> str:
    """The first heading in the first of the text, or else the first line of the first cell with text.

    A bold line that opens the text stands for a heading: some write their titles so.
    """
    texts = [cell["source"] for cell in cells if cell["cell_type"] == "markdown"]
    if texts and (bold := bold_opening(texts[0])):
        return bold
    left = LOOKED_AT
    for text in texts:
        if heading := first_heading(text[:left]):
            return heading
        left -= len(text)
        if left <= 0:
            break
    return first_line(texts[0])[:200] if texts else ""


def _language(metadata: dict[str, Any]) -> str:
    for holder, key in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        place = metadata.get(holder)
        name = place.get(key) if isinstance(place, dict) else None
        if isinstance(name, str) and _LANGUAGE.fullmatch(name):
            return "python" if name.lower() in {"python2", "python3", "ipython"} else name.lower()
    return ""
