"""What must become of each malformed, hostile and boundary document: shown safely, or refused and why."""

from pathlib import Path

import pytest

from knowledge.documents import DocumentError, read_document
from knowledge.rendering import Rendering, render
from tests.knowledge.notebooks import FIXTURES, code, notebook, stream, text
from tests.knowledge.rendering.structure import faults_of

DOCUMENTS = FIXTURES / "documents"

REFUSED = {
    "m01-empty.ipynb": ("empty-document", None),
    "m02-truncated.ipynb": ("truncated-notebook", 18),
    "m03-conflict.ipynb": ("conflict-markers", 25),
    "m07-lfs-pointer.ipynb": ("lfs-pointer", None),
    "m08-list.ipynb": ("not-a-notebook", None),
    "m09-object.ipynb": ("not-a-notebook", None),
    "m10-null-cells.ipynb": ("not-a-notebook", None),
    "m26-deep.ipynb": ("too-deep", None),
}

# name: codes of its faults, and something that its page says
SHOWN: dict[str, tuple[list[str], str]] = {
    "b04-carriage-return.ipynb": ([], "100%|####################|"),
    "b05-unicode.ipynb": ([], "变量"),
    "b06-no-cells.ipynb": ([], ""),
    "b07-only-header.ipynb": ([], ""),
    "b08-header-in-raw.ipynb": ([], "<p>body</p>"),
    "b09-header-crlf.md": ([], "<p>Body</p>"),
    "b10-no-header.md": ([], "<p>"),
    "b11-bad-yaml.md": (["bad-header"], "<p>Body</p>"),
    "b12-tags-hide.ipynb": ([], '<details class="folded-outputs">'),
    "b13-trust.ipynb": ([], "<b>ok</b>"),
    "h01-xss-markdown.ipynb": ([], "overlay"),
    "h02-xss-html-output.ipynb": ([], "almanac-output:0"),
    "h03-xss-svg-output.ipynb": ([], "almanac-output:0"),
    "h04-xss-js-latex-widgets.ipynb": ([], "A widget stood here"),
    "h05-xss-stream-ansi-error.ipynb": ([], "&lt;script&gt;alert(1)&lt;/script&gt;"),
    "h06-xss-metadata.ipynb": (["header-value", "header-value"], "cell"),
    "h07-yaml-bomb.ipynb": (["header-alias"], ""),
    "h08-yaml-python-tag.ipynb": (["header-tag"], ""),
    "h09-markdown-redos.ipynb": ([], "[[[["),
    "h10-svg-bomb.ipynb": ([], "almanac-output:0"),
    "h11-png-bomb.ipynb": ([], ""),
    "m04-bom.ipynb": ([], "cell"),
    "m05-utf16.ipynb": (["not-utf-8"], "cell"),
    "m06-latin1.ipynb": (["not-utf-8"], "café"),
    "m11-no-metadata.ipynb": (["repaired-notebook"], "cell"),
    "m12-nbformat-5.ipynb": (["newer-notebook"], "cell"),
    "m13-minor-99.ipynb": ([], "cell"),
    "m14-dup-ids.ipynb": ([], "<p>b</p>"),
    "m15-no-ids-45.ipynb": ([], "cell-n"),
    "m16-unknown-cell.ipynb": (["repaired-notebook"], "after"),
    "m17-unknown-output.ipynb": (["repaired-notebook"], "seen"),
    "m18-unknown-mime.ipynb": ([], "fallback"),
    "m19-nan.ipynb": ([], "cell"),
    "m20-lone-surrogate.ipynb": ([], "y"),
    "m21-nul-and-controls.ipynb": ([], "b"),
    "m22-bad-base64.ipynb": ([], "cell"),
    "m23-png-is-html.ipynb": ([], "cell"),
    "m24-source-types.ipynb": (["repaired-notebook"], "a\nb"),
    "m25-output-missing-fields.ipynb": ([], "cell"),
    "m27-dup-keys.ipynb": ([], "cell"),
    "m28-cells-as-strings.ipynb": (["repaired-notebook"], ""),
    "m29-attachment-missing.ipynb": ([], "Image missing"),
    "m30-attachment-odd-names.ipynb": ([], "almanac-asset:"),
}


def _render(name: str) -> Rendering:
    return render(name, (DOCUMENTS / name).read_bytes())


@pytest.mark.parametrize(("name", "code", "line"), [(name, *why) for name, why in REFUSED.items()])
def test_a_document_that_cannot_be_read_is_refused_with_a_reason(name, code, line):
    with pytest.raises(DocumentError) as refused:
        _render(name)
    assert refused.value.code == code
    assert refused.value.line == line
    assert refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(("name", "codes", "says"), [(name, *what) for name, what in SHOWN.items()])
def test_any_other_document_is_shown_safely_with_its_faults_said(name, codes, says):
    source = (DOCUMENTS / name).read_bytes()
    rendering = _render(name)
    assert says in rendering.html
    assert [fault.code for fault in read_document(name, source).faults] == codes
    assert faults_of(rendering.html) == []
    assert "\x00" not in rendering.html + rendering.text
    rendering.html.encode()  # no lone surrogates


def test_every_case_is_in_one_table_or_the_other():
    documents = {path.name for path in DOCUMENTS.iterdir() if path.name != "README.md"}
    assert documents == REFUSED.keys() | SHOWN.keys()


def test_the_large_boundary_cases_are_within_their_limits():
    long_line = render("a.ipynb", notebook(code("1", stream("x" * 300_000))))
    assert "left out" in long_line.html
    assert len(long_line.html) < 110_000
    assert render("a.ipynb", notebook(*[text("word")] * 3_000)).words == 3_000
    joined = render("a.ipynb", notebook(code("1", *[stream("line\n")] * 4_000))).html
    assert joined.count('<pre class="stream') == 1


CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of real documents on this machine")
def test_every_real_document_is_shown_and_clean():
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in {".ipynb", ".md"} and path.name not in REFUSED:
            rendering = render(path.name, path.read_bytes())
            assert faults_of(rendering.html) == [], path
