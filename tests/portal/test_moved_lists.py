"""Addresses of the old portal's lists lead to the nearest of ours, whatever was asked for."""

import pytest
from django.test import Client

from knowledge.models import Authorship, Space, User
from tests.cast import MakePost


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> None:
    post = make_post(growth, "late.md", tags=["price", "new york", "a/b"], authors=(alice,))
    Authorship.objects.filter(post=post).update(name="al@old.example")


def goal(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 301, answer.status_code
    return str(answer["Location"])


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/feed", "/"),
        ("/feed?tab=Newest&start=10&results=20", "/"),
        ("/feed?filters=price", "/?tag=price"),
        ("/feed?filters=PRICE+of", "/?tag=price"),
        ("/?filters=new%20york", "/?tag=new+york"),
        ("/table?filters=a/b%20price&sort_by=title", "/posts?tag=a%2Fb&tag=price"),
        ("/feed?authors=alice", "/people/alice"),
        ("/?authors=nobody,%20Alice", "/people/alice"),
        ("/feed?authors=AL%40old.example", "/people/alice"),
        ("/feed?authors=nobody", "/"),
        ("/cluster", "/s/"),
        ("/cluster?group_by=tags", "/tags/"),
        ("/cluster?group_by=author", "/"),
        ("/cluster?group_by=what", "/"),
        ("/cluster?group_by=tags&filters=price", "/?tag=price"),
        ("/tag_pages?tag=price", "/tags/price"),
        ("/tag_pages?tag=%23new%20york", "/tags/new%20york"),
        ("/tag_pages?tag=//evil.example", "/tags/?tag=%2F%2Fevil.example"),
        ("/tag_pages", "/tags/"),
        ("/batch_tags", "/tags/"),
    ],
)
def test_an_old_list_leads_to_the_nearest_of_ours(
    client: Client, carol: User, post: None, address: str, expected: str
) -> None:
    client.force_login(carol)
    assert goal(client, address) == expected


def test_what_is_no_tag_or_author_is_told(client: Client, carol: User, post: None) -> None:
    client.force_login(carol)
    page = client.get("/feed?filters=price+<b>bold</b>&authors=zoe", follow=True).content.decode()
    assert "asked for “zoe”, “&lt;b&gt;bold&lt;/b&gt;”, which is no tag or author here" in page


def test_tags_and_spellings_of_posts_that_a_reader_can_not_see_lead_nowhere(
    client: Client, mallory: User, finance: Space, make_post: MakePost, bob: User
) -> None:
    hidden = make_post(finance, "secret.md", tags=["merger"], authors=(bob,))
    Authorship.objects.filter(post=hidden).update(name="bob@old.example")
    client.force_login(mallory)
    assert goal(client, "/feed?filters=merger") == goal(client, "/feed?authors=bob@old.example") == "/"


@pytest.mark.parametrize("address", ["/feed?authors=", "/feed?filters=%ff%fe", "/tag_pages?tag=%0a"])
@pytest.mark.parametrize("long", ["", "x" * 3000, " x" * 1000])
def test_whatever_is_asked_for_is_answered(client: Client, carol: User, address: str, long: str) -> None:
    client.force_login(carol)
    assert client.get(address + long).status_code == 301
