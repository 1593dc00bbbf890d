"""`make bench`: every claim about speed, memory and what is found, against named peers in the same run."""

import subprocess
import sys

from benchmarks import bombs, cells, diffing, freshness, memory, notebooks, opening, pushing, rendering
from benchmarks.dependencies import __main__ as dependencies

# Each in a process of its own: Django reads its settings once.
ON_A_DATABASE = (
    *("relevance", "searching", "serving", "talking", "reviewing"),
    *("publishing_insights", "insights"),
)


def main() -> None:
    corpus = notebooks.corpus()
    print(f"Notebooks from {corpus or 'made-up ones: set CORPUS_DIR to a folder of real ones'}", flush=True)
    rendering.main(corpus)
    dependencies.main(corpus)
    cells.main(corpus)
    diffing.main(corpus)
    memory.main(corpus)
    for name in ON_A_DATABASE:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
    opening.main()
    pushing.main(corpus)
    freshness.main()
    bombs.main()


if __name__ == "__main__":
    main()
