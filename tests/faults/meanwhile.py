"""Ordinary posts and bombs pushed together: how long the ordinary ones take, by the portal's own record."""

import statistics
from dataclasses import dataclass

import psycopg

from tests.faults.bombs import BOMBS
from tests.knowledge.notebooks import code, display, notebook, png64, stream, text

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
    SELECT rendering.state, rendering.queued_at, rendering.started_at, rendering.finished_at
    FROM knowledge_post post
    JOIN knowledge_space space ON space.id = post.space_id AND space.slug = %s
    JOIN knowledge_revision latest ON latest.id = post.latest_revision_id
    JOIN knowledge_rendering rendering ON rendering.id = latest.rendering_id
    WHERE post.path LIKE %s
"""


@dataclass(frozen=True)
class Times:
    """Seconds of each post: from when it was queued until it was ready, and those that drawing it took."""

    readable: list[float]
    drawing: list[float]

    def over(self, usual: "Times") -> float:
        """How many times as long as usual the median post took to draw."""
        return statistics.median(self.drawing) / statistics.median(usual.drawing)

    def late(self, usual: "Times") -> float:
        """How many times as long as usual it took until the median post was readable."""
        return statistics.median(self.readable) / statistics.median(usual.readable)


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


def bombs(folder: str, copy: int = 0) -> dict[str, bytes]:
    """The heavy ones. No two copies are the same, so that each has to be drawn."""
    return {f"{folder}/{name}": BOMBS[name]() + b"\n" * copy for name in HEAVY}


def times(database_url: str, space: str, folder: str) -> Times | None:
    """Of the posts in a folder; None while any of them is not ready."""
    with psycopg.connect(database_url, connect_timeout=5) as connection:
        rows = connection.execute(_ASK, [space, f"{folder}/%"]).fetchall()
    if not rows or any(state != "ready" for state, *_ in rows):
        return None
    return Times(
        readable=[(finished - queued).total_seconds() for _, queued, _, finished in rows],
        drawing=[(finished - started).total_seconds() for _, _, started, finished in rows],
    )
