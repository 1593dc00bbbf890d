"""The checks: each a function of a Document, found by its code."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias

import orjson

from knowledge.documents import Document, Header, Notebook
from knowledge.extracting import wrong_in_output
from knowledge.linting.accepting import accepted_in, is_accepted
from knowledge.linting.finding import Finding, finding
from knowledge.linting.paths import local_path_in, may_hold_local_paths
from knowledge.linting.pieces import joined, pieces_of
from knowledge.linting.secrets import may_hold_secrets, secrets_in

MOST = 10  # findings of a code in a document
LARGE_OUTPUT = 1_000_000  # bytes, about
OF_HEADER = frozenset({"missing-tldr"})  # what ingest can say, which reads no more than the header
_WITHOUT_SUMMARY = {"pdf", "docx"}  # formats that have no place for one

Check: TypeAlias = Callable[[Document], Iterator[Finding]]


def secret(document: Document) -> Iterator[Finding]:
    pieces = pieces_of(document, "header", "source", "output", "page")
    if not may_hold_secrets(joined(pieces)):
        return
    for piece in pieces:
        case = "" if piece.where == "source" else piece.where
        for what, line in secrets_in(piece.text, is_page=piece.where == "page"):
            at = piece.first_line + line if piece.first_line else None
            yield finding("secret", case, line=at, what=what, **_place(piece.cell))


def ends_in_error(document: Document) -> Iterator[Finding]:
    for cell in _code(document):
        error = next((it for it in cell["outputs"] if it["output_type"] == "error"), None)
        if error and not is_accepted(cell, "ends-in-error"):
            yield finding("ends-in-error", name=_named(error["ename"]), **_place(cell))


def out_of_order(document: Document) -> Iterator[Finding]:
    """One finding for what was run before what is above it, one for what was not run; none if nothing was."""
    cells = [
        cell for cell in _code(document) if cell["source"].strip() and not is_accepted(cell, "out-of-order")
    ]
    run = [cell for cell in cells if cell["execution_count"]]
    if not run:
        return
    early: list[tuple[dict[str, Any], dict[str, Any]]] = []
    latest = run[0]
    for cell in run[1:]:
        if cell["execution_count"] <= latest["execution_count"]:
            early.append((cell, latest))
        else:
            latest = cell
    if early:
        (cell, above), more = early[0], _and_more(" ({} more like it)", early)
        yield finding("out-of-order", before=above["number"], more=more, **_place(cell))
    if left := [cell for cell in cells if not cell["execution_count"] and not cell["outputs"]]:
        yield finding(
            "out-of-order", "not-run", more=_and_more(" ({} more like it)", left), **_place(left[0])
        )


def local_path(document: Document) -> Iterator[Finding]:
    """The first of each cell."""
    pieces = pieces_of(document, "source")
    if not may_hold_local_paths(joined(pieces)):
        return
    for piece in pieces:
        if piece.cell and is_accepted(piece.cell, "local-path"):
            continue
        if found := local_path_in(piece.text):
            path, line = found
            yield finding("local-path", line=piece.first_line + line, path=path, **_place(piece.cell))


def large_output(document: Document) -> Iterator[Finding]:
    for cell in _code(document):
        size = _largest(cell["outputs"]) if cell["outputs"] else 0
        if size > LARGE_OUTPUT and not is_accepted(cell, "large-output"):
            yield finding("large-output", size=f"{size / 1_000_000:.1f}", **_place(cell))


def missing_tldr(document: Document) -> Iterator[Finding]:
    if not document.header.tldr and document.format not in _WITHOUT_SUMMARY:
        yield finding("missing-tldr")


def wrong_insight(document: Document) -> Iterator[Finding]:
    for cell in _code(document):
        if is_accepted(cell, "wrong-insight"):
            continue
        for output in cell["outputs"]:
            for why in wrong_in_output(output.get("data") or {}):
                yield finding("wrong-insight", why=why, **_place(cell))


CHECKS: dict[str, Check] = {
    "secret": secret,
    "ends-in-error": ends_in_error,
    "out-of-order": out_of_order,
    "local-path": local_path,
    "large-output": large_output,
    "missing-tldr": missing_tldr,
    "wrong-insight": wrong_insight,
}


def lint(document: Document, *, without: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """What is found, but for the codes in `without` and those that its header accepts. In linear time."""
    passed_over = without | accepted_in(document.header.raw)
    return tuple(
        found
        for code, check in CHECKS.items()
        if code not in passed_over
        for found in islice(check(document), MOST)
    )


def lint_header(format: str, header: Header, codes: frozenset[str] = OF_HEADER) -> tuple[Finding, ...]:
    """What can be said of a document by its header alone, of `codes`."""
    document = Document(format, header, "", "", (), Notebook({}, []))
    return lint(document, without=frozenset(CHECKS) - codes)


def _code(document: Document) -> Iterator[dict[str, Any]]:
    """Its cells of code."""
    cells = document.content.cells if isinstance(document.content, Notebook) else []
    return (cell for cell in cells if cell["cell_type"] == "code")


def _named(error: str) -> str:
    """Some kernels call every error so; others put a whole sentence there."""
    is_name = error.isidentifier() and len(error) <= 60 and error.lower() != "error"
    return f" ({error})" if is_name else ""


def _place(cell: dict[str, Any] | None) -> dict[str, Any]:
    return {"cell": cell["number"], "anchor": cell["id"]} if cell else {}


def _and_more(words: str, cells: Sequence[object]) -> str:
    return words.format(len(cells) - 1) if len(cells) > 1 else ""


def _largest(outputs: list[dict[str, Any]]) -> int:
    """Bytes, about, of the largest of them; what was printed is one, in however many pieces it was saved."""
    printed = largest = 0
    for output in outputs:
        if output["output_type"] == "stream":
            printed += len(output["text"])
        elif data := output.get("data"):
            largest = max(largest, sum(map(_length, data.values())))
    return max(printed, largest)


def _length(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    try:
        return len(orjson.dumps(value))
    except (orjson.JSONEncodeError, RecursionError):
        return 0
