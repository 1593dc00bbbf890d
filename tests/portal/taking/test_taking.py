"""Posts as files: what goes into the page in one file and into the archive, and what never does."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import Rendering
from portal.taking import contents, offline, self_contained
from portal.taking.libraries import data_url
from tests.cast import MakePost
from tests.knowledge.notebooks import png

PNG = png(3, 2)
FRAME = '<iframe class="output-frame" src="almanac-output:{}" title="Plot" height="9"></iframe>'
MATH = '<span class="math">\\(x\\)</span>'


@pytest.fixture
def commit(growth):
    create_repository("growth")
    files = {
        "notes/map.png": PNG,
        "notes/orders.csv": b"a,b",
        "shared/logo.svg": b"<svg onload=alert(1)>",
        "notes/secret.md": b"# Secret",
        "notes/map.html": b"<script>alert(1)</script>",
    }
    return Repository("growth").commit_files(
        branch="main",
        files={path: BytesIO(data) for path, data in files.items()},
        author_name="Alice",
        author_email="alice@x.example",
        by="alice",
        message="Add files",
    )


@pytest.fixture
def make(growth, make_post: MakePost, commit, alice):
    def make(html, outputs=(), **rendering):
        digest = storage.put_bytes(PNG)
        rendering |= {
            "assets": {digest: {"type": "image/png", "width": 3, "height": 2, "size": len(PNG)}},
            "outputs": [
                {"digest": storage.put_bytes(data), "label": "Plot", "height": 9, "type": kind}
                for data, kind in outputs
            ],
        }
        html = html.replace("ASSET", f"almanac-asset:{digest}.png")
        return make_post(
            growth,
            "notes/a.ipynb",
            title="<b>T</b>",
            html=html,
            source=b'read_csv(\\"orders.csv\\"); open("secret.md"); open("/etc/passwd"); open("../../x.csv")',
            authors=(alice,),
            rendering=rendering,
            revision={"commit": commit},
        ).published_revision

    return make


def get(client, user, revision, what="page.html"):
    client.force_login(user)
    return client.get(f"/r/{revision.pk}/{what}")


def page(client, user, revision):
    answer = get(client, user, revision)
    assert answer.status_code == 200
    return answer.getvalue().decode()


def article(html):
    return html.partition('<article class="post-text prose">')[2].partition("</article>")[0].strip()


def only(pattern, html):
    """What the one group of a pattern that occurs once finds."""
    (found,) = re.findall(pattern, html)
    return found


def policy_of(html):
    return only(r'Content-Security-Policy" content="([^"]+)"', html).replace("&#x27;", "'")


def names(answer):
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        return [name.partition("/")[2] for name in archive.namelist()]


# --- the page in one file


def test_the_file_is_a_download_that_says_where_it_came_from(client, carol, make, settings):
    revision = make("<p>Words.</p>")
    answer = get(client, carol, revision)
    html = answer.getvalue().decode()
    assert answer["Content-Disposition"] == 'attachment; filename="a-r1.html"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert html.startswith("<!doctype html>")
    assert "<title>&lt;b&gt;T&lt;/b&gt;</title>" in html
    address = f"{settings.SITE_URL}/s/growth/notes/a.ipynb@1"
    assert html.count(f'"{address}"') == 3  # head, byline, foot
    for said in ("Alice Example", "Revision 1", "1 October 2026", revision.commit[:12]):
        assert said in html.partition('class="taken-foot"')[2]
    assert article(html) == "<p>Words.</p>"


def test_images_are_in_it_and_links_lead_where_they_would(client, carol, make, commit, settings):
    written = (
        '<img src="ASSET" alt="x"><img src="almanac-file:map.png?raw=1">'
        '<img src="almanac-file:../shared/logo.svg">'
        '<a href="almanac-file:orders.csv#top">data</a><a href="#h-x">here</a><a href="https://x.example/">out</a>'
    )
    picture = data_url("image/png", PNG)
    drawing = data_url("image/svg+xml", b"<svg onload=alert(1)>")
    assert article(page(client, carol, make(written))) == (
        f'<img src="{picture}" alt="x"><img src="{picture}"><img src="{drawing}">'
        f'<a href="{settings.SITE_URL}/f/growth/{commit}/notes/orders.csv#top">data</a>'
        '<a href="#h-x">here</a><a href="https://x.example/">out</a>'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<img src="almanac-file:map.html">',
        '<img src="almanac-file:../../../../etc/passwd">',
        '<img src="almanac-file:nowhere.png">',
        '<img src="almanac-asset:0.png">',
        f'<img src="almanac-asset:{"0" * 64}.png">',
        '<img src="/static/icon.svg">',
        '<img src="//other.example/x.png">',
    ],
)
def test_what_is_no_picture_or_leads_elsewhere_is_not_in_it(client, carol, make, html):
    assert article(page(client, carol, make(html))) == '<span class="notice">Image missing</span>'


def test_an_image_that_is_missing_is_named(client, carol, make):
    html = '<img src="almanac-file:nowhere.png" alt="Churn &lt;by&gt; month">'
    assert ">Image missing: Churn &lt;by&gt; month<" in page(client, carol, make(html))


def test_a_hidden_posts_source_does_not_come_along(client, mallory, alice, make, make_post, growth):
    make_post(growth, "notes/secret.md", private=True)
    revision = make('<a href="almanac-file:secret.md">x</a><img src="almanac-file:map.png">')
    assert "source/notes/secret.md" in names(get(client, alice, revision, "post.zip"))
    theirs = names(get(client, mallory, revision, "post.zip"))
    assert "source/notes/secret.md" not in theirs
    assert "source/notes/map.png" in theirs


def test_no_script_runs_but_ours_and_a_page_without_frames_may_do_less(client, carol, make):
    html = page(client, carol, make(f"<p>{MATH}</p>"))
    policy = policy_of(html)
    nonce = only(r"script-src 'nonce-([\w-]{20,})'$", policy)
    assert "img-src data:; media-src data:; script-src" in policy
    assert set(re.findall(r"<script([^>]*)>", html)) == {
        f' nonce="{nonce}"',
        ' type="application/json" id="macros"',
    }
    assert "unsafe-eval" not in policy
    assert "default-src 'none'" in policy
    again = page(client, carol, make(f"<p>{MATH}</p>"))
    assert nonce not in again


def test_the_rules_of_chemistry_come_along_where_they_are_needed(client, carol, make):
    with_rules, without = (
        page(client, carol, make(MATH.replace("x", word))) for word in ("\\\\ce{H2O}", "x")
    )
    assert len(with_rules) > len(without) + 20_000


def test_outputs_are_text_in_it_and_libraries_are_there_once(client, carol, make):
    library = b'<script src="almanac-vendor:katex-0.19.1/katex.min.js"></script>'
    drawn = b"<!doctype html><head></head>" + library + b"</script><!--"
    html = page(client, carol, make(FRAME.format(0) + FRAME.format(1), [(drawn, "text/html")] * 2))
    assert article(html).count("data-frame=") == 2
    assert "almanac-output" not in html
    assert html.count('id="library-0"') == 1
    assert "library-1" not in html
    stored = only(r'id="frame-1">(.*)</script>\n', html)
    assert "<" not in stored
    assert {"library": 0, "as": "script", "depth": 0} in json.loads(stored)
    assert "'unsafe-eval'" in policy_of(html)


def test_a_pdf_can_be_saved_from_it(client, carol, make):
    link = '<figcaption><a href="almanac-output:0">Open the PDF</a></figcaption>'
    html = article(page(client, carol, make(FRAME.format(0) + link, [(b"%PDF-1.4", "application/pdf")])))
    url = data_url("application/pdf", b"%PDF-1.4")
    assert html == f'<p><a href="{url}" download="a-r1.pdf">Plot: save it as a file</a></p>'


def test_only_fonts_that_the_text_needs_are_in_it(client, carol, make):
    faces = [
        page(client, carol, make(f"<p>{words}</p>")).count("@font-face") for words in ("plain", "Привет")
    ]
    assert 0 < faces[0] < faces[1]


def test_nothing_in_it_has_an_address_to_load_from(client, carol, make):
    html = page(client, carol, make(f'{MATH}<img src="ASSET">{FRAME.format(0)}', [(b"<p>", "text/html")]))
    assert "@import" not in html
    assert re.findall(r"url\((?!data:|#)[^)]*\)", html) == []
    html = re.sub(r"(<script[^>]*>)[^<]*(?:<(?!/script>)[^<]*)*</script>", r"\1", html)
    assert re.findall(r'<(?:link|script|img|iframe)[^>]*\s(?:src|href)="(?!data:)[^"]*"', html) == []


def test_an_image_shown_any_number_of_times_does_not_fill_the_memory(client, carol, make, monkeypatch):
    monkeypatch.setattr(offline, "IMAGES_BYTES", len(PNG) * 3)
    html = page(client, carol, make('<img src="ASSET" alt="x">' * 50))
    assert html.count(data_url("image/png", PNG)) == 3
    assert "Some images are left out" in html


def test_what_frames_take_from_beside_does_not_fill_the_file(client, carol, make, monkeypatch):
    monkeypatch.setattr(offline, "FRAMES_BYTES", 1_000)
    outputs = [
        (b'<img src="almanac-inline:map.png">' * 4 + b"%d" % number, "text/html") for number in range(9)
    ]
    html = page(client, carol, make("".join(map(FRAME.format, range(9))), outputs))
    assert 0 < html.count("Left out: with it") < 9
    assert html.count('id="frame-') == 9


# --- the archive


def test_the_archive_names_figures_by_cell_and_brings_what_the_post_refers_to(client, carol, make):
    cells = (
        '<div class="cell text" id="cell-a"><img src="ASSET"></div>'
        '<div class="cell code-cell" id="cell-b"><span class="cell-no">cell 7</span><img src="ASSET">'
        f'{FRAME.format(0)}</div><a href="almanac-file:map.png">x</a>'
    )
    revision = make(cells, [(b"%PDF-1.4", "application/pdf")])
    answer = get(client, carol, revision, "post.zip")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == 'attachment; filename="a-r1.zip"'
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        assert archive.testzip() is None
        assert archive.read("a-r1/figures/cell-7-1.png") == PNG
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 10, 1)}
        found = {entry.filename.removeprefix("a-r1/") for entry in archive.infolist()}
    assert found == {
        *("a-r1.html", "a-r1.bib", "README.txt"),
        *("figures/text-1-1.png", "figures/cell-7-1.png", "figures/cell-7-2.pdf"),
        *(
            "source/notes/a.ipynb",
            "source/notes/map.png",
            "source/notes/orders.csv",
            "source/notes/secret.md",
        ),
    }


def test_files_beyond_the_limits_are_left_out_and_named(client, carol, make, monkeypatch):
    monkeypatch.setattr(contents, "BESIDE_BYTES", 10)
    answer = get(client, carol, make('<a href="almanac-file:map.png">x</a>'), "post.zip")
    with ZipFile(BytesIO(answer.getvalue())) as archive:
        assert "a-r1/source/notes/orders.csv" in archive.namelist()
        assert "a-r1/source/notes/map.png" not in archive.namelist()
        assert b"Left out" in archive.read("a-r1/README.txt")
        assert b"    notes/map.png\n" in archive.read("a-r1/README.txt")


def test_a_post_too_large_for_one_file_says_so_and_its_archive_goes_without(client, carol, make, monkeypatch):
    monkeypatch.setattr(self_contained, "PAGE_BYTES", 10)
    revision = make("<p>More than ten bytes.</p>")
    answer = get(client, carol, revision)
    assert answer.status_code == 413
    assert "Too large for one file" in answer.content.decode()
    with ZipFile(BytesIO(get(client, carol, revision, "post.zip").getvalue())) as archive:
        assert "a-r1/a-r1.html" not in archive.namelist()
        assert b"too large for a page in one file" in archive.read("a-r1/README.txt")


# --- all of them


@pytest.mark.parametrize("what", ["page.html", "post.zip", "slides", "slides/deck"])
def test_where_there_is_nothing_to_read_yet_the_posts_page_says_so(client, carol, growth, make_post, what):
    failed = {"state": Rendering.State.FAILED, "failure_code": "empty-document"}
    revision = make_post(growth, rendering=failed).latest_revision
    answer = get(client, carol, revision, what)
    assert (answer.status_code, answer["Location"]) == (302, "/s/growth/a.md@1")


@pytest.mark.parametrize("what", ["slides", "slides/deck"])
def test_a_post_that_does_not_say_how_has_no_slides(client, carol, make, what):
    assert get(client, carol, make("<p>x</p>"), what).status_code == 404


def test_slides_run_without_the_portals_origin_and_only_in_their_frame(client, carol, make):
    revision = make('<div class="cell text" id="cell-a" data-slide="slide"><p>x</p></div>', has_slides=True)
    window = get(client, carol, revision, "slides").content.decode()
    address = only(r'<iframe class="deck" src="([^"]+)"', window)
    assert "allow-same-origin" not in window
    deck = client.get(address)  # plain http, where browsers don't say what for: the token does
    assert deck["Content-Security-Policy"].startswith(
        "sandbox allow-scripts allow-popups allow-popups-to-escape"
    )
    assert "allow-same-origin" not in deck["Content-Security-Policy"]
    assert '<div class="cell text" id="cell-a" data-slide="slide"><p>x</p></div>' in deck.getvalue().decode()
    for other in (address.partition("?")[0], f"{address}x"):
        assert client.get(other)["Location"] == f"/r/{revision.pk}/slides"
    assert client.get(address, headers={"Sec-Fetch-Dest": "document"}).status_code == 302


@pytest.mark.parametrize("what", ["page.html", "post.zip", "slides/deck"])
def test_questions_to_the_database_do_not_grow_with_the_post(
    client, carol, make, what, django_assert_max_num_queries
):
    part = '<div class="cell text" id="cell-x"><img src="almanac-file:map.png"><img src="ASSET"></div>'
    revision = make(part * 40 + FRAME.format(0) * 40, [(b"<p>", "text/html")], has_slides=True)
    client.force_login(carol)
    with django_assert_max_num_queries(13):
        assert client.get(f"/r/{revision.pk}/{what}", headers={"Sec-Fetch-Dest": "iframe"}).getvalue()
