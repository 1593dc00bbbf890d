"""The notebooks that benchmarks work on: of a corpus where there is one, else made up."""

import base64
import json
import os
import random
import tempfile
from pathlib import Path


def corpus() -> Path | None:
    """The corpus folder: CORPUS_DIR, else ../shared/corpus beside the checkout, else none."""
    folder = Path(os.environ.get("CORPUS_DIR", Path(__file__).resolve().parents[2] / "shared" / "corpus"))
    return folder if folder.is_dir() else None


def of_size(folder: Path | None, size: int) -> Path:
    """The notebook of the corpus nearest to `size` bytes that nbconvert can read; grown if far smaller."""
    if folder is None:
        return _made_up(size)
    candidates = sorted(folder.rglob("*.ipynb"), key=lambda path: abs(path.stat().st_size - size))
    nearest = next(path for path in candidates if "derived" not in path.parts and _is_current(path))
    return nearest if nearest.stat().st_size > 0.9 * size else _grown(nearest, size)


def changed(source: bytes, turn: int) -> bytes:
    """The notebook with one more Markdown cell, as an author's small edit would leave it."""
    notebook = json.loads(source)
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"Edit number {turn}."}
    if notebook.get("nbformat_minor", 0) >= 5:
        cell["id"] = f"edit-{turn}"
    notebook["cells"].append(cell)
    return json.dumps(notebook, indent=1).encode()


def _is_current(path: Path) -> bool:
    try:
        notebook = json.loads(path.read_bytes())
    except ValueError:
        return False
    return notebook.get("nbformat") == 4 and bool(notebook.get("cells"))


def _grown(path: Path, size: int) -> Path:
    """The notebook with its cells repeated until it has `size` bytes."""
    notebook = json.loads(path.read_bytes())
    cells, times = notebook["cells"], size // path.stat().st_size + 1
    notebook["cells"] = [
        {**cell, "id": f"{turn}-{number}"} if "id" in cell else cell
        for turn in range(times)
        for number, cell in enumerate(cells)
    ]
    text = json.dumps(notebook, indent=1)
    while len(text) > 1.1 * size:
        notebook["cells"].pop()
        text = json.dumps(notebook, indent=1)
    return _written(size, text)


def _made_up(size: int) -> Path:
    """A notebook of code, text and images of about `size` bytes, the same for each size."""
    dice = random.Random(size)
    cells: list[dict[str, object]] = []
    written = 0
    while written < size:
        image = base64.b64encode(b"\x89PNG\r\n\x1a\n" + dice.randbytes(12_000)).decode()
        cells += [
            {
                "cell_type": "markdown",
                "metadata": {},
                "source": f"## Part {len(cells)}\n\nWhat the numbers say.",
            },
            {
                "cell_type": "code",
                "execution_count": len(cells),
                "metadata": {},
                "source": "table = orders.groupby('month').agg({'value': 'sum'})\ntable.plot()\n" * 5,
                "outputs": [
                    {
                        "output_type": "display_data",
                        "metadata": {},
                        "data": {"image/png": image, "text/plain": "<Figure>"},
                    }
                ],
            },
        ]
        written += 17_000
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"language_info": {"name": "python"}},
        "cells": cells,
    }
    return _written(size, json.dumps(notebook, indent=1))


def _written(size: int, text: str) -> Path:
    path = Path(tempfile.gettempdir()) / f"almanac-bench-{size}.ipynb"
    path.write_text(text)
    return path
