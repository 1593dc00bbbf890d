"""Markers become addresses, once, in attributes alone, and never lead out of the repository."""

import time

import pytest

from portal.content_links import Place, resolve

DIGEST = "ab" * 32
COMMIT = "3f9c2e1" + "0" * 33
PLACE = Place("growth", COMMIT, "retention/free.ipynb", 7, lambda number: f"token-{number}")


def link(relative: str) -> str:
    return resolve(f'<a href="almanac-file:{relative}">x</a>', PLACE)


def test_an_image_is_served_with_its_revision():
    html = resolve(f'<img src="almanac-asset:{DIGEST}.png" width="640" height="480" alt="Sales">', PLACE)
    assert html == f'<img src="/a/7/{DIGEST}.png" width="640" height="480" alt="Sales">'


def test_an_output_document_carries_a_token():
    html = resolve(
        '<iframe class="output-frame" src="almanac-output:2" sandbox="allow-scripts"></iframe>', PLACE
    )
    assert html == '<iframe class="output-frame" src="/o/7/2?t=token-2" sandbox="allow-scripts"></iframe>'


@pytest.mark.parametrize(
    ("relative", "path"),
    [
        ("data.csv", "retention/data.csv"),
        ("./figures/a.png", "retention/figures/a.png"),
        ("../README.md", "README.md"),
        ("/data/all.csv", "data/all.csv"),
        ("my%20file.csv", "retention/my%20file.csv"),
        ("ünter/straße.md", "retention/%C3%BCnter/stra%C3%9Fe.md"),
        ("a.csv?download=1", "retention/a.csv"),
        ("other.ipynb#h-result", "retention/other.ipynb#h-result"),
        ("a%3Fb.csv", "retention/a%3Fb.csv"),
        ("a.csv?x=1&amp;y=2", "retention/a.csv"),
    ],
)
def test_a_file_is_found_from_where_the_document_lies(relative, path):
    assert link(relative) == f'<a href="/f/growth/{COMMIT}/{path}">x</a>'


@pytest.mark.parametrize(
    "relative", ["../../etc/passwd", "..%2F..%2Fsecret", "/../x", "../..", "a%00b", "a%0Ab"]
)
def test_a_link_out_of_the_repository_leads_nowhere(relative):
    assert link(relative) in {"<a>x</a>", f'<a href="/f/growth/{COMMIT}/x">x</a>'}


def test_a_link_to_the_root_leads_to_the_space():
    assert link("..") == '<a href="/s/growth/">x</a>'


@pytest.mark.parametrize(
    "marker",
    [
        "almanac-asset:",
        "almanac-asset:../../x.png",
        "almanac-asset:abc.png",
        f"almanac-asset:{DIGEST}.p/ng",
        "almanac-output:",
        "almanac-output:-1",
        "almanac-output:1/../../x",
        "almanac-output:9999999",
    ],
)
def test_a_made_up_marker_loses_its_attribute(marker):
    assert resolve(f'<img src="{marker}" alt="x">', PLACE) == '<img alt="x">'


def test_text_that_looks_like_a_marker_stays_text():
    html = f'<p>write src="almanac-asset:{DIGEST}.png" and &lt;img src="almanac-output:1"&gt;</p>'
    assert resolve(html, PLACE) == html


def test_a_marker_in_another_attribute_stays_as_it_is():
    html = f'<img alt="almanac-asset:{DIGEST}.png" title=" src=&quot;almanac-output:1&quot;">'
    assert resolve(html, PLACE) == html


def test_what_an_address_is_made_of_cannot_end_its_attribute():
    assert link("a&quot; onclick=&quot;b") == (
        f'<a href="/f/growth/{COMMIT}/retention/a%22%20onclick=%22b">x</a>'
    )


def test_a_fragment_cannot_end_its_attribute():
    assert '"><script' not in link("a#&quot;&gt;&lt;script&gt;")


def test_html_without_markers_is_the_same_object():
    html = "<p>Nothing to do.</p>"
    assert resolve(html, PLACE) is html


@pytest.mark.parametrize(
    "piece", ["<a " + 'x="y" ' * 50, "<img src=", '<a href="almanac-', "<a a", '<iframe a="', "<<<<a "]
)
def test_resolving_takes_linear_time(piece):
    started = time.process_time()
    resolve(piece * (400_000 // len(piece)), PLACE)
    assert time.process_time() - started < 1.5
