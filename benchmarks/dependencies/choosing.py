"""Which documents of the corpus are labelled, by a rule that anybody can run again.

    python -m benchmarks.dependencies.choosing [--corpus DIR]

Of each repository, in the order of the documents' digests: two that may read data, or one that may and one
that doesn't; and one more that has SQL or a table of text in it, if there is one.
"""

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import notebooks

SHORTEST, LONGEST = 150, 31_000  # characters of code
_MAY_READ = re.compile(
    r"\bread|\bload|\bopen\(|\bselect\b|fetch|import_|wget|curl|urlretrieve|imread", re.IGNORECASE
)
_TABLES = re.compile(
    r"%%?sql|\bselect\b[^;]{1,300}\bfrom\b|read_sql|read[._]csv|CSV\.read", re.IGNORECASE | re.DOTALL
)


class Candidate(NamedTuple):
    """A document, what decides its turn, and what its code looks like."""

    digest: str
    path: str
    may_read: bool
    has_tables: bool


def chosen(corpus: Path) -> list[str]:
    """Paths within the corpus, in order."""
    of_repository: dict[str, list[Candidate]] = defaultdict(list)
    for repository, candidate in _candidates(corpus):
        of_repository[repository].append(candidate)
    return sorted(one.path for each in of_repository.values() for one in _of_one(sorted(each)))


def _of_one(candidates: list[Candidate]) -> list[Candidate]:
    reading = [one for one in candidates if one.may_read]
    others = [one for one in candidates if not one.may_read]
    more = [one for one in reading[2:] if one.has_tables]
    return reading[:2] + (others[:1] if len(reading) < 2 else []) + more[:1]


def _candidates(corpus: Path) -> Iterator[tuple[str, Candidate]]:
    for row in _rows(corpus / "MANIFEST.tsv"):
        path = corpus / row["path"]
        code = code_of(path) if path.is_file() and row["dup"] == "0" else None
        if code is None or not SHORTEST <= len(code) <= LONGEST:
            continue
        reads, tables = bool(_MAY_READ.search(code)), bool(_TABLES.search(code))
        yield row["source_repo"], Candidate(row["sha256"], row["path"], reads, tables)


def _rows(manifest: Path) -> list[dict[str, str]]:
    """With fields of any length, for which the limit is everybody's in the process."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        with manifest.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))
    finally:
        csv.field_size_limit(before)


def code_of(path: Path) -> str | None:
    """What its code cells say; of other files all. None if it can't be read."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix != ".ipynb":
        return text
    try:
        notebook = json.loads(text)
    except ValueError:
        return None
    cells: list[dict[str, Any]] = notebook.get("cells") or [
        cell for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])
    ]
    sources = (cell.get("source", cell.get("input", "")) for cell in cells if cell.get("cell_type") == "code")
    return "\n".join("".join(source) for source in sources)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The documents of the corpus to be labelled.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder of the corpus")
    print("\n".join(chosen(parser.parse_args().corpus)))
