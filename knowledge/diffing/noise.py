"""What differs from run to run although nothing changed: addresses, counts, names made up by libraries."""

import re

from knowledge.rendering.terminal import terminal_text

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_OBJECT = re.compile(r"(<[\w.\[\] ]{1,200}? at )0x[0-9a-fA-F]+(?=[^\n]{0,200}>)")
_TEMPORARY = re.compile(
    r"<ipython-input-\d+-[0-9a-f]+>|[^\s\"'(]{0,200}ipykernel_\d+[/\\]\d+\.py"
    r"|\b(?:Input )?(?:In|Out) ?\[\d+\]"
)
_SVG_DATE = re.compile(
    r"<dc:date>[^<]{0,100}</dc:date>|<metadata>.*?(?:</metadata>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL
)
# Names: UUIDs and long hexadecimals of libraries, and those that Styler and matplotlib make up. One after the
# other: each begins with few characters, which is found far faster than one of many alternatives.
_MADE_UP = (
    re.compile(r"[0-9a-f]{8}(?:-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24})(?![0-9a-f])"),
    re.compile(r"T_[0-9a-f]{5,12}(?=[_\"' ])"),
    re.compile(r"[pm][0-9a-f]{9,12}(?=[\"')_])"),
)
_BOKEH = re.compile(r"(?<=[\"'])p\d{4,7}(?=[\"'])|(?<=\"id\":\")\d{4,7}(?=\")")
_UID = re.compile(r'"uid": ?"[^"]{1,60}",?')


def without_run(text: str) -> str:
    """Printed text as it stands on the page, without what changes with each run."""
    text = terminal_text(text) if _needs_terminal(text) else text
    if "0x" in text:
        text = _ADDRESS.sub("0x…", _OBJECT.sub(r"\g<1>0x…", text))
    return _TEMPORARY.sub("[…]", text) if "[" in text or "ipy" in text else text


def _needs_terminal(text: str) -> bool:
    return any(sign in text for sign in "\x1b\r\b")


def drawing(markup: str) -> str:
    """An SVG, a script or JSON with the names that libraries make up replaced by the order they come in."""
    if "<svg" in markup or "<!--" in markup:
        markup = _SVG_DATE.sub("", markup)
    if '"uid"' in markup:
        markup = _UID.sub("", markup)
    for pattern in _MADE_UP:
        markup = pattern.sub(_Names(), markup)
    return _BOKEH.sub(_Names(), markup) if "okeh" in markup else markup


class _Names:
    """Each name by the order in which it comes first."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def __call__(self, found: re.Match[str]) -> str:
        return self.known.setdefault(found[0], f"name-{len(self.known)}")
