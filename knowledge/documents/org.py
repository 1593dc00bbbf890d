"""The reader of Org documents: header and title are read here, the text by pandoc where there is one."""

import re
import shutil
import subprocess

from knowledge.documents.decoding import one_line, storable, text_of
from knowledge.documents.document import JSON, Document, Header, Markup
from knowledge.documents.faults import refusal
from knowledge.documents.head import Head
from knowledge.documents.header import header_of

SECONDS = 10
_MEMORY = "600m"
_LOOKED_AT = 200_000
_KEYWORD = re.compile(r"^[ \t]{0,20}#\+(\w{1,30}):[ \t]*(.{0,2000})$", re.MULTILINE)
_HEADING = re.compile(
    r"^\*{1,8}[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?(.{1,500}?)(?:[ \t]+:[\w@:]{1,200}:)?[ \t]{0,20}$",
    re.MULTILINE,
)
_LINK = re.compile(r"\[\[[^\[\]]{1,500}\]\[([^\[\]]{1,500})\]\]")
_STAMP = re.compile(r"[<\[](\d{4}-\d\d-\d\d)[^<>\[\]]{0,40}[>\]]")
_FORMULA = re.compile(r'<span class="math inline">([^<]*)</span>')
_NAMES = {
    "author": "authors",
    "date": "created_at",
    "filetags": "tags",
    "keywords": "tags",
    "description": "tldr",
}
_OWN = {*_NAMES.values(), "title", "subtitle", "updated_at", "thumbnail", "private", "allowed_groups"}
_COMMAND = (
    f"ulimit -t {SECONDS}; exec pandoc --sandbox --from org --to html --mathjax --no-highlight --wrap none "
    f"+RTS -M{_MEMORY} -RTS"
)


def read_org(source: bytes) -> Document:
    """`content` is the Markup that pandoc makes of it. Raises DocumentError where there is no pandoc."""
    head = org_head(source)
    return Document(
        format="org",
        header=head.header,
        title=head.title,
        language="",
        faults=head.faults,
        content=Markup(_converted(text_of(source)[0])),
    )


def org_head(source: bytes) -> Head:
    text, faults = text_of(source)
    said: dict[str, JSON] = {}
    for found in _KEYWORD.finditer(text[:_LOOKED_AT]):
        name = found[1].lower()
        name = _NAMES.get(name, name)
        value = _value(name, found[2])
        if name == "latex_header":
            said["header-includes"] = f"{said.get('header-includes', '')}{value}\n"
        elif name in _OWN and value:
            said[name] = f"{said[name]} {value}" if name == "title" and name in said else value
    header = header_of(said) if said else Header()
    heading = _HEADING.search(text[:_LOOKED_AT])
    title = header.title or (one_line(_LINK.sub(r"\1", heading[1])) if heading else "")
    return Head(header, title, tuple(faults))


def _value(name: str, text: str) -> str:
    text = text.strip()
    if name == "tags" and text.startswith(":"):
        return ", ".join(part for part in text.split(":") if part)
    stamp = _STAMP.match(text)
    return stamp[1] if stamp else text


def _converted(text: str) -> str:
    """By a pandoc that sees no file and no network, and whose time and memory are bounded."""
    if shutil.which("pandoc") is None:
        raise refusal("pandoc-missing")
    try:
        made = subprocess.run(
            ["sh", "-c", _COMMAND], input=text.encode(), capture_output=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise refusal("bad-org", reason="it takes too long") from None
    if made.returncode:
        raise refusal("bad-org", reason=_reason(made))
    # Formulas in a line are found by their marks, whatever stands around them.
    return _FORMULA.sub(r"\1", storable(made.stdout.decode(errors="replace")))


def _reason(made: subprocess.CompletedProcess[bytes]) -> str:
    if made.returncode < 0 or made.returncode > 128:
        return "it takes too long"
    if made.returncode == 251:
        return "it takes more memory than a document may use"
    return one_line(made.stderr.decode(errors="replace"))[:300].rstrip(".") or f"exit code {made.returncode}"
