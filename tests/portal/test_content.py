"""What documents bring is served to those who see the document, and runs nowhere but in its frame."""

import io
import time
from contextlib import closing

import pytest
from django.core import signing

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import FormerPath, OldAddress, Push, Rendering
from portal import output_tokens
from tests.cast import THE_DAY
from tests.knowledge.documents.files import pdf

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00"
FRAME = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def as_mallory(client, mallory):
    client.force_login(mallory)
    return client


@pytest.fixture
def post(finance, make_post):
    """A restricted post with a figure and an output document."""
    figure = storage.put_bytes(PNG)
    output = storage.put_bytes(
        b'<!doctype html><script src="almanac-vendor:htmx-2.0.11/htmx.min.js"></script>'
    )
    return make_post(
        finance,
        "a.ipynb",
        title="T",
        rendering={
            "assets": {figure: {"type": "image/png", "width": 2, "height": 2, "size": len(PNG)}},
            "outputs": [{"digest": output, "label": "Figure", "height": 400}],
        },
    )


def asset_of(post, suffix="png"):
    digest = next(iter(post.published_revision.rendering.assets))
    return f"/a/{post.published_revision_id}/{digest}.{suffix}"


# --- figures


def test_a_figure_is_served_for_good_and_inert(as_carol, post):
    with closing(as_carol.get(asset_of(post))) as response:
        assert b"".join(response.streaming_content) == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"


def test_a_figure_is_as_hidden_as_its_post(as_mallory, post):
    assert as_mallory.get(asset_of(post)).status_code == 404


def test_a_figure_answers_only_to_its_own_type(as_carol, post):
    assert as_carol.get(asset_of(post, "jpg")).status_code == 404
    assert as_carol.get(asset_of(post, "html")).status_code == 404


def test_a_blob_of_another_document_can_not_be_had_through_ones_own(
    as_mallory, mallory, post, growth, make_post
):
    own = make_post(growth, "own.md", title="Mallory's", source=b"own")
    digest = post.published_revision.source_digest
    figure = next(iter(post.published_revision.rendering.assets))
    for wanted in (digest, figure):
        assert as_mallory.get(f"/a/{own.published_revision_id}/{wanted}.png").status_code == 404


def test_an_asset_of_a_type_that_runs_is_never_served(as_carol, growth, make_post):
    digest = storage.put_bytes(b"<svg onload=alert(1)>")
    post = make_post(growth, "s.md", rendering={"assets": {digest: {"type": "image/svg+xml"}}})
    for suffix in ("svg", "html", "png"):
        assert as_carol.get(f"/a/{post.published_revision_id}/{digest}.{suffix}").status_code == 404


# --- output documents


def test_an_output_document_is_isolated_word_for_word(as_carol, post):
    response = as_carol.get(f"/o/{post.published_revision_id}/0", headers=FRAME)
    assert response["Content-Security-Policy"] == (
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "script-src 'unsafe-inline' 'unsafe-eval' blob: http://testserver/vendor/; "
        "style-src 'unsafe-inline' http://testserver/vendor/; font-src data: http://testserver/vendor/; "
        "img-src data: blob:; media-src data: blob:; connect-src data: blob:; worker-src blob:; "
        "frame-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
    assert "allow-same-origin" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_an_output_document_finds_its_libraries_with_us(as_carol, post):
    html = as_carol.get(f"/o/{post.published_revision_id}/0", headers=FRAME).content
    assert b'src="http://testserver/vendor/htmx-2.0.11/htmx.min.js"' in html


def test_an_output_document_is_as_hidden_as_its_post(as_mallory, post):
    token = output_tokens.sign(post.published_revision_id, 0)
    for headers in (FRAME, {}):
        assert (
            as_mallory.get(f"/o/{post.published_revision_id}/0?t={token}", headers=headers).status_code == 404
        )


@pytest.mark.parametrize("destination", ["document", "object", "embed", "script", "image", "empty", "frame"])
def test_whoever_opens_an_output_as_anything_but_a_frame_is_sent_to_the_post(as_carol, post, destination):
    token = output_tokens.sign(post.published_revision_id, 0)
    response = as_carol.get(
        f"/o/{post.published_revision_id}/0?t={token}", headers={"Sec-Fetch-Dest": destination}
    )
    assert (response.status_code, response["Location"]) == (302, "/s/finance/a.ipynb")


def test_a_browser_that_does_not_say_needs_the_token_of_the_page(as_carol, post):
    revision = post.published_revision_id
    good = output_tokens.sign(revision, 0)
    assert as_carol.get(f"/o/{revision}/0", {"t": good}).status_code == 200
    other = signing.TimestampSigner(salt="other").sign(f"{revision}-0")
    for bad in (
        "",
        "x",
        good[:-1],
        output_tokens.sign(revision, 1),
        output_tokens.sign(revision + 1, 0),
        other,
    ):
        assert as_carol.get(f"/o/{revision}/0", {"t": bad}).status_code == 302


def test_a_token_is_good_for_twelve_hours(monkeypatch):
    token = output_tokens.sign(1, 0)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 - 5)
    assert output_tokens.is_good(token, 1, 0)
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 + 5)
    assert not output_tokens.is_good(token, 1, 0)


def test_an_output_of_an_old_revision_leads_back_to_that_revision(as_carol, post, finance, make_post):
    make_post(finance, "a.ipynb", title="Newer", source=b"newer")
    response = as_carol.get(f"/o/{post.published_revision_id}/0", headers={"Sec-Fetch-Dest": "document"})
    assert response["Location"] == "/s/finance/a.ipynb@1"


@pytest.mark.parametrize("number", ["1", "99999999999999999999", "-1", "x"])
def test_an_output_that_is_not_there_is_not_found(as_carol, post, number):
    assert as_carol.get(f"/o/{post.published_revision_id}/{number}", headers=FRAME).status_code == 404


# --- files beside the documents

FILES = {
    "img/plot.png": PNG,
    "img/evil.png": b"<script>alert(1)</script>",
    "img/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page.html": b"<script>alert(1)</script>",
    "data.csv": b"a,b\n1,2\n",
    "paper.pdf": pdf(),
    "a.Rmd": b"# A post",
    "a.html": b"<p>Knitted",
    "x.kp/knowledge.md": b"# A post",
    "x.kp/orig_src/a.ipynb": b"{}",
    "post.md": b"# A post\n",
    "secret.md": b"# Private\n",
}


@pytest.fixture
def commit(growth):
    create_repository("growth")
    for path, content in FILES.items():
        head = Repository("growth").commit_file(
            branch="main",
            path=path,
            file=io.BytesIO(content),
            author_name="Alice",
            author_email="alice@meridian.example",
            by="alice",
            message=f"Add {path}",
        )
    Push.objects.create(space=growth, new_commit=head, pushed_at=THE_DAY)
    return head


def fetched(client, address):
    with closing(client.get(address)) as response:
        assert response.status_code == 200
        return response, b"".join(response.streaming_content)


def test_a_raster_image_beside_a_document_is_shown(as_carol, commit):
    response, content = fetched(as_carol, f"/f/growth/{commit}/img/plot.png")
    assert (content, response["Content-Type"]) == (PNG, "image/png")
    assert not response.get("Content-Disposition", "").startswith("attachment")


@pytest.mark.parametrize("path", ["img/evil.png", "page.html", "data.csv"])
def test_everything_else_is_a_download_by_what_it_is(as_carol, commit, path):
    response, content = fetched(as_carol, f"/f/growth/{commit}/{path}")
    assert content == FILES[path]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_drawing_is_shown_without_what_could_run_in_it(as_carol, commit):
    response, _ = fetched(as_carol, f"/f/growth/{commit}/img/drawing.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def test_a_pdf_beside_a_document_is_shown_so_that_it_can_do_no_harm(as_carol, commit):
    response, content = fetched(as_carol, f"/f/growth/{commit}/paper.pdf")
    assert (content, response["Content-Type"]) == (pdf(), "application/pdf")
    assert response["Content-Security-Policy"].startswith("default-src 'none'; object-src 'self'")
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_link_to_what_is_shown_in_a_documents_place_leads_to_its_post(as_carol, commit, growth, make_post):
    make_post(growth, "a.Rmd", title="A post", revision={"knitted_path": "a.html"})
    assert as_carol.get(f"/f/growth/{commit}/a.html")["Location"] == "/s/growth/a.Rmd"


def test_what_is_shown_in_the_place_of_a_private_document_is_as_hidden(as_mallory, commit, growth, make_post):
    make_post(growth, "a.Rmd", title="A post", private=True, revision={"knitted_path": "a.html"})
    make_post(growth, "a.Rmd", title="No longer", private=True, source=b"newer")
    assert as_mallory.get(f"/f/growth/{commit}/a.html").status_code == 404


def test_files_of_a_private_post_that_is_a_folder_are_as_hidden(as_mallory, commit, growth, make_post):
    post = make_post(growth, "x.kp/knowledge.md", title="A post", private=True)
    assert as_mallory.get(f"/f/growth/{commit}/x.kp/orig_src/a.ipynb").status_code == 404
    post.private = False
    post.save()
    fetched(as_mallory, f"/f/growth/{commit}/x.kp/orig_src/a.ipynb")


def test_a_link_to_a_document_leads_to_its_post(as_carol, commit, growth, make_post):
    make_post(growth, "post.md", title="A post")
    assert as_carol.get(f"/f/growth/{commit}/post.md")["Location"] == "/s/growth/post.md"


@pytest.mark.parametrize(
    "link",
    [
        "post/ops/late.kp",
        "post/ops/late",
        "ops/late.kp",
        "ops/late",
        "ops/other.kp/late.kp",
        "ops/other.kp/late",
        "post/old/name",
    ],
)
def test_a_link_as_the_old_portal_had_them_leads_to_the_post(as_carol, commit, growth, make_post, link):
    post = make_post(growth, "ops/late.kp/knowledge.md")
    OldAddress.objects.create(space=growth, path="old/name", post=post)
    assert as_carol.get(f"/f/growth/{commit}/{link}")["Location"] == post.get_absolute_url()


def test_a_link_as_the_old_portal_had_them_finds_no_hidden_post(as_mallory, commit, growth, make_post):
    post = make_post(growth, "ops/late.kp/knowledge.md", private=True)
    OldAddress.objects.create(space=growth, path="old/name", post=post)
    for link in ("post/ops/late.kp", "ops/late", "ops/other.kp/late.kp", "post/old/name"):
        assert as_mallory.get(f"/f/growth/{commit}/{link}").status_code == 404


def test_a_link_to_a_folder_leads_to_its_page(as_carol, commit, growth, make_post):
    make_post(growth, "img/about.md", title="About")
    assert as_carol.get(f"/f/growth/{commit}/img")["Location"] == "/s/growth/img/"


def test_the_source_of_a_private_post_is_as_hidden_as_the_post(as_mallory, commit, growth, make_post):
    make_post(growth, "secret.md", title="Private", private=True)
    assert as_mallory.get(f"/f/growth/{commit}/secret.md").status_code == 404


def test_the_former_path_of_a_private_post_hides_its_source_too(as_mallory, commit, growth, make_post):
    post = make_post(growth, "secret.md", title="Private", private=True)
    post.path = "moved.md"
    post.save()
    assert as_mallory.get(f"/f/growth/{commit}/secret.md").status_code == 404


def test_a_path_that_a_private_post_only_passed_through_hides_its_source_too(
    as_mallory, commit, growth, make_post
):
    """Moved there and on, it made no revision there."""
    post = make_post(growth, "was.md", title="Private", private=True)
    FormerPath.objects.create(space=growth, path="secret.md", post=post)
    assert as_mallory.get(f"/f/growth/{commit}/secret.md").status_code == 404


@pytest.mark.parametrize("spelled", ["secret.md/", "/secret.md", "//secret.md", "./secret.md", "secret.md//"])
def test_another_spelling_of_a_hidden_path_leads_nowhere(as_mallory, commit, growth, make_post, spelled):
    make_post(growth, "secret.md", title="Private", private=True)
    assert as_mallory.get(f"/f/growth/{commit}/{spelled}").status_code == 404


@pytest.mark.parametrize(
    "spelled", ["x.kp//orig_src/a.ipynb", "x.kp/orig_src/a.ipynb/", "x.kp/./orig_src/a.ipynb"]
)
def test_nor_does_another_spelling_of_what_belongs_to_a_hidden_folder(
    as_mallory, commit, growth, make_post, spelled
):
    make_post(growth, "x.kp/knowledge.md", title="A post", private=True)
    assert as_mallory.get(f"/f/growth/{commit}/{spelled}").status_code == 404


@pytest.mark.parametrize(
    "path", ["nothing.csv", "img", "../growth.git/config", "%2e%2e/x", ".git/config", "img/../../x", "a%0Ab"]
)
def test_what_is_not_in_the_commit_is_not_found(as_carol, commit, path):
    assert as_carol.get(f"/f/growth/{commit}/{path}").status_code == 404


@pytest.mark.parametrize("made_up", ["main", "HEAD", "0" * 40, "refs/heads/main", "x"])
def test_only_commits_that_were_ingested_are_served(as_carol, commit, made_up):
    assert as_carol.get(f"/f/growth/{made_up}/data.csv").status_code == 404
    assert as_carol.get(f"/f/growth/{commit[:10]}/data.csv").status_code == 404


def test_files_of_a_restricted_space_are_for_its_members(as_mallory, commit, growth):
    growth.visibility = growth.Visibility.RESTRICTED
    growth.save()
    assert as_mallory.get(f"/f/growth/{commit}/data.csv").status_code == 404


def test_a_commit_of_one_space_opens_nothing_through_another(as_carol, commit, finance):
    create_repository("finance")
    assert as_carol.get(f"/f/finance/{commit}/data.csv").status_code == 404


def test_nothing_is_served_of_a_rendering_that_has_none(as_carol, growth, make_post):
    post = make_post(growth, "q.md", rendering={"state": Rendering.State.QUEUED})
    assert as_carol.get(f"/o/{post.latest_revision_id}/0", headers=FRAME).status_code == 404
