"""Outputs that only make a library known, for those after them: SHAP's initjs, Lets-Plot's setup, ...

In a notebook's page all outputs share one document. Here each has a frame of its own, so what an earlier one
defined is put into the later frames that use it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from knowledge.rendering import bokeh

_LARGEST = 4_000_000
_NAMES = 60
_HIDDEN = re.compile(r"<(/?)(script|style|noscript)\b[^<>]{0,2000}>", re.IGNORECASE)
_DATA = re.compile(r"type=[\"']?(?:[\w/.+-]*json|esms-options|importmap|text/x-)", re.IGNORECASE)
_QUIET = re.compile(r"<(?:link|meta|img|br)\b[^<>]*>|<!--[^<>]*-->", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_DRAWN = re.compile(
    r"<(?:svg|canvas|table|iframe|input|button|select|video|audio|object|embed|form)\b", re.IGNORECASE
)
# Names that reach other scripts: of the page's own object, of the outermost level, of modules.
_DEFINED = re.compile(
    r"(?:window|root|self|global|globalThis)(?:\.|\[[\"'])([A-Za-z_$][\w$]{1,60})(?:[\"']\])?\s*=(?!=)"
    r"|(?:^|\n|>)(?:async )?(?:var|let|const|function|class)\s+([A-Za-z_$][\w$]{2,60})"
    r"|\bdefine\([\"']([\w./@-]{2,60})[\"']"
    r"|\bpaths[\"']?\s*:\s*\{\s*[\"']?([\w./@-]{2,60})[\"']?\s*:"
    r"|<script\b[^<>]{0,300}\bsrc=[\"'][^\"'<>]{0,300}?/([A-Za-z][\w]{0,30})(?:[.@-][\w.@-]{0,60})?[\"'/]"
)
_IDS = re.compile(r"\sid=[\"']?([\w.:-]{1,100})")
# What tells a script that loads a library into its own box from one that draws: Lets-Plot's, Kotlin's.
_LIBRARIES = ('data-lets-plot-script="library"', "window.kotlinQueues")
_LOADS = ("createElement('script')", 'createElement("script")', "require.config", "requirejs.config")
_DRAWS = ("newPlot", "render_items", "docs_json", "vegaEmbed(")
_SEES_THE_PAGE = ("document", "element", "$(", "d3.", "jQuery(")
_LARGE = 20_000
_COMMON = frozenset(
    {"module", "exports", "require", "define", "PLOTLYENV", "MathJax", "jQuery", "Plotly", "kotlinQueues"}
)
_KEPT = 500
_seen: dict[tuple[int, int], tuple[str, tuple[str, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Prelude:
    """`html` goes before outputs whose text has one of `names`; `digest` changes when `html` does."""

    digest: str
    html: str
    names: tuple[str, ...]

    def is_used_by(self, text: str) -> bool:
        """Whether an output uses something of this that it doesn't define itself."""
        used = {name for name in self.names if name in text and _word(name).search(text)}
        return bool(used) and not used <= set(_defined_in(text))


@lru_cache(maxsize=1_000)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")


def preludes_of(cells: Sequence[dict[str, Any]]) -> tuple[Prelude, ...]:
    """The preludes of a notebook in its order, each once."""
    found: dict[str, Prelude] = {}
    for cell in cells:
        for html in _scripts_of(cell):
            digest, names = _looked_into(html)
            if names:
                found.setdefault(digest, Prelude(digest, html, names))
    return tuple(found.values())


def _looked_into(html: str) -> tuple[str, tuple[str, ...]]:
    """Digest and names of a script; kept, for libraries are megabytes, and the same in every notebook."""
    key = (hash(html), len(html))
    if key not in _seen:
        if len(_seen) >= _KEPT:
            _seen.clear()
        _seen[key] = sha256(html.encode()).hexdigest(), tuple(_defined_in(html))
    return _seen[key]


def _scripts_of(cell: dict[str, Any]) -> Iterator[str]:
    """The markup of a cell's outputs that only make something known."""
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        html, code = data.get("text/html"), data.get("application/javascript")
        if not isinstance(html, str) and isinstance(code, str):
            html = f"<script>{code}</script>"
        if isinstance(html, str) and "<script" in html and _is_prelude(html):
            yield html


def _is_prelude(html: str) -> bool:
    return len(html) <= _LARGEST and not _is_brought(html) and is_only_for_later(html)


def is_only_for_later(html: str) -> bool:
    """Whether markup has nothing to show by itself: only styles, and scripts that load or define."""
    if "<s" not in html:
        return False
    rest, code = _without_scripts(html)
    rest = _QUIET.sub("", rest)
    if _DRAWN.search(rest) or _TAG.sub("", rest).strip():
        return False
    return not code.strip() or _only_defines(code, rest, html)


def _only_defines(code: str, rest: str, html: str) -> bool:
    """`rest` is the markup beside the script: empty elements, which it may want to fill."""
    if any(word in code[-100_000:] for word in _DRAWS):
        return False
    if any(name in code for name in _IDS.findall(rest)):
        return any(sign in html for sign in _LIBRARIES)
    if any(word in code for word in _LOADS) or len(code) > _LARGE:
        return True
    return "<" not in rest and not any(word in code for word in _SEES_THE_PAGE)


def _without_scripts(html: str) -> tuple[str, str]:
    """Markup without what isn't seen of it, and the code of its scripts."""
    kept: list[str] = []
    code: list[str] = []
    at, inside, is_data = 0, "", False
    for tag in _HIDDEN.finditer(html):
        name, closes = tag[2].lower(), bool(tag[1])
        if not inside and not closes:
            kept.append(html[at : tag.start()])
            at, inside, is_data = tag.end(), name, bool(_DATA.search(tag[0]))
        elif inside == name and closes:
            if name == "script" and not is_data:
                code.append(html[at : tag.start()])
            at, inside = tag.end(), ""
    return "".join([*kept, "" if inside else html[at:]]), "\n".join(code)


def _is_brought(html: str) -> bool:
    """Bokeh and Plotly come with every figure of theirs."""
    if _LIBRARIES[1] in html:
        return False
    return bokeh.only_loads(html) or "plotly.js v" in html or ("plotly" in html and "requirejs" in html)


def _defined_in(text: str) -> Iterator[str]:
    """Names that a script makes known to others, each once."""
    seen: set[str] = set()
    for found in _DEFINED.finditer(text):
        name = next(group for group in found.groups() if group)
        if name not in seen and name not in _COMMON:
            seen.add(name)
            yield name
        if len(seen) >= _NAMES:
            return
