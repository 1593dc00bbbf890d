"""The judged queries: read from the two tables beside this file, and held against the corpus."""

import csv
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
KINDS = ("title", "paraphrase", "topic", "code", "typo", "question", "phrase", "field")
GRADES = {1, 2, 3}


class JudgmentsError(Exception):
    """The tables can't be used; the message says which line and why."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and its answers: 3 exactly what was looked for, 2 a good answer, 1 touches it, all else 0."""

    id: str
    kind: str
    query: str
    grades: dict[str, int]

    @property
    def part(self) -> str:
        """Every other query of a kind is kept back: whoever tunes the engine looks at "dev" only."""
        return "dev" if int(self.id.rpartition("-")[2]) % 2 else "held"


def read_judgments(folder: Path = FOLDER, *, paths: Collection[str] | None = None) -> list[Judged]:
    """All of them, in the order of queries.tsv. With `paths`, those of the corpus, each must be there.

    Raises JudgmentsError.
    """
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(folder / "judgments.tsv", ["id", "grade", "path"]):
        where = f"judgments.tsv, line {number}"
        if not line["grade"].isdecimal() or int(line["grade"]) not in GRADES:
            raise JudgmentsError(f"{where}: the grade is {line['grade']!r}; it must be 1, 2 or 3.")
        if line["path"] in grades[line["id"]]:
            raise JudgmentsError(f"{where}: {line['id']} has a grade for {line['path']} already.")
        if paths is not None and line["path"] not in paths:
            raise JudgmentsError(f"{where}: the corpus has no document {line['path']}.")
        grades[line["id"]][line["path"]] = int(line["grade"])
    judged = [
        Judged(line["id"], _known_kind(number, line["kind"]), line["query"], grades.pop(line["id"], {}))
        for number, line in _lines(folder / "queries.tsv", ["id", "kind", "query"])
    ]
    if grades:
        raise JudgmentsError(f"judgments.tsv: no query has the id {', '.join(sorted(grades))}.")
    if unanswered := [one.id for one in judged if max(one.grades.values(), default=0) < min(GRADES) + 1]:
        raise JudgmentsError(f"queries.tsv: nothing answers {', '.join(unanswered)}.")
    return judged


def _known_kind(number: int, kind: str) -> str:
    if kind not in KINDS:
        raise JudgmentsError(f"queries.tsv, line {number}: {kind!r} is none of the kinds {', '.join(KINDS)}.")
    return kind


def _lines(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """With their numbers, from 2 on: the first line names the columns. Quotation marks are just signs."""
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if table.fieldnames != list(columns):
            raise JudgmentsError(f"{path.name}: its columns must be {', '.join(columns)}.")
        return list(enumerate(table, start=2))
