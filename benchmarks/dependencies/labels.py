"""The labels: read from the file beside this one, and held against the corpus."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "labels.json"


class LabelsError(Exception):
    """The labels can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and what it rests on: libraries in lower case; tables, datasets and files."""

    path: str
    part: str
    libraries: frozenset[str]
    datasets: frozenset[str]


def read_labels(file: Path = FILE, *, paths: Collection[str] | None = None) -> list[Labelled]:
    """All of them, in the order of their paths; every other one is kept back ("held"), the rest is "dev".

    With `paths`, those of the corpus, each must be there. Raises LabelsError.
    """
    said = json.loads(file.read_text(encoding="utf-8"))
    if paths is not None and (missing := sorted(set(said) - set(paths))):
        raise LabelsError(f"The corpus has no document {missing[0]}.")
    labelled = []
    for number, path in enumerate(sorted(said)):
        kinds = said[path]
        names = [name for each in kinds.values() for name in each]
        if set(kinds) != {"libraries", "datasets"} or any(name != name.strip() for name in names):
            raise LabelsError(f"{path}: there must be libraries and datasets, without blanks around them.")
        part = "held" if number % 2 else "dev"
        labelled.append(Labelled(path, part, frozenset(kinds["libraries"]), frozenset(kinds["datasets"])))
    return labelled
