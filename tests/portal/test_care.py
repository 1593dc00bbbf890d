"""The page of a post's life, the banners above a post, and the list of what needs attention."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.models import Post, Space, User
from tests.cast import MakePost
from tests.portal.pages import body, signed_in


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    return make_post(growth, "late.md", title="Late on Mondays", authors=(alice,))


def do(user: User, post: Post, what: str, **fields: object) -> Any:
    sent = {f"{what}-{name}": value for name, value in fields.items()}
    return signed_in(user).post(f"/p/{post.pk}/life", {"do": what} | sent, follow=True)


def make_stale(post: Post) -> None:
    today = timezone.localdate()
    Post.objects.filter(pk=post.pk).update(
        due_on=today - timedelta(days=1), attention_since=timezone.now(), status="needs_attention"
    )


def test_readers_see_who_answers_for_it_and_no_forms(post: Post, carol: User) -> None:
    page = body(signed_in(carol).get(f"/p/{post.pk}/life"))
    assert "Alice Example" in page
    assert "Still true" not in page


def test_still_true_takes_the_warning_away(post: Post, alice: User, carol: User) -> None:
    make_stale(post)
    assert "May be out of date." in body(signed_in(carol).get("/s/growth/late.md"))
    assert "Late on Mondays" in body(signed_in(alice).get("/reviews/attention"))
    page = body(do(alice, post, "confirm", note="Ran it again."))
    assert "It is written down that the post still holds." in page
    assert "Ran it again." in page
    assert "May be out of date." not in body(signed_in(carol).get("/s/growth/late.md"))
    assert "Nothing needs you" in body(signed_in(alice).get("/reviews/attention"))


def test_the_archive_says_why_and_by_whom_above_the_post(post: Post, alice: User, carol: User) -> None:
    wrong = do(alice, post, "archive", why="")
    assert (wrong.status_code, "There is a problem" in body(wrong)) == (400, True)
    do(alice, post, "archive", why="The shop closed.")
    page = body(signed_in(carol).get("/s/growth/late.md"))
    assert "Archived by Alice Example" in page
    assert "The shop closed." in page
    assert "Late on Mondays" not in body(signed_in(carol).get("/"))
    do(alice, post, "unarchive")
    assert "Late on Mondays" in body(signed_in(carol).get("/"))


def test_a_newer_answer_is_led_to(
    post: Post, growth: Space, make_post: MakePost, alice: User, carol: User
) -> None:
    make_post(growth, "new.md", title="Late on Tuesdays", source=b"new")
    do(alice, post, "supersede", name="new.md")
    assert "There is a newer answer:" in body(signed_in(carol).get("/s/growth/late.md"))
    Post.objects.filter(path="new.md").update(private=True)
    page = body(signed_in(carol).get("/s/growth/late.md"))
    assert "which is private" in page
    assert "Late on Tuesdays" not in page


def test_a_day_to_come_is_asked_for(post: Post, alice: User) -> None:
    wrong = do(alice, post, "look_again", review_by="2020-01-01")
    assert (wrong.status_code, "still to come" in body(wrong)) == (400, True)
    do(alice, post, "look_again", refresh_days="30")
    post.refresh_from_db()
    assert post.due_on == timezone.now().date() + timedelta(days=30)


def test_who_does_not_answer_for_it_is_told_who_does(post: Post, carol: User) -> None:
    answer = do(carol, post, "archive", why="I do not like it.")
    assert (answer.status_code, "Ask one of its maintainers: dana." in body(answer)) == (403, True)
    assert signed_in(carol).post(f"/p/{post.pk}/life", {"do": "nonsense"}).status_code == 302


def test_the_list_has_as_many_queries_however_long(growth: Space, make_post: MakePost, alice: User) -> None:
    counts = []
    for number in (1, 6):
        make_stale(make_post(growth, f"{number}.md", source=str(number).encode(), authors=(alice,)))
        for each in range(number):
            make_stale(
                make_post(growth, f"{number}-{each}.md", source=f"{number}{each}".encode(), authors=(alice,))
            )
        client = signed_in(alice)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/reviews/attention").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
