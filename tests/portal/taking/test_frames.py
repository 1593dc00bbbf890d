"""Output documents in a saved file: scripts carry the nonce, libraries are named, handlers moved aside."""

import time

import pytest

from portal.taking.frames import Libraries, frame_pieces
from portal.taking.libraries import vendored_file

PLOTLY = "plotly-3.7.0/plotly.min.js"
TAG = f'<script src="almanac-vendor:{PLOTLY}"></script>'


def pieces(document, libraries=None):
    """Without the opening, which holds our own script."""
    return frame_pieces(document, libraries or Libraries(), "N")[1:]


def text(document):
    return "".join(piece for piece in pieces(document) if isinstance(piece, str))


def test_ours_is_the_first_script_and_comes_after_what_opens_the_document():
    opening = str(frame_pieces("<!doctype html><html lang='en'><head><title>x</title>", Libraries(), "N")[0])
    assert opening.startswith("<!doctype html><html lang='en'><head><script nonce=\"N\">")
    assert str(frame_pieces("<p>bare", Libraries(), "N")[0]).startswith('<script nonce="N">')


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<script>a()</script>", '<script nonce="N">a()</script>'),
        ('<SCRIPT type="module">a()</SCRIPT>', '<script nonce="N" type="module">a()</SCRIPT>'),
        ("<script>never ends", '<script nonce="N">never ends'),
        ("<script>x='<script>'</script>", "<script nonce=\"N\">x='<script>'</script>"),
        ("<p>no script", "<p>no script"),
        ("<scripture>", "<scripture>"),
        ("<p title='<script>'>a</p>", "<p title='<script>'>a</p>"),
    ],
)
def test_each_script_is_given_the_nonce(document, expected):
    assert text(document) == expected


def test_what_attributes_run_is_moved_aside_but_not_what_scripts_and_words_say():
    html = '<p onclick="a()" ONLOAD = b()>onclick=1</p><script>el.innerHTML = "<p onclick=2>"</script>'
    assert text(html) == (
        '<p data-almanac-onclick="a()" data-almanac-onLOAD = b()>onclick=1</p>'
        '<script nonce="N">el.innerHTML = "<p onclick=2>"</script>'
    )


def test_a_library_is_named_once_however_many_documents_use_it():
    libraries = Libraries()
    for _ in range(2):
        found = [piece for piece in pieces(f"{TAG}<p>", libraries) if not isinstance(piece, str)]
        assert found == [{"library": 0, "as": "script", "depth": 0}]
    assert libraries.numbers == {vendored_file(PLOTLY): 0}


def test_a_library_that_a_script_asks_for_is_offered_before_it_runs():
    asked = '<script>require.config({paths: {p: "almanac-vendor:plotly-3.7.0/plotly.min"}})</script>'
    first, *_ = pieces(asked)
    assert first == {"library": 0, "as": "offer", "depth": 0, "path": "plotly-3.7.0/plotly.min"}


@pytest.mark.parametrize("path", ["no-1.0/x.js", "../settings.py", "plotly-3.7.0/../../x.js", "katex-0.19.1"])
def test_what_we_do_not_have_is_left_out(path):
    assert vendored_file(path) is None
    assert pieces(f'<script src="almanac-vendor:{path}"></script>') == ["", "", ""]


def test_a_style_sheet_becomes_a_style():
    sheet = '<link rel="stylesheet" href="almanac-vendor:katex-0.19.1/katex.min.css">'
    assert {"library": 0, "as": "style", "depth": 0} in pieces(f"<p>{sheet}<p>")


def test_a_frame_in_a_frame_is_treated_alike_and_stays_in_its_attribute():
    inner = f"<p onclick=a()>&amp;</p>{TAG}<script>b('\"')</script>"
    escaped = inner.replace("&", "&amp;").replace('"', "&quot;")
    found = pieces(f'<iframe onload="a()" srcdoc="{escaped}" onerror="b()"></iframe>')
    markup = "".join(piece for piece in found if isinstance(piece, str))
    assert markup.startswith('<iframe data-almanac-onload="a()" srcdoc="&lt;script nonce=&quot;N&quot;&gt;')
    assert "&lt;p data-almanac-onclick=a()&gt;&amp;amp;&lt;/p&gt;" in markup
    assert "&lt;script nonce=&quot;N&quot;&gt;b(&#x27;&quot;&#x27;)&lt;/script&gt;" in markup
    assert markup.endswith('" data-almanac-onerror="b()"></iframe>')
    assert {"library": 0, "as": "script", "depth": 1} in found


def test_a_hostile_document_takes_no_more_time_than_its_length():
    for html in (
        "<script>" * 200_000,
        "<p " * 300_000,
        " on" * 300_000,
        "<a on='" * 200_000,
        "<p \"'" * 99_999,
    ):
        assert pieces(html)


@pytest.mark.parametrize(
    "piece",
    [
        "<link ",
        " href=almanac-vendor:a.css",
        "a.css",
        "<a '\"",
        " srcdoc=",
        "<script>",
        " src=almanac-vendor:",
        "<",
    ],
)
@pytest.mark.parametrize("start", ["", "<link ", "<link href=almanac-vendor:", "<script "])
def test_a_document_is_taken_apart_in_linear_time(start, piece):
    def seconds(times):
        begun = time.process_time()
        frame_pieces(start + piece * times, Libraries(), "n")
        return time.process_time() - begun

    assert seconds(20_000) < 1


def test_a_library_of_an_endless_name_is_none_that_we_have():
    document = "almanac-vendor:" + "a/" * 5_000 + "b"
    assert frame_pieces(document, Libraries(), "n")[-1] == document
