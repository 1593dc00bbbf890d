"""What libraries write their tables like, put the way that the page wants it. None of it is cleaned yet."""

import re
from collections.abc import Callable

from knowledge.rendering.frames import is_active

_STYLE = re.compile(r"<style\b([^<>]*)>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_TABLE_STYLE = re.compile(
    r"\s*(?:table|details)?\.(?:dataframe|list-inline|list-unstyled|dl-inline|dni-[\w-]+)\b[^{}]{0,300}\{"
)
_LONG_STYLE = 10_000
_STYLER_NAME = re.compile(r' id="T_\w{1,100}"')
_BLANK_HEAD = re.compile(r"(<th\b[^<>]{0,200}>)&nbsp;</th>")
_JULIA = re.compile(r'<table class\s?=\s?"data-frame"[^<>]{0,200}>')
_JULIA_TYPES = re.compile(r'<tr class\s?=\s?"subheader[^"<>]{0,100}">')
_JULIA_CELL = re.compile(r"(<t[hd])\b[^<>]{0,2000}(?=>)")
_NET_VALUE = re.compile(
    r'(<td>(?:<i>|<span>)?)<div class="dni-plaintext">(?:<pre>)?([^<]*)(?:</pre>)?</div>'
    r"((?:</i>|</span>)?</td>)"
)


def plain_tables(html: str) -> str:
    """The same tables without what only a notebook's page needs; other styles and scripts are left alone."""
    html = _without_table_styles(html)
    if is_active(html):
        return html
    for mark, of_library in _DIALECTS.items():
        if mark in html:
            html = of_library(html)
    return html


def _without_table_styles(html: str) -> str:
    """pandas, polars, R and .NET write one with every table; it aligns cells, which the page does itself."""
    if "<style" not in html:
        return html
    plain = _STYLE.sub(lambda found: "" if _is_of_tables(found[1], found[2]) else found[0], html)
    return html if is_active(plain) else plain


def _is_of_tables(attributes: str, css: str) -> bool:
    """A Styler that styles nothing, but formats or hides, writes an empty one."""
    is_short = len(css) < _LONG_STYLE
    return "scoped" in attributes or not css.strip() or (is_short and bool(_TABLE_STYLE.match(css)))


def _pandas_styler(html: str) -> str:
    """Names of cells are for styles, and these have none."""
    html = html.replace('<table id="T_', '<table class="dataframe" id="T_')
    return _BLANK_HEAD.sub(r"\1</th>", _STYLER_NAME.sub("", html))


def _julia(html: str) -> str:
    """Each table with its numbers told by what they are, not by styles, and its types as polars has them."""
    pieces: list[str] = []
    at = 0
    for opening in _JULIA.finditer(html):
        end = html.find("</table>", opening.end())
        if opening.start() >= at and end >= 0:
            pieces += [html[at : opening.start()], '<table class="dataframe">']
            pieces.append(_with_types_apart(_JULIA_CELL.sub(r"\1", html[opening.end() : end])))
            at = end
        if end < 0:
            break
    return "".join([*pieces, html[at:]])


def _with_types_apart(rows: str) -> str:
    """Types of columns as values of the head."""
    found = _JULIA_TYPES.search(rows)
    end = rows.find("</tr>", found.end()) if found else -1
    if not found or end < 0:
        return rows
    types = rows[found.end() : end].replace("<th", "<td").replace("</th", "</td")
    return f"{rows[: found.start()]}<tr>{types}{rows[end:]}"


def _net(html: str) -> str:
    return _NET_VALUE.sub(r"\1\2\3", html)


# What a library's tables can be told by.
_DIALECTS: dict[str, Callable[[str], str]] = {
    '<table id="T_': _pandas_styler,
    '"data-frame"': _julia,
    "dni-plaintext": _net,
}
