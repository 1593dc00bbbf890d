"""What a page orders the browser to do: go elsewhere, forbid, take addresses from another place.

A page that goes elsewhere would leave an error of the browser's in its frame, and a policy or a place of its
own would stop what we bring along. So these are taken out; the frame's own policy stands (docs/rendering.md).
"""

import re
from html import escape, unescape

from knowledge.rendering.fragments import rewrite_relative

# What holds no elements is passed over whole: comments, scripts, and what is for browsers without them.
_ORDER = re.compile(
    r"<!--(?:[^-]|-(?!->))*+"
    r"|<(script|noscript|style|title|textarea|template)\b[^<]*+(?:<(?!/\1\b)[^<]*+)*+"
    r"|<(?P<order>meta|base)\b(?P<attributes>[^<>]{1,2000})>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""([\w-]{1,50})\s{0,5}=\s{0,5}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'<>]{1,2000}))"""
)
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"']*)", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_WEB = re.compile(r"https?://|//", re.IGNORECASE)


def without_orders(html: str) -> tuple[str, str]:
    """The page without them, and markup that tells where it would have gone; "" if nowhere."""
    places: list[str] = []

    def kept(found: re.Match[str]) -> str:
        if not found["order"]:
            return found[0]
        said = {
            one[1].lower(): one[2] or one[3] or one[4] or ""
            for one in _ATTRIBUTE.finditer(found["attributes"])
        }
        if found["order"].lower() == "base":
            return "" if "href" in said else found[0]
        kind = said.get("http-equiv", "").strip().lower()
        if kind == "refresh":
            places.append(_place(unescape(said.get("content", ""))))
        return "" if kind in {"refresh", "content-security-policy"} else found[0]

    html = _ORDER.sub(kept, html)
    return html, "".join(map(_leads_on, filter(None, places[:1])))


def _place(content: str) -> str:
    """Where a `refresh` goes; "" if it only loads the page again."""
    found = _REFRESH.match(content)
    return found[1].strip() if found else ""


def _leads_on(place: str) -> str:
    words = f"This page leads on to {escape(place)}"
    address = place if _WEB.match(place) else "" if _SCHEME.match(place) else rewrite_relative(place)
    return (
        f'<p class="almanac-failed"><a href="{escape(address)}">{words}</a></p>'
        if address
        else f"<p>{words}</p>"
    )
