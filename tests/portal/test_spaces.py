"""Spaces: making one, setting it up, its members, its front page, what was pushed to it."""

import re
from typing import Any

import pytest
from django.utils import timezone

from knowledge.git import repository_path
from knowledge.models import AccessToken, Membership, Post, Push, Rendering, Role, Space, User
from tests.cast import MakePost
from tests.portal.pages import body, signed_in


def test_the_index_shows_the_spaces_that_one_sees_with_their_posts(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User
) -> None:
    make_post(growth, "a.md")
    make_post(growth, "b.md", source=b"b", private=True)
    mine, theirs = (body(signed_in(user).get("/s/")) for user in (alice, mallory))
    assert "2 posts" in mine
    assert "You: author" in mine
    assert "Finance" in mine
    assert "1 post<" in theirs
    assert "Finance" not in theirs


def test_anyone_makes_a_space_and_maintains_it(data_dir: object, carol: User) -> None:
    sent = {"name": "Prices & Märkte", "description": "What to\ncharge.", "visibility": "restricted"}
    answer = signed_in(carol).post("/s/new", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/s/prices-markte/-/setup")
    space = Space.objects.get()
    assert (space.slug, space.description, space.is_restricted) == ("prices-markte", "What to charge.", True)
    assert Membership.objects.get().role == Role.MAINTAINER
    assert repository_path("prices-markte").exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"slug": "growth"}, "There is a space named growth already"),
        ({"slug": "Not good"}, "beginning and ending with a letter or digit"),
        ({"slug": "new"}, "be the address of a space"),
        ({"slug": "../x"}, "be the address of a space"),
        ({"name": "数据", "slug": ""}, "be the address of a space"),
        ({"name": ""}, "This field is required"),
        ({"name": "a\x00b"}, "Null characters are not allowed"),
        ({"visibility": "public"}, "Select a valid choice"),
    ],
)
def test_a_space_that_can_not_be_is_refused_in_words(
    growth: Space, carol: User, fields: dict[str, str], words: str
) -> None:
    sent = {"name": "Pricing", "slug": "", "visibility": "internal"} | fields
    answer = signed_in(carol).post("/s/new", sent)
    assert answer.status_code == 200
    assert words in body(answer)
    assert Space.objects.count() == 1


def test_the_setup_fills_a_token_into_the_lines_to_paste(growth: Space, alice: User) -> None:
    client = signed_in(alice)
    assert "http://alice:TOKEN@127.0.0.1:8000/git/growth.git" in body(client.get("/s/growth/-/setup"))
    answer = client.post("/s/growth/-/setup")
    line = re.search(
        r"git remote add almanac http://alice:(alm_[\w-]+)@127\.0\.0\.1:8000/git/growth\.git", body(answer)
    )
    assert line
    assert "no-store" in answer["Cache-Control"]
    token = AccessToken.objects.find(line[1])
    assert token is not None
    assert token.allows("write")
    assert not token.allows("admin")


def test_a_reader_is_shown_how_to_clone_instead(growth: Space, carol: User) -> None:
    page = body(signed_in(carol).get("/s/growth/-/setup"))
    assert "git clone http://127.0.0.1:8000/git/growth.git" in page
    assert "git push" not in page


def test_settings_are_changed_by_a_maintainer(growth: Space, dana: User) -> None:
    sent = {"name": "Growth team", "description": "New.", "visibility": "restricted"}
    answer = signed_in(dana).post("/s/growth/-/settings", sent, follow=True)
    assert "The settings are saved" in body(answer)
    growth.refresh_from_db()
    assert (growth.name, growth.slug, growth.is_restricted) == ("Growth team", "growth", True)


def test_a_refusal_names_who_can_help(growth: Space, alice: User) -> None:
    answer = signed_in(alice).get("/s/growth/-/settings")
    assert answer.status_code == 403
    assert "Ask one of them: dana" in body(answer)


def test_members_are_added_changed_and_removed(growth: Space, dana: User, mallory: User) -> None:
    client, address = signed_in(dana), "/s/growth/-/members"
    client.post(address, {"username": "mallory", "role": "author"})
    assert Membership.objects.get(user=mallory).role == Role.AUTHOR
    client.post(address, {"username": "mallory", "role": "reader"})
    assert Membership.objects.get(user=mallory).role == Role.READER
    answer = client.post(address, {"remove": "mallory"}, follow=True)
    assert "mallory is no longer a member" in body(answer)
    assert not Membership.objects.filter(user=mallory).exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"username": "nobody", "role": "author"}, "There is nobody named nobody here"),
        ({"username": "alice", "role": "king"}, "Select a valid choice"),
        ({"username": "", "role": "author"}, "This field is required"),
        ({"username": "a\x00b", "role": "author"}, "Null characters"),
        ({"remove": "a\x00b"}, "This field is required"),
        ({"remove": "dana"}, "dana is the last maintainer of growth"),
        ({"username": "dana", "role": "reader"}, "dana is the last maintainer of growth"),
    ],
)
def test_a_change_of_members_that_can_not_be_is_refused_in_words(
    growth: Space, dana: User, sent: dict[str, str], words: str
) -> None:
    before = list(Membership.objects.values_list("user", "role"))
    answer = signed_in(dana).post("/s/growth/-/members", sent)
    assert answer.status_code == 200
    assert words in body(answer)
    assert list(Membership.objects.values_list("user", "role")) == before


def test_the_front_page_has_the_introduction_then_the_posts(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    make_post(growth, "README.md", html="<p>Who we are.</p>", source=b"intro", kind=Post.Kind.INTRODUCTION)
    make_post(growth, "a.md", title="A finding", tags=["price"])
    make_post(growth, "b.md", title="Another", source=b"b", tags=["speed"])
    page = body(signed_in(carol).get("/s/growth/"))
    assert page.index("Who we are.") < page.index("A finding")
    assert "Another" in page
    assert "http://127.0.0.1:8000/git/growth.git" in page
    by_tag = body(signed_in(carol).get("/s/growth/?tag=price"))
    assert "A finding" in by_tag
    assert "Another" not in by_tag


def test_what_can_not_be_read_yet_is_shown_to_authors_with_its_reason(
    growth: Space, make_post: MakePost, carol: User, alice: User
) -> None:
    failed = {
        "state": Rendering.State.FAILED,
        "failure_code": "not-json",
        "failure_message": "This is no notebook.",
        "failure_hint": "Save it again.",
    }
    make_post(growth, "broken.ipynb", title="Broken", rendering=failed)
    assert "This is no notebook." in body(signed_in(alice).get("/s/growth/"))
    assert "Broken" not in body(signed_in(carol).get("/s/growth/"))


def test_an_empty_space_tells_its_authors_what_to_do(growth: Space, alice: User, carol: User) -> None:
    assert "git push almanac" in body(signed_in(alice).get("/s/growth/"))
    assert "git push" not in body(signed_in(carol).get("/s/growth/"))


def test_a_front_page_costs_as_many_queries_for_many_posts_as_for_few(
    growth: Space, make_post: MakePost, alice: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(alice)
    for count in (2, 25):
        for number in range(count):
            make_post(growth, f"{number}.md", source=str(number).encode(), authors=(alice,), tags=["x"])
        with django_assert_max_num_queries(21):
            assert client.get("/s/growth/").status_code == 200


def line(post: Post, **fields: Any) -> dict[str, Any]:
    plain = {
        "path": post.path,
        "change": "added",
        "post": post.pk,
        "title": post.title,
        "faults": [],
        "failure": None,
    }
    return plain | fields


def pushed(space: Space, commit: str, report: list[dict[str, Any]], by: User | None = None) -> Push:
    push = Push.objects.create(
        space=space, new_commit=commit, pushed_by=by, pushed_at=timezone.now(), report=report
    )
    for entry in report:
        Post.objects.get(pk=entry["post"]).revisions.update(push=push)
    return push


def test_the_pushes_are_listed_newest_first_and_paged(
    growth: Space, make_post: MakePost, alice: User
) -> None:
    post = make_post(growth, "a.md", title="A finding")
    for number in range(31):
        pushed(growth, f"{number:040x}", [line(post)], alice)
    client = signed_in(alice)
    first = body(client.get("/s/growth/-/pushes"))
    assert first.index(f"{30:040x}") < first.index(f"{1:040x}")
    assert f"{0:040x}" not in first
    older = re.search(r"\?before=\d+", first)
    assert older
    assert f"{0:040x}" in body(client.get(f"/s/growth/-/pushes{older[0]}"))


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30])
def test_a_made_up_page_of_pushes_is_the_first(growth: Space, alice: User, before: str) -> None:
    assert signed_in(alice).get(f"/s/growth/-/pushes?before={before}").status_code == 200


def test_a_private_document_is_named_in_no_list_of_pushes(
    growth: Space, make_post: MakePost, mallory: User, alice: User
) -> None:
    secret = make_post(growth, "secret-plan.md", title="Secret plan", private=True)
    pushed(growth, "c" * 40, [line(secret)], alice)
    for address in ("/s/growth/-/pushes", f"/s/growth/-/pushes/{'c' * 40}"):
        page = body(signed_in(mallory).get(address))
        assert "Secret plan" not in page
        assert "secret-plan" not in page
        assert "Secret plan" in body(signed_in(alice).get(address))
