"""The parts of a document put together: slots filled, anchors unique, cut into what is sent at once."""

import re
from dataclasses import dataclass, field, replace
from html import escape
from urllib.parse import unquote

from knowledge.rendering import limits
from knowledge.rendering.fragments import first_paragraph, own_anchors, with_local_links
from knowledge.rendering.gleaned import Gathering
from knowledge.rendering.part import Made, slug
from knowledge.rendering.result import Asset, Heading, OutputDocument, Rendering
from knowledge.rendering.slots import filled, slot
from knowledge.rendering.wordings import Wordings

_EMPTY_CELL = re.compile(r'<div class="cell text" id="[^"]*"></div>\n')
_LETTERS = re.compile(r"[\W_]+")
_SUMMARISED = 200_000  # characters: a first paragraph that comes later is none


@dataclass(slots=True)
class _Placed:
    """A part in its place: its markup, and where what is numbered in it begins to count."""

    made: Made
    html: str
    number: int
    headings: int
    outputs: int
    equations: int
    notes: int
    wordings: list[int]
    anchors: list[str] = field(default_factory=list)


class Assembly:
    """Parts are added in order; `rendering` makes the whole of them."""

    def __init__(self, title: str, language: tuple[str, str] = ("", "")) -> None:
        self.title = title
        self.language = language
        self.notices: list[str] = []
        self._placed: list[_Placed] = []
        self._anchors = _Anchors()
        self._headings: list[Heading] = []
        self._assets: dict[str, Asset] = {}
        self._outputs: list[OutputDocument] = []
        self._equations: dict[str, str] = {}
        self._numbered = 0
        self._notes = 0
        self._wordings = Wordings()
        self.gathering = Gathering()
        self._length = 0
        self._weight = 0

    @property
    def is_full(self) -> bool:
        """Whether more would be more than a page or a reader's machine can take."""
        return (
            self._length > limits.PAGE
            or self._weight > limits.OUTPUT_BYTES
            or len(self._outputs) >= limits.OUTPUT_DOCUMENTS
            or len(self._assets) >= limits.IMAGES
        )

    def add(self, made: Made, number: int = 1, element: str = "") -> None:
        """The next part; `number` is that of its cell, `element` the id that it has in the page."""
        place = _Placed(
            made,
            made.html,
            number,
            len(self._headings),
            len(self._outputs),
            equations=self._numbered,
            notes=self._notes,
            wordings=self._wordings.after(made),
        )
        for level, text in made.headings:
            place.anchors.append(self._anchors.unique("h-" + slug(text)))
            self._headings.append(Heading(level, text, place.anchors[-1]))
        for offset, label in enumerate(made.equations, 1):
            self._equations.setdefault(label, str(self._numbered + offset))
        for label, tag in made.tags:
            self._equations.setdefault(label, filled(escape(tag, quote=False), self._number_of_row))
        self._numbered += len(made.equations)
        self._notes += made.notes
        self._placed.append(place)
        self.gathering.add(made.gleaned, place.anchors, element if made.html else "")
        self._assets |= {asset.digest: asset for asset in made.assets}
        self._outputs += [_numbered(output, number) for output in made.outputs]
        self._length += len(made.html)
        self._weight += sum(len(output.data) for output in made.outputs)
        self.notices += made.notices

    def _number_of_row(self, _kind: str, argument: str) -> str:
        """What a tag of a part that is being added counts by."""
        return str(self._numbered + int(argument) + 1)

    def rendering(self, *, thumbnail: str = "") -> Rendering:
        """The whole document; `thumbnail` is what its header says: the number of an image, if anything."""
        dropped = self._drop_title()
        shown = [heading for heading in self._headings if heading.anchor != dropped]
        parts, anchored = self._parts(contents_of(shown))
        prose = "\n".join(text for place in self._placed for text in place.made.prose)
        texts = (text for place in self._placed for text in place.made.output_texts)
        return Rendering(
            parts=parts,
            headings=tuple(replace(heading, part=anchored[heading.anchor]) for heading in shown)[
                : limits.HEADINGS
            ],
            assets=tuple(self._assets.values()),
            outputs=tuple(self._outputs),
            text="\n".join([prose, *texts])[: limits.SEARCH_TEXT],
            thumbnail=self._thumbnail(thumbnail),
            notices=tuple(dict.fromkeys(self.notices)),
            words=len(prose.split()),
            summary=first_paragraph("".join(parts[:2])[:_SUMMARISED]),
            macros=self._wordings.macros,
            has_slides=any(" data-slide=" in place.made.html[:300] for place in self._placed),
            passages=self.gathering.passages(dropped),
            libraries=self.gathering.uses.libraries(limits.NAMES["library"]),
            versions=self.gathering.uses.versions(limits.NAMES["library"], self.language),
            datasets=self.gathering.uses.datasets(limits.NAMES["dataset"]),
            insights=self.gathering.insights(dropped),
            links=self.gathering.links(),
        )

    def _drop_title(self) -> str:
        """The page shows the title itself, so a first heading that says the same goes; returns its anchor.

        One further down stays, unless it is of the first level: badges often stand before a title.
        """
        index = next((at for at, place in enumerate(self._placed) if place.made.headings), None)
        if index is None or not self.title:
            return ""
        place = self._placed[index]
        level, text = place.made.headings[0]
        before, opening, rest = place.html.partition(f'<h{level} id="{slot("heading", 0)}"')
        leads = before.endswith('">') and not any(
            '<div class="cell text"' in p.html for p in self._placed[:index]
        )
        if _key(text) != _key(self.title) or not opening or (level > 1 and not leads):
            return ""
        after = rest.partition(f"</h{level}>")[2].lstrip("\n")
        place.html = _EMPTY_CELL.sub("", before + after, count=1)
        return place.anchors[0]

    def _parts(self, contents: str) -> tuple[tuple[str, ...], dict[str, int]]:
        """The markup cut between cells, and the number of the part that each heading's anchor is in."""
        once = [contents]  # lists of lists are the square of a document
        htmls = [self._filled(place, once) for place in self._placed]
        own = {anchor for html in htmls for anchor in own_anchors(html)}
        parts: list[str] = []
        anchored: dict[str, int] = {}
        pending: list[str] = []
        room = limits.PART if sum(map(len, htmls)) <= limits.PART else limits.FIRST_PART
        for place, html in zip(self._placed, htmls, strict=True):
            pending.append(with_local_links(html, lambda target: self._local(target, own)))
            anchored |= dict.fromkeys(place.anchors, len(parts))
            room -= len(html)
            if room <= 0:
                parts.append("".join(pending))
                pending, room = [], limits.PART
        if pending or not parts:
            parts.append("".join(pending))
        return tuple(parts), anchored

    def _filled(self, place: _Placed, contents: list[str]) -> str:
        def fill(kind: str, argument: str) -> str:
            match kind:
                case "cell":
                    return str(place.number)
                case "heading":
                    return place.anchors[int(argument)]
                case "output":
                    return str(place.outputs + int(argument))
                case "equation":
                    return str(place.equations + int(argument) + 1)
                case "note":
                    return str(place.notes + int(argument))
                case "wording":
                    change = place.wordings[int(argument)]
                    return f' data-wording="{change}"' if change else ""
                case "reference":
                    return self._equations.get(argument, "??")
                case _:
                    return contents.pop() if contents else ""

        return filled(place.html, fill)

    def _local(self, target: str, own: set[str]) -> str | None:
        """`#Name` leads to the author's own anchor of that name, or else to the heading of those words."""
        anchor = "h-" + slug(unquote(target))
        return anchor if target not in own and anchor in self._anchors else None

    def _thumbnail(self, wanted: str) -> str:
        """The image that the header counts to (as in knowledge-repo), or the first figure."""
        if wanted.isdecimal() and int(wanted) < len(self._assets):
            return list(self._assets)[int(wanted)]
        figures = (place.made.figure for place in self._placed)
        images = (place.made.image for place in self._placed)
        return next(filter(None, figures), "") or next(filter(None, images), "")


class _Anchors:
    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def __contains__(self, anchor: str) -> bool:
        return anchor in self._taken

    def unique(self, wanted: str) -> str:
        name = wanted
        while name in self._taken:
            self._taken[wanted] += 1
            name = f"{wanted}-{self._taken[wanted]}"
        self._taken[name] = 1
        return name


def contents_of(headings: list[Heading]) -> str:
    """The list that `[TOC]` stands for: nested by level, "" where there are no headings."""
    pieces: list[str] = []
    open_levels: list[int] = []
    for heading in headings[: limits.HEADINGS]:
        while open_levels and open_levels[-1] > heading.level:
            open_levels.pop()
            pieces.append("</li></ul>")
        if open_levels and open_levels[-1] == heading.level:
            pieces.append("</li>")
        else:
            open_levels.append(heading.level)
            pieces.append("<ul>")
        pieces.append(f'<li><a href="#{heading.anchor}">{escape(heading.text, quote=False)}</a>')
    return "".join(pieces) + "</li></ul>" * len(open_levels)


def _numbered(output: OutputDocument, number: int) -> OutputDocument:
    return replace(output, label=filled(output.label, lambda *_: str(number)))


def _key(text: str) -> str:
    """What two headings must share to be the same to a reader: formulas and marks aside."""
    return _LETTERS.sub("", text.casefold())
