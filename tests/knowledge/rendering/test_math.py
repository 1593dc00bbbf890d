"""Formulas on their way to KaTeX: found, numbered, referred to, sharing their macros."""

import re
import time
from html import escape, unescape

import pytest

from knowledge.rendering import Rendering, render
from knowledge.rendering.aside import Aside
from tests.knowledge.notebooks import code, display, notebook, text
from tests.knowledge.rendering.structure import faults_of


def show(*sources: str) -> Rendering:
    """A notebook with a cell for each source."""
    rendering = render("post.ipynb", notebook(*map(text, sources)))
    assert faults_of(rendering.html) == []
    return rendering


def show_file(source: str) -> Rendering:
    rendering = render("post.md", source.encode())
    assert faults_of(rendering.html) == []
    return rendering


both = pytest.mark.parametrize("shown", [show_file, show], ids=["file", "cell"])


def formulas(rendering: Rendering) -> list[str]:
    return [
        unescape(body)
        for _, body in re.findall(r'<(div|span) class="math"[^>]*>(.*?)</\1>', rendering.html, re.S)
    ]


@both
@pytest.mark.parametrize(
    "prices",
    [
        "It costs $5 and $6.",
        "From $5 to $10 a month, or $1,200-$1,300 a year.",
        "| a | b |\n|---|---|\n| $5 | $6 |\n",
        r"Escaped \$x\$ too",
        "US$ and A$ and CA$",
        "`$x$` and ``a $y$``",
        "```\n$x$\n```",
        "a\n\n    $x$\n",
        "<pre>$x$</pre>",
        "https://shop.example/?$top=3&$skip=4",
        "Call $(this) and then $(that)",
        "${HOME}/x:${PATH}",
        "$x\n\ny$",
        "Words in $ and $ here",
        r"\[1\] Smith and \(see above\)",
    ],
)
def test_what_only_looks_like_a_formula_is_text(shown, prices):
    rendering = shown(f"First words.\n\n{prices}")
    assert formulas(rendering) == []
    assert "\ufdd1" not in rendering.html


@both
@pytest.mark.parametrize(
    ("source", "formula"),
    [
        ("a $x$ b", r"\(x\)"),
        ("a $ x $ b", r"\( x \)"),
        ("a $5x^2$ b", r"\(5x^2\)"),
        (r"a $ 5 \times 3 $ b", r"\( 5 \times 3 \)"),
        (r"a \(x_1\) b", r"\(x_1\)"),
        (r"a \\(y\\) b", r"\(y\)"),
        ("$$\n\na_1 *b* _c_\n\n$$", "\\[\n\na_1 *b* _c_\n\n\\]"),
        ("\\[\nx = 1\n\\]", "\\[\nx = 1\n\\]"),
        (r"\\[x = 1\\]", r"\[x = 1\]"),
        (r"$\text{costs \$5}$", r"\(\text{costs \$5}\)"),
        (r"$\text{if $a$ then}$", r"\(\text{if $a$ then}\)"),
        (r"\begin{pmatrix}1 \\ 2\end{pmatrix}", r"\[\begin{pmatrix}1 \\ 2\end{pmatrix}\]"),
        ("| a |\n|---|\n| $|x|$ |\n", r"\(|x|\)"),
        ("- item\n\n  $$x$$\n", r"\[x\]"),
        ("<center>$x$</center>", r"\(x\)"),
        ("<table><tr><td>$a_1$</td></tr></table>", r"\(a_1\)"),
        (r"a $\frac{1}{$ b", r"\(\frac{1}{\)"),
        ("## Of $k$\n\ntext", r"\(k\)"),
    ],
)
def test_formulas_are_found_wherever_they_are_written(shown, source, formula):
    assert formulas(shown(f"First words.\n\n{source}\n")) == [formula]


def test_equations_are_numbered_through_the_document_as_latex_would():
    rendering = show(
        r"\begin{equation} a \end{equation} $$b$$ \begin{equation*} c \end{equation*}",
        "\\begin{align} a \\\\ c \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix} \\notag \\\\ d \\\\ \\end{align}",
        "\\begin{multline} a \\\\ b \\end{multline}\n\n\\begin{gather} x \\tag{A} \\\\ y \\end{gather}",
        r"\begin{align} \begin{split} a \\ b \end{split} \\ {c \\ d} \end{align}",
    )
    numbered = [re.findall(r"\\tag\{(\w+)\}", formula) for formula in formulas(rendering)]
    assert numbered == [["1"], [], [], ["2", "3"], ["4"], ["A", "5"], ["6", "7"]]


@both
def test_references_are_links_named_by_the_number_in_text_and_in_formulas(shown):
    html = shown(
        "See \\eqref{eq:b}, \\ref{eq:a}, $\\eqref{eq:t}$, $x \\ref{eq:a}$ and \\ref{none}.\n\n"
        "\\begin{equation} a \\label{eq:a} \\end{equation}\n\n"
        "$$ b \\label{eq:b} $$\n\n"
        "\\begin{equation} t \\tag{T} \\label{eq:t} \\end{equation}\n"
    ).html
    assert '<a href="#eq-eq-b">(2)</a>, <a href="#eq-eq-a">1</a>, <a href="#eq-eq-t">(T)</a>' in html
    assert r"\(x \href{#eq-eq-a}{\text{1}}\)" in html
    assert '<a href="#eq-none">??</a>' in html
    assert '<div class="math" id="eq-eq-a">' in html
    assert '<div class="math" id="eq-eq-b">' in html


@both
def test_labels_and_references_as_quarto_writes_them(shown):
    html = shown("See @eq-one, a@eq-one.\n\n$$ x $$ {#eq-one}\n").html
    assert 'See <a href="#eq-eq-one">(1)</a>, a@eq-one.' in html
    assert r'<div class="math" id="eq-eq-one">\[ x \tag{1}\]</div>' in html


@both
@pytest.mark.parametrize("fence", ["```", ":::", "::::"])
def test_formulas_and_references_as_myst_writes_them(shown, fence):
    rows = "a_1 &= b \\\\\n\n*c* &= d"
    html = shown(
        "Of {eq}`one`, {eq}`two` and {math}`x_1`.\n\n"
        f"{fence}{{math}}\n:label: one\n\n{rows}\n{fence}\n\n$$\ny\n$$ (two)\n\n`{{eq}}`\n"
    ).html
    assert 'Of <a href="#eq-one">(1)</a>, <a href="#eq-two">(2)</a> and <span class="math">\\(x_1\\)' in html
    in_rows = rf"\begin{{aligned}}{escape(rows)}\end{{aligned}}"
    assert rf'<div class="math" id="eq-one">\[{in_rows} \tag{{1}}\]' in html
    assert '<div class="math" id="eq-two">' in html
    assert ":label:" not in html


@both
def test_labels_and_references_as_bookdown_writes_them(shown):
    html = shown(r"See \@ref(eq:one)." + "\n\n\\begin{equation}\nx (\\#eq:one)\n\\end{equation}\n").html
    assert 'See <a href="#eq-eq-one">(1)</a>.' in html
    assert '<div class="math" id="eq-eq-one">' in html


def test_rows_of_subequations_have_letters_and_the_whole_a_number():
    rendering = show(
        r"\ref{whole}, \ref{first}, \eqref{last}, \ref{after}",
        r"\begin{equation} z \end{equation}",
        r"\begin{subequations}\label{whole}\begin{align} a \label{first} \\ b \notag \\ c \end{align}"
        r"\begin{equation} d \label{last} \end{equation}\end{subequations}",
        r"\begin{equation} e \label{after} \end{equation}",
    )
    numbered = re.findall(r"\\tag\{(\w+)\}", "".join(formulas(rendering)))
    assert numbered == ["1", "2a", "2b", "2c", "3"]
    assert re.findall(r'<a href="#eq-[^"]*">([^<]*)</a>', rendering.html) == ["2", "2a", "(2c)", "3"]
    assert re.findall(r'id="(eq-[^"]*)"', rendering.html) == ["eq-whole", "eq-first", "eq-last", "eq-after"]


def test_references_find_equations_of_other_cells_before_and_after():
    html = show(
        r"\ref{z}",
        r"\begin{equation} a \end{equation}",
        r"\begin{equation} z \label{z} \end{equation}",
        r"\eqref{z}",
    ).html
    assert html.count('<a href="#eq-z">2</a>') == 1
    assert html.count('<a href="#eq-z">(2)</a>') == 1


@both
def test_macros_of_any_cell_are_for_all_formulas(shown):
    rendering = shown(
        r"$\newcommand{\R}{\mathbb{R}} \def\v#1{\mathbf{#1}}$ and "
        r"$\renewcommand\E[1]{\operatorname{E}\left\{#1\right\}} \DeclareMathOperator*{\best}{best} x$"
    )
    assert rendering.macros == {
        r"\R": r"\mathbb{R}",
        r"\v": r"\mathbf{#1}",
        r"\E": r"\operatorname{E}\left\{#1\right\}",
        r"\best": r"\operatorname*{best}",
    }
    assert [formula.strip(r"\() ") for formula in formulas(rendering)] == ["x"]


@both
def test_macros_may_be_defined_in_the_text_itself(shown):
    rendering = shown(
        "Words\n\n\\newcommand{\\deep}[1]{{{{{{{#1}}}}}}}\n\\let\\R\\mathbb\n\nThen $x$ and \\def.\n"
    )
    assert rendering.macros == {r"\deep": "{{{{{{#1}}}}}}", r"\R": r"\let\mathbb"}
    assert [formula.strip(r"\() ") for formula in formulas(rendering)] == ["x"]
    assert "newcommand" not in rendering.html


def test_a_default_and_a_change_are_told_to_the_page():
    rendering = show(
        r"$\newcommand{\p}[2][a]{#1#2} \newcommand\q\alpha \providecommand{\q}{no} x$",
        r"$y \renewcommand{\q}{b} \newcommand{\p}[2][a]{#1#2}$ and $\renewcommand{\vec}{v} z$",
    )
    assert rendering.macros == {r"\p[a]": "#1#2", r"\q": r"\alpha", r"1 \q": "b", r"2 \vec": "v"}
    assert re.findall(r' data-wording="(\d)">\\\((.)', rendering.html) == [("1", "y"), ("2", "z")]


def test_macros_of_hidden_cells_hold_for_the_others():
    hidden = {**text(r"$\newcommand{\R}{\mathbb{R}}$"), "metadata": {"tags": ["remove_cell"]}}
    assert render("post.ipynb", notebook(hidden, text(r"$\R$"))).macros == {r"\R": r"\mathbb{R}"}


@pytest.mark.parametrize(
    "header",
    [
        r"header-includes: '\newcommand{\R}{\mathbb{R}}'",
        "header-includes:\n  - \\usepackage{x}\n  - \\newcommand{\\R}{\\mathbb{R}}",
        "header-includes:\n  - text: |\n      \\newcommand{\\R}{\\mathbb{R}}",
        r"math: {'\R': '\mathbb{R}', '\N': 1, 'x': y}",
    ],
)
def test_macros_of_the_header_hold_for_all(header):
    assert render("post.qmd", f"---\n{header}\n---\n\n$\\R$\n".encode()).macros == {r"\R": r"\mathbb{R}"}


def test_latex_outputs_and_html_outputs_show_their_formulas():
    html = "<p>Where $\\alpha &lt; 1$</p><code>$x$</code>"
    shown = render("a.ipynb", notebook(code("1", display(text_html=html)))).html
    assert r'Where <span class="math">\(\alpha &lt; 1\)</span></p><code>$x$</code>' in shown


def test_a_formula_in_an_attribute_and_in_a_title_stays_as_written():
    rendering = show("![of $x$](a.png)\n\n## On $k$")
    assert 'alt="of $x$"' in rendering.html
    assert rendering.headings[0].text == "On k"


def test_what_stands_for_a_formula_can_not_be_written_by_an_author():
    rendering = show("\ufdd10\ufdd1 and $x$")
    assert rendering.html.count('class="math"') == 1
    assert "\ufdd1" not in rendering.html


UNFINISHED = ["$", "$$", "$a{", "\\(", "\\\\[", "`", "``` ", "\\begin{align}", "<pre>", "<a ", "![](", "$5 "]
UNFINISHED += ["```{math}\n", ":::{math}\n", "{math}`", "\n\\def\\a{", "\\newcommand{\\a}{"]


@pytest.mark.parametrize("piece", UNFINISHED)
def test_unfinished_formulas_cost_no_more_than_their_length(piece):
    start = time.process_time()
    Aside().taken_from(piece * (60_000 // len(piece)))
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "piece",
    ["\\begin{align}", "\\newcommand{\\a}{", "\\text{", "\\begin{array}{*{9}{lll}", "\\intertext{", "&"],
)
def test_formulas_that_nobody_wrote_cost_no_more_than_their_length(piece):
    start = time.process_time()
    show(f"$${piece * (50_000 // len(piece))}$$")
    assert time.process_time() - start < 2
