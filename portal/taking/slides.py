"""A post as a presentation: cells that say they begin a slide do, the others go on with the last one.

A deck is a document for a frame of its own, as output documents are: without origin, cookies, network.
Libraries come from /vendor/; outputs are frames within it, filled when their slide comes near. A handout is
markup for a page of the portal: what is printed.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.template.loader import render_to_string

from knowledge.rendering.vendored import MARKER
from portal.taking.libraries import fonts_for, newest_address, own, style_sheet
from portal.taking.offline import Offline
from portal.taking.taken import Taken

_CELL = re.compile(r'(?=<div class="cell[ "])')
_KIND = re.compile(r'<div class="cell[^>]*\sdata-slide="(slide|subslide|fragment|notes)"')
_CODE = re.compile(r'<details class="code">')


def deck(taken: Taken, vendor: str) -> Iterator[str]:
    """The document in pieces. `vendor` is where /vendor/ lies from outside: `https://host/vendor/`."""
    offline = Offline(taken)
    head = render_to_string("taking/deck.html", _context(taken, vendor))
    offline.letters |= set(head)
    yield head.lstrip()
    yield from sections(_cells(map(offline.html, taken.parts())))
    yield "</div></div>"
    yield f"<style>{fonts_for(offline.letters)}</style>"
    yield _json_script("macros", taken.revision.rendering.macros)
    for number, document in offline.documents():
        yield _json_script(f"frame-{number}", document.replace(MARKER, vendor))
    if offline.has_math:
        yield f'<link rel="stylesheet" href="{vendor}{newest_address("katex", "style")}">'
        yield f'<script src="{vendor}{newest_address("katex")}"></script>'
        yield f"<script>{own('js/math-words.js')}</script><script>{own('js/math.js')}</script>"
    yield f'<script src="{vendor}{newest_address("reveal")}"></script><script>{own("js/deck.js")}</script>'
    yield "</body></html>\n"


def _context(taken: Taken, vendor: str) -> dict[str, Any]:
    return {
        "taken": taken,
        "revision": taken.revision,
        "reveal": f"{vendor}{newest_address('reveal', 'style')}",
        "styles": style_sheet() + own("css/deck.css"),
    }


def handout(parts: Iterable[str]) -> str:
    """The slides below each other, of a document's parts ready for the portal's own page."""
    return "".join(sections(_cells(parts)))


def _cells(parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(what the cell is in a presentation, its HTML); "" where it says nothing. Code is presented too."""
    for part in parts:
        for cell in _CELL.split(part):
            kind = _KIND.match(cell)
            if cell.strip():
                yield kind[1] if kind else "", _CODE.sub('<details class="code" open>', cell)


def sections(cells: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Slides as reveal.js wants them: a section each, in a section of all that lie below each other."""
    is_open = in_fragment = False
    for kind, html in cells:
        begins = kind in {"slide", "subslide"} or not is_open
        if in_fragment and kind:
            yield "</div>"
            in_fragment = False
        if begins:
            yield _between(kind, is_open=is_open)
            is_open = True
        if kind == "fragment":
            yield '<div class="fragment">'
            in_fragment = True
        yield f'<aside class="notes">{html}</aside>' if kind == "notes" else html
    if in_fragment:
        yield "</div>"
    if is_open:
        yield "</div></section></section>"


def _between(kind: str, *, is_open: bool) -> str:
    """The end of the slide before, if there is one, and the beginning of the next: below it, or beside it."""
    if not is_open:
        return '<section><section><div class="fit prose">'
    if kind == "subslide":
        return '</div></section><section><div class="fit prose">'
    return '</div></section></section><section><section><div class="fit prose">'


def _json_script(name: str, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>\n'
