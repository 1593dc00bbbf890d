"""The labels: read from the file beside this one, and held against the corpus."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


class LabelsError(Exception):
    """The labels can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and what it rests on: libraries in lower case; tables, datasets and files."""

    path: str
    part: str
    libraries: frozenset[str]
    datasets: frozenset[str]


def read_labels(folder: Path = FOLDER, *, paths: Collection[str] | None = None) -> list[Labelled]:
    """All of them, in the order of their paths.

    Of labels.json every other one is kept back ("held"), the rest is "dev"; unseen.json is "unseen". With
    `paths`, those of the corpus, each must be there. Raises LabelsError.
    """
    seen = [
        _labelled(path, "held" if number % 2 else "dev", kinds)
        for number, (path, kinds) in enumerate(_read(folder / "labels.json"))
    ]
    labelled = seen + [_labelled(path, "unseen", kinds) for path, kinds in _read(folder / "unseen.json")]
    if paths is not None and (missing := sorted({one.path for one in labelled} - set(paths))):
        raise LabelsError(f"The corpus has no document {missing[0]}.")
    return labelled


def _read(file: Path) -> list[tuple[str, dict[str, list[str]]]]:
    return sorted(json.loads(file.read_text(encoding="utf-8")).items())


def _labelled(path: str, part: str, kinds: dict[str, list[str]]) -> Labelled:
    names = [name for each in kinds.values() for name in each]
    if set(kinds) != {"libraries", "datasets"} or any(name != name.strip() for name in names):
        raise LabelsError(f"{path}: there must be libraries and datasets, without blanks around them.")
    return Labelled(path, part, frozenset(kinds["libraries"]), frozenset(kinds["datasets"]))
