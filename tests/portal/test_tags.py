"""Tags: counted over what the reader may see, and absent where nothing visible carries them."""

import pytest


@pytest.fixture
def tagged(growth, finance, make_post):
    make_post(growth, "a.md", title="Prices", tags=["pricing", "a/b testing"])
    make_post(growth, "b.md", title="More prices", tags=["pricing"])
    make_post(finance, "c.md", title="Margins", tags=["pricing", "margin"])


@pytest.mark.parametrize(("user", "count", "sees_margin"), [("carol", 3, True), ("mallory", 2, False)])
def test_tags_are_counted_over_visible_posts(client, request, tagged, user, count, sees_margin):
    client.force_login(request.getfixturevalue(user))
    html = client.get("/tags/").content.decode()
    assert f'<a href="/tags/pricing">pricing</a><small>{count}</small>' in html
    assert ("margin" in html) == sees_margin


def test_a_tag_shows_its_posts(client, mallory, tagged):
    client.force_login(mallory)
    html = client.get("/tags/pricing").content.decode()
    assert "Prices" in html
    assert "Margins" not in html


def test_a_tag_may_hold_a_slash(client, carol, tagged):
    client.force_login(carol)
    assert '"/tags/a/b%20testing"' in client.get("/tags/").content.decode()
    assert "Prices" in client.get("/tags/a/b%20testing").content.decode()


@pytest.mark.parametrize("tag", ["margin", "nothing", "<script>"])
def test_a_tag_that_no_visible_post_carries_does_not_exist(client, mallory, tagged, tag):
    client.force_login(mallory)
    assert client.get(f"/tags/{tag}").status_code == 404


def test_without_tags_the_page_says_how_to_write_one(client, carol):
    client.force_login(carol)
    assert "tags: [" in client.get("/tags/").content.decode()
