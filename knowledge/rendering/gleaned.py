"""What a document says beside its page, for search: gathered part by part, placed by the assembly."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from knowledge.documents import Header
from knowledge.extracting import (
    NOTHING,
    Insight,
    Uses,
    UsesOfDocument,
    dataset_name,
    insight_in_output,
    insights_in_header,
    uses_of,
    versions_shown,
)
from knowledge.rendering import limits
from knowledge.rendering.links import links_in, links_in_page
from knowledge.rendering.passages import Said, code_of_page, cut, passages_of, passages_of_page, without_blobs
from knowledge.rendering.result import Passage

_MOST_OF_PAGE = 10_000
_LONG_CODE = 2_000  # characters: shorter code is kept as it is
_OBJECT = re.compile(r"<[A-Za-z_][\w.]*[^<>\n]{0,200}>")
_OUTPUTS = ("text/plain", "text/html")

Versions = tuple[tuple[str, str], ...]


class Gleaned(NamedTuple):
    """Of one part, in order. The number of a passage's heading counts within the part.

    `uses` are those of its code, each with the versions that its outputs tell.
    """

    passages: tuple[Said, ...] = ()
    links: tuple[str, ...] = ()
    uses: tuple[tuple[Uses, Versions], ...] = ()
    insights: tuple[Insight, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep."""
        passages = sum(60 + len(text) for _, _, text in self.passages)
        links = sum(60 + len(link) for link in self.links)
        return passages + links + 1_000 * (len(self.insights) + len(self.uses))


class Gleaner:
    """What a part gathers while it is rendered; of each cell's outputs no more than there is room for."""

    def __init__(self) -> None:
        self._passages: list[Said] = []
        self._links: list[str] = []
        self._uses: list[tuple[Uses, Versions]] = []
        self._insights: list[Insight] = []
        self._output = limits.OUTPUT_PASSAGE

    def gleaned(self) -> Gleaned:
        return Gleaned(tuple(self._passages), tuple(self._links), tuple(self._uses), tuple(self._insights))

    def prose(self, html: str) -> str:
        """Finished markup of narrative; returns all of its words."""
        spoken, said = passages_of(html)
        self._passages += said
        if 'href="' in html:
            self._links += links_in(html)
        return spoken

    def page(self, html: str) -> None:
        """A whole page as its author wrote it, scripts and styles aside."""
        self._passages += islice(passages_of_page(html), _MOST_OF_PAGE)
        self._links += links_in_page(html)
        for language, code in code_of_page(html):
            self.uses(code, language)

    def text(self, text: str) -> None:
        """Narrative of which nothing is known but the words."""
        self._passages += (("narrative", -1, piece) for piece in cut(without_blobs(text)))

    def uses(self, source: str, language: str, outputs: Sequence[dict[str, Any]] = ()) -> None:
        """What some code imports and reads, and the versions that its outputs tell."""
        found = uses_of(source, language)
        versions = tuple(versions_shown(source, _texts(outputs), language)) if outputs else ()
        if found is not NOTHING or versions:
            self._uses.append((found, versions))

    def code(self, source: str) -> None:
        source = source.strip("\n").rstrip()[: limits.PASSAGES["code"]]
        if source:
            code = without_blobs(source) if len(source) > _LONG_CODE else source
            self._passages.append(("code", -1, code))

    def published(self, outputs: list[dict[str, Any]]) -> None:
        """What outputs publish, shown or not."""
        bundles = (output["data"] for output in outputs if "data" in output)
        self._insights += (found for data in bundles if (found := insight_in_output(data)))

    def output(self, text: str) -> None:
        """What code put out, as plain text."""
        text = without_blobs(text[: self._output]).strip()
        if text and not _is_object(text):
            self._passages.append(("output", -1, text))
            self._output -= len(text)


class Gathering:
    """All of a document, each kind up to its limit."""

    def __init__(self) -> None:
        self._said: list[tuple[tuple[Said, ...], list[str], str, str]] = []
        self._under = ""
        self.uses = UsesOfDocument()
        self._links: dict[str, None] = {}
        self._insights: dict[str, tuple[Insight, str, str]] = {}

    def begin(self, header: Header) -> None:
        """What the header says comes first; of insights of one name, the last is taken."""
        self.uses.add_datasets(filter(None, map(dataset_name, header.datasets)))
        self._insights |= {found.name: (found, "", "") for found in insights_in_header(header.raw)}

    def add(self, gleaned: Gleaned, anchors: list[str], element: str) -> None:
        """A part with the anchors of its headings; `element` is the id that leads to it, if any does."""
        if gleaned.passages:
            self._said.append((gleaned.passages, anchors, element, self._under))
        self._links |= dict.fromkeys(gleaned.links)
        for uses, versions in gleaned.uses:
            self.uses.add(uses)
            self.uses.add_shown(versions)
        for found in gleaned.insights:
            self._insights[found.name] = (found, element, self._under)
        self._under = anchors[-1] if anchors else self._under

    def links(self) -> tuple[str, ...]:
        """In the order of their first use."""
        return tuple(islice(self._links, limits.NAMES["link"]))

    def insights(self, dropped: str) -> tuple[Insight, ...]:
        """With their anchors; `dropped` is that of a heading that is not on the page after all."""
        return tuple(
            replace(found, anchor=element or ("" if under == dropped else under))
            for found, element, under in self._insights.values()
        )[: limits.NAMES["insight"]]

    def passages(self, dropped: str) -> tuple[Passage, ...]:
        return tuple(self._placed(dropped))

    def _placed(self, dropped: str) -> Iterator[Passage]:
        room = dict(limits.PASSAGES)
        for passages, anchors, element, before in self._said:
            for kind, heading, text in passages:
                under = anchors[heading] if heading >= 0 else before
                if dropped and under == dropped:
                    if kind == "heading":
                        continue
                    under = ""
                if len(text) > room[kind]:
                    text = text[: room[kind]]
                room[kind] -= len(text)
                if text:
                    yield Passage(kind, under if kind == "heading" else element or under, text)


def _texts(outputs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What they say, as far as it is text."""
    for output in outputs:
        data = output.get("data") or {}
        said = output.get("text") or next((data[kind] for kind in _OUTPUTS if kind in data), "")
        if isinstance(said, str):
            yield said


def _is_object(text: str) -> bool:
    """Whether all that it says is which objects Python has, as the last line of a plot's cell does."""
    return "<" in text and not re.search(r"\w", _OBJECT.sub("", text))
