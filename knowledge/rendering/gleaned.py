"""What a document says beside its page, for search: gathered part by part, placed by the assembly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from knowledge.rendering import limits
from knowledge.rendering.passages import Said, cut, passages_of, passages_of_page, without_blobs
from knowledge.rendering.result import Passage

_MOST_OF_PAGE = 10_000
_OBJECT = re.compile(r"<[A-Za-z_][\w.]*[^<>\n]{0,200}>")


@dataclass(frozen=True, slots=True)
class Gleaned:
    """Of one part, in order. The number of a passage's heading counts within the part."""

    passages: tuple[Said, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        return sum(60 + len(text) for _, _, text in self.passages)


class Gleaner:
    """What a part gathers while it is rendered; of each cell's outputs no more than there is room for."""

    def __init__(self) -> None:
        self._passages: list[Said] = []
        self._output = limits.OUTPUT_PASSAGE

    def gleaned(self) -> Gleaned:
        return Gleaned(tuple(self._passages))

    def prose(self, html: str) -> str:
        """Finished markup of narrative; returns all of its words."""
        spoken, said = passages_of(html)
        self._passages += said
        return spoken

    def page(self, html: str) -> None:
        """A whole page as its author wrote it, scripts and styles aside."""
        self._passages += islice(passages_of_page(html), _MOST_OF_PAGE)

    def text(self, text: str) -> None:
        """Narrative of which nothing is known but the words."""
        self._passages += (("narrative", -1, piece) for piece in cut(without_blobs(text)))

    def code(self, source: str) -> None:
        source = source.strip("\n").rstrip()[: limits.PASSAGES["code"]]
        if source:
            self._passages.append(("code", -1, without_blobs(source)))

    def output(self, text: str) -> None:
        """What code put out, as plain text."""
        text = without_blobs(text[: self._output]).strip()
        if text and not _is_object(text):
            self._passages.append(("output", -1, text))
            self._output -= len(text)


class Gathering:
    """The passages of a whole document, each kind up to its limit."""

    def __init__(self) -> None:
        self._room = dict(limits.PASSAGES)
        self._said: list[tuple[Said, str, str]] = []
        self._under = ""

    def add(self, gleaned: Gleaned, anchors: list[str], element: str) -> None:
        """A part with the anchors of its headings; `element` is the id that leads to it, if any does."""
        for said in gleaned.passages:
            _, heading, _ = said
            under = anchors[heading] if heading >= 0 else self._under
            self._said.append((said, element, under))
        self._under = anchors[-1] if anchors else self._under

    def passages(self, dropped: str) -> tuple[Passage, ...]:
        """All of them; `dropped` is the anchor of a heading that is not on the page after all."""
        return tuple(self._placed(dropped))

    def _placed(self, dropped: str) -> Iterator[Passage]:
        for (kind, _, text), element, under in self._said:
            if dropped and under == dropped:
                if kind == "heading":
                    continue
                under = ""
            text = text[: self._room[kind]]
            self._room[kind] -= len(text)
            if text:
                yield Passage(kind, under if kind == "heading" else element or under, text)


def _is_object(text: str) -> bool:
    """Whether all that it says is which objects Python has, as the last line of a plot's cell does."""
    return "<" in text and not re.search(r"\w", _OBJECT.sub("", text))
