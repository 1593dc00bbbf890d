"""Reviews by API: the same verbs and refusals as on the pages."""

from typing import Any

import pygit2
import pytest

from knowledge.models import Comment, Membership, Review, Role, Space, User
from tests.api.conftest import Call
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all


@pytest.fixture
def desk(growth: Space) -> Desk:
    growth.review_policy = Space.ReviewPolicy.REQUIRED
    growth.save()
    return Desk(growth)


def push(desk: Desk, text: str = "# Late\n") -> Review:
    desk.push({"late.md": text})
    reconcile(desk)
    render_all()
    return Review.objects.get(state="open")


def say(client: Any, review: Review, **fields: Any) -> Any:
    return client.post(f"/api/v1/reviews/{review.pk}/verdicts/", fields, content_type="application/json")


def test_a_review_is_found_judged_and_published(desk: Desk, api: Call, bob: User) -> None:
    review, client = push(desk), api(bob, "write")
    (found,) = client.get("/api/v1/reviews/?list=mine").json()["results"]
    assert (found["id"], found["state"], found["revision"], found["base"]) == (review.pk, "open", 1, None)
    answer = say(client, review, revision=1, kind="approve", summary="Sound.")
    assert (answer.status_code, answer.json()["kind"], answer.json()["reviewer"]) == (201, "approve", "bob")
    shown = client.get(f"/api/v1/reviews/{review.pk}/").json()
    assert (shown["state"], shown["verdicts"][0]["summary"]) == ("approved", "Sound.")
    (post,) = client.get("/api/v1/posts/?status=published").json()["results"]
    assert post["path"] == "late.md"
    assert client.get("/api/v1/reviews/?list=mine").json()["results"] == []


def test_an_approval_of_what_is_no_longer_the_newest_is_refused(desk: Desk, api: Call, bob: User) -> None:
    review = push(desk)
    push(desk, "# Later\n")
    answer = say(api(bob, "write"), review, revision=1, kind="approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "review-moved-on")
    answer = say(api(bob, "write"), review, revision=99, kind="approve")
    assert answer.json()["code"] == "review-moved-on"


@pytest.mark.parametrize("kind", ["approve", "request_changes"])
@pytest.mark.parametrize(
    ("role", "code"),
    [(None, 404), (Role.READER, 403), (Role.AUTHOR, 403), (Role.REVIEWER, 201), (Role.MAINTAINER, 201)],
)
def test_each_role_gets_what_the_table_says(
    desk: Desk, api: Call, mallory: User, role: Role | None, code: int, kind: str
) -> None:
    review = push(desk)
    if role:
        Membership.objects.create(space=desk.space, user=mallory, role=role)
    answer = say(api(mallory, "write"), review, revision=1, kind=kind, summary="Hm.")
    assert answer.status_code == code
    if code == 403:
        assert answer.json()["code"] == "review-role"


def test_comments_on_lines_are_sent_with_a_verdict_and_listed(
    desk: Desk, api: Call, bob: User, alice: User, mallory: User
) -> None:
    review, client = push(desk, "# Late\n\nOne in five.\n"), api(bob, "write")
    suggestion = "```suggestion\nOne in six.\n```"
    comments = [{"body": "Why?", "cell": 0}, {"body": suggestion, "cell": 0, "line": 3}]
    answer = say(client, review, revision=1, kind="request_changes", comments=comments)
    assert answer.status_code == 201
    listed = api(alice).get(f"/api/v1/comments/?review={review.pk}").json()["results"]
    assert [(row["thread"]["anchor"]["kind"], row["body"]) for row in listed] == [
        ("line", suggestion),
        ("cell", "Why?"),
    ]
    assert listed[0]["thread"]["review"] == review.pk
    assert api(mallory).get(f"/api/v1/comments/{listed[0]['id']}/").status_code == 404

    place = f"/api/v1/comments/{listed[0]['id']}/apply/"
    commit = api(alice, "write").post(place).json()["commit"]
    assert desk.git.references["refs/heads/main"].target == pygit2.Oid(hex=commit)
    refused = api(alice, "write").post(place)
    assert (refused.status_code, refused.json()["code"]) == (409, "suggestion-applied")


def test_a_verdict_with_a_comment_on_nothing_is_not_given(desk: Desk, api: Call, bob: User) -> None:
    review, client = push(desk), api(bob, "write")
    comments = [{"body": "Why?", "cell": 0}, {"body": "Why?", "cell": 7}]
    answer = say(client, review, revision=1, kind="approve", comments=comments)
    assert (answer.status_code, answer.json()["code"]) == (400, "no-such-place")
    assert not Comment.objects.exists()
    assert not review.verdicts.exists()


def test_one_comment_is_said_at_once(desk: Desk, api: Call, carol: User, mallory: User) -> None:
    review = push(desk)
    sent = {"review": review.pk, "cell": 0, "line": 1, "body": "Why?"}
    made = api(carol, "write").post("/api/v1/comments/", sent, content_type="application/json")
    assert made.status_code == 201
    assert made.json()["thread"]["anchor"]["quote"] == "# Late"
    refused = api(mallory, "write").post("/api/v1/comments/", sent, content_type="application/json")
    assert refused.status_code == 404


def test_what_is_kept_back_from_readers_is_quoted_to_none(desk: Desk, api: Call, carol: User) -> None:
    review = push(desk, "# Key\n\naws_access_key_id = AKIAIOSFODNN7EXAMPLD\n")
    assert review.revision.blocked_by
    sent = {"review": review.pk, "cell": 0, "line": 3, "body": "Why?"}
    made = api(carol, "write").post("/api/v1/comments/", sent, content_type="application/json")
    assert made.status_code == 404
    comments = [{"body": "Why?", "cell": 0, "line": 3}]
    assert say(api(carol, "write"), review, revision=1, kind="comment", comments=comments).status_code == 404
    assert not Comment.objects.exists()


def test_a_finding_is_let_through_by_a_maintainer(growth: Space, api: Call, dana: User, alice: User) -> None:
    desk = Desk(growth)
    desk.publish({"key.md": "# Key\n\naws_access_key_id = AKIAIOSFODNN7EXAMPLD\n"})
    post = desk.post("key.md")
    assert not post.published_revision
    place = f"/api/v1/revisions/{post.latest_revision_id}/pass/"
    note = {"note": "It was taken back in May."}
    refused = api(alice, "write").post(place, note, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-a-maintainer")
    answer = api(dana, "write").post(place, note, content_type="application/json")
    assert (answer.status_code, answer.json()["blocked_by"]) == (200, [])
    assert desk.post("key.md").published_revision
    assert api(dana, "write").post(place, note, content_type="application/json").status_code == 409


def test_nobody_approves_their_own(desk: Desk, api: Call, alice: User) -> None:
    Membership.objects.filter(user=alice).update(role=Role.MAINTAINER)
    answer = say(api(alice, "write"), push(desk), revision=1, kind="approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "own-work")


def test_it_is_asked_for_and_withdrawn(desk: Desk, api: Call, alice: User) -> None:
    client, review = api(alice, "write"), push(desk)
    asked = client.post(
        f"/api/v1/reviews/{review.pk}/asked/", {"reviewers": ["bob"]}, content_type="application/json"
    )
    assert asked.json()["asked"] == ["bob"]
    gone = client.post(f"/api/v1/reviews/{review.pk}/withdraw/")
    assert gone.json()["state"] == "withdrawn"
    sent = {"post": review.post_id, "reviewers": ["dana"]}
    again = client.post("/api/v1/reviews/", sent, content_type="application/json")
    assert (again.status_code, again.json()["asked"]) == (201, ["dana"])
    twice = client.post("/api/v1/reviews/", sent, content_type="application/json")
    assert (twice.status_code, twice.json()["code"]) == (409, "review-open")


@pytest.mark.parametrize("what", ["posts", "revisions"])
def test_what_is_held_is_in_no_list_of_an_outsider(
    desk: Desk, api: Call, mallory: User, carol: User, what: str
) -> None:
    push(desk)
    assert api(mallory).get(f"/api/v1/{what}/").json()["results"] == []
    assert len(api(carol).get(f"/api/v1/{what}/").json()["results"]) == 1


def test_a_post_tells_outsiders_nothing_of_its_held_revision(
    desk: Desk, api: Call, mallory: User, bob: User
) -> None:
    say(api(bob, "write"), push(desk), revision=1, kind="approve")
    push(desk, "# Later\n")
    (post,) = api(mallory).get("/api/v1/posts/").json()["results"]
    shown = api(mallory).get(f"/api/v1/posts/{post['id']}/").json()
    assert [revision["number"] for revision in shown["revisions"]] == [1]
    assert shown["title"] == "Late"
    assert (shown["latest_revision"], shown["rendering"]) == (1, "ready")
    assert api(bob).get(f"/api/v1/posts/{post['id']}/").json()["latest_revision"] == 2
    assert api(mallory).get(f"/api/v1/posts/{post['id']}/revisions/2/").status_code == 404
