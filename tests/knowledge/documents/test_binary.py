"""Documents that are bytes: Word, PDF, zips of knowledge posts; and Org and HTML, which other tools wrote."""

import shutil
import time

import pytest

from knowledge.documents import DocumentError, Markup, Paper, Prose, WholePage, read_document, read_head
from knowledge.documents import archive as archives
from knowledge.documents import docx as word
from knowledge.documents.knowledge_post import text_of_folder
from knowledge.documents.webpage import words_of
from tests.knowledge.documents.files import docx, heading, paragraph, pdf, zipped

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00"


def refused(path: str, source: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_head(path, source)
    with pytest.raises(DocumentError):
        read_document(path, source)
    return caught.value


class TestWord:
    def test_it_is_markup_with_its_facts(self):
        core = "<dc:title>Late</dc:title><dc:creator>Jo</dc:creator>"
        core += "<dcterms:created>2026-10-05T08:00:00Z</dcterms:created><cp:keywords>a, b</cp:keywords>"
        document = read_document("a.docx", docx(heading("Why") + paragraph("Words &amp; more"), core=core))
        assert isinstance(document.content, Markup)
        assert document.content.html == "<h1>Why</h1><p>Words &amp; more</p>"
        header = document.header
        assert (document.title, header.authors, header.tags) == ("Late", ("Jo",), ("a", "b"))
        assert header.created_at is not None
        assert header.created_at.isoformat() == "2026-10-05T08:00:00+00:00"

    def test_without_a_title_its_first_heading_counts_by_the_name_of_its_style(self):
        source = docx(paragraph("Before") + heading("  ") + heading("Why  so") + heading("Later"))
        assert read_head("a.docx", source).title == "Why so"

    def test_what_a_program_left_in_its_template_says_nothing_of_the_document(self):
        core = "<dc:creator>python-docx</dc:creator>"
        core += "<dcterms:created>2013-12-23T23:15:00Z</dcterms:created>"
        core += "<dcterms:modified>2013-12-23T23:15:00Z</dcterms:modified>"
        header = read_head("a.docx", docx(paragraph("Words"), core=core)).header
        assert (header.authors, header.created_at, header.updated_at) == ((), None, None)

    def test_what_is_left_out_is_said(self):
        chart = '<w:p><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:p>'
        (fault,) = read_document("a.docx", docx(chart * 2, more={"word/media/image1.emf": b"x"})).faults
        assert fault.code == "docx-left-out"
        assert "2 charts" in fault.message
        assert "1 pictures" in fault.message

    def test_one_of_more_elements_than_anyone_wrote_is_refused_before_it_is_converted(self):
        assert refused("a.docx", docx(paragraph("w") * 80_000)).code == "too-intricate"

    @pytest.mark.parametrize("body", ["<of:nobody/>", "<of:nobody/><oMath/>"])
    def test_names_without_a_namespace_are_refused_in_words(self, body):
        with pytest.raises(DocumentError) as caught:
            read_document("a.docx", docx(body))
        assert caught.value.code == "bad-docx"

    @pytest.mark.parametrize("declared", ["<!DOCTYPE x>", '<!DOCTYPE x [<!ENTITY a "b">]>'])
    @pytest.mark.parametrize("part", ["word/document.xml", "word/footnotes.xml", "_rels/.rels"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_entities_are_turned_away_wherever_they_are_declared(self, declared, part, encoding):
        text = f'<?xml version="1.0" encoding="{encoding}"?>{declared}<x/>'.encode(encoding)
        assert refused("a.docx", docx("", more={part: text})).code == "bad-docx"

    @pytest.mark.parametrize(
        ("source", "code"),
        [
            (b"no zip", "bad-zip"),
            (zipped({"a.txt": "x"}), "bad-docx"),
            (docx("<broken>"), "bad-docx"),
            (docx("")[:-30], "bad-zip"),
        ],
    )
    def test_what_is_no_word_document_is_refused(self, source, code):
        assert refused("a.docx", source).code == code

    def test_too_much_of_it_is_refused(self, monkeypatch):
        monkeypatch.setattr(word, "_MAX_XML", 10_000)
        assert refused("a.docx", docx(paragraph("x" * 10_000))).code == "zip-too-large"
        monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
        assert refused("a.docx", docx("")).code == "zip-too-many"

    def test_files_that_pictures_name_are_not_read(self):
        """A picture may be a link to a file: of this machine, that is."""
        drawing = (
            '<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
            'wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            '<a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            '<pic:blipFill><a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships" r:link="r9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
            "</w:drawing></w:r></w:p>"
        )
        relation = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r9" TargetMode="External" Target="file:///etc/passwd" Type="http://schemas.'
            'openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>'
        )
        source = docx(drawing, more={"word/_rels/document.xml.rels": relation})
        try:
            content = read_document("a.docx", source).content
        except DocumentError:
            return
        assert isinstance(content, Markup)
        assert content.files == {}


class TestPdf:
    def test_its_facts_are_read_and_its_bytes_kept(self):
        info = b"<< /Title (Late \\(Q3\\)\\041) /Author (Jo Doe) /CreationDate (D:20261005120000Z) >>"
        document = read_document("a.pdf", pdf(info=info))
        assert isinstance(document.content, Paper)
        assert (document.title, document.header.authors) == ("Late (Q3)!", ("Jo Doe",))
        assert document.header.created_at is not None
        assert document.header.created_at.date().isoformat() == "2026-10-05"

    @pytest.mark.parametrize(
        ("title", "read"),
        [
            (b"<FEFF00C400E9>", "Äé"),
            (b"(\xfe\xff\x00L\x00a)", "La"),
            (b"(Caf\xe9)", "Café"),
            (b"(Microsoft Word - draft7.doc)", ""),
            (b"(untitled)", ""),
            (b"((nested) words)", "(nested) words"),
            (b"(never closed", ""),
            (b"<odd", ""),
            (b"<F>", "ð"),
        ],
    )
    def test_titles_are_read_as_they_are_written(self, title, read):
        assert read_head("a.pdf", pdf(info=b"<< /Title " + title + b" >>")).title == read

    @pytest.mark.parametrize("author", [b"anonymous", b"\\(unspecified\\)", b"Unknown"])
    def test_nobody_is_no_author(self, author):
        assert read_head("a.pdf", pdf(info=b"<< /Author (" + author + b") >>")).header.authors == ()

    def test_titles_of_chapters_are_not_the_titles_of_documents(self):
        assert read_head("a.pdf", pdf() + b"\n9 0 obj << /Title (Chapter) >> endobj").title == ""

    def test_a_title_in_its_metadata_counts(self):
        metadata = b'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Late</rdf:li></rdf:Alt></dc:title>'
        assert read_head("a.pdf", pdf() + metadata).title == "Late"

    def test_what_is_encrypted_is_said(self):
        (fault,) = read_document("a.pdf", pdf(trailer=b"/Encrypt 8 0 R")).faults
        assert fault.code == "encrypted-pdf"

    @pytest.mark.parametrize("source", [b"<html>%PDF-1.4", b"GIF89a", b"x" * 3_000 + b"%PDF-1.4"])
    def test_what_does_not_begin_as_one_is_refused(self, source):
        assert refused("a.pdf", source).code == "not-a-pdf"

    @pytest.mark.parametrize("piece", [b"/Info 1 0 R ", b"(", b"(\\", b"/Title (((", b"<dc:title><rdf:Alt>"])
    def test_a_look_at_it_takes_linear_time(self, piece):
        started = time.process_time()
        read_head("a.pdf", b"%PDF-1.4\n1 0 obj" + piece * (3_000_000 // len(piece)) + b"/Info 1 0 R")
        assert time.process_time() - started < 1


class TestKnowledgePost:
    @pytest.mark.parametrize("root", ["", "late.kp/"])
    def test_it_is_prose_with_its_pictures(self, root):
        text = "---\ntitle: Late\n---\n![](images/a.png)"
        files: dict[str, bytes | str] = {"knowledge.md": text, "images/a.png": PNG}
        files |= {"orig_src/a.ipynb": "{}", "UUID": "x", "REVISION": "1"}
        document = read_document("late.kp", zipped({root + name: data for name, data in files.items()}))
        assert isinstance(document.content, Prose)
        assert (document.title, document.content.text) == ("Late", "![](images/a.png)")
        assert document.content.files == {"images/a.png": PNG}
        assert document.format == "kp"

    @pytest.mark.parametrize("name", ["../a.png", "/a.png", "images/../../a.png", "C:a.png", "..\\a.png"])
    def test_no_name_leads_out_of_it(self, name):
        content = read_document("a.kp", zipped({"knowledge.md": "x", name: PNG})).content
        assert isinstance(content, Prose)
        assert content.files == {}

    def test_without_its_text_it_is_refused(self):
        assert refused("a.kp", zipped({"README.md": "x"})).code == "bad-kp"

    def test_more_than_there_is_room_for_is_refused_by_what_the_directory_says(self, monkeypatch):
        monkeypatch.setattr(archives, "MAX_BYTES", 1_000)
        assert refused("a.kp", zipped({"knowledge.md": "x", "a.png": b"x" * 2_000})).code == "zip-too-large"

    def test_a_directory_that_lies_about_sizes_is_refused(self):
        source = zipped({"knowledge.md": "x" * 5_000})
        small = (10).to_bytes(4, "little")
        source = source.replace((5_000).to_bytes(4, "little"), small)
        assert refused("a.kp", source).code == "bad-zip"

    def test_encrypted_files_are_refused(self):
        source = bytearray(zipped({"knowledge.md": "x"}))
        for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            source[source.index(signature) + at] |= 1
        assert refused("a.kp", bytes(source)).code == "bad-zip"

    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ("a.kp/images/x.png", "a.kp/knowledge.md"),
            ("x/a.KP/knowledge.md", "x/a.KP/knowledge.md"),
            ("x/a.kp/b.kp/c", "x/a.kp/knowledge.md"),
            ("a.kp", ""),
            ("a.md", ""),
        ],
    )
    def test_files_of_a_folder_belong_to_its_text(self, path, text):
        assert text_of_folder(path) == text


class TestHtml:
    def test_it_is_a_whole_page_with_what_it_says_of_itself(self):
        source = (
            b'<!doctype html><head><meta charset="utf-8"><meta name="author" content="Jo"><meta name="author"'
            b' content="Al"><META NAME=date CONTENT="2026-10-05"><meta content="a, b" name="keywords">'
            b'<meta name="description" content="One &amp; five"><title>Late &lt;x&gt;</title></head>'
        )
        document = read_document("a.HTM", source)
        assert isinstance(document.content, WholePage)
        header = document.header
        assert (document.title, document.format, header.tldr) == ("Late <x>", "html", "One & five")
        assert (header.authors, header.tags) == (("Jo", "Al"), ("a", "b"))
        assert header.created_at is not None

    @pytest.mark.parametrize(
        ("source", "title"),
        [
            (b"<h1></h1><p><H1>no</H1><h1 class='a'>The <b>found</b>\none</h1>", "The found one"),
            (b"<title></title>x", ""),
            (b"x", ""),
            ('<meta charset="iso-8859-15"><title>Caf\xe9 \u20ac</title>'.encode("iso-8859-15"), "Café €"),
            (b"<meta name=title content=Said><title>Title</title>", "Said"),
        ],
    )
    def test_its_title_is_what_it_says_or_its_first_heading(self, source, title):
        assert read_head("a.html", source).title == title

    def test_its_words_are_those_that_are_seen(self):
        html = (
            "<head><title>t</title></head><p>One<br>two</p><script>no</script><STYLE>no</style> &amp; <svg>no"
        )
        assert words_of(html) == "One two &"

    @pytest.mark.parametrize(
        "piece", ["<h1>", "<meta ", "<title>", "<script>", "<", "<svg></svg>", "<meta a='"]
    )
    def test_reading_takes_linear_time(self, piece):
        started = time.process_time()
        html = piece * (2_000_000 // len(piece))
        read_head("a.html", html.encode())
        words_of(html)
        assert time.process_time() - started < 2


ORG = b"""#+TITLE: Late
#+title: on Mondays
#+AUTHOR: Jo
#+DATE: <2026-10-05 Mon>
#+FILETAGS: :a:b:
#+PRIVATE: true
* TODO Why :tag:
Words with $x^2$.
"""


class TestOrg:
    def test_its_keywords_are_its_header(self):
        head = read_head("a.org", ORG)
        assert (head.title, head.header.authors, head.header.tags) == ("Late on Mondays", ("Jo",), ("a", "b"))
        assert head.header.private
        assert head.header.created_at is not None

    def test_without_a_title_its_first_heading_counts(self):
        head = read_head("a.org", b"* TODO See [[https://a.example][the site]] :tag:\n* Later")
        assert head.title == "See the site"

    def test_without_pandoc_it_says_who_can_help(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(DocumentError) as refused:
            read_document("a.org", ORG)
        assert refused.value.code == "pandoc-missing"
        assert "those who run this portal" in refused.value.hint

    @pytest.mark.skipif(shutil.which("pandoc") is None, reason="needs pandoc")
    def test_with_pandoc_it_is_markup(self):
        content = read_document("a.org", ORG + b"#+INCLUDE: /etc/passwd\n").content
        assert isinstance(content, Markup)
        assert "Why" in content.html
        assert r"\(x^2\)" in content.html
        assert "root:" not in content.html
