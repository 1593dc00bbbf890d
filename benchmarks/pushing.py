"""From `git push` to a readable post, against `jupyter nbconvert --to html` in a fresh process.

Run with `python -m benchmarks.pushing [--corpus DIR]`. Both sides take turns on an otherwise idle machine.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks import notebooks
from benchmarks.figures import heading, percentile, row, spread
from benchmarks.site import Site


def nbconvert_seconds(notebook: Path, folder: Path) -> float:
    """One `jupyter nbconvert --to html` in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "html",
        "--log-level",
        "ERROR",
        "--output-dir",
        str(folder),
    ]
    started = time.perf_counter()
    subprocess.run([*command, str(notebook)], check=True, capture_output=True)
    return time.perf_counter() - started


def push_seconds(site: Site, clone: Path, source: Path, turn: int) -> float:
    """Commit a changed copy of the notebook, push it, and wait until the page shows that revision."""
    target = clone / source.name
    target.write_bytes(notebooks.changed(source.read_bytes(), turn))
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", f"Turn {turn}")
    started = time.perf_counter()
    site.git(clone, "push", "-q", "origin", "main")
    site.wait_until_readable("bench", source.name, revision=turn + 1)
    return time.perf_counter() - started


def compare(
    site: Site, clone: Path, name: str, source: Path, turns: int, goal: tuple[float, float] | None
) -> None:
    """Print both sides' times for one notebook and their ratio."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(turns + 1):
            push = push_seconds(site, clone, source, turn)
            convert = nbconvert_seconds(source, Path(folder))
            if turn:  # the first turn warms both sides
                ours.append(push)
                theirs.append(convert)
    heading(f"{name} notebook, {source.stat().st_size / 1000:,.0f} kB, {turns} turns")
    row("jupyter nbconvert --to html, a fresh process", spread(theirs))
    row("git push to readable post", spread(ours))
    base = statistics.median(theirs)
    for label, share, index in (("p50", 0.5, 0), ("p95", 0.95, 1)):
        ratio = percentile(ours, share) / base
        aim = goal[index] if goal else None
        row(
            f"{label} as a share of nbconvert's p50",
            f"{ratio:.2f}",
            f"<= {aim}" if aim else "",
            met=ratio <= aim if aim else None,
        )


def whole_corpus(site: Site, corpus: Path) -> None:
    """One push of everything; the time until no rendering is left to do."""
    clone = site.clone("corpus")
    for item in corpus.iterdir():
        (shutil.copytree if item.is_dir() else shutil.copy)(item, clone / item.name)
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", "The corpus")
    started = time.perf_counter()
    site.git(clone, "push", "-q", "origin", "main")
    pushed = time.perf_counter() - started
    counts = site.wait_until_rendered("corpus", seconds=300)
    seconds = time.perf_counter() - started
    heading(f"The whole corpus in one push: {sum(counts.values())} posts")
    row("git push returned after", f"{pushed:.1f} s")
    row("last post readable after", f"{seconds:.1f} s", "<= 60 s", met=seconds <= 60)
    row("of them", ", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    for process, megabytes in site.memory().items():
        row(f"memory of {process}, resident", f"{megabytes:,.0f} MB")


def half_a_gigabyte(site: Site) -> None:
    """One push of 500 MB that doesn't compress, and what it adds to the largest web process meanwhile."""
    clone = site.clone("heavy")
    for number in range(4):
        with (clone / f"{number}.bin").open("wb") as file:
            file.writelines(os.urandom(5_000_000) for _ in range(25))
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", "Half a gigabyte")
    before = peak = site.largest_web_process()
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.1):
            peak = max(peak, site.largest_web_process())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    site.git(clone, "push", "-q", "origin", "main")
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    heading("A push of 500 MB")
    row("git push returned after", f"{seconds:.1f} s")
    added = peak - before
    row("added to the web process's memory", f"{added:.0f} MB", "<= 50 MB", met=added <= 50)


def main(corpus: Path | None = None) -> None:
    with Site() as site:
        clone = site.clone("bench")
        compare(site, clone, "typical", notebooks.of_size(corpus, 200_000), 15, (0.25, 0.6))
        compare(site, clone, "large", notebooks.of_size(corpus, 5_000_000), 7, None)
        half_a_gigabyte(site)
        if corpus:
            whole_corpus(site, corpus)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus())
    main(parser.parse_args().corpus)
