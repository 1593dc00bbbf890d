"""Payloads of public XSS collections in every place where an author's text can stand."""

import base64
import json

import pytest

from knowledge.documents import DocumentError
from knowledge.rendering import render
from knowledge.rendering.fragments import finished
from knowledge.rendering.part import Part
from tests.knowledge.notebooks import FIXTURES, code, display, notebook, raw, stream, text
from tests.knowledge.rendering.structure import faults_of

PAYLOADS = [
    payload
    for name in ("xss-dompurify.json", "xss-html5sec.json")
    for payload in json.loads((FIXTURES / "hostile" / name).read_text())
]
NAUGHTY = json.loads((FIXTURES / "hostile" / "naughty-strings.json").read_text())


def test_the_oracle_itself_finds_what_is_wrong():
    assert faults_of('<p onclick="x">a</p>') == ["p[onclick=x]"]
    assert faults_of('<a href="javascript:x">a</a>') == ["a[href=javascript:x]"]
    assert faults_of('<img src="https://a.example/x.png">')
    assert faults_of("<script>x</script>") == ["<script>"]
    assert faults_of("<p><b>a</p></b>")
    assert faults_of('<p id="csrf">a</p>') == ["id 'csrf' without prefix"]
    assert faults_of('<iframe src="almanac-output:0"></iframe>')


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_cleaned_onto_the_page_can_do_nothing(payload):
    assert faults_of(finished(Part(), payload)) == []


@pytest.mark.parametrize(
    "cell",
    [
        lambda payload: text(payload),
        lambda payload: text(f"# {payload}"),
        lambda payload: text(f"[{payload}]({payload})\n\n![{payload}]({payload})"),
        lambda payload: text(f"`{payload}`\n\n```{payload}\n{payload}\n```\n\n$${payload}$$"),
        lambda payload: text(payload, attachments={payload: {"image/png": payload}}),
        lambda payload: raw(payload),
        lambda payload: raw(payload, metadata={"format": "text/html", "raw_mimetype": "text/html"}),
        lambda payload: code(payload),
        lambda payload: code("1", stream(payload), stream(f"\x1b[{payload}m{payload}")),
        lambda payload: code("1", display(text_html=payload)),
        lambda payload: code(
            "1", display({"alt": payload, "image/png": {"width": payload}}, image_png=payload)
        ),
        lambda payload: code("1", display(**{"text/markdown": payload, "text/plain": payload})),
        lambda payload: code("1", display(**{"text/latex": f"${payload}$"})),
        lambda payload: code("1", display(**{"application/json": [payload]})),
        lambda payload: code("1", display(**{"application/javascript": payload})),
        lambda payload: code("1", display(**{"image/svg+xml": payload, "text/plain": payload})),
        lambda payload: code("1", display(**{payload: payload, "text/plain": payload})),
        lambda payload: code(
            "1", {"output_type": "error", "ename": payload, "evalue": payload, "traceback": [payload]}
        ),
        lambda payload: code("1", tags=[payload], jupyter=payload, alt=payload),
    ],
)
def test_all_payloads_in_one_place_of_a_notebook_can_do_nothing(cell):
    html = render("post.ipynb", notebook(*map(cell, PAYLOADS))).html
    assert html
    assert faults_of(html) == []


def test_payloads_in_the_names_of_a_notebook_can_do_nothing():
    for payload in PAYLOADS:
        cell = {**code(payload), "id": payload}
        assert faults_of(render("post.ipynb", notebook(cell, language=payload)).html) == []


def test_a_markdown_file_of_payloads_can_do_nothing():
    for payload in PAYLOADS:
        header = f"---\ntitle: {json.dumps(payload)}\n---\n"
        source = f"{header}# {payload}\n\n{payload}\n\n[x]({payload}) ![y]({payload})\n"
        assert faults_of(render("post.md", source.encode()).html) == []


def test_naughty_strings_survive_in_text_and_code():
    rendering = render("post.ipynb", notebook(*(code(word, stream(word)) for word in NAUGHTY)))
    assert faults_of(rendering.html) == []
    assert "\x00" not in rendering.html + rendering.text


def test_an_author_cannot_name_the_asset_of_another_document():
    forged = "almanac-asset:" + "a" * 64 + ".png"
    assert f'src="{forged}' not in render("post.ipynb", notebook(text(f'<img src="{forged}">'))).html


def test_frames_are_made_by_the_renderer_only():
    html = render(
        "post.md", b'<iframe src="almanac-output:0"></iframe> <a href="almanac-output:0">x</a>'
    ).html
    assert "almanac-output" not in html


def test_the_vectors_of_the_nbconvert_advisory_reach_only_frames():
    source = (FIXTURES / "hostile" / "notebook_inject.ipynb").read_bytes()
    assert faults_of(render("post.ipynb", source).html) == []


JSON_SUITE = json.loads((FIXTURES / "hostile" / "json-test-suite.base64.json").read_text())


@pytest.mark.parametrize("name", JSON_SUITE)
def test_no_file_of_the_json_suite_is_more_than_a_refused_document(name):
    with pytest.raises(DocumentError) as refused:
        render("post.ipynb", base64.b64decode(JSON_SUITE[name]))
    assert refused.value.message
    assert refused.value.hint
