"""Feeds at private addresses: what is in them, and that the address alone opens them."""

from xml.etree import ElementTree

import pytest

from knowledge.models import Collection, FeedKey
from knowledge.pipeline.index import index_posts, request_index
from portal.atom import KINDS

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def posts(growth, finance, make_post, alice):
    made = [
        make_post(
            growth,
            "a.md",
            title="Prices \x0b& more",
            source=b"a",
            tags=["pricing"],
            authors=(alice,),
            tldr="They rose.",
        ),
        make_post(finance, "b.md", title="Margins", source=b"b", tags=["pricing"], authors=(alice,)),
    ]
    request_index([post.pk for post in made])
    index_posts()
    return made


TARGETS = {"posts": "all", "tag": "pricing", "author": "alice", "space": "growth", "search": "tag:pricing"}


def entries(answer):
    assert answer.status_code == 200
    root = ElementTree.fromstring(answer.content)
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


# Those of numbers and of datasets have no posts in them.
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"insight", "dataset"}))
def test_a_feed_holds_what_its_person_sees_and_needs_no_session(client, mallory, posts, kind):
    token = FeedKey.objects.create(user=mallory).token
    collection = Collection.objects.create(title="Start here")
    for place, post in enumerate(posts):
        collection.items.create(post=post, position=place)
    target = str(collection.pk) if kind == "collection" else TARGETS.get(kind, str(posts[0].pk))
    answer = client.get(f"/feeds/{token}/{kind}/{target}.atom")
    expected = "Prices  & more, revision 1" if kind == "post" else "Prices  & more"
    assert entries(answer) == [expected]
    assert not answer.cookies
    assert "private" in answer["Cache-Control"]
    assert "They rose." in answer.content.decode() or kind == "post"


def test_members_read_more(client, carol, posts):
    token = FeedKey.objects.create(user=carol).token
    assert len(entries(client.get(f"/feeds/{token}/tag/pricing.atom"))) == 2
    assert len(entries(client.get(f"/feeds/{token}/search/tag%3Apricing.atom"))) == 2


def test_what_an_outsider_can_not_see_has_no_feed(client, mallory, posts):
    token = FeedKey.objects.create(user=mallory).token
    for place in (
        "space/finance",
        f"post/{posts[1].pk}",
        "post/x",
        "author/nobody",
        "pigeon/x",
        "search/%3F",
    ):
        assert client.get(f"/feeds/{token}/{place}.atom").status_code == 404


def test_it_is_sent_again_only_if_it_changed(client, carol, posts, make_post, growth):
    address = f"/feeds/{FeedKey.objects.create(user=carol).token}/posts/all.atom"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    make_post(growth, "c.md", title="Newer", source=b"c")
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_addresses_end_when_they_are_renewed_revoked_or_the_account_is_closed(client, carol, posts):
    client.force_login(carol)
    assert client.get("/feeds/mine/tag/pricing.atom")["Location"] == "/account/feeds"
    client.post("/account/feeds", {"do": "make"})
    first = client.get("/feeds/mine/tag/pricing.atom")["Location"]
    assert first in client.get("/account/feeds").content.decode() or len(entries(client.get(first))) == 2
    client.post("/account/feeds", {"do": "renew"})
    second = client.get("/feeds/mine/tag/pricing.atom")["Location"]
    assert [client.get(address).status_code for address in (first, second)] == [404, 200]
    carol.is_active = False
    carol.save()
    assert client.get(second).status_code == 404
    carol.is_active = True
    carol.save()
    client.force_login(carol)
    client.post("/account/feeds", {"do": "revoke"})
    assert client.get(second).status_code == 404


@pytest.mark.parametrize(
    "change", [lambda it: it[:-1], lambda it: it.replace("-", "0-", 1), lambda it: "1-a.b", lambda it: "x"]
)
def test_an_address_can_not_be_made_up(client, carol, posts, change):
    token = FeedKey.objects.create(user=carol).token
    assert client.get(f"/feeds/{change(token)}/posts/all.atom").status_code == 404


@pytest.mark.parametrize(
    "page", ["/", "/tags/pricing", "/people/alice", "/s/growth/", "/s/growth/a.md", "/search?q=prices"]
)
def test_pages_name_their_feed(client, carol, posts, page):
    client.force_login(carol)
    assert 'type="application/atom+xml"' in client.get(page).content.decode()


def test_following_lists_the_feeds_of_what_one_follows(client, carol, posts):
    client.force_login(carol)
    client.post("/follow/tag/pricing", {"follow": "yes"})
    client.post("/account/feeds", {"do": "make"})
    assert "/tag/pricing.atom" in client.get("/account/feeds").content.decode()
