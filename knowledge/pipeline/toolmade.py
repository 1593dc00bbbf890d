"""Folders that tools fill: with what they made of a project, or of one document, or fetched from elsewhere.

Documents in them are parts of something, and make no posts unless `.almanacignore` brings them back.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from typing import Any

from knowledge.documents import Fault, is_document, needs_header, suffix_of

# Quarto's, bookdown's and Jupyter Book's; R's, Node's and Python's packages.
FOLDERS = (
    *("_site", "_book", "_build", "_freeze", "_extensions"),
    *("renv/library", "packrat/lib", "packrat/src", "node_modules", "site-packages"),
)
BESIDE = ("_files", "_cache")  # `a_files/` beside `a.Rmd`, `a.html`, …


def tool_folder(path: str, stems_in: Callable[[str], Collection[str]]) -> str:
    """The outermost such folder that `path` lies in, "" if none. `stems_in` tells `stems` of a folder."""
    *folders, _ = path.split("/")
    for depth, name in enumerate(folders):
        parent, folder = "/".join(folders[:depth]), "/".join(folders[: depth + 1])
        is_known = f"/{folder}".endswith(tuple(f"/{each}" for each in FOLDERS))
        if is_known or any(stem in stems_in(parent) for stem in _made_of(name)):
            return folder
    return ""


def folders_of(path: str) -> list[str]:
    """Where tools put what belongs to the document at `path`."""
    if not is_document(path) or needs_header(path):
        return []
    return [path[: -len(suffix_of(path))] + ending for ending in BESIDE]


def stems(names: Iterable[str]) -> frozenset[str]:
    """Of the documents, whatever their kind; scripts may be code that has nothing to do with the folder."""
    told = (name for name in names if is_document(name) and not needs_header(name))
    return frozenset(name[: -len(suffix_of(name))] for name in told)


def report(left_out: Iterable[str]) -> list[dict[str, Any]]:
    """Lines of a push's report: of each folder how many of its documents make no post."""
    return [
        {
            "path": f"{folder}/",
            "change": "unchanged",
            "post": None,
            "title": "",
            "faults": [asdict(_word(folder, number))],
            "failure": None,
        }
        for folder, number in sorted(Counter(left_out).items())
    ]


def _word(folder: str, number: int) -> Fault:
    makes = "document in it makes no post" if number == 1 else "documents in it make no posts"
    return Fault(
        "made-by-tools",
        f"{number} {makes}, for tools fill such folders.",
        f"If you wrote them yourself, bring them back: put the line !/{folder}/ into .almanacignore.",
    )


def _made_of(name: str) -> list[str]:
    return [name.removesuffix(ending) for ending in BESIDE if name.endswith(ending)]
