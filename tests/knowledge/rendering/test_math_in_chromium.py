"""Formulas in a real browser, under the policy of the portal's pages: drawn, or shown with the reason."""

import json
import re
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
            '<script src="/portal/js/math-words.js" defer></script>'
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
    "definitions that nobody takes out": r"$$\def\a(#1,#2){#1#2#1}\a(x,y)$$",
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


def drawn(page: Page) -> list[str]:
    """What the formulas say; KaTeX's own copy of the source left out."""
    said: list[str] = page.locator(".katex-html").evaluate_all(
        "all => all.map(one => one.textContent.replace(/[\\u200b\\s]/g, ''))"
    )
    return said


def test_a_macro_has_its_default_where_its_first_argument_is_left_out(opened):
    page = opened.shows(
        r"$\newcommand{\p}[2][2]{\lVert#2\rVert_#1}\newcommand{\v}[1][x]{\mathbf#1}$",
        r"$\p{x}$ $\p[q]{x}$ $\p[{a]}]{y}$ $\v$ $\v[y]$ $\v b$",
    )
    assert drawn(page) == ["∥x∥2", "∥x∥q", "∥y∥a]", "x", "y", "xb"]


def test_a_macro_that_is_changed_means_something_else_from_there_on(opened):
    page = opened.shows(
        r"$\E$ $\vec{x}$ $\newcommand{\E}{a}$",
        r"$\renewcommand{\E}{b}\E$ $\renewcommand{\vec}[1]{#1!}\vec{x}$ $\providecommand{\E}{c}\E$",
        r"$\def\E{d}$ $\E$ $\providecommand{\new}{n}\new$",
    )
    assert drawn(page) == ["a", "x", "b", "x!", "b", "d", "n"]


def test_what_a_macro_was_called_before_is_still_called_so_by_its_other_name(opened):
    page = opened.shows(
        r"$\let\oldsum\sum \renewcommand{\sum}{S\oldsum}$ $\sum$",
        r"$\let\old=\epsilon \let\epsilon\varepsilon \let\varepsilon\old$ $\epsilon\varepsilon$",
        r"$\newcommand{\a}{A}\let\b\a \b$",
    )
    assert drawn(page) == ["S∑", "εϵ", "A"]


WORDS = {
    r"\require{cancel}\cancel{x}": "x",
    r"\bbox[yellow, 2px, border: 1px solid red]{x}": "x",
    r"\bbox{x}": "x",
    r"\style{color: red}{x}\class{a}{y}\cssId{b}{z}": "xyz",
    r"\mathchoice{a}{b}{c}{d}": "b",
    r"\unicode{x263a}\unicode[Arial]{9786}": "☺☺",
    r"\enclose{updiagonalstrike}{x}\enclose{circle}[mathcolor=red]{y}": "xy",
    r"\color{red}{x}y{\color{blue} z}\color[RGB]{255,0,0}{w}\textcolor{red!50}{u}": "xyzwu",
    r"\buildrel a \over = \root 3 \of x": "=a3x",
    r"\dv{x}": "dxd",
    r"\dv[2]{f}{x}": "dx2d2f",
    r"\pdv{f}{x}{y}": "∂x∂y∂2f",
    r"\bra{a}\ket{b}\braket{a}{b}\braket{a|b}\ketbra{a}{b}": "⟨a∣∣b⟩⟨a∣b⟩⟨a∣b⟩∣a⟩⟨b∣",
    r"\abs{x}\norm{y}\qty(z)\qty{w}\dd x\grad f": "∣x∣∥y∥(z){w}dx∇f",
    r"\nicefrac{1}{2}\mbox{a_b}\texttt{c_d 5%}": "1/2a_bc_d 5%".replace(" ", ""),
    r"\begin{array}[t]{@{}r@{\;}c>{x}p{2cm}|*{2}{l}}a&b&c&d&e\end{array}": "abcde",
    r"\cases{a&b\cr c&d}": "{acbd",
}


@pytest.mark.parametrize("formula", WORDS)
def test_words_of_mathjax_and_its_packages_are_drawn(opened, formula):
    page = opened.shows(f"${formula}$")
    assert page.locator(".math-error").count() == 0
    assert drawn(page) == [WORDS[formula]]


def test_a_word_of_a_package_without_its_braces_is_an_authors_own(opened):
    page = opened.shows(r"$a \ip b$ $\norm{x}$ $x \dv$")
    errors = page.locator(".math-error").all_inner_texts()
    assert [r"\ip" in errors[0], r"\dv" in errors[1], len(errors)] == [True, True, 2]
    assert drawn(page) == ["∥x∥"]


def test_authors_words_come_before_those_of_packages(opened):
    page = opened.shows(r"$\newcommand{\dv}{D}\dv x$")
    assert drawn(page) == ["Dx"]


ENVIRONMENTS = {
    r"\begin{align} a &= b % it's so" + "\n" + r"\\ \intertext{and} c &= d \notag \end{align}": 1,
    r"\begin{equation} \begin{split} a &= b \\ &= c \end{split} \end{equation}": 1,
    r"\begin{equation} a &= b \\ c \end{equation}": 1,
    r"\begin{equation} \begin{align} a &= b \\ c \end{align} \label{x} \end{equation}": 1,
    r"\begin{gather*} a \\ b \tag{*} \end{gather*}": 1,
    r"\begin{multline} a \\ b \\ c \end{multline}": 1,
    r"\begin{multline*} a \\ b \end{multline*}": 0,
    r"\begin{alignat}{2} a &= b &\quad c &= d \\ e &= f \end{alignat}": 2,
    r"\begin{flalign} a &= b & \\ c &= d \end{flalign}": 2,
    r"\begin{eqnarray} a &=& b \\ c &\le& d \nonumber \end{eqnarray}": 1,
    r"$$ f(x) = \begin{cases} a & x>0 \\ b & x\le0 \end{cases} \tag{3}$$": 1,
    r"$$ x = \begin{align} a \\ b \end{align} $$": 0,
    r"$$ a &= b \\ c &= d $$": 0,
    r"$$ \numberwithin{equation}{section} a \label{y} $$": 1,
    r"\begin{subequations}\begin{align} a \\ b \end{align}\begin{gather} c \end{gather}\end{subequations}": 3,
}


@pytest.mark.parametrize("source", ENVIRONMENTS)
def test_environments_are_drawn_with_as_many_numbers_as_in_latex(opened, source):
    page = opened.shows(source)
    assert page.locator(".math-error").count() == 0
    numbers = re.findall(r"\((?:\d+[a-z]?|\*)\)", "".join(drawn(page)))
    assert len(numbers) == ENVIRONMENTS[source]


COVERED = """() => {
  const prose = document.querySelector(".prose");
  Object.assign(prose.style, { margin: "300px 150px", width: "200px" });
  const text = prose.getBoundingClientRect();
  const far = (x, y) =>
    x < text.left - 60 || x > text.right + 60 || y < text.top - 60 || y > text.bottom + 60;
  const found = [];
  for (let x = 5; x < innerWidth; x += 10) for (let y = 5; y < innerHeight; y += 10) {
    if (far(x, y) && document.elementFromPoint(x, y)?.closest(".math")) found.push([x, y]);
  }
  return found;
}"""


@pytest.mark.parametrize(
    "formula",
    [
        r"x\rlap{\rule{30em}{10em}}",
        r"x\llap{\colorbox{red}{\text{Your session has ended. Sign in at evil.example}}}",
        r"\smash{\raisebox{12em}{\rlap{\rule{30em}{3em}}}}",
        r"\smash{\raisebox{-15em}{\rlap{\rule{30em}{3em}}}}",
        r"\smash{\raisebox{12em}{\href{#eq-a}{\rule{10em}{3em}}}}",
        r"\hspace{-12em}\rule{6em}{3em}",
        r"\mathclap{\rule{30em}{2em}}",
        r"\smash{\overset{\overset{\rule{2em}{12em}}{x}}{x}}",
    ],
)
def test_no_formula_lies_over_what_stands_beside_the_text(opened, formula):
    page = opened.shows(f"Words before ${formula}$ and after.")
    page.set_viewport_size({"width": 500, "height": 800})
    assert page.evaluate(COVERED) == []
