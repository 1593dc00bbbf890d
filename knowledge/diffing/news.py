"""What a returning reader wants to know of a difference: conclusions, figures and numbers, not code."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.diffing.difference import Difference, OutputChange, Row, Word
from knowledge.diffing.headings import Headings
from knowledge.diffing.passages import of_header, of_lines, of_prose
from knowledge.diffing.values import Value, of_items, of_table, of_text

_READ = {"markdown", "text"}
_SHOWN = 6

NewsKind = Literal["conclusion", "figure", "number"]
NewsOp = Literal["changed", "added", "removed"]
Rest = Literal["code", "order", "details"]


@dataclass(frozen=True, slots=True)
class News:
    """`row` is the place of its row in the difference, -1 for the header; `output` that of the output in the
    row, -1 for its text. `section` is the heading that it stands under, "" where that is not known.

    A conclusion has `words`: of a long text the sentences that changed. Numbers have `values`, the first of
    `count` that changed.
    """

    kind: NewsKind
    op: NewsOp
    row: int
    output: int = -1
    name: str = ""
    section: str = ""
    words: tuple[Word, ...] = ()
    values: tuple[Value, ...] = ()
    count: int = 1


def news_of(difference: Difference) -> list[News]:
    """In the order of the new document. Code, its errors, what it logs and how long it took are left out."""
    news = [
        News("conclusion", "changed", -1, name=name, words=words)
        for name, words in of_header(difference.header)
    ]
    headings = Headings()
    for place, row in enumerate(difference.rows):
        headings.pass_by(row)
        news += _of_text(place, row, headings)
        for number, change in enumerate(row.outputs):
            news += _of_output(place, number, change, headings.last)
    return _without_moved(news, difference)


def rest_of(difference: Difference) -> list[Rest]:
    """What changed besides, where there is no news."""
    rest: set[Rest] = {"details"} if difference.header else set()
    for row in difference.changed:
        if row.op == "moved":
            rest.add("order")
        if row.facts:
            rest.add("details")
        if row.outputs or row.source:
            is_text = row.kind in _READ and not any(block.tag == "pre" for block in row.prose)
            rest.add("details" if is_text else "code")
    return sorted(rest)


def _of_text(place: int, row: Row, headings: Headings) -> Iterator[News]:
    for passage in of_prose(row.prose, headings):
        is_picture = passage.is_picture
        yield News(
            "figure" if is_picture else "conclusion",
            passage.op,
            place,
            name=passage.name,
            section=passage.section,
            words=() if is_picture else passage.words,
        )
    values = of_items(row.prose)
    if values:
        yield _numbers("changed", place, -1, values, headings.last)
    if row.source and row.kind in _READ:
        if row.kind == "text":  # of a page: what is read of it
            for words in of_lines(row.source, is_prose=True):
                yield News("conclusion", "changed", place, words=words)
        if row.source.is_too_large:
            yield News("conclusion", "changed", place)


def _of_output(place: int, number: int, change: OutputChange, section: str) -> Iterator[News]:
    if change.kind in {"image", "drawn"}:
        yield News("figure", change.op, place, number, change.label, section)
        return
    if change.kind == "error" or change.label == "error output":
        return
    if change.table:
        values = of_table(change.table)
        if values:
            yield _numbers(change.op, place, number, values, section)
    if change.text and change.text.is_too_large:
        yield _numbers(change.op, place, number, [], section)
    elif change.text:
        is_prose = change.label == "Formatted text" or change.kind == "table"
        values = [] if is_prose else of_text(change.text)
        if values:
            yield _numbers(change.op, place, number, values, section)
        for words in of_lines(change.text, is_prose=is_prose):
            yield News("conclusion", change.op, place, number, section=section, words=words)


def _without_moved(news: list[News], difference: Difference) -> list[News]:
    """Without what was only cut and put in elsewhere, as when a cell is split."""
    gone = Counter(_content(each, difference) for each in news if each.op == "removed")
    come = Counter(_content(each, difference) for each in news if each.op == "added")
    moved = gone & come
    left = {"removed": moved.copy(), "added": moved.copy()}
    kept = []
    for each in news:
        content = _content(each, difference)
        if content and each.op in left and left[each.op][content]:
            left[each.op][content] -= 1
        else:
            kept.append(each)
    return kept


def _content(news: News, difference: Difference) -> str:
    """Equal for what is the same; "" where that can't be told."""
    if news.words or news.values:
        said = [word.text for word in news.words]
        return repr((said, [(value.name, value.old or value.new) for value in news.values]))
    if news.output < 0:
        return ""
    change = difference.rows[news.row].outputs[news.output]
    picture = change.old_picture or change.new_picture
    return picture.digest if picture else ""


def _numbers(op: NewsOp, place: int, number: int, values: list[Value], section: str) -> News:
    """What is new or gone as a whole counts once, and what was too long to be compared."""
    count = len(values) or 1 if op == "changed" else 1
    return News("number", op, place, number, section=section, values=tuple(values[:_SHOWN]), count=count)
