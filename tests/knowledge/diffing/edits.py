"""Realistic edits of a notebook, each with the cells that it changes.

An edit changes the notebook in place and returns what a reader should be shown: the places of cells (from 0;
in the new notebook, for removed ones in the old) with what became of them.
"""

import copy
import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.knowledge.diffing.base import (
    PLOT,
    SVG,
    Notebook,
    a_cell,
    base,
    display,
    image,
    result,
    stream,
    table,
)

Changes = dict[int, str]
Edit = Callable[[Notebook], Changes]


def _replace(place: int, old: str, new: str) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        cell = notebook["cells"][place]
        assert old in cell["source"]
        cell["source"] = cell["source"].replace(old, new)
        return {place: "changed"}

    return edit


def _put_out(place: int, *outputs: dict[str, Any]) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        notebook["cells"][place]["outputs"] = list(outputs)
        return {place: "changed"}

    return edit


def _insert(place: int, *cells: dict[str, Any]) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        notebook["cells"][place:place] = copy.deepcopy(list(cells))
        return dict.fromkeys(range(place, place + len(cells)), "added")

    return edit


def _remove(*places: int) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        for place in sorted(places, reverse=True):
            del notebook["cells"][place]
        return {-1 - place: "removed" for place in places}

    return edit


def _move(place: int, to: int) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        notebook["cells"].insert(to, notebook["cells"].pop(place))
        return {to: "moved"}

    return edit


def _split(notebook: Notebook) -> Changes:
    cells = notebook["cells"]
    head, tail = cells[2], copy.deepcopy(cells[2])
    head["source"], tail["source"] = (
        "import pandas as pd\n",
        "orders = pd.read_csv('orders.csv')\norders.head()",
    )
    head["outputs"], tail["id"] = [], "split-off"
    cells.insert(3, tail)
    return {2: "changed", 3: "added"}


def _merge(notebook: Notebook) -> Changes:
    cells = notebook["cells"]
    cells[4]["source"] += "\norders.plot()"
    cells[4]["outputs"] += cells.pop(5)["outputs"]
    return {4: "changed", -6: "removed"}


def _clear_outputs(notebook: Notebook) -> Changes:
    changed = {}
    for place, cell in enumerate(notebook["cells"]):
        if cell.get("outputs"):
            cell["outputs"] = []
            changed[place] = "changed"
    return changed


def _new_ids(notebook: Notebook) -> Changes:
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"other-{number}"
    return {}


def _without_ids(notebook: Notebook) -> Changes:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]
    return {}


def _run_again(notebook: Notebook) -> Changes:
    """Nothing but noise: counts, addresses, names, versions, whatever the editor keeps."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {
            "scrolled": True,
            "collapsed": False,
            "execution": {"iopub.status.idle": f"{number}"},
        }
        if cell["cell_type"] == "code":
            cell["execution_count"] = 400 + number
    notebook["metadata"]["language_info"]["version"] = "3.13.0"
    notebook["metadata"]["kernelspec"] |= {"name": "conda-env", "display_name": "Python (conda)"}
    cells = notebook["cells"]
    cells[6]["outputs"] = [display("image/svg+xml", SVG.format(date="June", name="me5d4c3b2a1", x=1))]
    cells[7]["outputs"] = [display(PLOT, {"data": [{"uid": "bb", "x": [1, 2, 3]}], "layout": {}})]
    cells[8]["outputs"] = [result("<bound method at 0x7f11111111d0>")]
    cells[10]["outputs"][0]["traceback"][1] = "<ipython-input-77-fed> in <module>\n----> 1 1 / 0"
    return {}


def _as_lists(notebook: Notebook) -> Changes:
    """Another editor's way to write the same."""
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream":
                lines = output["text"].splitlines(keepends=True)
                cell["outputs"] = [stream(line) for line in lines]
    return {}


def _trailing_space(notebook: Notebook) -> Changes:
    for cell in notebook["cells"]:
        cell["source"] = "\n".join(f"{line} " for line in cell["source"].split("\n")) + "\n"
    notebook["cells"][0]["source"] = base()["cells"][0]["source"]
    return {}


def _tag(notebook: Notebook) -> Changes:
    notebook["cells"][4]["metadata"]["tags"] = ["hide-input"]
    return {4: "changed"}


def _become_text(notebook: Notebook) -> Changes:
    cell = notebook["cells"][8]
    notebook["cells"][8] = {
        "cell_type": "markdown",
        "id": cell["id"],
        "metadata": {},
        "source": cell["source"],
    }
    return {8: "changed"}


def _both(*edits: Edit) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        return {place: op for each in edits for place, op in each(notebook).items()}

    return edit


def _header(old: str, new: str) -> Edit:
    def edit(notebook: Notebook) -> Changes:
        notebook["cells"][0]["source"] = notebook["cells"][0]["source"].replace(old, new)
        return {}

    return edit


NOTE = a_cell("markdown", "A remark that was not there before, on holidays.", 90)
SUM = a_cell("code", "total = orders.value.sum()\ntotal", 91, result("1234.5"))

EDITS: dict[str, Edit] = {
    "nothing": lambda _: {},
    "a word of the text": _replace(1, "one in five", "one in six"),
    "a heading": _replace(3, "What we saw", "What we found"),
    "an item more": _replace(3, "- Fridays are not.", "- Fridays are not.\n- Sundays are best."),
    "a line of code": _replace(2, "orders.csv", "orders-2026.csv"),
    "a line more of code": _replace(4, "print(", "day = 'Mon'\nprint("),
    "code written anew": _replace(5, "orders.plot()", "orders.plot(kind='bar', stacked=True)"),
    "one of two cells alike": _replace(12, "x = 1", "x = 2"),
    "two cells beside each other": _both(_replace(3, "late", "slow"), _replace(4, "mean", "median")),
    "the first and the last": _both(_replace(1, "Do", "How do"), _replace(13, "less", "nothing")),
    "a text inserted": _insert(3, NOTE),
    "code inserted": _insert(6, SUM),
    "two inserted": _insert(5, NOTE, SUM),
    "one at the end": _insert(14, NOTE),
    "one removed": _remove(4),
    "the last removed": _remove(13),
    "two removed": _remove(5, 6),
    "one inserted and one edited": _both(_replace(2, "head", "sample"), _insert(3, NOTE)),
    "a cell moved down": _move(2, 7),
    "a cell moved up": _move(13, 1),
    "a cell split": _split,
    "two cells merged": _merge,
    "a table's value": _put_out(2, table(101)),
    "printed numbers": _put_out(4, stream("Mon 0.25\nTue 0.08\nFri 0.05\n")),
    "a figure": _put_out(5, image(410)),
    "a drawing": _put_out(6, display("image/svg+xml", SVG.format(date="May", name="m1a2b3c4d5e", x=2))),
    "an interactive figure": _put_out(
        7, display(PLOT, {"data": [{"uid": "aa", "x": [1, 2, 4]}], "layout": {}})
    ),
    "an error less": _put_out(10),
    "an output more": _put_out(11, stream("done\n")),
    "a figure where a table was": _put_out(9, image(120)),
    "all outputs cleared": _clear_outputs,
    "only run again": _run_again,
    "other ids": _new_ids,
    "no ids": _without_ids,
    "written by another editor": _as_lists,
    "white space at the ends": _trailing_space,
    "a tag": _tag,
    "another type": _become_text,
    "the title": _header("Late on Mondays", "Late on most Mondays"),
    "a tag of the header": _header("[logistics]", "[logistics, monday]"),
    "run again and one edited": _both(_run_again, _replace(1, "one in five", "one in six")),
    "other ids and one edited": _both(_new_ids, _replace(2, "orders.csv", "orders-2026.csv")),
}

_WORD = re.compile(r"[A-Za-z]{4,}")


def any_edit(notebook: Notebook, dice: random.Random) -> Changes:
    """Some edits of any notebook: a word changed, a cell inserted, one removed, one with another output.

    Cells whose text is there twice are left alone: nobody could say which of them it was.
    """
    cells = notebook["cells"]
    texts = [_text(cell) for cell in cells]
    able = [
        place
        for place, text in enumerate(texts)
        if place and texts.count(text) == 1 and len(_WORD.findall(text)) > 6 and len(text) < 5_000
    ]
    chosen = sorted(dice.sample(able, min(3, len(able))))
    changes: dict[int, str] = {}
    for place, what in zip(chosen, dice.sample(["edit", "remove", "print"], 3), strict=False):
        if what == "edit":
            cells[place]["source"] = _WORD.sub("replacement", texts[place], count=1)
        elif what == "print" and cells[place]["cell_type"] == "code":
            cells[place]["outputs"] = [*cells[place]["outputs"], result("a new number: 77")]
        elif what == "remove":
            cells[place] = None
            changes[-1 - place] = "removed"
            continue
        else:
            continue
        changes[place] = "changed"
    for at, cell in [(place, cell) for place, cell in enumerate(cells) if cell is None][::-1]:
        changes = {place - (place > at) if place >= 0 else place: op for place, op in changes.items()}
        del cells[at]
        assert cell is None
    return changes


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def as_bytes(notebook: Notebook) -> bytes:
    return json.dumps(notebook).encode()
