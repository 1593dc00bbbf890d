"""The next version of a notebook, as an afternoon's work would leave it."""

import base64
import json
import random
import re
from binascii import Error as NotBase64
from typing import Any

_NUMBER = re.compile(r"\b\d+\.\d+\b")


def worked_on(source: bytes, *, seed: int = 1) -> bytes:
    """Run anew with some other numbers and figures; some cells edited, one new, one gone, one moved."""
    dice = random.Random(seed)
    notebook = json.loads(source)
    cells: list[dict[str, Any]] = notebook["cells"]
    for number, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            cell["execution_count"] = 1000 + number
            if dice.random() < 0.2:
                _run_anew(cell, dice)
        if dice.random() < 0.1:
            _edit(cell, dice)
    if len(cells) > 4:
        del cells[dice.randrange(1, len(cells))]
        cells.insert(dice.randrange(1, len(cells)), cells.pop(dice.randrange(1, len(cells))))
    cells.insert(dice.randrange(len(cells) + 1), _written(notebook))
    return json.dumps(notebook, indent=1).encode()


def text_of(value: object) -> str:
    return "".join(value) if isinstance(value, list) else str(value or "")


def _edit(cell: dict[str, Any], dice: random.Random) -> None:
    lines = text_of(cell.get("source")).split("\n")
    place = dice.randrange(len(lines))
    lines[place] += "  # checked again" if cell["cell_type"] == "code" else " We checked it again."
    cell["source"] = "\n".join(lines)


def _run_anew(cell: dict[str, Any], dice: random.Random) -> None:
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            output["text"] = _other_numbers(text_of(output.get("text")), dice)
        for mime, value in output.get("data", {}).items():
            if mime in {"text/plain", "text/html"}:
                output["data"][mime] = _other_numbers(text_of(value), dice)
            elif mime == "image/png":
                output["data"][mime] = _other_picture(text_of(value))


def _other_numbers(text: str, dice: random.Random) -> str:
    """A third of the decimals, moved a little."""

    def moved(found: re.Match[str]) -> str:
        places = len(found[0].partition(".")[2])
        return f"{float(found[0]) * 1.01 + 0.1:.{places}f}" if dice.random() < 0.3 else found[0]

    return _NUMBER.sub(moved, text)


def _other_picture(text: str) -> str:
    """The same image with a few other bytes in its middle."""
    try:
        image = bytearray(base64.b64decode(text))
    except NotBase64:
        return text
    middle = len(image) // 2
    image[middle : middle + 8] = bytes(byte ^ 1 for byte in image[middle : middle + 8])
    return base64.encodebytes(bytes(image)).decode()


def _written(notebook: dict[str, Any]) -> dict[str, Any]:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "## What is new\n\nThe prices of *October*."}
    return cell | ({"id": "written-anew"} if notebook.get("nbformat_minor", 0) >= 5 else {})
