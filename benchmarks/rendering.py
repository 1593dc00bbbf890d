"""Notebooks a second and core: our rendering against nbconvert's HTMLExporter with its lab template, reused.

    python -m benchmarks.rendering [--corpus DIR]

Both run in this process, warm, on one notebook after the other in turn, so that a busy machine slows both
alike, and are timed by the processor. Ours cleans what it renders, the exporter does not; nothing is kept
from one render to the next.
"""

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from benchmarks import notebooks
from benchmarks.figures import heading, row, spread
from knowledge.documents import DocumentError
from knowledge.rendering import render

FIXTURES = Path(__file__).resolve().parents[1] / "tests" / "fixtures"
GOAL = 8.0
REFUSED = 0.002


def main(corpus: Path | None = None) -> None:
    exporter = HTMLExporter(template_name="lab")
    every = real_sources(corpus or FIXTURES)
    sources = [source for source in every if both_can(exporter, source)]
    ours: list[float] = []
    theirs: list[float] = []
    for source in sources:
        ours.append(seconds(render, "post.ipynb", source))
        theirs.append(seconds(export, exporter, source))
    heading(f"Rendering {len(sources)} notebooks in one process, one core")
    row("Almanac, cleaned", f"{len(ours) / sum(ours):.1f} notebooks/s ({spread(ours)})")
    row("HTMLExporter with lab, reused", f"{len(theirs) / sum(theirs):.1f} notebooks/s ({spread(theirs)})")
    ratio = sum(theirs) / sum(ours)
    row("Ratio", f"{ratio:.1f} times as many", f"at least {GOAL:g}", met=ratio >= GOAL)
    _tell_refused(every, len(every) - len(sources))


def _tell_refused(sources: list[bytes], left_out: int) -> None:
    """How many real notebooks ours turns away, and why."""
    reasons = Counter(filter(None, map(_refusal, sources)))
    share = reasons.total() / max(1, len(sources))
    said = ", ".join(f"{count} {code}" for code, count in reasons.items()) or "none"
    row(
        f"Refused of {len(sources)} notebooks: {said}",
        f"{share:.2%}",
        f"<= {REFUSED:.1%}",
        met=share <= REFUSED,
    )
    row("that one of the two can't render", str(left_out))


def _refusal(source: bytes) -> str:
    try:
        render("post.ipynb", source)
    except DocumentError as error:
        return error.code
    return ""


def real_sources(folder: Path) -> list[bytes]:
    """Real notebooks; of a folder with nothing else, the made-up ones."""
    paths = sorted(folder.rglob("*.ipynb"))
    real = [path for path in paths if "derived" not in path.parts]
    return [path.read_bytes() for path in real or paths]


def both_can(exporter: HTMLExporter, source: bytes) -> bool:
    """Only what both render is compared. Warms both up at the same time."""
    try:
        export(exporter, source)
        render("post.ipynb", source)
    except DocumentError:
        return False
    except Exception:  # noqa: BLE001 (the exporter raises whatever it trips over)
        return False
    return True


def export(exporter: HTMLExporter, source: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = nbformat.reads(source.decode("utf-8-sig"), as_version=4)
        return str(exporter.from_notebook_node(notebook)[0])


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """Processor time. The thread's own clock: that of the process is coarse while a timer of it runs."""
    start = time.thread_time()
    work(*arguments)
    return time.thread_time() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Notebooks a second, against nbconvert's own exporter.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder with .ipynb files")
    main(parser.parse_args().corpus)
