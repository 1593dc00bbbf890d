"""Tags: counted over what the reader may see, and absent where nothing visible carries them."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from knowledge.models import Subscription, Tag, TagSynonym, TagUse
from knowledge.models.tag_use import ranked
from knowledge.pipeline import tagging
from portal.views import tags
from tests.portal.pages import body


@pytest.fixture
def tagged(growth, finance, make_post, alice):
    make_post(growth, "a.md", title="Prices", tags=["pricing", "a/b testing"], authors=(alice,))
    make_post(growth, "b.md", title="More prices", tags=["pricing"])
    make_post(finance, "c.md", title="Margins", tags=["pricing", "margin"])


@pytest.fixture
def named(tagged, admin):
    tagging.describe(by=admin, tag="margin", description="What is left in the end.")
    tagging.describe(by=admin, tag="pricing", description="What we charge.")
    tagging.merge(by=admin, tag="profit", into="margin")
    tagging.merge(by=admin, tag="prices", into="pricing")


@pytest.mark.parametrize(("user", "count", "sees_margin"), [("carol", 3, True), ("mallory", 2, False)])
@pytest.mark.parametrize("address", ["/tags/", "/tags/?by=letter"])
def test_tags_are_counted_over_visible_posts(client, request, tagged, address, user, count, sees_margin):
    client.force_login(request.getfixturevalue(user))
    html = body(client.get(address))
    assert f'<a href="/tags/pricing">pricing</a><small>{count}</small>' in html
    assert ("margin" in html) == sees_margin


def test_the_most_used_come_first(client, carol, tagged):
    client.force_login(carol)
    html = body(client.get("/tags/"))
    assert html.index("/tags/pricing") < html.index("/tags/a/b%20testing") < html.index("/tags/margin")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("PRI", ["pricing"]), ("in", ["pricing", "a/b testing", "margin"]), ("rices", ["also prices"]),
     ("charge", ["What we charge."]), ("profit", []), ("%", []), ("'; --", [])],
)  # fmt: skip
def test_they_are_found_by_name_other_name_and_meaning(client, carol, mallory, named, wanted, found):
    client.force_login(mallory)
    seen = body(client.get("/tags/", {"q": wanted}, headers={"HX-Request": "true"}))
    assert "<html" not in seen
    assert all(word in seen for word in found if word != "margin")
    assert "margin" not in seen
    client.force_login(carol)
    all_of_it = body(client.get("/tags/", {"q": wanted}))
    assert all(word in all_of_it for word in found)


def test_a_tag_shows_its_posts_and_what_there_is_to_say_of_it(client, mallory, named):
    client.force_login(mallory)
    html = body(client.get("/tags/pricing"))
    assert "Prices" in html
    assert "What we charge." in html
    assert "also prices" in html
    assert 'href="/people/alice">Alice Example</a><small>1</small>' in html
    assert 'href="/tags/a/b%20testing"' in html
    assert "argin" not in html


ODD = ["a/b", "c++", "c#", "%", "100%", "?", "..", "a/../b", "a//b", "3.10", "über", "a&b=c", "نمو", "<b>"]


def test_a_tag_that_very_many_have_shows_the_same(client, mallory, tagged, monkeypatch):
    client.force_login(mallory)
    pages = [body(client.get("/tags/pricing"))]
    monkeypatch.setattr(tags, "OFTEN", 1)
    pages.append(body(client.get("/tags/pricing")))
    shown = [re.findall(r"<h2><a href=[^>]+>([^<]+)</a></h2>", page) for page in pages]
    assert shown == [["More prices", "Prices"]] * 2


def test_odd_tags_have_an_address_and_a_button(client, carol, growth, make_post):
    make_post(growth, "odd.md", title="Odd one", tags=ODD)
    client.force_login(carol)
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a><small>1</small>', body(client.get("/tags/")))
    assert sorted(unescape(tag) for _, tag in links) == sorted(ODD)
    for address, tag in links:
        assert ".." not in address.partition("?")[0].split("/")
        html = body(client.get(unescape(address)))
        assert "Odd one" in html
        button = unescape(html.partition('action="/follow/')[2].partition('"')[0])
        assert ".." not in button.partition("?")[0].split("/")
        assert client.post(f"/follow/{button}", {"follow": "yes"}).status_code == 302
        assert Subscription.objects.filter(tag=unescape(tag)).exists()
        assert "Odd one" in body(client.get("/", {"tag": unescape(tag)}))


@pytest.mark.parametrize("tag", ["margin", "profit", "nothing", "<script>"])
def test_a_tag_that_no_visible_post_carries_does_not_exist(client, mallory, named, tag):
    client.force_login(mallory)
    assert client.get(f"/tags/{tag}").status_code == 404
    assert client.get("/tag-names", {"tag": tag}).status_code == 404


def test_following_another_name_of_a_hidden_tag_does_not_tell_the_tag(client, mallory, named):
    client.force_login(mallory)
    assert "margin" not in body(client.get("/follow/tag/profit"))
    client.post("/follow/tag/profit", {"follow": "yes"})
    assert "margin" not in body(client.get("/account/following"))


def test_a_synonym_leads_to_its_tag_everywhere(client, carol, named):
    client.force_login(carol)
    assert client.get("/tags/Profit")["Location"] == "/tags/margin"
    for address in ("/?tag=prices&tag=profit", "/s/finance/?tag=profit"):
        assert "Margins" in body(client.get(address))
    client.post("/follow/tag/profit", {"follow": "yes"})
    assert Subscription.objects.get().tag == "margin"
    client.post("/follow/tag/profit", {"follow": "no"})
    assert not Subscription.objects.exists()


def test_without_tags_the_page_says_how_to_write_one(client, carol):
    client.force_login(carol)
    assert "tags: [" in body(client.get("/tags/"))


def test_the_page_takes_as_many_queries_for_many_tags(
    client, carol, growth, make_post, django_assert_max_num_queries
):
    make_post(growth, "a.md", tags=[f"tag {n}" for n in range(40)])
    client.force_login(carol)
    for address, most in (("/tags/", 6), ("/tags/tag%201", 17)):
        with django_assert_max_num_queries(most):
            client.get(address)


class TestNames:
    def test_a_change_says_how_much_it_moves_and_is_made_when_confirmed(self, client, admin, carol, named):
        Subscription.objects.create(user=carol, kind="tag", tag="pricing")
        client.force_login(admin)
        page = "/tag-names?tag=pricing"
        asked = body(client.post(page, {"do": "rename", "name": "What we ask"}))
        assert "3 posts and 1 follower move" in asked
        assert TagSynonym.objects.filter(name="pricing").count() == 0
        answer = client.post(page, {"do": "rename", "name": "What we ask", "sure": "yes"})
        assert answer["Location"] == "/tags/what%20we%20ask"
        assert client.get("/tags/pricing")["Location"] == "/tags/what%20we%20ask"
        assert "3 posts and 1 follower moved to what we ask." in body(client.get("/tags/"))

    def test_no_button_breaks(self, client, admin, named):
        client.force_login(admin)
        for do in ("rename", "merge", "add", "remove", "describe", "what", ""):
            for name in ("", " ", "\x00", "nothing", "margin", "x" * 5000):
                data = {"do": do, "name": name, "sure": "yes", "keeper": name, "description": name}
                tag = ranked(TagUse.objects.seen_by(admin))[0][0]
                address = f"/tag-names?{urlencode({'tag': tag})}"
                assert client.post(address, data).status_code in {200, 302}

    def test_its_keeper_says_what_it_means_and_no_more(self, client, admin, dana, named):
        tagging.describe(by=admin, tag="pricing", description="", keeper=dana)
        client.force_login(dana)
        page = body(client.get("/tag-names?tag=pricing"))
        assert "Rename" not in page
        client.post("/tag-names?tag=pricing", {"do": "describe", "description": "Mine.", "keeper": "bob"})
        found = Tag.objects.get(name="pricing")
        assert (found.description, found.keeper) == ("Mine.", dana)
        client.post("/tag-names?tag=pricing", {"do": "rename", "name": "x", "sure": "yes"})
        assert Tag.objects.get(pk=found.pk).name == "pricing"
