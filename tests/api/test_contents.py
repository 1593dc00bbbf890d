"""A revision as HTML, what it shows, what is taken along, and folders: with a token, as pages show them."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import Post, Revision, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

HERE = "http://127.0.0.1:8000"
PIXEL = b"GIF89a" + bytes(20)
DRAWN = b'<script src="almanac-vendor:plotly.js"></script>'


def commit(space: Space, path: str, data: bytes) -> str:
    return Repository(space.slug).commit_file(
        branch="main", path=path, file=BytesIO(data), author_name="A", author_email="a@b.example",
        by="alice", message="Add",
    )  # fmt: skip


@pytest.fixture
def revision(growth: Space, make_post: MakePost, alice: User) -> Revision:
    create_repository(growth.slug)
    commit(growth, "x/hidden.md", b"# Hidden")
    head = commit(growth, "x/map.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    digest, drawn = storage.put_bytes(PIXEL), storage.put_bytes(DRAWN)
    html = (
        f'<div class="cell" id="cell-a"><img src="almanac-asset:{digest}.gif">'
        '<img src="almanac-file:map.svg"><a href="almanac-file:map.svg">map</a>'
        '<iframe src="almanac-output:0"></iframe></div>'
    )
    rendering = {
        "assets": {digest: {"type": "image/gif", "width": 1, "height": 1, "size": 26}},
        "outputs": [{"digest": drawn, "label": "A plot", "height": 300}],
        "macros": {"\\RR": "\\mathbb{R}"},
        "has_slides": True,
    }
    parts = (html, '<p>Second <span class="math">x</span></p>')
    post = make_post(growth, "x/a.md", parts=parts, rendering=rendering, authors=(alice,))
    post.revisions.update(commit=head)
    make_post(growth, "x/hidden.md", source=b"hidden", private=True)
    return post.revisions.get()


def body(answer: Any) -> bytes:
    found: bytes = answer.getvalue() if answer.streaming else answer.content
    return found


def test_a_revision_is_read_as_html_part_by_part_with_addresses_that_tokens_open(
    revision: Revision, api: Call, carol: User
) -> None:
    client, address = api(carol), f"/api/v1/revisions/{revision.pk}/"
    answer = client.get(f"{address}html/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/json", "nosniff")
    told = answer.json()
    (digest,) = revision.rendering.assets
    assert f'<img src="{HERE}{address}images/{digest}.gif">' in told["html"]
    assert f'<img src="{HERE}{address}files/x/map.svg">' in told["html"]
    assert f'<a href="{HERE}/f/growth/{revision.commit}/x/map.svg">' in told["html"]
    assert f'<iframe src="{HERE}{address}outputs/0">' in told["html"]
    assert (told["part"], told["parts"], told["math"], told["previous"]) == (0, 2, False, None)
    second = client.get(told["next"]).json()
    assert (second["math"], second["next"], second["macros"]) == (True, None, {"\\RR": "\\mathbb{R}"})
    for part in ("2", "-1", "x", "9" * 30):
        assert client.get(f"{address}html/?part={part}").status_code == 404


def test_what_it_shows_comes_so_that_nothing_of_it_runs_here(
    revision: Revision, api: Call, carol: User, mallory: User
) -> None:
    client, address = api(carol), f"/api/v1/revisions/{revision.pk}/"
    (digest,) = revision.rendering.assets
    shown = client.get(f"{address}images/{digest}.gif")
    assert (body(shown), shown["Content-Type"]) == (PIXEL, "image/gif")
    drawn = client.get(f"{address}outputs/0")
    assert drawn["Content-Disposition"].startswith("attachment")
    assert drawn["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert f'src="{HERE}/vendor/plotly.js"'.encode() in body(drawn)
    svg = client.get(f"{address}files/x/map.svg")
    assert svg["Content-Security-Policy"].startswith("sandbox;")
    body(svg)
    for path in ("outputs/1", f"images/{'0' * 64}.gif", f"images/{digest}.png", "files/x/none.png"):
        assert client.get(f"{address}{path}").status_code == 404
    for path in ("x/hidden.md", "x/a.md", "../../etc/passwd"):
        assert api(mallory).get(f"{address}files/{path}").status_code == 404


def test_a_revision_is_taken_along_in_each_form(revision: Revision, api: Call, carol: User) -> None:
    client, address = api(carol), f"/api/v1/revisions/{revision.pk}/exports/"
    taken = {
        form: client.get(f"{address}{form}") for form in ("page.html", "post.zip", "slides.html", "cite.bib")
    }
    bodies = {form: body(answer) for form, answer in taken.items()}
    assert all(answer["Content-Disposition"].startswith("attachment") for answer in taken.values())
    assert b"A finding" in bodies["page.html"]
    assert "x/a.md" in " ".join(ZipFile(BytesIO(bodies["post.zip"])).namelist())
    assert b"reveal" in bodies["slides.html"]
    assert bodies["cite.bib"].startswith(b"@misc{growth-x-a-r1,")
    assert client.get(f"{address}page.exe").status_code == 404
    revision.rendering.has_slides = False
    revision.rendering.save()
    assert client.get(f"{address}slides.html").status_code == 404


def test_a_folder_tells_its_introduction_and_what_lies_in_it(
    revision: Revision, growth: Space, make_post: MakePost, api: Call, mallory: User
) -> None:
    make_post(growth, "x/README.md", source=b"intro", kind=Post.Kind.INTRODUCTION, html="<p>All of x.</p>")
    make_post(growth, "x/y/b.md", source=b"b")
    client, address = api(mallory), "/api/v1/spaces/growth/folders/"
    top = client.get(address).json()
    assert (top["folders"], top["introduction"]) == ([{"name": "x", "path": "x/", "posts": 2}], None)
    told = client.get(f"{address}?path=/x/").json()
    assert told["folders"] == [{"name": "y", "path": "x/y/", "posts": 1}]
    assert "All of x." in client.get(told["introduction"]["html"]).json()["html"]
    assert len(client.get(told["posts"]).json()["results"]) == 2
    assert client.get(f"{address}?path=nowhere").status_code == 404
