"""Rows as CSV, a line at a time, that no spreadsheet takes for formulas."""

import csv
from collections.abc import Iterable, Iterator, Sequence


class _Echo:
    """A file that csv writes to and a stream reads from."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])


def inert(word: str) -> str:
    """No spreadsheet takes it for a formula."""
    return f"'{word}" if word[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else word
