"""Precision and recall of names that were found, against those that are there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over all documents. Where nothing was found nothing of it is wrong."""

    found: int = 0
    wrong: int = 0
    there: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return 1 - self.wrong / max(1, self.found)

    @property
    def recall(self) -> float:
        return 1 - self.missed / max(1, self.there)

    @property
    def agreement(self) -> float:
        """Of the names that either side has, the share that both have."""
        both = self.there - self.missed
        return both / (both + self.missed + self.wrong) if self.found or self.there else 1


def score(pairs: Iterable[tuple[Collection[str], Collection[str]]]) -> Score:
    """Of pairs of what was found and what is there, a pair for each document."""
    total = Score()
    for found, there in pairs:
        total = Score(
            total.found + len(set(found)),
            total.wrong + len(too_much(found, there)),
            total.there + len(set(there)),
            total.missed + len(missed(found, there)),
        )
    return total


def missed(found: Collection[str], there: Collection[str]) -> list[str]:
    """The names that are there and were not found."""
    return sorted(name for name in set(there) if not any(_is_same(one, name) for one in found))


def too_much(found: Collection[str], there: Collection[str]) -> list[str]:
    """The names that were found and are not there."""
    return sorted(one for one in set(found) if not any(_is_same(one, name) for name in there))


def _is_same(found: str, there: str) -> bool:
    """Equal, or the last parts of a path whose begin the document tells elsewhere."""
    found, there = found.removeprefix("./"), there.removeprefix("./")
    return found == there or (bool(found) and there.endswith(f"/{found.lstrip('/')}"))
