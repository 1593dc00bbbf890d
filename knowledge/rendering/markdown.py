"""Markdown to markup that is yet to be cleaned.

Cells of notebooks go through nbconvert's own parser, so that they read here as they do in Jupyter; Markdown
files through Python-Markdown with footnotes, task lists, fences and tables.
"""

import re
from html import escape
from typing import Any

from markdown import Markdown
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from knowledge.rendering.highlight import code_language, highlighted

_FORMULA = re.compile(r' class="arithmatex">([^<]*)')
_LABEL = re.compile(r"\\label\{[^{}]{0,200}\}")
_OLD_ENVIRONMENT = re.compile(r"(\\(?:begin|end)\{)(eqnarray\*?\}|multline\*?\})")
_NEWER = {"eqnarray}": "align}", "eqnarray*}": "align*}", "multline}": "gather}", "multline*}": "gather*}"}
_BLOCK_ENVIRONMENT = re.compile(r"\s*\\begin\{(?:align|alignat|equation|gather|multline|eqnarray)\*?\}")
_BOX = {True: "☑", False: "☐"}
_ALONE = re.compile(r'<span class="math">(\\\[[^<]*\\\])</span>')
_CHECKBOX = re.compile(r'<input type="checkbox" disabled( checked)?\s*/?>')


class CellRenderer(IPythonRenderer):
    """Our code blocks, formulas left for KaTeX, no pilcrow links; everything else is nbconvert's."""

    def block_code(self, code: str, info: str | None = None) -> str:
        return code_block(code, info.split()[0].strip("{}.") if info and info.split() else "")

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        return f"<h{level}>{text}</h{level}>\n"

    def paragraph(self, text: str) -> str:
        """A formula alone is a block; a paragraph can't hold one."""
        if alone := _ALONE.fullmatch(text.strip()):
            return f'<div class="math">{alone[1]}</div>\n'
        return f"<p>{text}</p>\n"

    def block_math(self, body: str) -> str:
        return display_math(body)

    def inline_math(self, body: str) -> str:
        """Between single dollars too, as Jupyter takes it, an environment of lines is a block."""
        if _BLOCK_ENVIRONMENT.match(body):
            return display_math(body)
        return f'<span class="math">\\({escape(body, quote=False)}\\)</span>'

    def latex_environment(self, name: str, body: str) -> str:
        return display_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _embed_image_or_attachment(self, src: str) -> str:
        """Attachments are resolved after cleaning, where a missing one is no error."""
        return src


def code_block(code: str, language: str) -> str:
    """A fence of code inside a text."""
    return f'<pre class="highlight"><code>{highlighted(code, code_language(code, language))}</code></pre>\n'


def display_math(body: str) -> str:
    """A formula in a line of its own; KaTeX draws it in the browser."""
    return f'<span class="math">\\[{escape(_for_katex(body), quote=False)}\\]</span>'


def _for_katex(body: str) -> str:
    """KaTeX knows no labels, and a few environments only by a newer name."""
    return _LABEL.sub("", _OLD_ENVIRONMENT.sub(lambda old: f"{old[1]}{_NEWER[old[2]]}", body))


def _as_block(formula: str) -> str:
    """An inline formula whose environment only a block can hold becomes one."""
    return rf"\[{formula[2:-2]}\]" if _BLOCK_ENVIRONMENT.match(formula.removeprefix(r"\(")) else formula


def _task_list_item(_renderer: object, text: str, checked: bool = False) -> str:
    return f'<li><span class="task">{_BOX[checked]}</span> {text}</li>\n'


def _table_cell(_renderer: object, text: str, align: str | None = None, head: bool = False) -> str:
    tag = "th" if head else "td"
    return f"<{tag}{f' align={align}' if align else ''}>{text}</{tag}>\n"


def _cell_parser() -> MarkdownWithMath:
    renderer = CellRenderer(escape=False)
    parser = MarkdownWithMath(renderer=renderer)
    # The plugins' own write inline styles and form fields, which the page does not allow.
    renderer.register("task_list_item", _task_list_item)
    renderer.register("table_cell", _table_cell)
    return parser


def _fence(source: str, language: str, *_args: object, **_options: object) -> str:
    return code_block(source, language)


def _file_parser() -> Markdown:
    return Markdown(
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
            "pymdownx.magiclink",
            "pymdownx.tasklist",
            "pymdownx.arithmatex",
        ],
        extension_configs={
            "tables": {"use_align_attribute": True},
            "pymdownx.highlight": {"use_pygments": False},
            "pymdownx.superfences": {"custom_fences": [{"name": "*", "class": "", "format": _fence}]},
            "pymdownx.arithmatex": {"generic": True, "block_tag": "div"},
        },
        output_format="html",
    )


_CELLS = _cell_parser()
_FILES = _file_parser()


def cell_markup(source: str) -> str:
    """A Markdown cell's markup. Not safe until cleaned."""
    return str(_CELLS.render(source))


def file_markup(text: str) -> str:
    """A Markdown file's markup. Not safe until cleaned."""
    _FILES.reset()
    html = _FILES.convert(text)
    html = _FORMULA.sub(lambda formula: f' class="math">{_as_block(_for_katex(formula[1]))}', html)
    return _CHECKBOX.sub(lambda box: f'<span class="task">{_BOX[bool(box[1])]}</span>', html)
