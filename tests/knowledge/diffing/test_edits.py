"""Pairs of versions as authors leave them: every changed cell is shown, and nothing else."""

import copy
import json
import os
import random
from pathlib import Path

import pytest

from knowledge.diffing import Difference, compare
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, any_edit, as_bytes

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "knowledge" / "samples").rglob("*.ipynb"))
CORPUS = Path(os.environ.get("CORPUS_DIR", ROOT.parent / "shared" / "corpus"))
REAL = 60


def shown(difference: Difference) -> dict[int, str]:
    """Places in the new document with what became of them; of removed ones -1 minus the old place."""
    return {row.new if row.new >= 0 else -1 - row.old: row.op for row in difference.changed}


def compared(old: object, new: object) -> Difference:
    return compare("a.ipynb", json.dumps(old).encode(), "a.ipynb", json.dumps(new).encode())


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_shows_its_cells_and_no_others(name):
    new = base()
    expected = EDITS[name](new)
    difference = compared(base(), new)
    assert shown(difference) == expected
    assert len(difference.rows) == len(new["cells"]) - 1 + list(expected.values()).count("removed")


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_taken_back_shows_as_many_cells(name):
    new = base()
    expected = EDITS[name](new)
    back = {"added": "removed", "removed": "added"}
    ops = sorted(row.op for row in compared(new, base()).changed)
    assert ops == sorted(back.get(op, op) for op in expected.values())


def test_there_are_edits_enough():
    assert len(EDITS) >= 40


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(5))
def test_edits_of_the_samples_show_their_cells_and_no_others(path, seed):
    old = json.loads(path.read_bytes())
    new = copy.deepcopy(old)
    expected = any_edit(new, random.Random(f"{path.stem} {seed}"))
    assert expected
    assert shown(compared(old, new)) == expected


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside the checkout")
def test_edits_of_real_notebooks_show_their_cells_and_no_others():
    paths = [path for path in sorted(CORPUS.rglob("*.ipynb")) if "derived" not in path.parts]
    tried = wrong = 0
    for path in random.Random(4).sample(paths, min(len(paths), 3 * REAL)):
        source = path.read_bytes()
        try:
            old = json.loads(source)
        except ValueError:
            continue
        if old.get("nbformat") != 4 or len(source) > 2_000_000 or tried == REAL:
            continue
        new = copy.deepcopy(old)
        expected = any_edit(new, random.Random(path.name))
        difference = compare("a.ipynb", source, "a.ipynb", as_bytes(new))
        tried += 1
        if shown(difference) != expected:
            wrong += 1
            print(path, expected, shown(difference))
    assert tried >= 30
    assert wrong == 0
