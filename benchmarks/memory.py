"""The most memory that a render child takes for a document, against 200 MB and three times its file.

    python -m benchmarks.memory [--corpus DIR]

Each document of the corpus passes through a real render child, started as the worker starts it, and so do
notebooks grown to 20 and 50 MB. The kernel's own mark of the most resident memory is set back before each.
"""

import argparse
from pathlib import Path

from benchmarks import notebooks
from benchmarks.figures import heading, row
from knowledge.documents import is_document
from knowledge.rendering.child import RenderChild
from tests.faults.blasts import outcome

GROWN = (20_000_000, 50_000_000)
BASE, TIMES = 200_000_000, 3


def main(corpus: Path | None = None) -> None:
    paths = [*_documents(corpus), *(notebooks.of_size(corpus, size) for size in GROWN)]
    peaks: list[tuple[float, int, Path]] = []
    with RenderChild(seconds=60, memory=2_000_000_000) as child:
        child.render("warm.md", b"words")
        for path in paths:
            source = path.read_bytes()
            peak = outcome(child, path.name, source).peak
            peaks.append((peak / (BASE + TIMES * len(source)), peak, path))
    heading(f"Memory of a render child over {len(peaks)} documents, resident")
    share, peak, path = max(peaks, key=lambda one: one[0])
    for _, most, grown in peaks[-len(GROWN) :]:
        row(f"for {grown.stat().st_size / 1e6:.0f} MB", f"{most / 1e6:,.0f} MB")
    row("the most of all", f"{max(most for _, most, _ in peaks) / 1e6:,.0f} MB")
    row(
        f"nearest to the limit: {path.name[:30]}",
        f"{peak / 1e6:,.0f} MB, {share:.2f} of it",
        f"< {BASE / 1e6:.0f} MB + {TIMES} x the file",
        met=share < 1,
    )


def _documents(corpus: Path | None) -> list[Path]:
    if corpus is None:
        return []
    return [path for path in sorted(corpus.rglob("*")) if path.is_file() and is_document(path.name)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The memory that rendering takes.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder with documents")
    main(parser.parse_args().corpus)
