"""What code printed: text as a terminal leaves it, folded where it is long, and tracebacks."""

import re
from html import escape
from typing import Any

from knowledge.rendering import limits
from knowledge.rendering.terminal import terminal_html, terminal_text

LONG = 40  # lines, or rows of a table: what a reader may want to skip
_SUMMARY = 300
_DOTTED = re.compile(r"\w+(\.\w+)+")
_SAYS_NOTHING = {"error", "exception", "err"}


def printed(text: str, classes: str) -> str:
    """Text in a `pre` of these classes; "" for white space."""
    shown = terminal_html(text)
    if not shown.strip():
        return ""
    return folded(f'<pre class="{classes}">{shown}</pre>', shown.rstrip("\n").count("\n") + 1, "lines")


def folded(html: str, count: int, what: str) -> str:
    """Markup of `count` lines (rows, ...) cut off by the style sheet until its reader wants all of it.

    The text is all there for search and for print; the `details` is but the switch, and needs no script.
    """
    if count <= LONG:
        return html
    switch = f'<details class="all"><summary>All {count:,} {what}</summary></details>'
    return f'<div class="long">{html}{switch}</div>'


def error_html(output: dict[str, Any]) -> str:
    """A traceback, folded under the line that says what went wrong."""
    name, value = (terminal_text(output[key]).strip() for key in ("ename", "evalue"))
    trace = "\n".join(output["traceback"])
    said = _said(name, value)
    line = escape(_summary(terminal_text(trace[-limits.TERMINAL :]), name, said), quote=False)
    body = terminal_html(trace if trace.strip() else said)
    return f'<details class="error"><summary>{line}</summary><pre>{body}</pre></details>'


def error_words(output: dict[str, Any]) -> str:
    """What it was called, and its message."""
    name, value = (terminal_text(output[key][: limits.OUTPUT_PASSAGE]).strip() for key in ("ename", "evalue"))
    return _said(name, value)


def _said(name: str, value: str) -> str:
    """Kernels differ in what they call the error, and in whether its message begins with that."""
    name = name.rpartition(".")[2] if _DOTTED.fullmatch(name) else name
    if not name or name.lower() in _SAYS_NOTHING or value.startswith(name):
        return value or name
    return f"{name}: {value}" if value else name


def _summary(trace: str, name: str, said: str) -> str:
    """The traceback's last line that names the error; else the message's first, with what it announces."""
    lines = [line.strip() for line in trace.splitlines() if line.strip()]
    named = [line for line in lines if name and line.startswith(f"{name}: ")]
    words = [line.strip() for line in said.splitlines() if line.strip()]
    if named and not named[-1].endswith(":"):
        return named[-1][:_SUMMARY]
    if len(words) > 1 and words[0].endswith(":"):
        return f"{words[0]} {words[-1]}"[:_SUMMARY]
    return next(iter(words or lines[-1:]), "Error")[:_SUMMARY]
