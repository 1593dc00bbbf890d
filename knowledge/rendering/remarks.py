"""What people say in comments: a small Markdown, as markup for the portal's own page.

Comments are drawn in the web process, so this is tighter than what documents may do: no markup of their own,
no pictures, no formulas, and an end to what one may cost (`LONGEST`, `_SIGNS`). `@name` is left as a place in
`Remark.html`, to be filled by whoever knows the people.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import mistune
import nh3
from mistune.plugins import import_plugin

from knowledge.rendering.highlight import CLASSES, highlighted
from knowledge.rendering.python import python_spans
from knowledge.rendering.sanitizer import TooNested, clean

PROFILE = 2  # to be raised with every change that makes the same text come out different
LONGEST = 20_000  # bytes of UTF-8
MENTIONS = 20  # of one comment; more are text

_MARK = "\ufdd1"
_PLACE = re.compile(rf"{_MARK}([^{_MARK}<>]{{1,150}}){_MARK}")
_MENTION = r"(?<![\w@./+-])@(?P<mentioned>\w[\w.+-]{0,149})"
_LONGEST_COLOURED = 8_000  # characters of code
# Whose lexers take no more than the length of the code, whatever it holds.
_LANGUAGES = {"py": "python", "python": "python", "r": "r", "sql": "sql", "json": "json", "sh": "bash"}
_LANGUAGES |= {"bash": "bash"}
# Where many of these stand, parsers go back and forth between them; text of people has a few in each line.
_SIGN = re.compile(r"[\[\]!<>`*_~|@:\\(]")
_SIGNS = 1_500
_BOX = {True: "☑", False: "☐"}


@dataclass(frozen=True, slots=True)
class Remark:
    """`names` are those of `@name`, as written and without doubles, in order."""

    html: str
    names: tuple[str, ...]

    def shown(self, people: Mapping[str, str]) -> str:
        """The markup, with a link for each name that `people` (name in lower case -> address) knows."""

        def mention(found: re.Match[str]) -> str:
            name = found[1]
            address = people.get(name.lower())
            if address is None:
                return f"@{name}"
            return f'<a class="mention" href="{escape(address)}">@{name}</a>'

        return _PLACE.sub(mention, self.html)


def remark(body: str) -> Remark:
    """A pure function of the text; what is too intricate to be Markdown comes out as it was written."""
    text = body.replace("\r\n", "\n").replace(_MARK, "").replace("\x00", "")
    if len(_SIGN.findall(text)) > _SIGNS or len(text.encode(errors="replace")) > LONGEST:
        return Remark(_literal(text), ())
    renderer = _Renderer()
    try:
        html = clean(_CLEANER, str(_parser(renderer)(text)))
    except (RecursionError, TooNested):
        return Remark(_literal(text), ())
    names = tuple(dict.fromkeys(renderer.names))
    return Remark(html.strip(), names)


class _Renderer(mistune.HTMLRenderer):
    """Every piece of text escaped; nh3 cleans what comes of it all the same."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.names: list[str] = []

    def heading(self, text: str, level: int, **_attrs: Any) -> str:
        """Headings are the page's own: a comment's would stand among them."""
        return f"<p><strong>{text}</strong></p>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """No picture is fetched from anywhere: a link to it."""
        return self.link(text or escape(url), url, title)

    def block_code(self, code: str, info: str | None = None) -> str:
        named = (info or "").strip().lower()
        shown = _coloured(code.strip("\n"), _LANGUAGES.get(named, ""))
        kind = "suggestion" if named == "suggestion" else "highlight"
        return f'<pre class="{kind}"><code>{shown}</code></pre>\n'

    def sanitize_url(self, url: str) -> str:
        """The cleaner takes away addresses that may do harm, and the portal says nothing in their place."""
        return url

    def mention(self, name: str) -> str:
        if len(self.names) >= MENTIONS:
            return f"@{name}"
        self.names.append(name)
        return f"{_MARK}{name}{_MARK}"

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{_BOX[checked]} {text}</li>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        tag = "th" if head else "td"
        return f"<{tag}{f' align={align}' if align else ''}>{text}</{tag}>\n"


def _coloured(code: str, language: str) -> str:
    if not language or len(code) > _LONGEST_COLOURED:
        return escape(code, quote=False)
    if language == "python":  # without the other languages that magics bring
        return python_spans(escape(code, quote=False), lambda escaped, _language: escaped)
    return highlighted(code, language)


def _parse_mention(_inline: Any, found: re.Match[str], state: Any) -> int:
    said = found["mentioned"]
    name = said.rstrip(".+-")
    state.append_token({"type": "mention", "raw": name})
    return found.end() - (len(said) - len(name))


def _parser(renderer: _Renderer) -> mistune.Markdown:
    markdown = mistune.Markdown(
        renderer=renderer,
        inline=mistune.InlineParser(hard_wrap=True),
        plugins=[import_plugin(name) for name in ("strikethrough", "table", "url", "task_lists")],
    )
    markdown.inline.register("mention", _MENTION, _parse_mention, before="link")
    renderer.register("table_cell", lambda self, *args, **kw: _Renderer.table_cell(self, *args, **kw))
    renderer.register("task_list_item", lambda self, *args, **kw: _Renderer.task_list_item(self, *args, **kw))
    return markdown


def _local(url: str) -> str | None:
    """Addresses of this portal, and of places in the page; others name no place from here."""
    is_ours = url.startswith(("/", "#")) and not url.startswith(("//", "/\\"))
    return url if is_ours else None


_TAGS = "a blockquote br code del em hr li ol p pre span strong table tbody td th thead tr ul"
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values={cell: {"align": {"left", "right", "center"}} for cell in ("td", "th")},
    allowed_classes={"pre": {"highlight", "suggestion"}, "span": set(CLASSES)},
    url_schemes={"http", "https", "mailto"},
    url_relative=_local,
    link_rel="nofollow noopener noreferrer",
    strip_comments=True,
)


def _literal(text: str) -> str:
    return f"<pre>{escape(text, quote=False)}</pre>"
