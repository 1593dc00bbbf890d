"""HTML documents and PDF: shown in frames, with markers for what lies beside them."""

import re
import shutil
import time

import pytest

from knowledge.rendering import limits, render
from knowledge.rendering.frames import OURS, source_of
from knowledge.rendering.whole import with_markers
from tests.knowledge.documents.files import docx, heading, paragraph, pdf


def shown(html: str) -> str:
    """The output document, without our script in it."""
    (output,) = render("a.html", html.encode()).outputs
    return output.data.decode().replace(OURS + source_of("document"), "")


class TestHtml:
    def test_it_is_one_frame_and_its_words_are_found(self):
        rendering = render(
            "a.html", b"<!doctype html><head></head><p>One in <b>five</b></p><script>x</script>"
        )
        (part,) = rendering.parts
        assert 'class="output-frame document-frame"' in part
        assert 'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"' in part
        assert "allow-same-origin" not in part
        assert rendering.text.strip() == "One in five"
        assert rendering.words == 3

    @pytest.mark.parametrize(
        "html",
        [
            "<!doctype html><html><head><title>t</title></head>x",
            "<!doctype html>x",
            "<HTML lang=en>x",
            "x",
            "<p>x<script>'<head>'</script>",
            "<!doctype html><!-- <head> --><html><!-- - -- x --><head>x",
        ],
    )
    def test_our_script_comes_first_and_the_kind_of_document_stays(self, html):
        (output,) = render("a.html", html.encode()).outputs
        document = output.data.decode()
        assert document.count(OURS) == 1
        before, after = document.split('<base target="_blank">' + OURS + source_of("document"))
        assert before + after == html
        assert not re.sub(r"<!--.*?-->|<!doctype[^>]*>|<html[^>]*>|<head>", "", before, flags=re.IGNORECASE)
        assert document.startswith("<!doctype") == html.startswith("<!doctype")

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ('<img src="p.png">', '<img src="almanac-inline:p.png">'),
            ("<img alt='>' SRC='a b/ü.png?v=1'>", "<img alt='>' src=\"almanac-inline:a%20b/%C3%BC.png\">"),
            ("<script src=lib/x.js></script>", '<script src="almanac-inline:lib/x.js"></script>'),
            (
                '<link rel="stylesheet" href="../x.css">',
                '<link rel="stylesheet" href="almanac-inline:../x.css">',
            ),
            ('<img src="/img/p.png">', '<img src="almanac-inline:/img/p.png">'),
            (
                '<video poster="p.png" src=v.mp4>',
                '<video poster="almanac-inline:p.png" src="almanac-inline:v.mp4">',
            ),
            ('<img src="p.png" srcset="q.png 2x">', '<img src="almanac-inline:p.png">'),
            ('<a href="b.ipynb#What we found">', '<a href="almanac-file:b.ipynb#h-what-we-found">'),
            ('<a href="#here">', '<a href="#here" target="_self">'),
            ('<a href="https://a.example/">', '<a href="https://a.example/">'),
            ('<img src="data:image/png;base64,x">', '<img src="data:image/png;base64,x">'),
            ('<img src="//a.example/p.png">', '<img data-outside-src="//a.example/p.png">'),
            (
                "<style>a{background:url('p.png')}</style>",
                '<style>a{background:url("almanac-inline:p.png")}</style>',
            ),
            ("<style>a{background:url(data:x)}</style>", "<style>a{background:url(data:x)}</style>"),
            (
                '<img src="p&quot; onerror=&quot;x.png">',
                '<img src="almanac-inline:p%22%20onerror%3D%22x.png">',
            ),
        ],
    )
    def test_what_lies_beside_it_is_named_by_markers(self, written, read):
        assert shown("<head></head>" + written).endswith(read)

    def test_one_that_is_too_large_says_so(self, monkeypatch):
        monkeypatch.setattr(limits, "OUTPUT_DOCUMENT", 10)
        rendering = render("a.html", b"<p>more than ten characters")
        assert rendering.outputs == ()
        assert "too large" in rendering.parts[0]

    @pytest.mark.parametrize(
        "piece",
        ["<img src='", '<img src="', "<a href=x ", "<style>", "<img ", "url(", "<a '\"", "<link href=a>"],
    )
    def test_rendering_takes_linear_time(self, piece):
        started = time.process_time()
        render("a.html", (piece * (2_000_000 // len(piece))).encode())
        assert time.process_time() - started < 4


class TestPdf:
    def test_it_is_a_frame_without_sandbox_and_a_link_for_where_there_is_no_viewer(self):
        rendering = render("a.pdf", pdf("One in five"))
        (part,), (output,) = rendering.parts, rendering.outputs
        assert (output.media_type, output.data) == ("application/pdf", pdf("One in five"))
        assert 'class="output-frame paper-frame" src="almanac-output:0"' in part
        assert "sandbox" not in part
        assert '<a href="almanac-output:0">Open the PDF</a>' in part
        assert rendering.text == "One in five"

    @pytest.mark.parametrize("source", [pdf()[:200], b"%PDF-1.4\n" + bytes(range(256)), b"%PDF-1.7 nothing"])
    def test_a_damaged_one_is_shown_without_its_words(self, source):
        rendering = render("a.pdf", source)
        assert len(rendering.outputs) == 1
        assert "can't be found by search" in rendering.notices[0]

    def test_halves_of_letters_are_no_fault(self):
        letters = b"1 beginbfchar\n<48> <D835>\nendbfchar\n1 beginbfchar\n<65> <D835DC00>\nendbfchar"
        assert render("a.pdf", pdf("Hello", letters=letters)).text == "\ufffd\U0001d400llo"

    def test_pages_that_lead_to_themselves_end(self):
        looped = pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
        assert len(render("a.pdf", looped).outputs) == 1


@pytest.mark.skipif(shutil.which("pandoc") is None, reason="needs pandoc")
def test_org_reads_as_narrative_with_formulas_code_and_pictures():
    source = b"* Why\nSince $a^2$.\n\\[ b \\]\n#+begin_src python\nprint(1)\n#+end_src\n[[file:p.png]]\n"
    (part,) = render("a.org", source).parts
    assert part.count('class="math"') == 2
    assert '<span class="math">\\(a^2\\)</span>' in part
    assert "print(1)" in part
    assert 'src="almanac-file:p.png"' in part


class TestWord:
    def test_it_reads_as_narrative(self):
        rendering = render(
            "a.docx", docx(heading("Why") + paragraph("Since &lt;b&gt; it rains.") + heading("So"))
        )
        assert "<p>Since &lt;b&gt; it rains.</p>" in rendering.parts[0]
        assert [item.text for item in rendering.headings] == ["So"]


def test_what_a_script_holds_is_left_as_it_is():
    script = '<script src="a.js">x = "<img src=b.png><a href=\'c.html\'>"; y = "<style>url(d.png)";</script>'
    page = with_markers(f"{script}<img src=e.png><script>z = '<img src=f.png>'")
    assert page == script.replace("a.js", "almanac-inline:a.js") + (
        "<img src=\"almanac-inline:e.png\"><script>z = '<img src=f.png>'"
    )
