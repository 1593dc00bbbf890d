"""What may stand on the portal's own page, checked on finished markup: an oracle apart from the cleaner."""

import re
from html.parser import HTMLParser

_VOID = {"br", "col", "hr", "img", "wbr"}
_ELEMENTS = """
    a abbr b bdi bdo blockquote caption center cite code colgroup dd del details dfn div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 i iframe ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong
    sub summary sup table tbody td tfoot th thead time tr tt u ul var
"""
_ALLOWED = _VOID | {*_ELEMENTS.split()}
_NAMES = """
    href src alt title width height loading decoding id class rel colspan rowspan headers scope align start
    type reversed value open span datetime dir lang tabindex role aria-label sandbox data-slide
    data-wording
"""
_ATTRIBUTES = {*_NAMES.split()}
_ID = re.compile(r"(cell|fig|eq|h|u)-")
_ADDRESS = re.compile(r"(https?:|mailto:|tel:|#|/post/|almanac-(asset|file|output):)", re.IGNORECASE)
_SANDBOX = "allow-scripts allow-popups allow-popups-to-escape-sandbox"


class _Inspector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ALLOWED:
            self.wrong.append(f"<{tag}>")
        given = {name: value or "" for name, value in attrs}
        for name, value in given.items():
            self._attribute(tag, name, value)
        sandbox = None if given.get("class") == "output-frame paper-frame" else _SANDBOX
        if tag == "iframe" and (
            given.get("sandbox") != sandbox or not re.fullmatch(r"almanac-output:\d+", given.get("src", ""))
        ):
            self.wrong.append(f"<iframe {given}>")
        if tag == "img" and not given.get("src", "").startswith(("almanac-asset:", "almanac-file:")):
            self.wrong.append(f"<img {given}>")
        if tag not in _VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name not in _ATTRIBUTES:
            self.wrong.append(f"{tag}[{name}={value[:60]}]")
        if name in {"href", "src"} and not _ADDRESS.match(value.strip()):
            self.wrong.append(f"{tag}[{name}={value[:60]}]")
        if name == "id":
            if not _ID.match(value):
                self.wrong.append(f"id {value!r} without prefix")
            self.ids.add(value)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data[:60]!r}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"declaration {decl[:60]!r}")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"instruction {data[:60]!r}")

    def unknown_decl(self, data: str) -> None:
        self.wrong.append(f"declaration {data[:60]!r}")


def faults_of(html: str) -> list[str]:
    """What is on the page that must not be: elements, attributes, addresses, ids, or unbalanced markup."""
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.wrong + [f"<{tag}> left open" for tag in inspector.open]
