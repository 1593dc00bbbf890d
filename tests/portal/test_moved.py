"""Addresses of the old portal lead to where the posts are now."""

import pytest
from django.test import Client

from knowledge.models import FormerPath, OldAddress, Post, Space, User
from tests.cast import MakePost


def goal(client: Client, path: str) -> str:
    answer = client.get(f"/post/{path}")
    return answer["Location"] if answer.status_code == 301 else str(answer.status_code)


@pytest.mark.parametrize(
    "path", ["a/late", "a/late.kp", "a/late.kp/", "a/late.kp/knowledge.md", "a/late?render=raw"]
)
@pytest.mark.parametrize("is_imported", [True, False])
def test_every_spelling_of_an_old_address_leads_to_its_post(
    client: Client, carol: User, growth: Space, make_post: MakePost, path: str, is_imported: bool
) -> None:
    place = "elsewhere/late.kp/knowledge.md" if is_imported else "a/late.kp/knowledge.md"
    post = make_post(growth, place)
    if is_imported:
        OldAddress.objects.create(space=growth, path="a/late", post=post)
    client.force_login(carol)
    assert goal(client, path) == f"/s/growth/{place}"
    assert client.get(f"/post/{path}")["Cache-Control"] == "no-cache"


def test_a_post_that_moved_in_its_space_is_found_by_its_former_path(
    client: Client, carol: User, mallory: User, growth: Space, make_post: MakePost
) -> None:
    post = make_post(growth, "b/late.kp/knowledge.md")
    FormerPath.objects.create(space=growth, path="a/late.kp/knowledge.md", post=post)
    client.force_login(carol)
    assert goal(client, "a/late.kp") == "/s/growth/b/late.kp/knowledge.md"
    Post.objects.update(private=True)
    client.force_login(mallory)
    assert goal(client, "a/late.kp") == "404"


def test_of_two_spaces_the_one_is_meant_that_the_reader_sees(
    client: Client, mallory: User, carol: User, growth: Space, finance: Space, make_post: MakePost
) -> None:
    for space in (growth, finance):
        OldAddress.objects.create(space=space, path="late", post=make_post(space, f"{space.slug}.md"))
    client.force_login(mallory)
    assert goal(client, "late") == "/s/growth/growth.md"
    client.force_login(carol)
    assert goal(client, "late") == "/s/finance/finance.md"


def test_a_private_post_is_no_more_to_be_found_by_its_old_address(
    client: Client, mallory: User, growth: Space, make_post: MakePost
) -> None:
    OldAddress.objects.create(space=growth, path="late", post=make_post(growth, "late.md", private=True))
    client.force_login(mallory)
    assert goal(client, "late") == goal(client, "late.md") == goal(client, "nothing") == "404"


@pytest.mark.parametrize(
    "path", ["%00", "x%00y", "../../etc/passwd", "%F0%9F%92%A9", "a" * 3000, ".kp", "%0a"]
)
def test_whatever_is_asked_for_is_answered(client: Client, carol: User, path: str) -> None:
    client.force_login(carol)
    assert client.get(f"/post/{path}").status_code in {400, 404}


def test_a_deleted_posts_old_address_leads_to_the_page_that_says_so(
    client: Client, carol: User, growth: Space, finance: Space, make_post: MakePost
) -> None:
    OldAddress.objects.create(space=finance, path="late", post=make_post(finance, "late.md"))
    OldAddress.objects.create(space=growth, path="late", post=make_post(growth, "late.md"))
    gone = Post.objects.filter(space=growth)
    gone.update(status="deleted", deleted_at="2026-10-01T00:00Z")
    client.force_login(carol)
    assert goal(client, "late") == "/s/finance/late.md"
    OldAddress.objects.filter(space=finance).delete()
    assert goal(client, "late") == "/s/growth/late.md"
    assert client.get("/s/growth/late.md").status_code == 410


@pytest.mark.parametrize(
    "address",
    [
        "/post/preview/a/late.kp",
        "/render?markdown=a/late.kp",
        "/render?path=a/late",
        "/presentation?markdown=a/late.kp",
        "/edit/a/late.kp",
        "/ajax/post/download?type=source&post=a/late.kp&path=orig_src/late.ipynb",
    ],
)
def test_every_page_of_the_old_portal_about_a_post_leads_to_it(
    client: Client, carol: User, mallory: User, growth: Space, make_post: MakePost, address: str
) -> None:
    post = make_post(growth, "late.md")
    OldAddress.objects.create(space=growth, path="a/late", post=post)
    client.force_login(carol)
    assert client.get(address)["Location"] == "/s/growth/late.md"
    Post.objects.update(private=True)
    client.force_login(mallory)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/render", "/render?markdown=", "/render?markdown=//evil.example/x"])
def test_an_old_address_without_a_post_is_not_found(client: Client, carol: User, address: str) -> None:
    client.force_login(carol)
    assert client.get(address).status_code == 404
