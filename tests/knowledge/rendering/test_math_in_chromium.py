"""Formulas in a real browser, under the policy of the portal's pages: drawn, or shown with the reason."""

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from knowledge.rendering import render
from tests.knowledge.notebooks import notebook, text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on the PATH; .ci/run installs one"),
]
STATIC = Path(__file__).resolve().parents[3] / "static"
ORIGIN = "http://almanac.test"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}
WIDE = "+".join(rf"\frac{{a_{{{n}}}}}{{b}}" for n in range(60))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator["Opened"]:
    opened = Opened(browser)
    yield opened
    opened.page.close()
    assert opened.complaints == []


class Opened:
    """A page of the portal as far as formulas need one; `complaints` is what its console heard."""

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_page(viewport={"width": 390, "height": 800})
        self.complaints: list[str] = []
        self.document = ""
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._answer)

    def shows(self, *cells: str, later: str = "") -> Page:
        rendering = render("post.ipynb", notebook(*map(text, cells)))
        katex = "/vendor/katex-0.19.1"
        macros = json.dumps(dict(rendering.macros)).replace("<", "\\u003c")
        self.document = (
            '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<link rel="stylesheet" href="{katex}/katex.min.css">'
            '<link rel="stylesheet" href="/portal/css/text.css">'
            f'<script src="{katex}/katex.min.js" defer></script>'
            '<script src="/portal/js/math.js" defer></script>'
            f'<body><div class="prose">{rendering.html}</div>'
            f'<script type="application/json" id="macros">{macros}</script><template>{later}</template>'
        )
        self.page.goto(f"{ORIGIN}/")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(body=self.document, content_type="text/html", headers=headers)
            return
        file = STATIC / path.lstrip("/")
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES.get(file.suffix, "text/plain"))
        else:
            route.fulfill(status=204)


def test_formulas_are_drawn_with_macros_and_numbers_of_other_cells(opened):
    page = opened.shows(
        r"$\mine{x}$ and \eqref{last}",
        r"$$\newcommand{\mine}[1]{\mathbf{#1}}$$",
        "\\begin{align} a &= b \\\\ c &= d \\label{last} \\end{align}",
    )
    assert page.locator(".katex").count() == 2
    assert page.locator(".math .mathbf").inner_text() == "x"
    assert page.locator("a[href='#eq-last']").inner_text() == "(2)"
    assert page.locator("#eq-last .katex").inner_text().count("(2)") >= 1


def test_what_can_not_be_drawn_is_shown_as_written_with_the_reason(opened):
    page = opened.shows(r"Before $\unheardof{x}$ after", "$$\\begin{tabular}{l} a \\end{tabular}$$")
    errors = page.locator(".math-error")
    assert errors.count() == 2
    assert r"\unheardof{x}" in errors.first.inner_text()
    assert "Undefined control sequence" in errors.first.inner_text()
    assert "tabular" in errors.last.inner_text()


def test_formulas_of_parts_that_come_later_are_drawn(opened):
    page = opened.shows("$x$", later=r'<span class="math">\(y^2\)</span>')
    page.evaluate(
        """() => {
          const part = document.createElement("div");
          part.append(document.querySelector("template").content.cloneNode(true));
          document.querySelector(".prose").append(part);
          document.dispatchEvent(new CustomEvent("almanac:part", { detail: part }));
        }"""
    )
    assert page.locator(".katex").count() == 2


def test_wide_formulas_scroll_in_their_own_box_by_keyboard_too(opened):
    page = opened.shows(
        f"$${WIDE}$$", rf"In line $\begin{{matrix}}{'&'.join('abcdefghij' * 4)}\end{{matrix}}$ so"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".math-wide[tabindex='0']").count() == 2


def test_links_in_formulas_lead_to_equations_and_nowhere_else(opened):
    page = opened.shows(
        r"$a \ref{one} + \href{https://other.example}{b}$ $\href{javascript:alert(1)}{c}$",
        r"\begin{equation} x \label{one} \end{equation}",
    )
    links = page.locator(".math a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert set(links) == {"#eq-one"}


def test_chemistry_is_drawn_by_rules_that_only_such_a_page_loads(opened):
    page = opened.shows(r"$\ce{H2O + CO2 <=> H2CO3}$")
    page.locator(".katex").first.wait_for()
    assert page.locator(".math-error").count() == 0
    assert page.locator("script[src*='mhchem']").count() == 1


CHAIN = "".join(rf"\newcommand{{\{a}}}[1]{{\{b}{{#1#1#1#1#1#1}}}}" for a, b in pairwise("abcdefgh"))
BOMBS = {
    "long macros": r"$\newcommand{\a}{" + "x" * 20_000 + "}$ $$" + r"\a " * 900 + "$$",
    "arguments that double": rf"${CHAIN}\newcommand{{\h}}[1]{{#1}}$ $$\a{{{'x' * 60}}}$$",
    "macros without an end": r"$\newcommand{\a}{\a\a}$ $$\a$$",
    "definitions that nobody takes out": r"$$\def\a#1#2#3{#1{{{{{{x}}}}}}#1}\a{x}{y}{z}$$",
    "length": f"$${'x+' * 15_000}$$",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_formula_that_grows_without_an_end_is_shown_as_written(opened, name):
    page = opened.shows(BOMBS[name], "$y$")
    assert page.locator(".math-error").count() == 1
    assert page.locator(".katex").count() == 1


def test_macros_that_people_write_are_drawn(opened):
    words = r"$\newcommand{\norm}[2]{\left\lVert #1 \right\rVert_{#2}} \newcommand{\R}{\mathbb{R}}$"
    rows = r" \\ ".join(rf"\norm{{x_{{{n}}} - y}}{{2}} &\in \R" for n in range(40))
    page = opened.shows(words, rf"\begin{{align}} {rows} \end{{align}}", r"$$a \tag{3}$$")
    assert page.locator(".math-error").count() == 0
    assert page.locator(".katex-display").count() == 2


def test_formulas_in_formulas_are_drawn_once(opened):
    nested = r'<div class="math"><span class="math">\(x^2\)</span></div>'
    page = opened.shows(nested, "Then $y$.")
    assert page.locator(".katex").count() == 2
