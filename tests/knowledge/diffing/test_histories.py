"""Versions that people really left behind: repositories of notebooks below HISTORIES_DIR, bare or not.

Nobody says there who changed what, so each row is asked by itself: what is the same must read the same, what
changed must differ, every cell has its row, and nothing was taken out and put in again as it was.
"""

import json
import os
import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from knowledge.diffing import Difference, compare

HISTORIES = Path(os.environ.get("HISTORIES_DIR", "/nowhere"))
PAIRS = 60  # of each repository
LARGEST = 3_000_000


def git(folder: Path, *arguments: str) -> bytes:
    """Nothing where the copy has no such object."""
    return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False).stdout


def repositories() -> list[Path]:
    found = [*HISTORIES.glob("*.git"), *HISTORIES.glob("*/HEAD"), *HISTORIES.glob("*/*/HEAD")]
    return sorted({path.parent if path.name == "HEAD" else path for path in found})


def pairs(folder: Path) -> list[tuple[bytes, bytes]]:
    log = git(folder, "log", "--no-renames", "--raw", "--abbrev=40", "--format=", "--", "*.ipynb")
    changed = [line.split()[2:5] for line in log.decode(errors="replace").splitlines() if line[:1] == ":"]
    blobs = [(old, new) for old, new, kind in changed if kind == "M"]
    chosen = random.Random(7).sample(blobs, min(len(blobs), PAIRS))
    return [
        (git(folder, "cat-file", "blob", old), git(folder, "cat-file", "blob", new)) for old, new in chosen
    ]


def loaded(source: bytes) -> dict[str, Any] | None:
    try:
        notebook: dict[str, Any] = json.loads(source)
    except ValueError:
        return None
    return notebook if notebook.get("nbformat") == 4 and len(source) <= LARGEST else None


def read(cell: dict[str, Any]) -> tuple[str, str]:
    lines = "".join(cell["source"]).strip().splitlines()
    return cell["cell_type"], "\n".join(line.rstrip() for line in lines)


def faults(difference: Difference, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    found = []
    old, new = before["cells"], after["cells"]
    has_same_widgets = before["metadata"].get("widgets") == after["metadata"].get("widgets")
    for side, cells_ in (("old", old), ("new", new)):
        places = sorted(place for row in difference.rows if (place := getattr(row, side)) >= 0)
        if places not in (list(range(len(cells_))), list(range(1, len(cells_)))):  # the first may be a header
            found.append(f"not every cell of the {side} one has one row")
    gone: Counter[tuple[str, str]] = Counter()
    come: Counter[tuple[str, str]] = Counter()
    for row in difference.rows:
        if row.op == "removed":
            gone[read(old[row.old])] += 1
        elif row.op == "added":
            come[read(new[row.new])] += 1
        elif row.op == "same" and read(old[row.old]) != read(new[row.new]):
            found.append(f"cell {row.new} is not the same")
        elif row.op == "changed" and old[row.old] == new[row.new] and has_same_widgets:
            found.append(f"cell {row.new} did not change")
    known = Counter(map(read, [*old, *new]))  # of what stands there more than once, each may be another
    found += [f"{cell[1][:40]!r} went and came" for cell in gone & come if cell[1] and known[cell] == 2]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not repositories(), reason="HISTORIES_DIR names no repositories of notebooks")
def test_versions_of_real_histories_show_what_changed_and_nothing_else():
    tried, wrong = 0, []
    for folder in repositories():
        for before, after in pairs(folder):
            old, new = loaded(before), loaded(after)
            if old and new:
                tried += 1
                wrong += faults(compare("a.ipynb", before, "a.ipynb", after), old, new)
    assert tried >= 30
    assert wrong == []
