"""Tables of documents: in a box that scrolls, numbers in columns, heads standing like what is under them.

All of it works on nh3's output, whose attributes hold no angle brackets.
"""

import re
from collections.abc import Callable
from itertools import islice

from knowledge.rendering.printed import folded

_PLAIN_NUMBER = (
    r"[-+−–]?\(?(?:[$€£¥₹]\s?)?[-−]?\d(?:[\d,.\s]|&nbsp;)*+(?:e[-+]?\d+)?(?:\s|&nbsp;)?[%‰$€£¥₹]?\)?"
)
_DATE = r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?)?"
_NOTHING = r"NaN|nan|NaT|NA|&lt;NA&gt;|[-+]?inf"
_NUMBER_CELL = re.compile(
    rf"<(td|th)>(\s*(?:<strong>|<b>)?(?:{_DATE}|{_NOTHING}|{_PLAIN_NUMBER})(?:</strong>|</b>)?\s*)</\1>"
)
_TABLE = re.compile(r"<table[^>]*>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(td|th)([^>]*)>(.*?)</\1>", re.DOTALL)
_SPAN = re.compile(r' colspan="(\d{1,3})"')
_NUM = ' class="num"'
_TYPES = r"chr|dbl|int|lgl|fct|ord|date|dttm|drtn|time|list|cplx|raw|\w+\[[\d, ]*\]|list\[\w*\]"
_TYPE_CELL = re.compile(rf"<(td|th)((?: scope=\"\w+\")?)( class=\"num\")?>(\s*&lt;(?:{_TYPES})&gt;\s*)</\1>")
_BOXED = re.compile(r'<div class="table-scroll"([^>]*)>(<table[^>]*>.*?</table>)</div>', re.DOTALL)
_BODY_ROW = re.compile(r"<tr[^>]*>")
_AT_ONCE = 100  # rows of a long table that a browser lays out before its reader asks for all
_MOST_HEAD_ROWS = 6
_JUDGED = 5  # rows whose cells say which columns are of numbers: the first may lack some
_MISSING = re.compile(r"<td>\s*(?:null|None|NULL|missing|\.\.\.|…|⋮)\s*</td>")
# A group, not a region: pages have many tables, and landmarks should be few.
_BOX = '<div class="table-scroll" tabindex="0" role="group" aria-label="Table"><table'


def tables(html: str) -> str:
    """Each table of a cleaned fragment as described above."""
    # A function, for Python 3.11 takes three times as long to fill in a template.
    html = _NUMBER_CELL.sub(lambda found: f"<{found[1]}{_NUM}>{found[2]}</{found[1]}>", html)
    html = _TABLE.sub(lambda found: _with_heads(found[0]), html)
    if "&gt;</t" in html:
        html = _TYPE_CELL.sub(_type_cell, html)
    return html.replace("<table", _BOX).replace("</table>", "</table></div>")


def _type_cell(found: re.Match[str]) -> str:
    """R tells the type of a column under its name."""
    return f'<{found[1]}{found[2]} class="type{" num" if found[3] else ""}">{found[4]}</{found[1]}>'


def as_outputs(html: str, new_id: Callable[[], str]) -> str:
    """Tables that code made: each has an address, and is folded where it is long."""

    def known(found: re.Match[str]) -> str:
        if found[2].count("<table") > 1:  # one in another: where it ends can't be told from here
            return found[0]
        start = max(found[2].find("<tbody"), found[2].find("</thead>"), 0)
        rows = _BODY_ROW.findall(found[2], start)
        box = f'<div class="table-scroll" id="{new_id()}"{found[1]}>{_divided(found[2], start)}</div>'
        return folded(box, len(rows), "rows")

    return _BOXED.sub(known, html)


def _divided(table: str, start: int) -> str:
    """The rest of a long table's rows apart. Not where cells span rows: they can't across such a border."""
    at = next((row.start() for row in islice(_BODY_ROW.finditer(table, start), _AT_ONCE * 2, None)), 0)
    if not at or "</tbody>" not in table[at:] or "rowspan" in table[start:]:
        return table
    border = next(row.start() for row in islice(_BODY_ROW.finditer(table, start), _AT_ONCE, None))
    return f'{table[:border]}</tbody><tbody class="rest">{table[border:]}'


def _with_heads(table: str) -> str:
    if table.count("<table") > 1:  # one in another: whose head is whose can't be told from here
        return table
    rows = list(islice(_ROW.finditer(table), _MOST_HEAD_ROWS + _JUDGED))
    heads = _head_rows(table, rows[:_MOST_HEAD_ROWS])
    if not heads or len(heads) == len(rows):
        return table
    numeric = _numeric_columns([row[1] for row in rows[len(heads) :][:_JUDGED]])
    texts = _one_row(heads) or [row[1] for row in heads]
    marked = "".join(f"<tr>{_aligned(text, numeric)}</tr>" for text in texts)
    before, body = table[: heads[0].start()], _with_gaps(table[heads[-1].end() :], numeric)
    if before.rstrip().endswith("<tbody>") and "rowspan" not in marked:
        return f"{before.rstrip().removesuffix('<tbody>')}<thead>{marked}</thead><tbody>{body}"
    return before + marked + body


def _with_gaps(body: str, numeric: list[bool]) -> str:
    """Values that are missing stand where the numbers of their column do."""
    if "rowspan" in body or not _MISSING.search(body):
        return body

    def marked(row: re.Match[str]) -> str:
        return row[0].replace(row[1], _aligned(row[1], numeric)) if _MISSING.search(row[1]) else row[0]

    return _ROW.sub(marked, body)


def _head_rows(table: str, rows: list[re.Match[str]]) -> list[re.Match[str]]:
    """The rows of its `thead`; in a table without one the first, if it consists of heads."""
    end = table.find("</thead>")
    if end >= 0:
        head = [row for row in rows if row.end() <= end]
        return [] if any("rowspan" in row[1] for row in head) else head
    first = list(_CELL.finditer(rows[0][1])) if rows else []
    if any(cell[1] == "td" and cell[3].strip() for cell in first):  # names of rows beside values
        return []
    is_head = rows and (rows[0][1].count("<th") > 1 or _is_lone_head(rows))
    return rows[:1] if is_head else []


def _is_lone_head(rows: list[re.Match[str]]) -> bool:
    """What a query that asks for one column answers."""
    cells = [[cell[1] for cell in _CELL.finditer(row[1])] for row in rows]
    return len(cells) > 1 and cells[0] == ["th"] and all(row == ["td"] for row in cells[1:])


def _numeric_columns(rows: list[str]) -> list[bool]:
    """For each column, whether these rows have only numbers there, or nothing; labels don't count."""
    columns: list[bool | None] = []
    for row in rows:
        at = 0
        for cell in _CELL.finditer(row):
            columns += [None] * (at + _span(cell[2]) - len(columns))
            if not _MISSING.fullmatch(cell[0]) and cell[3].strip():
                columns[at] = columns[at] is not False and cell[1] == "td" and _NUM in cell[2]
            at += _span(cell[2])
    return [column is True for column in columns]


def _aligned(row: str, numeric: list[bool]) -> str:
    column = 0

    def marked(cell: re.Match[str]) -> str:
        nonlocal column
        here, width = column, _span(cell[2])
        column += width
        attributes = cell[2].replace(_NUM, "")
        if width == 1 and numeric[here : here + 1] == [True]:
            attributes += _NUM
        return f"<{cell[1]}{attributes}>{cell[3]}</{cell[1]}>"

    return _CELL.sub(marked, row)


def _one_row(heads: list[re.Match[str]]) -> list[str]:
    """pandas gives the names of its index a row of their own; with nothing else in it, the two are one."""
    if len(heads) != 2:
        return []
    first, second = ([(cell[0], cell[3].strip()) for cell in _CELL.finditer(row[1])] for row in heads)
    names = next((at for at, (_, text) in enumerate(second) if not text), 0)
    apart = not any(text for _, text in first[:names]) and not any(text for _, text in second[names:])
    if not names or not apart or len(first) != len(second) or "colspan" in heads[0][1]:
        return []
    return ["".join(cell for cell, _ in second[:names] + first[names:])]


def _span(attributes: str) -> int:
    found = _SPAN.search(attributes)
    return int(found[1]) if found else 1
