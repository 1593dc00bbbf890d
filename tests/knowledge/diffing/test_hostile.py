"""Documents made to hang whoever compares them. Steps are counted, so these take seconds at the most."""

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from knowledge.diffing import compare
from knowledge.documents import DocumentError
from tests.knowledge.notebooks import FIXTURES, code, display, notebook, stream, text

SECONDS = 20
DERIVED = sorted((FIXTURES / "documents").glob("*.ipynb"))


def noise(length: int, letters: str, seed: int) -> str:
    return "".join(random.Random(seed).choices(letters, k=length))


PAIRS = {
    "lines of two kinds": lambda seed: notebook(code(noise(18_000, "a\n", seed))),
    "a long line": lambda seed: notebook(code(noise(390_000, "ab ", seed))),
    "too many lines": lambda seed: notebook(code("x\n" * 20_000 + str(seed))),
    "cells that are all alike": lambda seed: notebook(
        *(code(noise(1_500, "aaaab ", seed * 1000 + number)) for number in range(144))
    ),
    "a large table": lambda seed: notebook(
        code(
            "t",
            display(text_html=f"<table>{'<tr><td>1<td>2' * 9_000}<tr><td>{noise(99, 'ab', seed)}</table>"),
        )
    ),
    "comments without an end": lambda seed: notebook(
        code("t", display(text_html="<!--" * 50_000 + str(seed)))
    ),
    "tags without an end": lambda seed: notebook(code("t", display(text_html="<title" * 50_000 + str(seed)))),
    "Markdown without an end": lambda seed: notebook(text("<" * 50_000 + str(seed))),
    "brackets": lambda seed: notebook(text("[" * 20_000 + str(seed))),
    "much output": lambda seed: notebook(
        *(code(str(n), stream(noise(50_000, "ab\n", seed))) for n in range(20))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PAIRS)
def test_it_ends(name):
    began = time.process_time()
    difference = compare("a.ipynb", PAIRS[name](1), "a.ipynb", PAIRS[name](2))
    assert time.process_time() - began < SECONDS
    assert difference.rows


@pytest.mark.parametrize("path", DERIVED, ids=lambda path: path.stem)
def test_odd_notebooks_compare_with_themselves_to_nothing(path: Path):
    source = path.read_bytes()
    with suppress(DocumentError):
        assert compare("a.ipynb", source, "a.ipynb", source + b"\n").is_empty


def test_what_is_too_large_is_shown_from_both_sides():
    difference = compare("a.ipynb", PAIRS["too many lines"](1), "a.ipynb", PAIRS["too many lines"](2))
    source = difference.changed[0].source
    assert source
    assert source.is_too_large
    assert {line.op for line in source.lines} == {"removed", "added"}
