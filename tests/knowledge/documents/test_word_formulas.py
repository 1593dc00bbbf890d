"""Formulas of Word documents as LaTeX. What each is made of is told as Word writes it."""

import pytest

from knowledge.documents import Markup, read_document
from knowledge.documents.word_formulas import with_latex
from knowledge.rendering import render
from tests.knowledge.documents.files import WORD, docx, paragraph

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def r(words: str, settings: str = "") -> str:
    return f"<m:r><m:rPr>{settings}</m:rPr><m:t>{words}</m:t></m:r>"


def e(*inside: str) -> str:
    return f"<m:e>{''.join(inside)}</m:e>"


def shape(name: str, *inside: str, **settings: str) -> str:
    """A shape with its settings, such as `shape("nary", ..., chr="∑")`."""
    said = "".join(f'<m:{key} m:val="{value}"/>' for key, value in settings.items())
    return f"<m:{name}><m:{name}Pr>{said}</m:{name}Pr>{''.join(inside)}</m:{name}>"


def part(name: str, words: str) -> str:
    return f"<m:{name}>{r(words)}</m:{name}>"


def in_line(*inside: str) -> str:
    return f"<w:p><m:oMath {MATH}>{''.join(inside)}</m:oMath></w:p>"


def latex(*inside: str) -> str:
    document = read_document("a.docx", docx(in_line(*inside)))
    assert isinstance(document.content, Markup)
    return document.content.html.replace("&amp;", "&").removeprefix(r"<p>\(").removesuffix(r"\)</p>")


X, Y = r("x"), r("y")


@pytest.mark.parametrize(
    ("formula", "read"),
    [
        (r("a_1 &amp; 5%"), r"a\_1 \& 5\%"),
        (r("odds", '<m:sty m:val="p"/>'), r"\mathrm{odds}"),
        (r("+", '<m:sty m:val="p"/>'), r"\mathrm{+}"),
        (r("A", '<m:sty m:val="b"/>'), r"\mathbf{A}"),
        (r("A", '<m:sty m:val="bi"/>'), r"\boldsymbol{A}"),
        (r("R", '<m:scr m:val="double-struck"/>'), r"\mathbb{R}"),
        (r("if x", "<m:nor/>"), r"\text{if x}"),
        (shape("f", part("num", "a"), part("den", "b")), r"\frac{a}{b}"),
        (shape("f", part("num", "a"), part("den", "b"), type="lin"), "{a}/{b}"),
        (shape("f", part("num", "a"), part("den", "b"), type="noBar"), r"\genfrac{}{}{0pt}{}{a}{b}"),
        (shape("rad", "<m:deg/>", e(X), degHide="1"), r"\sqrt{x}"),
        (shape("rad", part("deg", "3"), e(X)), r"\sqrt[{3}]{x}"),
        (shape("sSub", e(X), part("sub", "i")), "{x}_{i}"),
        (shape("sSubSup", e(X), part("sub", "i"), part("sup", "2")), "{x}_{i}^{2}"),
        (shape("sPre", part("sub", "i"), part("sup", "2"), e(X)), "{}_{i}^{2}{x}"),
        (
            shape("nary", part("sub", "i=1"), part("sup", "n"), e(X), chr="∑", limLoc="undOvr"),
            r"\sum\limits_{i=1}^{n} x",
        ),
        (shape("nary", "<m:sub/>", "<m:sup/>", e(X)), r"\int x"),
        (shape("nary", "<m:sub/>", "<m:sup/>", e(X), chr="⊎"), r"\mathop{⊎} x"),
        (shape("d", e(X), e(Y)), r"\left(x\middle|y\right)"),
        (shape("d", e(X), begChr="{", endChr=""), r"\left\{x\right."),
        (shape("d", e(X), begChr="‖", endChr="‖"), r"\left\|x\right\|"),
        (
            shape("func", "<m:fName>" + r("sin", '<m:sty m:val="p"/>') + "</m:fName>", e(X)),
            r"\sin {x}",
        ),
        (shape("limLow", e(r("lim", '<m:sty m:val="p"/>')), part("lim", "x→0")), r"\lim_{x→0}"),
        (shape("limLow", e(X), part("lim", "k")), r"\underset{k}{x}"),
        (shape("limUpp", e(X), part("lim", "k")), r"\overset{k}{x}"),
        (shape("acc", e(X)), r"\widehat{x}"),
        (shape("acc", e(X), chr="\u0303"), r"\widetilde{x}"),
        (shape("bar", e(X), pos="top"), r"\overline{x}"),
        (shape("bar", e(X)), r"\underline{x}"),
        (shape("groupChr", e(X)), r"\underbrace{x}"),
        (shape("groupChr", e(X), chr="⇒", pos="top"), r"\overset{⇒}{x}"),
        (shape("eqArr", e(r("a&amp;=b")), e(r("c&amp;=d"))), r"\begin{aligned}a&=b \\ c&=d\end{aligned}"),
        (
            shape("m", f"<m:mr>{e(X)}{e(Y)}</m:mr><m:mr>{e(Y)}{e(X)}</m:mr>"),
            r"\begin{matrix}x & y \\ y & x\end{matrix}",
        ),
        (shape("phant", e(X), show="0"), r"\phantom{x}"),
        (shape("borderBox", e(X)), r"\boxed{x}"),
        (shape("box", e(X)) + "<w:ins>" + Y + "</w:ins>", "xy"),
    ],
)
def test_each_shape_has_its_latex(formula: str, read: str) -> None:
    assert latex(formula) == read


def test_formulas_stand_in_the_text_and_in_lines_of_their_own() -> None:
    alone = f"<w:p><m:oMathPara {MATH}><m:oMath>{X}</m:oMath></m:oMathPara></w:p>"
    within = f"<w:p><w:r><w:t>where </w:t></w:r><m:oMath {MATH}>{Y}</m:oMath><w:r><w:t> is.</w:t></w:r></w:p>"
    html = render("a.docx", docx(alone + within)).html
    assert r'<div class="math">\[x\]</div>' in html
    assert r'<p>where <span class="math">\(y\)</span> is.</p>' in html


def test_one_below_nothing_but_the_body_has_a_paragraph() -> None:
    body = f"<m:oMathPara {MATH}><m:oMath>{X}</m:oMath></m:oMathPara>"
    assert r'<div class="math">\[x\]</div>' in render("a.docx", docx(body)).html


def test_a_document_without_formulas_stays_as_it_is() -> None:
    assert render("a.docx", docx(paragraph("oMath costs $5 or $6"))).html.count("oMath costs") == 1


def test_nesting_without_end_is_refused_in_words() -> None:
    deep = "<m:e>" * 3_000 + "</m:e>" * 3_000
    document = f"<w:document {WORD} {MATH}><w:body><m:oMath>{deep}</m:oMath></w:body></w:document>"
    with pytest.raises(RecursionError):
        with_latex(document.encode())
