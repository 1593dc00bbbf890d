"""Related posts and those that cite a post: below its text, as a page, and by the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import AccessToken, Citation, Post, Related, Space, User
from tests.cast import MakePost
from tests.portal.pages import body, signed_in

HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(growth: Space, make_post: MakePost) -> Post:
    return make_post(growth, "a.md", title="Why customers stay")


def near(post: Post, other: Post, weight: float = 0.5) -> None:
    Related.objects.create(post=post, other=other, weight=weight, reasons={"tags": ["churn"], "cites": True})
    Citation.objects.create(
        post=other, cited=post, path="a.md", space="growth", sentence=f"From {other.title}."
    )


def test_the_page_of_a_post_leads_there(post: Post, carol: User) -> None:
    assert f'data-later="/p/{post.pk}/related"' in body(signed_in(carol).get(post.get_absolute_url()))


def test_they_are_shown_with_why(growth: Space, make_post: MakePost, post: Post, carol: User) -> None:
    near(post, make_post(growth, "b.md", title="Prices"))
    old = make_post(growth, "c.md", title="Before")
    near(post, old)
    Post.objects.filter(pk=old.pk).update(status="archived", archived_at=old.created_at)
    shown = body(signed_in(carol).get(f"/p/{post.pk}/related", headers=HTMX))
    related, cited_by = shown.split('id="cited-by"')
    assert ("Prices" in related, "Before" in related) == (True, False)
    assert "Cites this post · Also about churn" in related
    assert "From Before." in cited_by
    assert cited_by.count(">Archived<") == 1


def test_nothing_is_shown_where_there_is_nothing(post: Post, carol: User) -> None:
    client = signed_in(carol)
    assert client.get(f"/p/{post.pk}/related", headers=HTMX).status_code == 204
    assert "No post that you see links to it." in body(client.get(f"/p/{post.pk}/related"))


def test_outsiders_are_told_of_no_hidden_post(
    finance: Space, make_post: MakePost, post: Post, mallory: User
) -> None:
    near(post, make_post(finance, "b.md", title="Quokkas"))
    client = signed_in(mallory)
    assert client.get(f"/p/{post.pk}/related", headers=HTMX).status_code == 204
    _, secret = AccessToken.objects.issue(user=mallory, name="test", scopes=["read"])
    for address in ("p/{}/related", "api/v1/posts/{}/related/", "api/v1/posts/{}/cited_by/"):
        headers = {"Authorization": f"Token {secret}"} if "api" in address else {}
        assert "Quokkas" not in body(client.get("/" + address.format(post.pk), headers=headers))


def test_lists_are_bounded_and_take_as_many_queries_for_many(
    growth: Space, make_post: MakePost, post: Post, carol: User
) -> None:
    client = signed_in(carol)
    counts = []
    for number in range(28):
        other = make_post(growth, f"{number}.md", title=f"Number {number}", source=f"{number}".encode())
        near(post, other, 0.9 - number / 100)
        if number in {6, 27}:
            with CaptureQueriesContext(connection) as queries:
                shown = body(client.get(f"/p/{post.pk}/related", headers=HTMX))
            counts.append(len(queries))
    assert counts[0] == counts[1]
    assert shown.count("<li>") == 10 + 5
    assert ">5 more<" in shown
    assert ">All 28<" in shown
    page = body(client.get(f"/p/{post.pk}/related"))
    assert page.count("From Number") == 20
    assert "Older posts" in page


def test_the_api_tells_reasons_and_sentences(
    growth: Space, make_post: MakePost, post: Post, carol: User
) -> None:
    other = make_post(growth, "b.md", title="Prices")
    near(post, other)
    _, secret = AccessToken.objects.issue(user=carol, name="test", scopes=["read"])
    client, headers = signed_in(carol), {"Authorization": f"Token {secret}"}
    related = client.get(f"/api/v1/posts/{post.pk}/related/", headers=headers).json()["results"][0]
    assert (related["post"]["id"], related["why"]) == (other.pk, ["Cites this post", "Also about churn"])
    assert related["reasons"] == {
        "cites": True, "cited": False, "together": False, "readers": False,
        "tags": ["churn"], "datasets": [], "libraries": [], "words": [],
    }  # fmt: skip
    cited_by = client.get(f"/api/v1/posts/{post.pk}/cited_by/", headers=headers).json()["results"]
    assert [(each["id"], each["sentence"]) for each in cited_by] == [(other.pk, "From Prices.")]


@pytest.mark.parametrize("before", ["9" * 40, "1.000000-1", "-1"])
def test_any_mark_is_answered(post: Post, carol: User, before: str) -> None:
    assert signed_in(carol).get(f"/p/{post.pk}/related", {"before": before}).status_code == 200
