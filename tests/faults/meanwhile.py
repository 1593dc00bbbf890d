"""Ordinary posts and bombs pushed together: how long the ordinary ones take, by the portal's own record."""

import json
import statistics
from dataclasses import dataclass

from tests.faults.bombs import BOMBS
from tests.knowledge.notebooks import code, display, notebook, png64, stream, text
from tests.portal_process import Portal

# Those that keep a processor busy for longest, in seconds or in megabytes.
HEAVY = [
    "ansi.ipynb",
    "cursor.ipynb",
    "outputs-300000.ipynb",
    "streams-300000.ipynb",
    "cells-49000.ipynb",
    "code-cells-20000.ipynb",
    "html-20-mb.ipynb",
    "table-of-a-million.ipynb",
    "plotly-20-mb.ipynb",
    "footnotes.md",
    "markdown-brackets.md",
    "markdown-quotes.md",
    "markdown-fences.md",
    "markdown-table.md",
    "lexer-r.ipynb",
    "lexer-scala.ipynb",
    "contents.ipynb",
    "fences.Rmd",
    "paragraphs.docx",
]
_ASK = """
import json
from knowledge.models import Post
rows = Post.objects.filter(space__slug={space!r}, path__startswith={folder!r}).values_list(
    "latest_revision__rendering__state", "latest_revision__rendering__queued_at",
    "latest_revision__rendering__started_at", "latest_revision__rendering__finished_at")
print(json.dumps([[state, *(moment and moment.timestamp() for moment in moments)] for state, *moments in rows]))
"""


@dataclass(frozen=True)
class Times:
    """Seconds of each post: from when it was queued until it was ready, and those that drawing it took."""

    readable: list[float]
    drawing: list[float]

    def over(self, usual: "Times") -> float:
        """How many times as long as usual the median post took to draw."""
        return statistics.median(self.drawing) / statistics.median(usual.drawing)


def ordinary(folder: str, count: int) -> dict[str, bytes]:
    """Notebooks of some forty cells, each with words of its own."""
    return {f"{folder}/{number:02}.ipynb": _ordinary(f"{folder} {number}") for number in range(count)}


def _ordinary(name: str) -> bytes:
    lines = "frame = orders.groupby('region').agg({'value': 'sum'})  # by region\nframe.plot(kind='bar')\n"
    words = "What the orders of the *north* say, with a [link](other.md) and $x^2$.\n\n" * 4
    table = "<table>" + "<tr><td>north</td><td>1,204</td></tr>" * 30 + "</table>"
    cells = [
        cell
        for turn in range(20)
        for cell in (
            text(f"## Part {turn} of {name}\n\n{words}"),
            code(
                f"# {name}, {turn}\n{lines * 5}",
                stream(f"{name}: done\n" * 20),
                display(text_html=table, text_plain="north"),
                display(image_png=png64(300 + turn, 200)),
            ),
        )
    ]
    return notebook(*cells)


def bombs(folder: str, copies: int = 1) -> dict[str, bytes]:
    """The heavy ones, several of each and no two the same."""
    made = {name: BOMBS[name]() for name in HEAVY}
    return {
        f"{folder}/{copy}-{name}": data + b"\n" * copy if not name.endswith("docx") else data
        for copy in range(copies)
        for name, data in made.items()
    }


def times(portal: Portal, space: str, folder: str) -> Times | None:
    """Of the posts in a folder; None while any of them is not ready."""
    rows = json.loads(portal.manage("shell", "-v", "0", "-c", _ASK.format(space=space, folder=f"{folder}/")))
    if not rows or any(state != "ready" for state, *_ in rows):
        return None
    return Times(
        readable=[finished - queued for _, queued, _, finished in rows],
        drawing=[finished - started for _, _, started, finished in rows],
    )
