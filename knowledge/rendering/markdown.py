"""Markdown to markup that is yet to be cleaned.

Cells of notebooks go through nbconvert's own parser, so that they read here as they do in Jupyter; Markdown
files through Python-Markdown. Formulas are set aside before either sees the text (`aside`).
"""

import re
from typing import Any

from markdown import Markdown
from mistune import BlockParser, InlineParser
from mistune.plugins import import_plugin
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser

from knowledge.rendering.alerts import opening
from knowledge.rendering.aside import Aside, Diagram
from knowledge.rendering.dialects import DIRECTIVE, for_python_markdown
from knowledge.rendering.directives import alert_in, is_directive, language_in
from knowledge.rendering.highlight import highlighted
from knowledge.rendering.languages import code_language
from knowledge.rendering.part import slug

_BOX = {True: "☑", False: "☐"}
_CHECKBOX = re.compile(r'<input type="checkbox" disabled( checked)?\s*/?>')
_LONGEST_NAME = 40


class CellRenderer(IPythonRenderer):
    """Our code blocks, no pilcrow links; everything else is nbconvert's."""

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.aside = Aside()

    def block_code(self, code: str, info: str | None = None) -> str:
        return fence(code, info or "", self.aside)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<h{level}>{text}</h{level}>\n"

    def _embed_image_or_attachment(self, src: str) -> str:
        """Attachments are resolved after cleaning, where a missing one is no error."""
        return src


class CellBlocks(MathBlockParser):
    """Headings as in Jupyter (`#Title`), formulas not: there are none left in the text."""

    DEFAULT_RULES = BlockParser.DEFAULT_RULES


def fence(code: str, info: str, aside: Aside) -> str:
    """A fence inside a text, of code or of what a directive makes of it; `info` follows its opening."""
    code = aside.restored(code)
    if alert := alert_in(info, code):
        return f"{opening(alert.kind, alert.title)}\n{cell_markup(alert.body, aside)}</div>\n"
    # What nobody here carries out is shown with its name.
    return code_block(f"{info}\n{code}" if is_directive(info) else code, language_in(info), aside)


def code_block(code: str, language: str, aside: Aside) -> str:
    """Code in its colours; a diagram in Mermaid's language is set aside to be drawn."""
    if language.lower() == "mermaid":
        return f"<p>{aside.keep(Diagram(code))}</p>\n"
    language = code_language(code, language[:_LONGEST_NAME].lower())
    aside.code.append((language, code))
    shown = highlighted(code, language)
    return f'<pre class="highlight"><code>{shown}</code></pre>\n'


def _task_list_item(_renderer: object, text: str, checked: bool = False) -> str:
    box = f'<span class="task">{_BOX[checked]}</span> '
    return f"<li><p>{box}{text[3:]}</li>\n" if text.startswith("<p>") else f"<li>{box}{text}</li>\n"


def _table_cell(_renderer: object, text: str, align: str | None = None, head: bool = False) -> str:
    tag = "th" if head else "td"
    return f"<{tag}{f' align={align}' if align else ''}>{text}</{tag}>\n"


def _footnote_call(_renderer: object, key: str, index: int) -> str:
    name = slug(key)
    return f'<sup id="fnref:{name}"><a href="#fn:{name}">{index}</a></sup>'


def _footnote(_renderer: object, text: str, key: str, index: int) -> str:
    name = slug(key)
    back = f' <a href="#fnref:{name}" title="Back to the text">↩</a>'
    inside = text.rstrip()
    inside = f"{inside[:-4]}{back}</p>" if inside.endswith("</p>") else inside + back
    return f'<li id="fn:{name}">{inside}</li>\n'


def _footnotes(_renderer: object, text: str) -> str:
    return f'<div class="footnote">\n<ol>\n{text}</ol>\n</div>\n'


def _cell_parser(renderer: CellRenderer) -> MarkdownWithMath:
    plugins = ("strikethrough", "mark", "footnotes", "table", "url", "task_lists", "def_list")
    parser = MarkdownWithMath(
        renderer=renderer,
        block=CellBlocks(),
        inline=InlineParser(hard_wrap=False),
        plugins=[import_plugin(name) for name in plugins],
    )
    # The plugins' own write inline styles and form fields, which the page does not allow.
    renderer.register("task_list_item", _task_list_item)
    renderer.register("table_cell", _table_cell)
    renderer.register("footnote_ref", _footnote_call)
    renderer.register("footnote_item", _footnote)
    renderer.register("footnotes", _footnotes)
    return parser


class FileParser(Markdown):
    """Python-Markdown, which hands itself to what shows its fences."""

    aside: Aside


def _fence(
    source: str, language: str, _css: str, _options: object, parser: FileParser, **_more: object
) -> str:
    if language == DIRECTIVE:
        info, _, source = source.partition("\n")
        return fence(source, info, parser.aside)
    return code_block(parser.aside.restored(source), language, parser.aside)


def _file_parser() -> FileParser:
    return FileParser(
        extensions=[
            "tables",
            "footnotes",
            "def_list",
            "abbr",
            "attr_list",
            "md_in_html",
            "sane_lists",
            "admonition",
            "pymdownx.superfences",
            "pymdownx.highlight",
            "pymdownx.tilde",
            "pymdownx.mark",
            "pymdownx.magiclink",
            "pymdownx.tasklist",
        ],
        extension_configs={
            "tables": {"use_align_attribute": True},
            "footnotes": {"BACKLINK_TEXT": "↩", "BACKLINK_TITLE": "Back to the text"},
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.superfences": {"custom_fences": [{"name": "*", "class": "", "format": _fence}]},
        },
        output_format="html",
    )


_RENDERER = CellRenderer()
_CELLS = _cell_parser(_RENDERER)
_FILES = _file_parser()


def cell_markup(source: str, aside: Aside) -> str:
    """A Markdown cell's markup, with marks for what is set aside. Not safe until cleaned."""
    _RENDERER.aside = aside
    return str(_CELLS.render(aside.taken_from(source)))


def file_markup(text: str, aside: Aside) -> str:
    """A Markdown file's markup, with marks for what is set aside. Not safe until cleaned."""
    _FILES.reset()
    _FILES.aside = aside
    html = _FILES.convert(for_python_markdown(aside.taken_from(text)))
    return _CHECKBOX.sub(lambda box: f'<span class="task">{_BOX[bool(box[1])]}</span>', html)
