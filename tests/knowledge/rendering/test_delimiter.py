"""The character that keeps slots apart is none that an author can write, however it is spelled."""

import pytest

from knowledge.rendering import render
from knowledge.rendering.slots import MARK, filled, slot
from tests.knowledge.notebooks import code, display, notebook, text

SPELLED = [
    "\ufdd0",
    "&#xFDD0;",
    "&#Xfdd0",
    "&#x000FdD0;",
    "&#64976;",
    "&#064976",
    "&amp;#xFDD0;",
    "&\\#xFDD0;",
    "&#&#xFDD0;xFDD0;",
    "&#\ufdd0xFDD0;",
]


@pytest.mark.parametrize("mark", SPELLED)
def test_nobody_writes_a_slot(mark):
    slots = f"{mark}contents:{mark} {mark}heading:99{mark} {mark}nonsense{mark}"
    hostile = f'<a href="https://a.example" title="{slots}">a</a> $x {slots}$ **{slots}**\n\n'
    hostile += f"## Head {slots}\n\n`{slots}`"
    sources = {
        "a.md": hostile.encode(),
        "a.ipynb": notebook(text(hostile), code(hostile, display(text_html=hostile, text_markdown=hostile))),
        "a.Rmd": hostile.encode(),
    }
    for path, source in sources.items():
        html = "".join(render(path, source).parts)
        assert "\ufdd0" not in html
        assert 'title="<ul>' not in html
        assert "<ul>" not in html
        assert "contents:" in html


HIDDEN = "%EF%B7%90heading:99%EF%B7%90 %EF%B7%90"
AS_TEXT = r'{"\ufdd0heading:99\ufdd0": "\uFDD0contents:\ufDD0\ufdd0"}'
AS_TABLE = r'{"schema": {"fields": [{"name": "a"}]}, "data": [{"a": "\ufdd0heading:99\ufdd0 \ufdd0"}]}'


@pytest.mark.parametrize(
    "cell",
    [
        text(f"![](<attachment:{HIDDEN}>) <img src='attachment:{HIDDEN}'>\n\n## Head"),
        text(f'<video src="films/{HIDDEN}"></video><audio src="{HIDDEN}"></audio>\n\n## Head'),
        code("1", display(**{"application/json": AS_TEXT})),
        code("1", display(**{"application/vnd.dataresource+json": AS_TABLE})),
    ],
)
def test_nobody_writes_a_slot_in_what_is_decoded_while_rendering(cell):
    html = render("a.ipynb", notebook(cell)).html
    assert "\ufdd0" not in html
    assert "contents:" in html or "heading:99" in html


def test_only_whole_slots_are_filled():
    between = f"{MARK}<b>{slot('cell')}</b>{MARK}nonsense:1{MARK}"
    assert filled(between, lambda kind, argument: f"[{kind}|{argument}]") == "<b>[cell|]</b>nonsense:1"
