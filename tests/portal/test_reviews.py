"""Reviews as people use them: the queue, the page of one, what is said there, what others see meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.models import Post, Review, Revision, Space, User
from knowledge.pipeline import settling
from knowledge.pipeline.compare import draw_waiting
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all
from tests.portal.pages import body, signed_in


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
    assert "Later" not in body(signed_in(mallory).get("/s/growth/-/pushes"))
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


def laid_out(review: Review, reader: User) -> str:
    """The page of a review, once what it shows is compared."""
    signed_in(reader).get(f"/reviews/{review.pk}")
    draw_waiting()
    return body(signed_in(reader).get(f"/reviews/{review.pk}"))


def comment(review: Review, by: User, body: str, *, kept: bool = True, **place: int | str) -> Any:
    sent = {"of": review.revision.number, "side": "new", "body": body, "act": "draft" if kept else "now"}
    return signed_in(by).post(f"/reviews/{review.pk}/comment", sent | place)


def test_a_comment_on_a_line_is_kept_shown_and_sent_without_scripts(
    desk: Desk, bob: User, alice: User, carol: User
) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")
    page = signed_in(bob).get(f"/reviews/{review.pk}/comment?of=1&side=new&cell=0&line=3")
    assert "One in five." in body(page)
    assert "suggest=1" in body(page)
    asked = body(signed_in(bob).get(f"/reviews/{review.pk}/comment?of=1&side=new&cell=0&line=3&suggest=1"))
    assert "```suggestion\nOne in five.\n```" in asked
    answer = comment(review, bob, "Of *which* orders?", cell=0, line=3)
    thread = review.threads.get()
    assert answer["Location"] == f"/reviews/{review.pk}#thread-{thread.pk}"
    mine, theirs = laid_out(review, bob), laid_out(review, alice)
    assert "Of <em>which</em> orders?" in mine
    assert "1 comment</b> on its cells will be sent with it" in mine
    assert "which" not in theirs
    assert say(review, bob, "request_changes").status_code == 302  # what was drafted says enough
    assert "Of <em>which</em> orders?" in body(signed_in(alice).get(f"/reviews/{review.pk}"))
    said = comment(review, carol, "I wonder too.", kept=False, cell=0)
    assert said.status_code == 302
    assert "I wonder too." in body(signed_in(alice).get(f"/reviews/{review.pk}"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("of=1&side=new", 200),
        ("of=1&side=left&cell=0", 404),
        ("of=9&side=new&cell=0", 404),
        ("of=1&side=new&cell=7", 404),
        ("of=1&side=new&cell=0&line=99", 404),
        ("of=1&side=new&cell=-1", 404),
        ("of=x&side=new&cell=0", 404),
        ("of=1&side=new&cell=99999999999999999999", 404),
    ],
)
def test_a_place_that_is_not_there(desk: Desk, bob: User, query: str, status: int) -> None:
    review = push(desk, "# Late\n")
    assert signed_in(bob).get(f"/reviews/{review.pk}/comment?{query}").status_code == status


def test_what_is_said_of_nothing_or_nowhere_comes_back_with_its_words(desk: Desk, bob: User) -> None:
    review = push(desk, "# Late\n")
    answer = comment(review, bob, " ", cell=0)
    assert (answer.status_code, "Write what you want to say." in body(answer)) == (400, True)
    answer = comment(review, bob, "Look here.", cell=7)
    assert (answer.status_code, "Look here." in body(answer)) == (400, True)
    assert "There is no cell 8 in revision 1." in body(answer)


def test_what_is_nowhere_any_more_is_listed(desk: Desk, bob: User) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")
    comment(review, bob, "Why?", kept=False, cell=0, line=3)
    review = push(desk, "Something else altogether, of which nobody spoke.\n")
    page = laid_out(review, bob)
    assert "1 conversation about what is not there any more" in page
    assert "of <a" in page.split("Outdated")[1][:200]
    assert "Why?" in page


def test_a_suggestion_is_applied_by_who_may_write(desk: Desk, bob: User, alice: User, carol: User) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")
    comment(review, bob, "```suggestion\nOne in six.\n```", kept=False, cell=0, line=3)
    said = review.threads.get().comments.get()
    assert "Apply this suggestion" not in laid_out(review, carol)
    assert "Apply this suggestion" in laid_out(review, alice)
    refused = signed_in(carol).post(f"/c/{said.pk}/apply", follow=True)
    assert "write to growth." in body(refused)
    answer = signed_in(alice).post(f"/c/{said.pk}/apply")
    assert answer["Location"] == f"/reviews/{review.pk}?after=1"
    assert "The commit is being taken in." in body(signed_in(alice).get(answer["Location"]))
    asked = signed_in(alice).get(answer["Location"], headers={"HX-Request": "true"})
    assert (asked.status_code, "HX-Redirect" in asked) == (204, False)
    reconcile(desk)
    render_all()
    asked = signed_in(alice).get(answer["Location"], headers={"HX-Request": "true"})
    assert asked["HX-Redirect"] == f"/reviews/{review.pk}"
    newest = desk.post("late.md").latest_revision
    assert newest
    assert newest.number == 2


def test_a_suggestion_that_was_changed_under_its_reader_is_not_applied(
    desk: Desk, bob: User, alice: User
) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")
    comment(review, bob, "```suggestion\nOne in six.\n```", kept=False, cell=0, line=3)
    said = review.threads.get().comments.get()
    seen = laid_out(review, alice).partition('name="seen" value="')[2].partition('"')[0]
    signed_in(bob).post(f"/c/{said.pk}/edit", {"body": "```suggestion\nAll of them.\n```"})
    refused = signed_in(alice).post(f"/c/{said.pk}/apply", {"seen": seen}, follow=True)
    assert "changed this suggestion while you looked at it" in body(refused)
    signed_in(bob).post(f"/c/{said.pk}/edit", {"body": "Or so:\n```suggestion\nOne in six.\n```"})
    answer = signed_in(alice).post(f"/c/{said.pk}/apply", {"seen": seen})
    assert answer["Location"] == f"/reviews/{review.pk}?after=1"


def test_no_revision_is_awaited_in_a_review_that_is_closed(desk: Desk, bob: User, alice: User) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")
    comment(review, bob, "```suggestion\nOne in six.\n```", kept=False, cell=0, line=3)
    say(review, bob, "approve")
    answer = signed_in(alice).post(f"/c/{review.threads.get().comments.get().pk}/apply")
    assert "The commit is being taken in." not in body(signed_in(alice).get(answer["Location"]))
    asked = signed_in(alice).get(answer["Location"], headers={"HX-Request": "true"})
    assert asked["HX-Redirect"] == f"/reviews/{review.pk}"


def test_what_is_settled_leaves_room_for_what_is_open(
    desk: Desk, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.review_talk.SHOWN", 2)
    review = push(desk, "# Late\n")
    for text in ("First", "Second", "Third"):
        comment(review, bob, text, kept=False)
    page = laid_out(review, bob)
    assert ("First" in page, "1 older conversation of this review is not shown" in page) == (False, True)
    second = review.threads.order_by("pk")[1]
    signed_in(bob).post(f"/t/{second.pk}/settle", {"act": "resolve"})
    page = laid_out(review, bob)
    assert ("First" in page, "Second" in page, "Third" in page) == (True, False, True)


def test_queries_do_not_grow_with_threads(desk: Desk, bob: User) -> None:
    review = push(desk, "# Late\n\nOne in five.\n")

    def fill(number: int) -> None:
        for _ in range(number):
            comment(review, bob, "```suggestion\nx\n```", cell=0, line=3)

    def counted() -> int:
        client = signed_in(bob)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/reviews/{review.pk}")
        return len(queries)

    fill(1)
    laid_out(review, bob)
    before = counted()
    fill(12)
    assert counted() == before


def test_of_many_threads_and_of_resolved_ones_there_is_a_line_that_leads_to_them(
    desk: Desk, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.review_talk.WHOLE", 1)
    review = push(desk, "# Late\n\nOne in five.\n")
    for said in ("First.", "Second.", "Third."):
        comment(review, bob, said, kept=False, cell=0)
    settling.resolve(by=bob, thread=review.threads.latest("pk"))
    page = laid_out(review, bob)
    assert [said in page for said in ("First.", "Second.", "Third.")] == [False, True, False]
    assert "Resolved by Bob Example · 1 comment<" in page
    assert "Begun by Bob Example · 1 comment<" in page
    first = review.threads.earliest("pk")
    part = body(signed_in(bob).get(first.get_absolute_url(), headers={"HX-Request": "true"}))
    assert "First." in part
    assert "<html" not in part
