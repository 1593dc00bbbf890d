"""Alerts as GitHub writes them: a quotation that begins with `[!NOTE]` or one of its four kin.

Works on nh3's output. What kind an alert is stands in words, never in its colour alone.
"""

import re

KINDS = {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"}
_BEGINNING = re.compile(
    r"<p>\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:[ \t]*(?:<br>\s*|\n|(?=</p>))|(?=[ \t]))",
    re.IGNORECASE,
)
_QUOTATION = re.compile(r"<(/?)blockquote(?: [^>]*)?>")
_MOST = 1_000


def opening(kind: str, title: str = "") -> str:
    """The beginning of an alert, to be closed by `</div>`; `title`, if any, is markup."""
    shown = title or KINDS[kind]
    return f'<div class="alert alert-{kind}"><p class="alert-title">{shown}</p>'


def with_alerts(html: str) -> str:
    """Quotations that are alerts, as such. One that holds several (Python-Markdown joins them) is parted."""
    if "[!" not in html or "<blockquote" not in html:
        return html
    pieces: list[str] = []
    at = depth = begin = 0
    for tag in list(_QUOTATION.finditer(html))[:_MOST]:
        if not tag[1] and not depth:
            pieces.append(html[at : tag.start()])
            begin = tag.end()
        depth += -1 if tag[1] else 1
        if tag[1] and not depth:
            pieces.append(_shown(html[begin : tag.start()]))
            at = tag.end()
    return "".join(pieces) + html[at:]


def _shown(inside: str) -> str:
    """What stands for a quotation: itself, or the alerts in it."""
    inside = with_alerts(inside)
    starts = [found for found in _BEGINNING.finditer(inside) if _is_outermost(inside, found.start())]
    if not starts:
        return f"<blockquote>{inside}</blockquote>"
    before = inside[: starts[0].start()]
    pieces = [f"<blockquote>{before}</blockquote>"] if before.strip() else []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        body = "<p>" + inside[start.end() : following.start() if following else len(inside)].lstrip()
        pieces.append(opening(start[1].lower()) + body.replace("<p></p>", "", 1).strip() + "</div>")
    return "".join(pieces)


def _is_outermost(inside: str, at: int) -> bool:
    """Whether a place is in no list and no other element that would be torn apart."""
    before = inside[:at]
    return all(
        before.count(f"<{tag}") <= before.count(f"</{tag}>") for tag in ("ul", "ol", "div", "blockquote")
    )
