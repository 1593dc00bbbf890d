"""Collections as they are read, and put together with and without scripts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Collection, Membership, Post
from knowledge.pipeline import curating
from tests.portal.pages import body, signed_in

HX = {"HX-Request": "true"}


@pytest.fixture
def posts(growth, finance, make_post, alice):
    return [
        make_post(growth, "deliveries/late.md", title="Late on Mondays", authors=(alice,)),
        make_post(growth, "b.md", source=b"b", title="Prices rise"),
        make_post(finance, "c.md", source=b"c", title="Margins fall"),
        make_post(growth, "d.md", source=b"d", title="A new start"),
    ]


@pytest.fixture
def collection(growth, dana, posts):
    made = curating.make_collection(by=dana, space=growth, title="Start here", introduction="**Read** <b>.")
    for post in posts[:3]:
        curating.add_post(by=dana, collection=made, post=post, note=f"Why {post.title.lower()}")
    return made


def test_everybody_reads_of_it_what_they_may(collection, carol, mallory):
    page = body(signed_in(carol).get(f"/collections/{collection.pk}"))
    assert "<strong>Read</strong> &lt;b&gt;." in page
    assert page.index("Late on Mondays") < page.index("Prices rise") < page.index("Margins fall")
    assert "Why margins fall" in page
    theirs = signed_in(mallory)
    for address in (f"/collections/{collection.pk}", "/collections/", "/s/growth/"):
        assert "argins" not in body(theirs.get(address))
    assert "2 posts" in body(theirs.get("/collections/"))
    assert "3 posts" in body(signed_in(carol).get("/collections/?space=growth"))
    hidden, nowhere = (body(theirs.get(f"/collections/?space={slug}")) for slug in ("finance", "nowhere"))
    assert hidden == nowhere


def test_pages_take_as_many_queries_for_many(collection, growth, dana, carol, posts, make_post):
    client = signed_in(carol)
    addresses = (f"/collections/{collection.pk}", "/collections/", f"/p/{posts[0].pk}/collections")
    counts = []
    for round in range(2):
        for address in addresses:
            client.get(address, headers=HX)
            with CaptureQueriesContext(connection) as asked:
                client.get(address, headers=HX)
            counts.append(len(asked))
        for n in range(6):
            added = make_post(growth, f"{round}{n}.md", source=b"%d%d" % (round, n))
            curating.add_post(by=dana, collection=collection, post=added)
        other = curating.make_collection(by=dana, space=growth, title="Another")
        curating.add_post(by=dana, collection=other, post=posts[0])
    assert counts[:3] == counts[3:]


def test_a_posts_page_says_where_it_stands(collection, posts, mallory, carol):
    page = body(signed_in(carol).get(posts[1].get_absolute_url()))
    assert f'data-later="/p/{posts[1].pk}/collections"' in page
    part = body(signed_in(carol).get(f"/p/{posts[1].pk}/collections", headers=HX))
    assert f'<a href="/collections/{collection.pk}">Start here</a>, 2 of 3' in part
    assert 'href="/s/growth/deliveries/late.md" rel="prev"' in part
    assert 'href="/s/finance/c.md" rel="next"' in part
    theirs = body(signed_in(mallory).get(f"/p/{posts[1].pk}/collections", headers=HX))
    assert "2 of 2" in theirs
    assert "next" not in theirs
    assert not body(signed_in(carol).get(f"/p/{posts[3].pk}/collections", headers=HX)).strip()
    assert "part of no collection" in body(signed_in(carol).get(f"/p/{posts[3].pk}/collections"))


def test_a_space_begins_with_the_one_that_its_maintainers_chose(collection, growth, dana, mallory):
    settings = {"name": "Growth", "visibility": "internal", "front": collection.pk}
    assert 'class="front"' not in body(signed_in(mallory).get("/s/growth/"))
    assert signed_in(dana).post("/s/growth/-/settings", settings).status_code == 302
    page = body(signed_in(mallory).get("/s/growth/"))
    assert page.index('class="front"') < page.index("Why late on mondays") < page.index('class="cards"')
    assert 'class="front"' not in body(signed_in(mallory).get("/s/growth/?tag=x"))
    assert 'class="front"' not in body(signed_in(mallory).get("/s/growth/?before=1700000000.000000-5"))


class TestPuttingTogether:
    def test_it_is_made_and_filled_without_scripts(self, growth, finance, alice, posts):
        client = signed_in(alice)
        made = client.post("/collections/new", {"title": "First week", "space": "growth"})
        found = Collection.objects.get()
        assert made["Location"] == f"/collections/{found.pk}/edit"
        for text in (
            f"/p/{posts[0].pk}",
            "https://almanac.example/s/growth/b.md?x=1#h",
            "finance/c.md",
            "d.md@1",
        ):
            client.post(f"/collections/{found.pk}/posts", {"do": "add", "post": text})
        assert list(found.items.values_list("post", flat=True)) == [post.pk for post in posts]
        again = client.post(f"/collections/{found.pk}/posts", {"do": "up", "post": posts[2].pk})
        assert again["Location"] == f"/collections/{found.pk}/edit#item-{posts[2].pk}"
        client.post(f"/collections/{found.pk}/posts", {"do": "down", "post": posts[0].pk})
        client.post(f"/collections/{found.pk}/posts", {"do": "remove", "post": posts[3].pk})
        client.post(f"/collections/{found.pk}/posts", {"do": "note", "post": posts[1].pk, "note": "Why"})
        assert list(found.items.values_list("post", "note")) == [
            (posts[2].pk, ""),
            (posts[0].pk, ""),
            (posts[1].pk, "Why"),
        ]
        sent = {"do": "order", "order": f"{posts[1].pk},{posts[2].pk},{posts[0].pk},x,"}
        assert client.post(f"/collections/{found.pk}/posts", sent, headers=HX).status_code == 204
        assert [item.post_id for item in found.items.all()] == [posts[1].pk, posts[2].pk, posts[0].pk]

    def test_a_title_is_looked_for_among_what_its_maker_sees(self, collection, alice, finance, posts):
        curating.remove_post(by=alice, collection=collection, post=posts[2].pk)
        Membership.objects.filter(space=finance, user=alice).delete()
        client = signed_in(alice)
        answer = client.post(f"/collections/{collection.pk}/posts", {"do": "add", "post": "start new"})
        assert answer["Location"] == f"/collections/{collection.pk}/edit?q=start+new#add"
        assert "Add A new start" in body(client.get(answer["Location"]))
        assert "No post" in body(client.get(f"/collections/{collection.pk}/find?q=margins", headers=HX))
        assert "Prices rise" not in body(
            client.get(f"/collections/{collection.pk}/find?q=prices", headers=HX)
        )

    def test_who_edits_sees_what_readers_do_not_get(self, collection, alice, posts):
        Post.objects.filter(pk=posts[0].pk).update(status="archived")
        assert "archived: left out for readers" in body(
            signed_in(alice).get(f"/collections/{collection.pk}/edit")
        )
        page = body(signed_in(alice).get(f"/collections/{collection.pk}"))
        assert "1 post in it is left out for readers" in page
        assert "Late on Mondays" not in page

    def test_no_button_breaks(self, collection, admin):
        client = signed_in(admin)
        address = f"/collections/{collection.pk}/"
        for text in (
            "",
            "\x00",
            "9" * 30,
            "-1",
            "²",
            "http://[::1",
            "%",
            "/s/",
            "'; --",
            "x" * 5000,
            "\ud83d",
        ):
            sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            for do in ("add", "remove", "note", "up", "down", "order", "what"):
                data = {"do": do, "post": sent, "note": sent, "order": sent}
                assert client.post(f"{address}posts", data).status_code == 302
            assert client.post(f"{address}edit", {"title": sent, "introduction": sent}).status_code in {
                200,
                302,
            }
            assert client.get(f"{address}find", {"q": sent}).status_code in {200, 400}
        assert client.get("/collections/?page=x&space=%ff").status_code == 200
        assert client.post(f"{address}posts", {"do": "delete"})["Location"] == "/collections/"
        assert not Collection.objects.exists()
