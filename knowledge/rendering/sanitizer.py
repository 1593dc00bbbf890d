"""The one policy for markup that authors wrote: what may stand on the portal's own page.

nh3 (ammonia) parses as a browser does and serializes what it allows, so the result is well-formed: every
element closed, every attribute in double quotes, no raw-text element. `fragments` relies on that.

Never to be allowed here: svg, math, style, title, iframe, an `id` or `name` without prefix, `data-*`.
"""

import re
from collections.abc import Callable

import nh3

from knowledge.rendering import limits
from knowledge.rendering.alerts import KINDS
from knowledge.rendering.highlight import CLASSES
from knowledge.rendering.styles import COLOURS

ID_PREFIX = "u-"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS = _names(
    "a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span "
    "strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_DROPPED_WITH_CONTENT = _names(
    "script style title textarea iframe noscript template svg math xmp noembed noframes object embed applet "
    "head select option button canvas audio video map dialog portal plaintext"
)
_CELL = {"colspan", "rowspan", "headers", "scope"}
_ATTRIBUTES = {
    "*": {"id", "dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "bdo": {"dir"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "td": _CELL,
    "th": _CELL,
    "time": {"datetime"},
}
_ALIGN = {"align": {"left", "right", "center"}}
_ALIGNED = ("div", "p", "td", "th", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table")
_BOXES = {
    "alert",
    "alert-info",
    "alert-success",
    "alert-warning",
    "alert-danger",
    "admonition",
    "note",
    "warning",
    *(f"alert-{kind}" for kind in KINDS),
}
_COLOURED = ("p", "div", "b", "strong", "i", "em", "u", "td", "th", "li", "h1", "h2", "h3", "h4", "h5", "h6")
_CLASSES = {
    "dl": {"dl-inline"},
    "ol": {"list-inline"},
    "ul": {"list-inline"},
    **dict.fromkeys(_COLOURED, COLOURS),
    "div": {*_BOXES, *COLOURS, "math", "footnote"},
    "p": {*COLOURS, "admonition-title", "alert-title"},
    "pre": {"highlight"},
    "span": {*CLASSES, *COLOURS, "math", "task"},
    "table": {"dataframe"},
}
# U+FDD0 and U+FDD1, which mark places (slots.py, aside.py): readers take them out, but not where they are
# spelled.
_SPELLED_MARK = re.compile(r"&#(?:[xX]0*[fF][dD][dD][01](?![0-9a-fA-F])|0*6497[67](?!\d));?")
_NAMED_ANCHOR = re.compile(r"(<a\s+)name(\s*=)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNCOUNTED = _names("area base br col embed hr img input link meta source track wbr p li td th tr")

UrlRewriter = Callable[[str], str | None]


class TooNested(ValueError):
    """Markup nested beyond what a parser takes in a reasonable time."""


def make_cleaner(rewrite_relative: UrlRewriter) -> nh3.Cleaner:
    """A reusable cleaner; `rewrite_relative` gets every relative URL and may drop it by None."""
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        tag_attribute_values=dict.fromkeys(_ALIGNED, _ALIGN),
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel", "attachment", "almanac-asset", "knowledge"},
        url_relative=rewrite_relative,
        id_prefix=ID_PREFIX,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


def clean(cleaner: nh3.Cleaner, html: str) -> str:
    """Markup that can do nothing but be read. Raises TooNested."""
    if "&#" in html:
        html = _SPELLED_MARK.sub("\ufffd", html)
    if "name" in html:
        html = _NAMED_ANCHOR.sub(r"\1id\2", html)
    if html.count("<") > limits.TAGS_WITHOUT_LOOKING and _nesting(html) > limits.NESTING:
        raise TooNested
    return cleaner.clean(html)


def _nesting(html: str) -> int:
    """How deep elements may nest at the most; elements that close each other do not count."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _UNCOUNTED:
            continue
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest
