"""Liking and keeping posts; drafts, what comments said before, Markdown; the audit trail by day."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from knowledge.models import AuditEvent, Comment, Post, Review, Space, Thread, User
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
JSON = "application/json"


def test_likes_are_counted_and_bookmarks_listed_for_oneself(
    growth: Space,
    make_post: MakePost,
    api: Call,
    alice: User,
    mallory: User,
    django_assert_max_num_queries: Any,
) -> None:
    posts = [make_post(growth, f"{n}.md", source=str(n).encode()) for n in range(3)]
    client, other = api(alice), api(mallory)
    for post in posts:
        for each in (client, other):
            assert each.put(f"{V1}/posts/{post.pk}/bookmark/").status_code == 204
        assert client.put(f"{V1}/posts/{post.pk}/like/").status_code == 204
    client.put(f"{V1}/posts/{posts[0].pk}/like/")
    Post.objects.filter(pk=posts[1].pk).update(private=True)
    with django_assert_max_num_queries(5):
        rows = client.get(f"{V1}/bookmarks/").json()["results"]
    assert [row["post"]["id"] for row in rows] == [post.pk for post in reversed(posts)]
    assert [row["post"]["likes"] for row in rows] == [1, 1, 1]
    assert len(other.get(f"{V1}/bookmarks/").json()["results"]) == 2
    client.delete(f"{V1}/posts/{posts[0].pk}/like/")
    client.delete(f"{V1}/posts/{posts[0].pk}/bookmark/")
    shown = client.get(f"{V1}/posts/{posts[0].pk}/").json()
    assert (shown["likes"], shown["liked"], shown["bookmarked"]) == (0, False, False)


def test_drafts_are_ones_own_until_they_are_taken_back(
    growth: Space, make_post: MakePost, api: Call, bob: User, alice: User
) -> None:
    post = make_post(growth, "a.md", review_state="open", status="in_review")
    review = Review.objects.create(post=post, revision=post.revisions.get(), opened_by=alice)
    thread = Thread.objects.create(post=post, review=review, revision=review.revision, started_by=bob)
    for user, body in ((bob, "Why?"), (alice, "Hm.")):
        thread.comments.create(author=user, author_name=user.name, body=body, is_draft=True)
    address = f"{V1}/reviews/{review.pk}/drafts/"
    assert [row["body"] for row in api(bob).get(address).json()["results"]] == ["Why?"]
    assert api(bob).delete(address).status_code == 204
    assert list(Comment.objects.values_list("body", flat=True)) == ["Hm."]


def test_what_a_comment_said_before_is_told_until_it_is_deleted(
    growth: Space, make_post: MakePost, api: Call, carol: User
) -> None:
    post = make_post(growth, "a.md")
    thread = post.threads.create(revision=post.revisions.get(), started_by=carol)
    said = thread.comments.create(author=carol, author_name="Carol", body="Now.")
    for body in ("First.", "<b>*Then*</b>"):
        said.versions.create(body=body, written_at=timezone.now())
    address = f"{V1}/comments/{said.pk}/history/"
    rows = api(carol).get(address).json()["results"]
    assert [row["body"] for row in rows] == ["<b>*Then*</b>", "First."]
    assert "<b>" not in rows[0]["html"]
    assert "<em>Then</em>" in rows[0]["html"]
    drawn = api(carol).post(f"{V1}/comments/preview/", {"body": "**Yes** <script>"}, JSON).json()
    assert ("<strong>Yes</strong>" in drawn["html"], "<script" in drawn["html"]) == (True, False)
    Comment.objects.update(deleted_at=timezone.now())
    assert api(carol).get(address).json()["results"] == []


def test_the_audit_trail_is_asked_by_day_and_taken_along(
    growth: Space, api: Call, dana: User, alice: User
) -> None:
    today = timezone.localdate()
    made = AuditEvent.objects.record("space.change", by=dana, space="growth")
    client, address = api(dana), f"{V1}/audit/"
    for query, expected in (
        ({"first": str(today)}, [made.pk]),
        ({"last": str(today), "space": "growth"}, [made.pk]),
        ({"first": str(today + timedelta(days=1))}, []),
        ({"last": str(today - timedelta(days=1))}, []),
    ):
        rows = client.get(address, query).json()["results"]
        assert [row["id"] for row in rows if row["action"] == "space.change"] == expected
    taken: Any = client.get(address, {"format": "csv", "action": "space"})
    assert taken.getvalue().decode().splitlines()[0] == "id,at,person,action,space,detail"
    lines: Any = api(alice).get(address, {"format": "jsonl"})
    assert lines.getvalue() == b""
