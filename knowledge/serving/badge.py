"""A badge: a small drawing that says what an insight is, as of when, and whether it can be relied on."""

import re
import unicodedata
from html import escape

HEIGHT, PAD, SIZE = 22, 8, 11
_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # for XML
_NARROW, _WIDE = set("ijlI.,:;'|!()[] "), set("mwMW@%")
LABEL = 40  # letters
# What stands for the parts: name, value, and the state that is told beside the words.
_LOOK = """
<style>
text{font:11px Verdana,"DejaVu Sans",Geneva,sans-serif}
.l{fill:#e9e6de}.v{fill:#274b8f}.s{fill:#f6f4ee}.w .v{fill:#6b4a05}.w .s{fill:#fbeecb}
.l+text,.s+text{fill:#22262f}.v+text{fill:#fff}
@media (prefers-color-scheme:dark){.l{fill:#2c313c}.s{fill:#1d222b}.w .s{fill:#3a2f12}
.l+text,.s+text{fill:#e7e5df}}
</style>"""


def badge(label: str, value: str, state: str, *, is_sound: bool) -> str:
    """SVG; parts that are "" are left out. Unless it `is_sound`, its colours say so, too."""
    parts = [(style, _fit(text)) for style, text in (("l", label), ("v", value), ("s", state)) if text]
    widths = [width_of(text) + 2 * PAD for _, text in parts]
    words = escape(", ".join(text for _, text in parts))
    drawn = "".join(
        _part(style, text, sum(widths[:at]), widths[at]) for at, (style, text) in enumerate(parts)
    )
    whole = sum(widths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{HEIGHT}" '
        f'viewBox="0 0 {whole} {HEIGHT}" role="img" aria-label="{words}"><title>{words}</title>{_LOOK}'
        f'<clipPath id="c"><rect width="{whole}" height="{HEIGHT}" rx="4"/></clipPath>'
        f'<g clip-path="url(#c)" class="{"" if is_sound else "w"}">{drawn}</g></svg>'
    )


def _part(style: str, text: str, left: int, width: int) -> str:
    room = width - 2 * PAD
    return (
        f'<rect class="{style}" x="{left}" width="{width}" height="{HEIGHT}"/>'
        f'<text x="{left + PAD}" y="15" textLength="{room}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )


def _fit(text: str) -> str:
    clean = " ".join(_UNFIT.sub("\N{REPLACEMENT CHARACTER}", text).split())
    return clean if len(clean) <= LABEL else f"{clean[: LABEL - 1]}…"


def width_of(text: str) -> int:
    """In pixels, rather too many: no font of a reader's is known here. The drawing is fitted to it."""
    return round(sum(map(_width, text)))


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 4.2
    if letter in _WIDE or unicodedata.east_asian_width(letter) in "WF":
        return 11.5
    if unicodedata.combining(letter):
        return 0
    return 8.2 if letter.isupper() else 7.1
