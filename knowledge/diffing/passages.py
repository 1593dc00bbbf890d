"""What was written anew, as a reader would be told: the sentences that changed, not the page around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.diffing.difference import Block, Fact, Line, Span, TextChange, Word
from knowledge.diffing.gist import abridged, text_of
from knowledge.diffing.headings import Headings, is_heading
from knowledge.diffing.printed import is_for_readers

_TOLD = {
    "title": "Title",
    "subtitle": "Subtitle",
    **dict.fromkeys(("tldr", "tl;dr", "description", "abstract"), "Summary"),
}
_SAID = re.compile(r"[-−+]?\d+(?:[.,]\d+)*|\w+|[%‰$€£¥?<>=≤≥]")
_PICTURE = re.compile(r"\[image: [^\]]*\]")
_FEW = 3  # words, of what is printed and was not before
_UNTOLD = {"pre", "tr"}  # code, and rows of tables, whose numbers are told


@dataclass(frozen=True, slots=True)
class Passage:
    """`name` is the heading that it brings along, `section` the one that it stands under."""

    op: Literal["changed", "added", "removed"]
    words: tuple[Word, ...]
    section: str = ""
    name: str = ""
    is_picture: bool = False


def of_header(facts: Iterable[Fact]) -> Iterator[tuple[str, tuple[Word, ...]]]:
    """(what it is called, its words) of what readers see of a header above the text."""
    for fact in facts:
        name = _TOLD.get(fact.name.strip().lower())
        if name and not _reads_the_same(fact.words):
            yield name, abridged(fact.words)


def of_prose(blocks: Iterable[Block], headings: Headings) -> Iterator[Passage]:
    """Of blocks that follow each other and came, or went, one for each heading."""
    gone: list[Block] = []
    come: list[Block] = []
    for block in blocks:
        if block.tag in _UNTOLD and block.op != "fold":
            continue
        if block.op == "removed":
            gone.append(block)
        elif block.op == "added":
            come.append(block)
        else:
            yield from _run(gone, come, headings)
            gone, come = [], []
            headings.pass_block(block)
            if block.op == "changed" and not _reads_the_same(block.words):
                name = "Heading" if is_heading(block) else ""
                yield _passage("changed", block.words, headings.last, name)
    yield from _run(gone, come, headings)


def of_lines(text: TextChange, *, is_prose: bool) -> list[tuple[Word, ...]]:
    """Of an output: all that it says where it is prose, else what it prints that holds no number."""
    if text.is_too_large:
        return []
    blocks = [
        Block(line.op, "p", _words(line))
        for line in text.lines
        if line.op != "fold" and (is_prose or line.op == "same" or _says_something(line))
    ]
    return [passage.words for passage in of_prose(blocks, Headings()) if not passage.is_picture]


def _run(gone: list[Block], come: list[Block], headings: Headings) -> Iterator[Passage]:
    before, after = list(_sections(gone)), list(_sections(come))
    if len(before) == len(after) == 1:
        words = (Word(_joined(gone), "removed"), Word(" "), Word(_joined(come), "added"))
        for block in come:
            headings.pass_block(block)
        if not _reads_the_same(words):
            yield _passage("changed", words, headings.last)
        return
    for section in before:
        yield _passage("removed", (Word(_joined(section), "removed"),), headings.last)
    for section in after:
        for block in section:
            headings.pass_block(block)
        yield _passage("added", (Word(_joined(section), "added"),), headings.last)


def _sections(blocks: list[Block]) -> Iterator[list[Block]]:
    section: list[Block] = []
    for block in blocks:
        if is_heading(block) and section:
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _passage(
    op: Literal["changed", "added", "removed"], words: tuple[Word, ...], section: str, name: str = ""
) -> Passage:
    is_picture = all(_PICTURE.fullmatch(text) or not text for text in _sides(words))
    return Passage(op, abridged(words), section, name, is_picture)


def _joined(blocks: list[Block]) -> str:
    return " · ".join(text for block in blocks if (text := "".join(word.text for word in block.words)))


def _sides(words: tuple[Word, ...]) -> tuple[str, str]:
    return text_of(words, without="added").strip(), text_of(words, without="removed").strip()


def _reads_the_same(words: tuple[Word, ...]) -> bool:
    """Whether only white space, case, or signs that change no meaning tell both sides apart."""
    old, new = _sides(words)
    return _SAID.findall(old.casefold()) == _SAID.findall(new.casefold())


def _says_something(line: Line) -> bool:
    sides = ["".join(span.text for span in side) for side in (line.old, line.new)]
    if line.op != "changed" and len("".join(sides).split()) < _FEW:
        return False
    return not any(any(map(str.isdigit, side)) or not is_for_readers(side) for side in sides if side)


def _words(line: Line) -> tuple[Word, ...]:
    """Both sides of a line as one text."""
    if line.op in {"added", "removed"}:
        text = "".join(span.text for span in (*line.old, *line.new))
        return (Word(text, "added" if line.op == "added" else "removed"),)
    words: list[Word] = []
    old, new = list(line.old)[::-1], list(line.new)[::-1]
    while old or new:
        if old and old[-1].is_marked:
            words.append(Word(old.pop().text, "removed"))
        elif new and new[-1].is_marked:
            words.append(Word(new.pop().text, "added"))
        elif line.op == "same" or not (old and new):
            words += [Word(span.text) for span in new[::-1]]
            break
        else:  # the same on both sides, but not always cut at the same places
            length = min(len(old[-1].text), len(new[-1].text))
            words.append(Word(new[-1].text[:length]))
            for side in (old, new):
                left = side.pop().text[length:]
                side += [Span(left)] if left else []
    return tuple(words)
