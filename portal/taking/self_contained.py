"""A post as one HTML file that opens anywhere: nothing in it is loaded, from here or from elsewhere."""

import json
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from django.template.loader import render_to_string

from portal.taking.frames import Libraries, frame_pieces
from portal.taking.libraries import fonts_for, newest, own, style_sheet, vendored_text
from portal.taking.offline import Offline
from portal.taking.taken import Taken

PAGE_BYTES = 60_000_000  # of document, images and outputs; base64 and libraries come on top

# Ours are the only scripts: those with the nonce. Frames inherit the policy, and evaluate what they draw.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; "
)
_READING = _POLICY + "img-src data:; media-src data:; script-src 'nonce-{nonce}'"
_DRAWING = _POLICY + (
    "img-src data: blob:; media-src data: blob:; connect-src data: blob:; worker-src blob:; "
    "frame-src data: blob:; script-src 'nonce-{nonce}' 'unsafe-eval' blob:"
)
# The page's own, in the order that they count on.
_TABLES = ("table-text", "table-bar", "tables")
_FILLED = ("frame-messages", "frame-tables", "post-frames", "taken")


def is_too_large(taken: Taken) -> bool:
    return taken.size() > PAGE_BYTES


def page(taken: Taken) -> Iterator[str]:
    """The file in pieces; one part of the document, image or library at a time is held in memory."""
    nonce = secrets.token_urlsafe(16)
    offline = Offline(taken)
    head = render_to_string("taking/head.html", _context(taken, nonce)).lstrip()
    foot = render_to_string("taking/foot.html", {"taken": taken, "revision": taken.revision})
    offline.letters |= set(head + foot)
    yield head
    for part in taken.parts():
        yield offline.html(part)
    yield offline.left_out
    yield foot
    yield f"<style>{fonts_for(offline.letters)}</style>"
    if offline.has_math:
        yield from _formulas(offline, nonce)
    if offline.has_tables or offline.frames:
        yield _scripts(_TABLES, nonce)
    if offline.frames:
        yield from _frames(offline, nonce)
    yield "</body></html>\n"


def _context(taken: Taken, nonce: str) -> dict[str, Any]:
    headings = taken.revision.rendering.headings
    top = min((heading["level"] for heading in headings), default=1)
    policy = _DRAWING if taken.revision.rendering.outputs else _READING
    return {
        "taken": taken,
        "revision": taken.revision,
        "styles": style_sheet(),
        "policy": policy.format(nonce=nonce),
        "contents": [heading for heading in headings if heading["level"] < top + 2],
        "top": top,
    }


def _formulas(offline: Offline, nonce: str) -> Iterator[str]:
    macros = offline.taken.revision.rendering.macros
    yield f"<style>{vendored_text(newest('katex', 'style'))}</style>"
    yield f'<script type="application/json" id="macros">{_json(macros)}</script>'
    yield f'<script nonce="{nonce}">{_in_script(vendored_text(newest("katex")))}</script>'
    if offline.has_chemistry:
        rules = newest("katex").with_name("mhchem.min.js")
        yield f'<script nonce="{nonce}">{_in_script(vendored_text(rules))}</script>'
    for name in ("math-words", "math"):
        yield f'<script nonce="{nonce}">{_in_script(own(f"js/{name}.js"))}</script>'


def _frames(offline: Offline, nonce: str) -> Iterator[str]:
    libraries = Libraries()
    for number, document in offline.documents():
        pieces = frame_pieces(document, libraries, nonce)
        yield f'<script type="application/json" id="frame-{number}">{_json(pieces)}</script>\n'
    for path, number in libraries.numbers.items():
        yield f'<script type="application/json" id="library-{number}">{_json(vendored_text(path))}</script>\n'
    yield _scripts(_FILLED, nonce)


def _scripts(names: Iterable[str], nonce: str) -> str:
    return "".join(f'<script nonce="{nonce}">{_in_script(own(f"js/{name}.js"))}</script>' for name in names)


def _json(value: Any) -> str:
    """JSON that can't end its own element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _in_script(text: str) -> str:
    """JavaScript that can't end its own element: these occur in its strings only, and mean the same there."""
    return text.replace("</script", "\\x3c/script").replace("<!--", "\\x3c!--")
