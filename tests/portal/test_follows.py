"""Following by a button, with and without scripts."""

import pytest

from knowledge.models import Subscription


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(growth, "late.md", title="Late on Mondays", tags=["unit economics"], authors=(alice,))


HX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("page", "button"),
    [("/tags/unit economics", "/follow/tag/unit%20economics"), ("/people/alice", "/follow/author/alice"),
     ("/s/growth/", "/follow/space/growth")],
)  # fmt: skip
def test_the_button_is_on_pages_of_tags_people_and_spaces(as_carol, post, page, button):
    before = as_carol.get(page).content.decode()
    assert f'action="{button}"' in before
    assert 'value="yes"' in before
    answer = as_carol.post(button, {"follow": "yes"})
    assert as_carol.get(answer["Location"]).status_code == 200
    assert 'value="no"' in as_carol.get(page).content.decode()
    assert as_carol.post(button, {"follow": "no"}).status_code == 302
    assert not Subscription.objects.exists()


def test_on_a_posts_page_the_button_comes_later_and_is_each_readers_own(as_carol, post):
    page = as_carol.get(post.get_absolute_url()).content.decode()
    assert f'data-later="/follow/post/{post.pk}"' in page
    part = as_carol.get(f"/follow/post/{post.pk}", headers=HX).content.decode()
    assert part.lstrip().startswith("<form")
    part = as_carol.post(f"/follow/post/{post.pk}", {"follow": "yes"}, headers=HX).content.decode()
    assert 'aria-pressed="true"' in part
    assert Subscription.objects.get().post == post


def test_without_scripts_there_is_a_page_around_it(as_carol, post):
    page = as_carol.get(f"/follow/post/{post.pk}").content.decode()
    assert "<h1>Late on Mondays</h1>" in page
    answer = as_carol.post(f"/follow/post/{post.pk}", {"follow": "yes"})
    assert answer["Location"] == post.get_absolute_url()


@pytest.mark.parametrize(
    "address",
    [
        "/follow/pigeon/x",
        "/follow/post/x",
        "/follow/post/99999999",
        "/follow/author/nobody",
        "/follow/tag/%20",
    ],
)
def test_what_is_not_there_can_not_be_followed(as_carol, address):
    assert as_carol.get(address).status_code == 404
    assert as_carol.post(address, {"follow": "yes"}).status_code == 404


def test_an_outsider_can_not_follow_what_is_hidden(client, mallory, finance, make_post):
    client.force_login(mallory)
    assert client.post("/follow/space/finance", {"follow": "yes"}).status_code == 404
    assert client.post(f"/follow/post/{make_post(finance).pk}", {"follow": "yes"}).status_code == 404


def test_the_list_shows_what_one_follows_and_nothing_hidden(
    as_carol, carol, growth, finance, post, django_assert_max_num_queries
):
    for target in ("tag/price", "author/alice", "space/growth", "space/finance", f"post/{post.pk}"):
        as_carol.post(f"/follow/{target}", {"follow": "yes"})
    finance.memberships.filter(user=carol).delete()
    with django_assert_max_num_queries(3):
        page = as_carol.get("/account/following").content.decode()
    assert "price" in page
    assert "Alice Example" in page
    assert "Late on Mondays" in page
    assert "Finance" not in page
