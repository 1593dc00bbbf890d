"""Precision and recall of libraries, and of tables and files, against labels; beside a few lines of patterns.

    python -m benchmarks.dependencies [--corpus DIR] [--wrong dev]

Needs the corpus, and no database; without a corpus it says so and measures nothing.
"""

import argparse
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from benchmarks import notebooks
from benchmarks.dependencies.choosing import code_of
from benchmarks.dependencies.labels import Labelled, read_labels
from benchmarks.dependencies.peers import by_patterns
from benchmarks.dependencies.scores import missed, score, too_much
from benchmarks.figures import heading, row
from benchmarks.filling import corpus_files
from knowledge.rendering import render

PARTS = ("all", "dev", "held", "unseen")


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
Names = tuple[Collection[str], Collection[str]]


def main(corpus: Path | None = None, *, parts: tuple[str, ...] = ()) -> None:
    if corpus is None:
        heading("What documents rest on")
        row("not measured", "there is no corpus")
        return
    sources = dict(corpus_files(corpus))
    labelled = read_labels(paths=sources)
    ours = {one.path: _rendered(one.path, sources[one.path]) for one in labelled}
    theirs = {one.path: by_patterns(code_of(corpus / one.path) or "") for one in labelled}
    heading(f"What {len(labelled)} real documents rest on, against labels written by hand")
    for place, kind in enumerate(KINDS):
        for part in PARTS:
            those = [one for one in labelled if part in ("all", one.part)]
            _tell(kind, part, those, place, ours, has_goal=True)
        _tell(kind, "by patterns, all", labelled, place, theirs)
        if parts:
            _list(kind, [one for one in labelled if one.part in parts], place, ours)


def _rendered(path: str, source: bytes) -> Names:
    rendering = render(path, source)
    return rendering.libraries, rendering.datasets


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
    parser.add_argument("--wrong", action="append", choices=PARTS[1:], help="list what is wrong in this part")
    arguments = parser.parse_args()
    main(arguments.corpus, parts=tuple(arguments.wrong or ()))
