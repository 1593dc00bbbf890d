"""What output documents take from the files beside them, and PDF: served so that nothing leaks or runs."""

import io
import re
import time
from base64 import b64encode

import pytest

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import Push
from portal import inlining
from tests.cast import THE_DAY
from tests.knowledge.documents.files import pdf

FRAME = {"Sec-Fetch-Dest": "iframe"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00"
FILES = {
    "posts/p.png": PNG,
    "posts/a b/ü.png": PNG,
    "posts/lib/x.js": b"document.title = '</script><b>'",
    "posts/lib/x.css": b"a{b:url(../p.png)} b{b:url('/root.png')} c{src:url(//a.example/f)}",
    "posts/fake.png": b"<script>alert(1)</script>",
    "posts/drawing.svg": b"<svg/>",
    "posts/data.csv": b"a,b",
    "posts/secret.md": b"# Secret",
    "posts/x.kp/knowledge.md": b"# Secret",
    "posts/x.kp/images/p.png": PNG + b"secret",
    "posts/program.exe": b"MZ",
    "root.png": PNG + b"root",
}


def data(media_type: str, content: bytes) -> bytes:
    return f"data:{media_type};base64,".encode() + b64encode(content)


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def commit(growth):
    create_repository("growth")
    head = Repository("growth").commit_files(
        branch="main",
        files={path: io.BytesIO(content) for path, content in FILES.items()},
        author_name="Alice",
        author_email="alice@meridian.example",
        by="alice",
        message="Add files",
    )
    Push.objects.create(space=growth, new_commit=head, pushed_at=THE_DAY)
    return head


@pytest.fixture
def served(growth, make_post, commit):
    """What a client gets of an output document."""

    def serve(client, document: str | bytes, **output):
        content = document.encode() if isinstance(document, str) else document
        outputs = [
            {"digest": storage.put_bytes(content), "label": "x", "height": 1, "type": "text/html"} | output
        ]
        post = make_post(
            growth,
            "posts/a.html",
            source=content,
            rendering={"outputs": outputs},
            revision={"commit": commit},
        )
        return client.get(f"/o/{post.published_revision_id}/0", headers=FRAME)

    return serve


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ('<img src="almanac-inline:p.png">', b'<img src="%s">' % data("image/png", PNG)),
        ('<img src="almanac-inline:a%20b/%C3%BC.png">', b'<img src="%s">' % data("image/png", PNG)),
        ('<img src="almanac-inline:../root.png">', b'<img src="%s">' % data("image/png", PNG + b"root")),
        ('<img src="almanac-inline:/root.png">', b'<img src="%s">' % data("image/png", PNG + b"root")),
        ('<img src="almanac-inline:drawing.svg">', b'<img src="%s">' % data("image/svg+xml", b"<svg/>")),
        ('<i style="b:url(almanac-inline:p.png)">', b'<i style="b:url(%s)">' % data("image/png", PNG)),
        ('<a href="almanac-file:data.csv">', b'<a href="http://testserver/f/growth/COMMIT/posts/data.csv">'),
        ('<a href="almanac-file:../../x">', b"<a>"),
    ],
    ids=range(8),
)
def test_files_beside_it_are_put_into_a_document(as_carol, served, commit, marked, expected):
    assert served(as_carol, marked).content == expected.replace(b"COMMIT", commit.encode())


def test_a_script_becomes_one_with_its_text_that_it_cannot_leave(as_carol, served):
    html = '<script defer src="almanac-inline:lib/x.js" integrity="sha256-x"></script><p>after</p>'
    assert served(as_carol, html).content == (
        b"<script>document.title = '<\\/script><b>'</script><p>after</p>"
    )


def test_a_style_sheet_becomes_one_with_its_text_and_what_lies_beside_it(as_carol, served):
    content = served(as_carol, '<link rel="stylesheet" href="almanac-inline:lib/x.css">').content
    assert content == (
        b"<style>a{b:url(%s)} b{b:url(%s)} c{src:url(data:,)}</style>"
        % (data("image/png", PNG), data("image/png", PNG + b"root"))
    )


@pytest.mark.parametrize(
    "path",
    [
        "nothing.png",
        "../../etc/passwd",
        "..%2F..%2Fetc/passwd",
        "fake.png",
        "program.exe",
        "lib",
        ".git/config",
        "a%00b",
        "%",
        "~",
    ],
)
def test_what_is_not_there_or_not_what_it_says_is_nothing(as_carol, served, path):
    assert served(as_carol, f'<img src="almanac-inline:{path}">').content == b'<img src="data:,">'


def test_posts_that_the_reader_may_not_see_are_not_put_in(client, carol, mallory, served, growth, make_post):
    make_post(growth, "posts/secret.md", title="Secret", private=True)
    make_post(growth, "posts/x.kp/knowledge.md", title="Secret too", private=True)
    make_post(growth, "posts/c.Rmd", title="Third", private=True, revision={"knitted_path": "posts/lib/x.js"})
    html = (
        '<img src="almanac-inline:x.kp/images/p.png"><i style="u(almanac-inline:lib/x.js)"></i>'
        '<embed src="almanac-inline:secret.md">'
    )
    client.force_login(mallory)
    assert served(client, html).content.count(b"data:,") == 3
    client.force_login(carol)
    content = served(client, html).content
    assert data("image/png", PNG + b"secret") in content
    assert b"data:text/javascript;base64," in content


def test_there_is_an_end_to_what_is_put_in(as_carol, served, monkeypatch):
    html = '<img src="almanac-inline:p.png">' * 5
    monkeypatch.setattr(inlining, "ALL_FILES", 2 * len(PNG))
    assert served(as_carol, html).content.count(b"data:,") == 3
    monkeypatch.setattr(inlining, "ONE_FILE", len(PNG) - 1)
    assert served(as_carol, html).content.count(b"data:,") == 5


def test_the_number_of_queries_does_not_grow_with_the_files(as_carol, served, django_assert_max_num_queries):
    html = "".join(f'<img src="almanac-inline:{number}.png">' for number in range(300))
    served(as_carol, "<p>warm")
    with django_assert_max_num_queries(60):
        served(as_carol, html)


@pytest.mark.parametrize(
    "piece", ["almanac-inline:", "<script ", "<script src='", '<link "', "url(", ' href="almanac-file:']
)
def test_serving_takes_linear_time(as_carol, served, piece):
    response = served(as_carol, piece * (1_000_000 // len(piece)))
    assert response.status_code == 200


@pytest.mark.parametrize("marker", ["p.png", "none.png", "%d", "../%d.css"])
@pytest.mark.parametrize(
    "around", ['<img src="almanac-inline:{}">', "almanac-inline:{} ", '<a href="almanac-file:{}">']
)
def test_a_document_of_many_markers_keeps_no_reader_waiting(as_carol, served, marker, around):
    piece = around.format(marker)
    document = "".join(piece % at if "%d" in piece else piece for at in range(100_000))
    begun = time.process_time()
    assert served(as_carol, document).status_code == 200
    assert time.process_time() - begun < 1


class TestPdf:
    def test_it_is_answered_so_that_it_can_do_no_harm(self, as_carol, served):
        response = served(as_carol, pdf(), type="application/pdf")
        assert response.content == pdf()
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "SAMEORIGIN"
        assert response["Content-Security-Policy"] == (
            "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; "
            "base-uri 'none'; frame-ancestors 'self'"
        )
        assert response["Content-Disposition"] == 'inline; filename="a.pdf"'

    @pytest.mark.parametrize("content", [b"<script>alert(1)</script>", b"<html>%PDF-1.4", b"x"])
    def test_what_is_none_is_not_answered_as_one(self, as_carol, served, content):
        assert served(as_carol, content, type="application/pdf").status_code == 404

    def test_it_may_stand_alone(self, as_carol, served, growth):
        served(as_carol, pdf(), type="application/pdf")
        revision = growth.posts.get().published_revision_id
        response = as_carol.get(f"/o/{revision}/0", headers={"Sec-Fetch-Dest": "document"})
        assert response.content == pdf()

    def test_nothing_in_it_is_taken_for_a_marker(self, as_carol, served):
        content = pdf() + b"almanac-vendor: almanac-inline:p.png"
        assert served(as_carol, content, type="application/pdf").content == content

    def test_a_pdf_of_a_restricted_space_is_for_its_members(self, client, mallory, served, growth):
        growth.visibility = growth.Visibility.RESTRICTED
        growth.save()
        client.force_login(mallory)
        assert served(client, pdf(), type="application/pdf").status_code == 404


def test_every_output_but_pdf_stays_in_its_sandbox(as_carol, served):
    for media_type in ("text/html", "image/svg+xml", "x/y", ""):
        response = served(as_carol, "<p>x", type=media_type)
        assert response["Content-Security-Policy"].startswith("sandbox allow-scripts ")
        assert re.match("text/html", response["Content-Type"])
