"""The labels: read from the file beside this one, and held against the corpus."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class LabelsError(Exception):
    """The labels can't be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and what it rests on: libraries in lower case; tables, datasets and files.

    `versions` are "library version" as the document tells them, which only the second judge says.
    """

    path: str
    part: str
    libraries: frozenset[str]
    datasets: frozenset[str]
    versions: frozenset[str] = frozenset()


def read_labels(folder: Path = FOLDER, *, paths: Collection[str] | None = None) -> list[Labelled]:
    """All of them, in the order of their paths.

    Of labels.json every other one is kept back ("held"), the rest is "dev"; unseen.json is "unseen". With
    `paths`, those of the corpus, each must be there. Raises LabelsError.
    """
    seen = [
        _labelled(path, "held" if number % 2 else "dev", kinds)
        for number, (path, kinds) in enumerate(_read(folder / "labels.json"))
    ]
    unseen = [_labelled(path, "unseen", kinds) for path, kinds in _read(folder / "unseen.json")]
    return _in_corpus(seen + unseen, paths)


def read_second(folder: Path = FOLDER, *, paths: Collection[str] | None = None) -> list[Labelled]:
    """What the second judge said, in the order of paths: "second", or "versions" if asked for these alone.

    With `paths`, those of the corpus, each must be there. Raises LabelsError.
    """
    labelled = []
    for path, kinds in _read(folder / "second.json"):
        told = kinds.pop("versions", {})
        one = _labelled(path, "second" if kinds else "versions", kinds or {"libraries": [], "datasets": []})
        versions = frozenset(f"{library} {version}" for library, version in told.items())
        labelled.append(replace(one, versions=versions))
    return _in_corpus(labelled, paths)


def _in_corpus(labelled: list[Labelled], paths: Collection[str] | None) -> list[Labelled]:
    if paths is not None and (missing := sorted({one.path for one in labelled} - set(paths))):
        raise LabelsError(f"The corpus has no document {missing[0]}.")
    return labelled


def _read(file: Path) -> list[tuple[str, dict[str, Any]]]:
    return sorted(json.loads(file.read_text(encoding="utf-8")).items())


def _labelled(path: str, part: str, kinds: dict[str, Any]) -> Labelled:
    names = [name for each in kinds.values() for name in each]
    if set(kinds) != {"libraries", "datasets"} or any(name != name.strip() for name in names):
        raise LabelsError(f"{path}: there must be libraries and datasets, without blanks around them.")
    return Labelled(path, part, frozenset(kinds["libraries"]), frozenset(kinds["datasets"]))
