"""The character that keeps slots apart is none that an author can write, however it is spelled."""

import pytest

from knowledge.rendering import render
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
