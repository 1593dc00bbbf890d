"""One cell of a notebook changed: rendering it anew with the cells of before at hand, against nbconvert anew.

    python -m benchmarks.cells [--corpus DIR]

Each notebook is rendered once with an empty cache; then a line is added to its middle code cell, and the
changed notebook is rendered with that cache, as a warm render child does after a push. nbconvert's reused
HTMLExporter (lab) has no such thing: it exports the changed notebook. Both are timed by the processor.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter

from benchmarks import notebooks
from benchmarks.figures import heading, row, spread
from benchmarks.rendering import FIXTURES, both_can, export, real_sources, seconds
from knowledge.rendering import render
from knowledge.rendering.cache import CellCache

GOAL = 40.0
ROUNDS = 2


def main(corpus: Path | None = None) -> None:
    exporter = HTMLExporter(template_name="lab")
    pairs = [(source, edited(source)) for source in real_sources(corpus or FIXTURES)]
    sources = [(old, new) for old, new in pairs if new and both_can(exporter, new)]
    ours: list[float] = []
    theirs: list[float] = []
    for old, new in sources:
        ours.append(sum(after_an_edit(old, new) for _ in range(ROUNDS)) / ROUNDS)
        theirs.append(seconds(export, exporter, new))
    heading(f"One cell changed in each of {len(sources)} notebooks, one core")
    row("Almanac, the other cells kept", spread(ours))
    row("HTMLExporter with lab, reused", spread(theirs))
    ratio = sum(theirs) / sum(ours)
    row("Ratio of all together", f"{ratio:.1f} times as fast", f"at least {GOAL:g}", met=ratio >= GOAL)


def after_an_edit(old: bytes, new: bytes) -> float:
    """Seconds to render `new` where `old` was rendered before."""
    cache = CellCache()
    render("post.ipynb", old, cache=cache)
    return seconds(lambda: render("post.ipynb", new, cache=cache))


def edited(source: bytes) -> bytes:
    """The notebook with a line more in its middle code cell; nothing where it has none."""
    try:
        notebook: dict[str, Any] = json.loads(source)
    except ValueError:
        return b""
    sheets = notebook.get("worksheets") or [notebook]
    cells = [cell for cell in sheets[0].get("cells", []) if cell.get("cell_type") == "code"]
    if not cells:
        return b""
    cell = cells[len(cells) // 2]
    name = "source" if "source" in cell else "input"
    text = cell.get(name) or ""
    cell[name] = f"{text if isinstance(text, str) else ''.join(text)}\n# one line more"
    return json.dumps(notebook, indent=1).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="One cell changed, against nbconvert's own exporter.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder with .ipynb files")
    main(parser.parse_args().corpus)
