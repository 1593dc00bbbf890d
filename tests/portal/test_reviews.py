"""Reviews as people use them: the queue, the page of one, what is said there, what others see meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.models import Post, Review, Revision, Space, User
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all


def body(answer: Any) -> str:
    return str(answer.content.decode())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(growth: Space) -> Desk:
    """Of a space where revisions need approval."""
    growth.review_policy = Space.ReviewPolicy.REQUIRED
    growth.save()
    return Desk(growth)


def push(desk: Desk, text: str, path: str = "late.md") -> Review:
    desk.push({path: text}, message="Look at Mondays")
    reconcile(desk)
    render_all()
    return Review.objects.get(post=desk.post(path), state="open")


def say(review: Review, by: User, kind: str, **words: Any) -> Any:
    sent = {"revision": review.revision_id, "kind": kind} | words
    return signed_in(by).post(f"/reviews/{review.pk}", sent)


def test_a_reviewer_finds_it_in_the_queue_approves_it_and_readers_see_it(
    desk: Desk, bob: User, mallory: User
) -> None:
    review = push(desk, "# Late on Mondays\n")
    assert "Late on Mondays" in body(signed_in(bob).get("/reviews/"))
    page = body(signed_in(bob).get(f"/reviews/{review.pk}"))
    assert "Look at Mondays" in page
    assert "0 of 1 so far" in page
    assert "Late on Mondays" not in body(signed_in(mallory).get("/"))
    answer = say(review, bob, "approve", checked=[desk.space.checklist[1]])
    assert answer["Location"] == f"/reviews/{review.pk}"
    assert "Late on Mondays" in body(signed_in(mallory).get("/"))
    page = body(signed_in(bob).get(f"/reviews/{review.pk}"))
    assert "the numbers were checked" in page
    assert "Nothing waits for you" in body(signed_in(bob).get("/reviews/"))


def test_what_should_change_has_to_be_said(desk: Desk, bob: User) -> None:
    review = push(desk, "# Late\n")
    answer = say(review, bob, "request_changes")
    assert (answer.status_code, "Say what should change" in body(answer)) == (400, True)
    assert say(review, bob, "request_changes", summary="Look at gifts.").status_code == 302
    page = body(signed_in(bob).get(f"/reviews/{review.pk}"))
    assert "Look at gifts." in page
    assert "Changes requested" in page


def test_a_verdict_on_what_is_no_longer_the_newest_is_not_lost(desk: Desk, bob: User) -> None:
    old = push(desk, "# Late\n")
    push(desk, "# Later\n")
    answer = say(old, bob, "approve", summary="Well done, but look at gifts.")
    assert answer.status_code == 409
    assert "Revision 2 came while you looked at revision 1" in body(answer)
    assert "Well done, but look at gifts." in body(answer)
    assert not Revision.objects.filter(published_at__isnull=False).exists()


def test_who_can_not_approve_reads_why_and_who_can(desk: Desk, alice: User, carol: User) -> None:
    review = push(desk, "# Late\n")
    page = body(signed_in(alice).get(f"/reviews/{review.pk}"))
    assert "Approving is for reviewers of growth; you are an author." in page
    assert 'value="approve"' not in page
    answer = say(review, carol, "approve")
    assert (answer.status_code, "Approving is for reviewers" in body(answer)) == (403, True)


def test_members_read_what_is_held_and_outsiders_do_not(
    desk: Desk, carol: User, mallory: User, bob: User
) -> None:
    review = push(desk, "# Late\n")
    page = body(signed_in(carol).get("/s/growth/late.md"))
    assert "Not published yet." in page
    assert "Open the review" in page
    for address in ("/s/growth/late.md", "/s/growth/late.md@1", f"/r/{review.revision_id}/source"):
        assert signed_in(mallory).get(address).status_code == 404, address
    say(review, bob, "approve")
    push(desk, "# Later\n")
    page = body(signed_in(carol).get("/s/growth/late.md"))
    assert "Revision 2 is in review." in page
    page = body(signed_in(mallory).get("/s/growth/late.md"))
    assert "in review" not in page
    assert "Later" not in page
    assert signed_in(mallory).get("/s/growth/late.md@2").status_code == 404
    history = body(signed_in(mallory).get(f"/p/{review.post_id}/history"))
    assert "r2" not in history


def test_people_are_asked_by_name(desk: Desk, alice: User, bob: User) -> None:
    review = push(desk, "# Late\n")
    signed_in(alice).post(f"/reviews/{review.pk}/ask", {"reviewers": "bob"})
    assert [request.user for request in review.requests.all()] == [bob]
    page = body(signed_in(alice).get(f"/reviews/{review.pk}"))
    assert "Ask Dana Example" in page
    answer = signed_in(alice).post(f"/reviews/{review.pk}/ask", {"reviewers": "carol"}, follow=True)
    assert "carol can&#x27;t review in growth." in body(answer)


def test_a_withdrawn_review_is_asked_for_again_from_the_posts_page(desk: Desk, alice: User) -> None:
    review = push(desk, "# Late\n")
    signed_in(alice).post(f"/reviews/{review.pk}/withdraw")
    page = body(signed_in(alice).get("/s/growth/late.md"))
    assert "Its review was withdrawn." in page
    assert f"/p/{review.post_id}/review/request" in page
    answer = signed_in(alice).post(f"/p/{review.post_id}/review/request")
    assert answer["Location"] == f"/reviews/{Review.objects.get(state='open').pk}"
    again = signed_in(alice).post(f"/p/{review.post_id}/review/request")
    assert again["Location"] == f"/p/{review.post_id}/review"


def test_the_author_of_a_published_post_can_ask_again_too(desk: Desk, alice: User, bob: User) -> None:
    say(push(desk, "# Late\n"), bob, "approve")
    review = push(desk, "# Later\n")
    signed_in(alice).post(f"/reviews/{review.pk}/withdraw")
    page = body(signed_in(alice).get("/s/growth/late.md"))
    assert f"/p/{review.post_id}/review/request" in page
    assert "csrfmiddlewaretoken" in page.split("Ask for a review")[0].rpartition("<form")[2]


def test_the_policy_page_says_who_may_what_and_maintainers_change_it(
    growth: Space, carol: User, dana: User, make_post: MakePost
) -> None:
    page = body(signed_in(carol).get("/s/growth/-/review"))
    assert "Posts are published at once." in page
    assert "Requesting changes" in page
    assert "<form" not in page.split("</header>")[1]
    sent = {
        "review_policy": "required",
        "approvals": "2",
        "review_rules": "drafts/ optional",
        "stuck_after_days": "5",
        "checklist": "Right\n\n  Clear ",
    }
    wrong = signed_in(dana).post("/s/growth/-/review", sent | {"review_rules": "drafts/ maybe"})
    assert (wrong.status_code, "Line 1: write a pattern" in body(wrong)) == (400, True)
    assert signed_in(dana).post("/s/growth/-/review", sent).status_code == 302
    growth.refresh_from_db()
    assert (growth.approvals, growth.checklist) == (2, ["Right", "Clear"])
    assert "when 2 reviewers who did not write it approve it" in body(
        signed_in(carol).get("/s/growth/-/review")
    )


def test_what_waited_is_published_when_no_approval_is_needed_any_more(desk: Desk, dana: User) -> None:
    push(desk, "# Late\n")
    sent = {"review_policy": "optional", "approvals": "1", "stuck_after_days": "3"}
    answer = signed_in(dana).post("/s/growth/-/review", sent, follow=True)
    assert "1 that waited for approval needs none now." in body(answer)
    assert Post.objects.published().count() == 1


def _many(space: Space, make_post: MakePost, number: int) -> None:
    now = timezone.now()
    for at in range(number):
        post = make_post(space, f"post-{at}.md", source=str(at).encode())
        Review.objects.create(post=post, revision=post.revisions.get(), moved_at=now - timedelta(minutes=at))


def test_the_queue_goes_on_page_by_page_with_as_many_queries(
    growth: Space, make_post: MakePost, bob: User
) -> None:
    client = signed_in(bob)
    _many(growth, make_post, 3)
    with CaptureQueriesContext(connection) as few:
        client.get("/reviews/?list=open")
    Review.objects.all().delete()
    Post.objects.all().delete()
    _many(growth, make_post, 35)
    with CaptureQueriesContext(connection) as many:
        first = body(client.get("/reviews/?list=open"))
    assert len(many) == len(few)
    last = Review.objects.open().order_by("-moved_at")[29]
    assert f"before={last.pk}" in first
    assert body(client.get(f"/reviews/?list=open&before={last.pk}")).count('class="queue-name"') == 5
    assert client.get("/reviews/?list=nonsense&before=x").status_code == 200


def test_a_review_has_as_many_queries_however_much_was_said(desk: Desk, bob: User, carol: User) -> None:
    review = push(desk, "# Late\n")
    client = signed_in(carol)
    say(review, bob, "comment", summary="One.")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/reviews/{review.pk}")
    for _ in range(5):
        say(review, bob, "comment", summary="More.")
        say(review, carol, "comment", summary="And more.")
    with CaptureQueriesContext(connection) as many:
        client.get(f"/reviews/{review.pk}")
    assert len(many) == len(few)


def test_a_reviewer_sees_what_changed_since_they_looked(desk: Desk, bob: User, dana: User) -> None:
    say(push(desk, "# Late\n\nOn Mondays.\n"), bob, "approve")
    review = push(desk, "# Late\n\nOn Mondays and Tuesdays.\n")
    page = body(signed_in(dana).get(f"/reviews/{review.pk}"))
    assert "what changed since revision 1, which readers see now" in page
    say(review, bob, "request_changes", summary="And Fridays?")
    push(desk, "# Late\n\nOn Mondays, Tuesdays and Fridays.\n")
    page = body(signed_in(bob).get(f"/reviews/{review.pk}"))
    assert "what changed since revision 2, which you looked at last" in page
    page = body(signed_in(bob).get(f"/reviews/{review.pk}?since=readers"))
    assert "what changed since revision 1, which readers see now" in page
    page = body(signed_in(dana).get(f"/reviews/{review.pk}"))
    assert "what changed since revision 1, which readers see now" in page


def test_a_comparison_with_what_is_held_is_for_members(
    desk: Desk, bob: User, carol: User, mallory: User
) -> None:
    say(push(desk, "# Late\n"), bob, "approve")
    review = push(desk, "# Later\n")
    address = f"/p/{review.post_id}/compare/1..2"
    assert signed_in(carol).get(address).status_code == 200
    assert signed_in(mallory).get(address).status_code == 404
    assert signed_in(mallory).get(f"/p/{review.post_id}/compare")["Location"].endswith("/compare/1..1")
