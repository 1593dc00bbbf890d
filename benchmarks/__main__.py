"""`make bench`: every claim about speed and memory, as ratios against named peers in the same run."""

import subprocess
import sys

from benchmarks import (
    bombs,
    cells,
    diffing,
    memory,
    notebooks,
    opening,
    pushing,
    rendering,
    reviewing,
    serving,
    talking,
)


def search() -> None:
    """In a process of its own, as Django reads its settings once."""
    subprocess.run([sys.executable, "-m", "benchmarks.relevance"], check=True)


def main() -> None:
    corpus = notebooks.corpus()
    print(f"Notebooks from {corpus or 'made-up ones: set CORPUS_DIR to a folder of real ones'}")
    rendering.main(corpus)
    cells.main(corpus)
    diffing.main(corpus)
    search()
    memory.main(corpus)
    serving.main()
    talking.main()
    reviewing.main()
    opening.main()
    pushing.main(corpus)
    bombs.main()


if __name__ == "__main__":
    main()
