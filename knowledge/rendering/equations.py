r"""Displays numbered as LaTeX would: rows of environments, `subequations`, labels and tags.

Numbers are slots, for they depend on the cells before.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from knowledge.rendering.part import Part, slug

LABEL = re.compile(r"\\label\s*\{([^{}]{0,200})\}")
LINES = re.compile(
    r"\s*\\begin\{(?:align|alignat|equation|gather|multline|eqnarray|flalign|subequations)\*?\}"
)
_TAG = re.compile(r"\\tag\s*\*?\s*\{((?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{[^{}]*\})*\})*)\}", re.DOTALL)
_UNNUMBERED = re.compile(r"\\(?:notag|nonumber)(?![a-zA-Z])")
_INTERTEXT = re.compile(r"\\(?:short)?intertext\s*\{((?:[^{}\\]|\\.|\{[^{}]*\})*)\}", re.DOTALL)
_ENVIRONMENT = re.compile(
    r"\\begin\{(?P<name>equation|align|gather|alignat|flalign|eqnarray|multline)(?P<star>\*?)\}"
    r"(?P<argument>(?:\{\d+\})?)(?P<body>.*?)\\end\{(?P=name)(?P=star)\}",
    re.DOTALL,
)
_SUBEQUATIONS = re.compile(r"\s*\\begin\{subequations\}(.*)\\end\{subequations\}\s*", re.DOTALL)
_OWN_LABEL = re.compile(r"\s*\\label\s*\{([^{}]{0,200})\}")
# KaTeX knows a few environments by a newer name only; in another formula they are those that take no number.
_NEWER = {"eqnarray": "align", "flalign": "align", "multline": "gather"}
_WITHIN = {"align": "aligned", "gather": "gathered", "alignat": "alignedat", "equation": ""}
_SIGN = re.compile(r"\\begin\{|\\end\{|\\\\|\\.|[{}&]", re.DOTALL)
# The brackets of `\\begin{` and `\\end{` are closed by a sign that counts by itself.
_DEEPER = {"{": 1, "}": -1, "\\begin{": 2, "\\end{": 0}
_MOST_ROWS = 500
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def anchor_of(label: str) -> str:
    """The id of the equation of that label."""
    return f"eq-{slug(label)}"


@dataclass(slots=True)
class Numbering:
    """Gives the rows of a formula their numbers; `anchors` gathers the ids that references lead to."""

    part: Part
    anchors: list[str] = field(default_factory=list)
    parent: str = ""
    letters: Iterator[str] = field(default_factory=lambda: iter(_LETTERS))

    def numbered(self, body: str) -> str:
        """A display with a number on each row that LaTeX would number."""
        if body.count("\\begin") > _MOST_ROWS:
            return body
        found = _ENVIRONMENT.search(body)
        if found and found[0].strip() == body.strip():
            return self._environment(found)
        body = _within(body)
        return self._whole(body) if LABEL.search(body) else _in_rows(body)

    def _environment(self, found: re.Match[str]) -> str:
        name = _NEWER.get(found["name"], found["name"])
        fence = f"{name}{found['star']}"
        inside = _within(found["body"])
        if found["name"] == "equation":
            return rf"\begin{{{fence}}}{self._whole(inside, is_starred=bool(found['star']))}\end{{{fence}}}"
        rows = [row for piece in rows_of(inside) for row in _with_intertext(piece)]
        if found["name"] == "eqnarray":
            rows = [_of_two_columns(row) for row in rows]
        is_plain = bool(found["star"]) or len(rows) > _MOST_ROWS
        if found["name"] == "multline" and not is_plain:
            shown = self._one_of(rows)
        else:
            shown = _each(self._marked if is_plain else self._row, rows)
        return rf"\begin{{{fence}}}{found['argument']}{shown}\end{{{fence}}}"

    def _whole(self, body: str, *, is_starred: bool = False) -> str:
        """A formula under one number, whatever rows it has."""
        tag = _TAG.search(body)
        inside = _in_rows(LABEL.sub("", _TAG.sub("", body)), always=True)
        marks = "".join(label[0] for label in LABEL.finditer(body)) + (tag[0] if tag else "")
        return self._marked(inside + marks) if is_starred else self._row(inside + marks)

    def _one_of(self, rows: list[str]) -> str:
        """All rows under the one number that is on the last."""
        labels = "".join(label[0] for row in rows for label in LABEL.finditer(row))
        rows = [LABEL.sub("", row) for row in rows]
        last = self._row(rows[-1] + labels)
        return "\\\\".join([*(f"{row}\\nonumber" for row in rows[:-1]), last])

    def _marked(self, row: str) -> str:
        """A row of an environment without numbers: it has one only by its own `\\tag`."""
        return self._row(row) if _TAG.search(row) else LABEL.sub("", row)

    def _row(self, row: str) -> str:
        labels = LABEL.findall(row)
        self.anchors += map(anchor_of, labels)
        row = LABEL.sub("", row)
        if tag := _TAG.search(row):
            for label in labels:
                self.part.tagged(label, tag[1])
            return row
        if _UNNUMBERED.search(row):
            return row
        return rf"{row.rstrip()} \tag{{{self._number(labels)}}}"

    def _number(self, labels: list[str]) -> str:
        if not self.parent:
            number = self.part.equation(labels[0] if labels else "")
            labels = labels[1:]
        else:
            number = self.parent + next(self.letters, "")
        for label in labels:
            self.part.tagged(label, number)
        return number


def subequations(part: Part, body: str) -> tuple[Numbering, list[str]] | None:
    """How the displays in `subequations` are to be numbered, and those; None for any other formula."""
    found = _SUBEQUATIONS.fullmatch(body)
    if not found:
        return None
    inside, label = found[1], ""
    if own := _OWN_LABEL.match(inside):
        inside, label = inside[own.end() :], own[1]
    numbering = Numbering(part, parent=part.equation(label))
    if label:
        numbering.anchors.append(anchor_of(label))
    return numbering, [one[0] for one in _ENVIRONMENT.finditer(inside)] or [inside]


def rows_of(body: str) -> list[str]:
    r"""What stands between the `\\` that are in no group and no environment within."""
    rows, start = [], 0
    for sign in _top_level(body):
        if sign[0] == "\\\\":
            rows.append(body[start : sign.start()])
            start = sign.end()
    return [*rows, body[start:]]


def _each(number: Callable[[str], str], rows: list[str]) -> str:
    # A row that ends the environment is none in LaTeX's eyes.
    return "\\\\".join(number(row) for row in rows if row.strip() or row is not rows[-1])


def _top_level(body: str) -> Iterator[re.Match[str]]:
    """The signs of a formula that are in no group and no environment within."""
    depth = 0
    for sign in _SIGN.finditer(body):
        if depth <= 0:
            yield sign
        depth += _DEEPER.get(sign[0], 0)


def _in_rows(body: str, *, always: bool = False) -> str:
    """A formula of columns, or `always` of rows, that are in no environment, as Sphinx and MyST read it."""
    signs = {sign[0] for sign in _top_level(body)}
    is_table = "&" in signs or (always and "\\\\" in signs)
    return rf"\begin{{aligned}}{body}\end{{aligned}}" if is_table else body


def _within(body: str) -> str:
    """Environments inside a formula, as those that may stand there."""
    if r"\begin" not in body:
        return body

    def inner(found: re.Match[str]) -> str:
        name = _WITHIN[_NEWER.get(found["name"], found["name"])]
        inside = LABEL.sub("", found["body"])
        if not name:
            return inside
        return rf"\begin{{{name}}}{found['argument']}{inside}\end{{{name}}}"

    return _ENVIRONMENT.sub(inner, body)


def _with_intertext(row: str) -> Iterator[str]:
    """Words between two rows, in a row of their own."""
    at = 0
    for words in _INTERTEXT.finditer(row):
        if row[at : words.start()].strip():
            yield row[at : words.start()]
        yield rf"\text{{{words[1]}}}\nonumber"
        at = words.end()
    if at == 0 or row[at:].strip():
        yield row[at:]


def _of_two_columns(row: str) -> str:
    """A row of the old `eqnarray`, whose relation has a column of its own."""
    ends = [sign for sign in _top_level(row) if sign[0] == "&"]
    return row if len(ends) != 2 else f"{row[: ends[1].start()]}{{}}{row[ends[1].end() :]}"
