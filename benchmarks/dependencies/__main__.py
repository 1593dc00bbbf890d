"""Precision and recall of libraries, of tables and files, and of versions, against labels of two judges.

Beside them what a few lines of patterns find, and how far the judges agree.

    python -m benchmarks.dependencies [--corpus DIR] [--wrong dev]

Needs the corpus, and no database; without a corpus it says so and measures nothing.
"""

import argparse
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import notebooks
from benchmarks.dependencies.choosing import code_of
from benchmarks.dependencies.labels import Labelled, read_labels, read_second
from benchmarks.dependencies.peers import by_patterns
from benchmarks.dependencies.scores import missed, score, too_much
from benchmarks.figures import heading, row
from benchmarks.filling import corpus_files
from knowledge.rendering import render

PARTS = ("all", "dev", "held", "unseen")
_LANGUAGES = {"python", "r", "julia"}  # their versions are no library's


class Kind(NamedTuple):
    """What is counted: its name, the goals of precision and recall, and the labels of a document."""

    name: str
    precision: float
    recall: float
    labels: Callable[[Labelled], Collection[str]]


KINDS = (
    Kind("Libraries", 0.95, 0.90, lambda one: one.libraries),
    Kind("Tables and files", 0.90, 0.80, lambda one: one.datasets),
)
VERSIONS = Kind("Versions", 0.95, 0.90, lambda one: one.versions)
Names = tuple[Collection[str], ...]


def main(corpus: Path | None = None, *, parts: tuple[str, ...] = ()) -> None:
    if corpus is None:
        heading("What documents rest on")
        row("not measured", "there is no corpus")
        return
    sources = dict(corpus_files(corpus))
    labelled = read_labels(paths=sources)
    ours = {path: _rendered(path, source) for path, source in sources.items()}
    theirs = {one.path: by_patterns(code_of(corpus / one.path) or "") for one in labelled}
    heading(f"What {len(labelled)} real documents rest on, against labels written by hand")
    for place, kind in enumerate(KINDS):
        for part in PARTS:
            those = [one for one in labelled if part in ("all", one.part)]
            _tell(kind, part, those, place, ours, has_goal=True)
        _tell(kind, "by patterns, all", labelled, place, theirs)
        if wrong := [one for one in labelled if one.part in parts]:
            _list(kind, wrong, place, ours)
    _tell_second(read_second(paths=sources), labelled, ours, lists="second" in parts)


def _rendered(path: str, source: bytes) -> Names:
    rendering = render(path, source)
    told = (f"{name} {said}" for name, said in rendering.versions.items() if name not in _LANGUAGES)
    return rendering.libraries, rendering.datasets, list(told)


def _tell_second(
    second: list[Labelled], first: list[Labelled], ours: Mapping[str, Names], *, lists: bool
) -> None:
    """Against the second judge's labels, and how far they are those of the first."""
    by_first = {one.path: one for one in first}
    those = [one for one in second if one.part == "second"]
    shared = [one for one in those if one.path in by_first]
    heading(f"The same, against a second judge's labels of {len(those)} documents")
    for place, kind in enumerate(KINDS):
        both = score((kind.labels(by_first[one.path]), kind.labels(one)) for one in shared)
        title = f"{kind.name}: the judges agree ({len(shared)} documents)"
        row(title, f"{both.agreement:.3f} of the names that either says")
        _tell(kind, "second", those, place, ours, has_goal=True)
    # Where no version is labelled the document tells none.
    told = {path: Labelled(path, "", frozenset(), frozenset()) for path in ours}
    told |= {one.path: one for one in second}
    _tell(VERSIONS, "second", list(told.values()), len(KINDS), ours, has_goal=True)
    if lists:
        for place, kind in enumerate(KINDS):
            _list(kind, those, place, ours)
        _list(VERSIONS, list(told.values()), len(KINDS), ours)


def _tell(
    kind: Kind,
    part: str,
    labelled: list[Labelled],
    place: int,
    names: Mapping[str, Names],
    *,
    has_goal: bool = False,
) -> None:
    """One line; `place` is where the kind's names are."""
    found = score((names[one.path][place], kind.labels(one)) for one in labelled)
    said = f"precision {found.precision:.3f}, recall {found.recall:.3f}"
    met = found.precision >= kind.precision and found.recall >= kind.recall
    goal = f"{kind.precision:.2f} and {kind.recall:.2f}" if has_goal else ""
    title = f"{kind.name}, {part} ({len(labelled)} documents, {found.there} names)"
    row(title, said, goal, met=met if has_goal else None)


def _list(kind: Kind, labelled: list[Labelled], place: int, names: Mapping[str, Names]) -> None:
    heading(f"{kind.name} that are wrong")
    for one in labelled:
        found, there = names[one.path][place], kind.labels(one)
        wrong = [f"+ {name}" for name in too_much(found, there)] + [
            f"- {name}" for name in missed(found, there)
        ]
        if wrong:
            row(one.path, "  ".join(wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How much of what documents rest on is found in them.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder of the corpus")
    parser.add_argument(
        "--wrong", action="append", choices=[*PARTS[1:], "second"], help="list what is wrong in this part"
    )
    arguments = parser.parse_args()
    main(arguments.corpus, parts=tuple(arguments.wrong or ()))
