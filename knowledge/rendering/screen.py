"""What a terminal shows in the end of text that moves its cursor: progress bars of pip, tqdm, rich, Keras."""

import re
from collections.abc import Iterator

# Cursor up, down, right, left, lines down and up, column, place, erase display, erase line.
MOVES = re.compile(r"\x1b\[[0-9;]*[ABCDEFGHJK]")
_TOKEN = re.compile(r"\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|([\n\r\b])|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)?")
_LATEST = 1_000_000  # characters: most of what stands before was overwritten since
_LEFT_OUT = "… {:,} characters left out; the source has them all …"
_ROWS = 20_000
_COLUMNS = 1_000
_PEN = 200  # characters of codes; programs that never reset would carry all of them on

Cell = tuple[str, str]  # the codes of its colours, and its character
_BLANK = ("", " ")


def last_state(text: str) -> str:
    """The text that stays on the screen, with its colour codes; no code in it moves the cursor."""
    screen = _Screen()
    if len(text) > _LATEST:
        start = max(len(text) - _LATEST, text.find("\n", len(text) - _LATEST) + 1)
        screen.write(_LEFT_OUT.format(start))
        screen.obey("\n", "")
        text = text[start:]
    at = 0
    for token in _TOKEN.finditer(text):
        if token.start() > at:
            screen.write(text[at : token.start()])
        at = token.end()
        screen.obey(token[3] or token[2] or "", token[1] or "")
    screen.write(text[at:])
    return "\n".join(_serialized(row) for row in screen.rows)


class _Screen:
    """Rows of cells, as many as are written, and a cursor."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = [[]]
        self.row = self.column = 0
        self.pen = ""

    def write(self, text: str) -> None:
        row = self.rows[self.row]
        if len(row) < self.column:
            row.extend([_BLANK] * (self.column - len(row)))
        row[self.column : self.column + len(text)] = [(self.pen, character) for character in text]
        self.column += len(text)

    def obey(self, code: str, argument: str) -> None:
        if code == "m":
            self._take_pen(argument)
        elif code == "\n":
            self._move_to(self.row + 1, 0)
        elif code == "\r":
            self.column = 0
        elif code == "\b":
            self.column = max(0, self.column - 1)
        elif code in {"J", "K"}:
            self._erase(code, argument)
        elif code and code in "ABCDEFGH":
            self._travel(code, argument)

    def _take_pen(self, argument: str) -> None:
        if argument.strip("0") == "":
            self.pen = ""
        elif len(self.pen) < _PEN:
            self.pen += f"\x1b[{argument}m"

    def _travel(self, code: str, argument: str) -> None:
        first, _, second = argument.partition(";")
        count = _number(first)
        if code == "H":
            self._move_to(count - 1, _number(second) - 1)
        elif code == "G":
            self._move_to(self.row, count - 1)
        elif code in "CD":
            self._move_to(self.row, self.column + (count if code == "C" else -count))
        else:
            rows = -count if code in "AF" else count
            self._move_to(self.row + rows, self.column if code in "AB" else 0)

    def _move_to(self, row: int, column: int) -> None:
        self.row = min(max(0, row), _ROWS - 1)
        self.column = min(max(0, column), _COLUMNS - 1)
        # One row at a time: a code that leaps a thousand rows down is no progress bar.
        if self.row >= len(self.rows):
            self.row = len(self.rows)
            self.rows.append([])

    def _erase(self, code: str, argument: str) -> None:
        row = self.rows[self.row]
        whole = argument in {"2", "3"}
        if argument == "1":
            row[: self.column + 1] = [_BLANK] * min(self.column + 1, len(row))
        else:
            del row[0 if whole else self.column :]
        if code == "J" and argument != "1":
            del self.rows[self.row + 1 :]
        if code == "J" and whole:
            self.rows[: self.row] = [[] for _ in range(self.row)]


def _number(text: str) -> int:
    return max(1, int(text[:6] or 1)) if text.isdigit() else 1


def _serialized(row: list[Cell]) -> str:
    return "".join(_pieces(row)).rstrip(" ")


def _pieces(row: list[Cell]) -> Iterator[str]:
    pen = ""
    for codes, character in row:
        if codes != pen:
            yield "\x1b[0m" + codes
            pen = codes
        yield character
    if pen:
        yield "\x1b[0m"
