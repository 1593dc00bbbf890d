"""A post's history, its source as text, and the original bytes."""

import io
import re
from contextlib import closing

import pytest

from knowledge import storage
from knowledge.git import Repository, create_repository
from knowledge.models import Revision
from tests.cast import THE_DAY


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def three(growth, make_post):
    for number in range(1, 4):
        post = make_post(
            growth,
            "a.md",
            title=f"Title {number}",
            source=b"%d" % number,
            revision={"message": f"Change {number}"},
        )
    return post


def test_the_history_lists_every_revision_newest_first(as_carol, three):
    html = as_carol.get(f"/p/{three.pk}/history").content.decode()
    assert re.findall(r"/s/growth/a.md@(\d)", html) == ["3", "2", "1"]
    assert re.findall(r"Change \d", html) == ["Change 3", "Change 2", "Change 1"]
    assert html.count(">Published<") == 1
    assert len(re.findall(r'"/r/\d+/source"', html)) == len(re.findall(r'"/r/\d+/download"', html)) == 3


def test_the_history_of_a_deleted_post_stays(as_carol, growth, make_post):
    post = make_post(growth, "a.md", status="deleted", deleted_at=THE_DAY, deleted_commit="c" * 40)
    assert (
        "was deleted from the repository on 1 October 2026"
        in as_carol.get(f"/p/{post.pk}/history").content.decode()
    )


def test_a_long_history_goes_on_on_the_next_page(as_carol, growth, make_post, monkeypatch):
    monkeypatch.setattr("portal.views.revisions.PAGE_SIZE", 2)
    for number in range(5):
        post = make_post(growth, "a.md", source=b"%d" % number)
    html = as_carol.get(f"/p/{post.pk}/history").content.decode()
    assert 'href="?before=4"' in html
    html = as_carol.get(f"/p/{post.pk}/history?before=2").content.decode()
    assert re.findall(r"/s/growth/a.md@(\d)", html) == ["1"]


def test_the_number_of_queries_does_not_grow_with_the_history(as_carol, three, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):  # session, person, post, revisions
        as_carol.get(f"/p/{three.pk}/history")


@pytest.mark.parametrize("before", ["x", "-1", "²", "9" * 30])
def test_a_made_up_place_in_the_history_does_no_harm(as_carol, three, before):
    assert as_carol.get(f"/p/{three.pk}/history", {"before": before}).status_code == 200


def test_the_source_is_shown_with_numbered_lines_as_text(as_carol, growth, make_post):
    post = make_post(growth, "a.md", source=b"# One\n<script>alert(1)</script>\n\n\xff\x00 end")
    html = as_carol.get(f"/r/{post.published_revision_id}/source").content.decode()
    assert 'id="L-1"' in html
    assert 'id="L-4"' in html
    assert "<script>alert" not in html
    assert "\0" not in html


def test_a_source_beyond_a_megabyte_is_a_download(as_carol, growth, make_post):
    post = make_post(growth, "a.md", source=b"x" * 1_000_001)
    html = as_carol.get(f"/r/{post.published_revision_id}/source").content.decode()
    assert "Too large to show as text" in html
    assert "xxxx" not in html


def test_a_large_source_is_shown_without_colours(as_carol, growth, make_post):
    post = make_post(growth, "a.ipynb", source=b'{"a": 1}\n' * 40_000)
    html = as_carol.get(f"/r/{post.published_revision_id}/source").content.decode()
    assert 'id="L-40000"' in html
    assert '<span class="p">' not in html


def test_the_download_is_the_original_under_its_name_and_never_shown(as_carol, growth, make_post):
    source = b"<script>alert(1)</script>\x00\xff"
    post = make_post(growth, "deep/Größe „A“.md", source=source)
    with closing(as_carol.get(f"/r/{post.published_revision_id}/download")) as response:
        assert b"".join(response.streaming_content) == source
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(source))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%E2%80%9EA%E2%80%9C.md"
    )


def test_what_was_never_copied_comes_from_the_repository(as_carol, growth, make_post, tmp_path):
    create_repository("growth")
    commit = Repository("growth").commit_file(
        branch="main",
        path="big.md",
        file=io.BytesIO(b"the original"),
        author_name="Alice",
        author_email="alice@meridian.example",
        by="alice",
        message="Add a large file",
    )
    entry = Repository("growth").find(commit, "big.md")
    assert entry
    post = make_post(growth, "big.md", source=b"the original", revision={"blob": entry.blob})
    (tmp_path / "blobs" / storage.key(post.published_revision.source_digest)).unlink()
    with closing(as_carol.get(f"/r/{post.published_revision_id}/download")) as response:
        assert b"".join(response.streaming_content) == b"the original"


@pytest.mark.parametrize("page", ["source", "download"])
def test_a_stranger_finds_no_source(client, mallory, finance, growth, make_post, page):
    make_post(finance, "a.md", source=b"restricted")
    make_post(growth, "b.md", source=b"private", private=True)
    client.force_login(mallory)
    for revision in Revision.objects.all():
        assert client.get(f"/r/{revision.pk}/{page}").status_code == 404


@pytest.mark.parametrize("path", ["a.pdf", "a.docx", "a.kp"])
def test_what_is_no_text_is_not_shown_as_text(client, carol, growth, make_post, path):
    post = make_post(growth, path, source=b"%PDF-1.4 \x00\xff")
    client.force_login(carol)
    response = client.get(f"/r/{post.published_revision_id}/source")
    assert "Not a text file" in response.text
    assert "%PDF" not in response.text


@pytest.mark.parametrize("path", ["a.Rmd", "a.qmd", "a.py", "a.R", "a.jl", "a.html", "a.org"])
def test_the_source_of_every_format_that_is_text_is_shown(client, carol, growth, make_post, path):
    post = make_post(growth, path, source=b"# <b>Words</b>\n")
    client.force_login(carol)
    response = client.get(f"/r/{post.published_revision_id}/source")
    assert "Words" in response.text
    assert "<b>Words" not in response.text
