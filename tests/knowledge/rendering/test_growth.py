"""Texts that say a thing once and show it ten thousand times: none becomes a page that nobody can open."""

import pytest

from knowledge.rendering import limits, render
from tests.knowledge.notebooks import code, display, notebook, text
from tests.knowledge.rendering.structure import faults_of

LONG = "x" * 50_000
FORMULA = f"$$Q^2{LONG}$$"

REPEATED = {
    "the title of a link": f'[a]: https://a.example "{LONG}"\n\n' + "[a] " * 600,
    "the address of an image": f"[a]: https://a.example/{LONG}.png\n\n" + "![a] " * 600,
    "an abbreviation": f"*[K]: {LONG}\n\n" + "K " * 600,
    "a formula in a title": f'[a]: https://a.example "{FORMULA}"\n\n' + "[a] " * 600,
    "a formula by its mark": f"{FORMULA} " + "&#xFDD1;0&#xFDD1; &#64977;0&#64977; " * 600,
    "a formula by its mark in an address": f"{FORMULA} "
    + '<a href="https://a/&#xFDD1;0&#xFDD1;">b</a>' * 600,
    "the name of an equation": rf"$$x\tag{{{LONG}}}\label{{a}}$$" + "\n\n" + r"\eqref{a} " * 600,
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("kind", ["ipynb", "md"])
def test_what_repeats_itself_does_not_fill_the_page(name, kind, monkeypatch):
    monkeypatch.setattr(limits, "CELL", 1_000_000)
    source = notebook(text(REPEATED[name])) if kind == "ipynb" else REPEATED[name].encode()
    rendering = render(f"a.{kind}", source)
    assert 0 < len(rendering.html) < 3 * limits.CELL
    assert faults_of(rendering.html) == []


def test_a_formula_whose_title_is_shown_too_often_is_said_to_be_left_out(monkeypatch):
    monkeypatch.setattr(limits, "CELL", 1_000_000)
    source = f'[a]: https://a.example "$$Q^2{"x" * 900}$$"' + "\n\n" + "[a] " * 1_500
    rendering = render("a.ipynb", notebook(text(source)))
    assert len(rendering.html) < 2 * limits.CELL
    assert rendering.notices == ("A formula is repeated too often to be shown each time; the source has it.",)


def test_no_mark_of_an_author_brings_a_formula_back():
    mark = "\ufdd1"
    html = f'<a href="https://a/{mark}0{mark}">b</a> $Q^2$ <i title="&#xFDD1;0&#xFDD1;">c</i> {mark}0{mark}'
    for source in (notebook(text(html)), notebook(code("1", display(text_html=html)))):
        assert render("a.ipynb", source).html.count("Q^2") == 1
    assert render("a.md", html.encode()).html.count("Q^2") == 1
