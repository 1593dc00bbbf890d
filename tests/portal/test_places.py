"""What an address below a space means: a revision, a former address, a deleted post, a folder."""

import pytest

from knowledge.models import FormerPath, Post
from tests.cast import THE_DAY


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def post(growth, make_post):
    return make_post(
        growth,
        "retention/free.ipynb",
        title="Free delivery brings people back",
        html="<p>Body text.</p>",
        source=b"one",
    )


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_permalink_leads_to_the_post(as_carol, post):
    assert as_carol.get(f"/p/{post.pk}").headers["Location"] == "/s/growth/retention/free.ipynb"


def test_a_former_address_forwards_and_browsers_ask_again(as_carol, post, growth):
    FormerPath.objects.create(space=growth, path="old.ipynb", post=post)
    response = as_carol.get("/s/growth/old.ipynb")
    assert (response.status_code, response.headers["Location"]) == (301, post.get_absolute_url())
    assert response.headers["Cache-Control"] == "no-cache"


def test_a_deleted_post_leaves_a_page_that_says_when_and_by_what(as_carol, post):
    Post.objects.update(status="deleted", deleted_at=THE_DAY, deleted_commit="c0ffee1" + "0" * 33)
    html = page(as_carol, post.get_absolute_url(), status=410)
    for words in ("1 October 2026", "c0ffee1", f"/p/{post.pk}/history", "free.ipynb@1"):
        assert words in html
    assert "Body text." in page(as_carol, f"{post.get_absolute_url()}@1")


@pytest.mark.parametrize("mark", ["1", "r1"])
def test_a_revision_keeps_its_address(as_carol, post, growth, make_post, mark):
    make_post(growth, post.path, title="New title", html="<p>Second.</p>", source=b"two")
    html = page(as_carol, f"{post.get_absolute_url()}@{mark}")
    assert "Body text." in html
    assert "Second." not in html
    assert "You read revision 1 of 2" in html
    assert ">As of <time" in html
    assert "Updated" not in html
    assert "Second." in page(as_carol, post.get_absolute_url())


def test_a_revision_is_found_by_its_commit(as_carol, post):
    commit = post.published_revision.commit
    assert "Body text." in page(as_carol, f"{post.get_absolute_url()}@{commit}")
    assert "Body text." in page(as_carol, f"{post.get_absolute_url()}@{commit[:7]}")
    assert as_carol.get(f"{post.get_absolute_url()}@{commit[:6]}").status_code == 404


@pytest.mark.parametrize("mark", ["0", "2", "r", "", "x1", "-1", "1@1", "99999999999999999999"])
def test_a_revision_that_is_not_there_is_not_found(as_carol, post, mark):
    assert as_carol.get(f"{post.get_absolute_url()}@{mark}").status_code == 404


def test_a_path_with_an_at_sign_is_a_path_first(as_carol, growth, make_post):
    make_post(growth, "a@1", title="Odd name", html="<p>Odd.</p>")
    assert "Odd." in page(as_carol, "/s/growth/a@1")
    assert "Odd." in page(as_carol, "/s/growth/a@1@1")


def test_a_revision_keeps_its_address_when_the_post_moves(as_carol, post, growth, make_post):
    Post.objects.update(path="moved.ipynb")
    assert "Body text." in page(as_carol, "/s/growth/retention/free.ipynb@1")
    make_post(growth, "retention/free.ipynb", title="Newcomer", html="<p>Newcomer.</p>", source=b"n")
    assert "Newcomer." in page(as_carol, "/s/growth/retention/free.ipynb@1")


def test_a_folder_shows_its_introduction_its_folders_and_its_posts(as_carol, post, growth, make_post):
    make_post(growth, "retention/README.md", title="R", html="<p>About retention.</p>", kind="introduction")
    make_post(growth, "retention/deep/a.md", title="Deep down")
    make_post(growth, "other/b.md", title="Elsewhere")
    html = page(as_carol, "/s/growth/retention/")
    for words in (
        "About retention.",
        "Free delivery brings people back",
        "Deep down",
        "/s/growth/retention/deep/",
    ):
        assert words in html
    assert "Elsewhere" not in html


def test_a_folder_address_gets_its_slash(as_carol, post):
    assert as_carol.get("/s/growth/retention").headers["Location"] == "/s/growth/retention/"


@pytest.mark.parametrize(
    "path", ["nothing", "ret", "retention/free", "retention/free.ipynb/", "%2e%2e/", "//"]
)
def test_what_is_no_folder_is_not_found(as_carol, post, path):
    assert as_carol.get(f"/s/growth/{path}").status_code == 404


@pytest.mark.parametrize(
    ("title", "heading"), [("What brings back", "What brings back"), ("README", "retention")]
)
def test_a_folder_is_headed_by_its_introductions_title_or_else_its_name(
    as_carol, post, growth, make_post, title, heading
):
    make_post(growth, "retention/README.md", title=title, kind="introduction")
    assert f"<h1>{heading}</h1>" in page(as_carol, "/s/growth/retention/")


def test_an_introduction_is_read_with_its_folder(as_carol, growth, make_post):
    make_post(growth, "docs/README.md", title="R", kind="introduction")
    make_post(growth, "README.md", title="Root", kind="introduction")
    assert as_carol.get("/s/growth/docs/README.md").headers["Location"] == "/s/growth/docs/"
    assert as_carol.get("/s/growth/README.md").headers["Location"] == "/s/growth/"


def test_a_folder_of_hidden_posts_does_not_exist(client, mallory, growth, make_post):
    make_post(growth, "hidden/p.md", title="P", private=True)
    client.force_login(mallory)
    assert client.get("/s/growth/hidden/").status_code == 404


@pytest.mark.parametrize("address", ["/s/growth/x/late.kp", "/s/growth/x/late.kp/"])
def test_a_post_that_is_a_folder_is_at_the_address_of_the_folder_too(
    client, carol, growth, make_post, address
):
    make_post(growth, "x/late.kp/knowledge.md", title="Late")
    client.force_login(carol)
    assert client.get(address)["Location"] == "/s/growth/x/late.kp/knowledge.md"


def test_a_private_post_that_is_a_folder_is_not_told_of(client, mallory, growth, make_post):
    make_post(growth, "x/late.kp/knowledge.md", title="Late", private=True)
    client.force_login(mallory)
    assert client.get("/s/growth/x/late.kp").status_code == 404
