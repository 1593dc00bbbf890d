"""Thumbnails that headers name, and what a knowledge-repo's post was made from."""

import pytest
from django.test import Client

from knowledge.models import Post, Space, User
from portal.folder_posts import made_from, thumbnail
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk
from tests.knowledge.pipeline.importing.old_portal import PIXEL

TEXT = "---\ntitle: Late\nthumbnail: {}\n---\n\nLate.\n"


def published(growth: Space, thumbnail: str = "images/x.png") -> Post:
    Desk(growth).publish(
        {
            "a.kp/knowledge.md": TEXT.format(thumbnail),
            "a.kp/images/x.png": PIXEL,
            "a.kp/orig_src/deep/late.ipynb": "{}",
            "a.kp/src/more.R": "1",
        }
    )
    return Post.objects.select_related("space", "published_revision__rendering").get()


def test_the_picture_that_the_header_names_stands_for_the_post(
    growth: Space, carol: User, client: Client
) -> None:
    post = published(growth)
    assert post.published_revision is not None
    address = thumbnail(post, post.published_revision)
    assert address == f"/f/growth/{post.published_revision.commit}/a.kp/images/x.png"
    client.force_login(carol)
    assert address in client.get("/s/growth/").content.decode()
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer.getvalue()


@pytest.mark.parametrize(
    "wanted",
    ["images/gone.png", "../../x.png", "/x.png", "https://a.example/x.png", "knowledge.md", "2", "images"],
)
def test_what_is_no_picture_beside_the_document_stands_for_nothing(growth: Space, wanted: str) -> None:
    post = published(growth, wanted)
    assert post.published_revision is not None
    assert thumbnail(post, post.published_revision) == ""


def test_the_page_links_to_what_the_post_was_made_from(growth: Space, carol: User, client: Client) -> None:
    post = published(growth)
    assert post.published_revision is not None
    files = made_from(post, post.published_revision)
    assert [(file.name, file.size) for file in files] == [("deep/late.ipynb", 2), ("more.R", 1)]
    client.force_login(carol)
    page = client.get(post.get_absolute_url()).content.decode()
    assert all(f'href="{file.url}"' in page for file in files)
    answer = client.get(files[0].url)
    assert answer.getvalue() == b"{}"


def test_a_repository_that_is_away_keeps_no_page_from_readers(
    growth: Space, make_post: MakePost, carol: User, client: Client
) -> None:
    make_post(growth, "a.kp/knowledge.md", revision={"header": {"thumbnail": "x.png"}})
    client.force_login(carol)
    assert client.get("/s/growth/a.kp/knowledge.md").status_code == 200
    assert client.get("/s/growth/").status_code == 200
