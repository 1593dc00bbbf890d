"""What authors' markup says by styles and old elements, said so that cleaning keeps it.

The page allows no `style`; alignment, the width of an image and a colour survive as what it allows. Colours
become the nearest of those that are readable on paper and in the dark.
"""

import re
from colorsys import rgb_to_hls
from html import escape, unescape

_STYLED = re.compile(
    r"<([a-z][a-z0-9]*)\b([^<>]{0,1000}?)\sstyle\s*=\s*(?:\"([^\"<>]{0,1000})\"|'([^'<>]{0,1000})')([^<>]{0,1000})>",
    re.IGNORECASE,
)
_FONT = re.compile(r"<font\b([^<>]*)>", re.IGNORECASE)
_FONT_END = re.compile(r"</font\s*>", re.IGNORECASE)
_COLOR_ATTRIBUTE = re.compile(r"\bcolor\s*=\s*[\"']?\s*(#?\w{3,20})", re.IGNORECASE)
_COLOR = re.compile(r"(?:^|;)\s*color\s*:\s*(#?\w{3,20})", re.IGNORECASE)
_ALIGN = re.compile(r"(?:^|;)\s*text-align\s*:\s*(left|right|center)", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?(px|%)", re.IGNORECASE)
_CAN_ALIGN = {"div", "p", "td", "th", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table"}
_TAKE_COLOUR = {
    "span",
    "p",
    "div",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "td",
    "th",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
}
_NAMED = {
    "red": "red",
    "darkred": "red",
    "crimson": "red",
    "firebrick": "red",
    "tomato": "red",
    "green": "green",
    "darkgreen": "green",
    "forestgreen": "green",
    "lime": "green",
    "limegreen": "green",
    "seagreen": "green",
    "teal": "cyan",
    "cyan": "cyan",
    "aqua": "cyan",
    "turquoise": "cyan",
    "blue": "blue",
    "navy": "blue",
    "darkblue": "blue",
    "royalblue": "blue",
    "steelblue": "blue",
    "dodgerblue": "blue",
    "orange": "yellow",
    "darkorange": "yellow",
    "yellow": "yellow",
    "gold": "yellow",
    "brown": "yellow",
    "purple": "magenta",
    "magenta": "magenta",
    "fuchsia": "magenta",
    "violet": "magenta",
    "pink": "magenta",
    "hotpink": "magenta",
    "gray": "white",
    "grey": "white",
    "darkgray": "white",
    "darkgrey": "white",
    "silver": "white",
}
# Where a hue ends, in degrees.
_HUES = (
    (20, "red"),
    (70, "yellow"),
    (165, "green"),
    (200, "cyan"),
    (260, "blue"),
    (340, "magenta"),
    (360, "red"),
)
COLOURS = frozenset(f"ansi-{name}-fg" for name in {*_NAMED.values()})


def without_styles(html: str) -> str:
    """The same markup with what can be kept of its styles in attributes and classes."""
    if "<font" in html or "<FONT" in html:
        html = _FONT_END.sub("</span>", _FONT.sub(_font, html))
    return _STYLED.sub(_styled, html) if "style" in html else html


def _font(found: re.Match[str]) -> str:
    color = _COLOR_ATTRIBUTE.search(found[1])
    css = _css_of(color[1]) if color else ""
    return f'<span class="{css}">' if css else "<span>"


def _styled(found: re.Match[str]) -> str:
    tag, before, double, single, after = found.groups()
    style = unescape(double if double is not None else single)
    return f"<{tag}{before}{_kept(tag.lower(), style, before + after)}{after}>"


def _kept(tag: str, style: str, others: str) -> str:
    kept = ""
    if tag == "img":
        for size in _SIZE.finditer(style):
            if size[1].lower() not in others:
                kept += f' {size[1].lower()}="{size[2]}{"%" if size[3] == "%" else ""}"'
    if tag in _CAN_ALIGN and "align" not in others and (align := _ALIGN.search(style)):
        kept += f' align="{align[1].lower()}"'
    if tag in _TAKE_COLOUR and "class" not in others and (color := _COLOR.search(style)):
        css = _css_of(color[1])
        kept += f' class="{escape(css)}"' if css else ""
    return kept


def _css_of(color: str) -> str:
    """The class of the nearest of our colours; "" for black, white, and what is no colour."""
    color = color.lower()
    name = _NAMED.get(color) or (_nearest(color[1:]) if color.startswith("#") else "")
    return f"ansi-{name}-fg" if name else ""


def _nearest(digits: str) -> str:
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        return ""
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    hue, light, saturation = rgb_to_hls(red, green, blue)
    if saturation < 0.2 or not 0.1 < light < 0.95:
        return ""
    return next(name for end, name in _HUES if hue * 360 <= end)
