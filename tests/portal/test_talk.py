"""The conversation about a post, on its pages: with scripts (HX-Request) and without."""

import json
import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Comment, Reaction, Thread
from knowledge.pipeline import settling, talking
from knowledge.pipeline.anchors import Ground
from portal.talk import LAST, PAGE, SIZE

HTMX = {"HX-Request": "true"}
CELLS = [["intro", "h0", "markdown", "# Why", False], ["plot", "h1", "code", "orders.plot()", False]]


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(
        growth, "a.ipynb", title="Why people leave", authors=(alice,), rendering={"cells": CELLS}
    )


def say(by, post, body="Why is that?", place="", **more):
    revision = post.published_revision
    spot = Ground(revision).spot(place)
    return talking.start_thread(by=by, post=post, revision=revision, body=body, spot=spot, **more)


def fill(post, by, threads, replies=0):
    """Many comments, straight into the database."""
    made = Thread.objects.bulk_create(
        Thread(
            post=post, revision=post.published_revision, started_by=by, kind="cell", cell=1, cell_id="plot"
        )
        for _ in range(threads)
    )
    comments = Comment.objects.bulk_create(
        Comment(thread=thread, author=by, author_name=by.name, body="x", html="<p>x</p>", profile=1)
        for thread in made
        for _ in range(1 + replies)
    )
    Reaction.objects.bulk_create(Reaction(comment=each, user=by, sign="agree") for each in comments)


def page(client, address, status=200, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    return answer.content.decode()


def found(pattern, html):
    match = re.search(pattern, html)
    assert match
    return match[match.lastindex or 0]


# --- reading


def test_the_page_of_a_post_leads_to_its_conversation_and_is_the_same_for_all(as_carol, post, carol):
    before = page(as_carol, post.get_absolute_url())
    assert f'data-conversation="/p/{post.pk}/conversation?revision={post.published_revision_id}"' in before
    say(carol, post)
    settling.like(by=carol, post=post)
    assert page(as_carol, post.get_absolute_url()) == before


def test_the_conversation_shows_who_said_what_with_what_one_may_do(as_carol, post, alice, bob, carol):
    thread = say(bob, post, "Why **is** that?").thread
    talking.reply(by=alice, thread=thread, body="Because.")
    mine = talking.reply(by=carol, thread=thread, body="I see.")
    html = page(as_carol, f"/p/{post.pk}/conversation")
    assert "<p>Why <strong>is</strong> that?</p>" in html
    assert html.count('<span class="badge plain">Author</span>') == 1
    assert html.count("Change</a>") == 1
    assert f'href="/c/{mine.pk}/edit"' in html
    assert "3 comments" in html


def test_what_was_deleted_says_by_whom_and_nothing_else(as_carol, post, bob, carol, dana):
    comment = say(bob, post, "A secret")
    talking.reply(by=carol, thread=comment.thread, body="Oh.")
    talking.edit(by=bob, comment=comment, body="No secret")
    talking.delete(by=dana, comment=comment)
    html = page(as_carol, f"/p/{post.pk}/conversation")
    assert "Deleted by a maintainer." in html
    assert "ecret" not in html + page(as_carol, f"/c/{comment.pk}/history")


def test_what_is_resolved_is_folded(as_carol, post, carol):
    thread = say(carol, post).thread
    settling.resolve(by=carol, thread=thread)
    html = page(as_carol, f"/p/{post.pk}/conversation")
    assert "Resolved by Carol Example · 1 comment" in html
    assert '<details class="folded">' in html


def test_a_thread_says_what_it_is_about_and_the_text_is_marked(as_carol, post, carol):
    figure, cell = say(carol, post, place="fig-plot-1").thread, say(carol, post, place="cell-plot").thread
    say(carol, post, place="cell-plot")
    html = page(as_carol, f"/p/{post.pk}/conversation", **HTMX)
    assert "Figure in cell 2" in html
    assert f'href="{post.get_absolute_url()}#fig-plot-1"' in html
    marks = json.loads(found(r'data-marks="([^"]*)"', html).replace("&quot;", '"'))
    assert marks["fig-plot-1"] == [1, figure.pk]
    assert marks["cell-plot"][0] == 2
    assert marks["cell-plot"][1] > cell.pk


def test_a_thread_whose_place_is_gone_is_listed_as_outdated(as_carol, post, carol, make_post):
    say(carol, post, place="cell-plot")
    make_post(post.space, post.path, source=b"2", rendering={"cells": [["x", "h9", "code", "1", False]]})
    html = page(as_carol, f"/p/{post.pk}/conversation", **HTMX)
    assert "Outdated" in html
    assert '/s/growth/a.ipynb@1">revision 1</a>' in html
    assert 'data-marks="{}"' in html


def test_a_long_conversation_comes_in_pieces(as_carol, post, carol):
    fill(post, carol, SIZE + 1)
    html = page(as_carol, f"/p/{post.pk}/conversation")
    assert html.count('<article class="thread') == SIZE
    older = found(r"\?before=\d+", html)
    assert page(as_carol, f"/p/{post.pk}/conversation{older}").count('<article class="thread') == 1


def test_a_long_thread_shows_its_ends_and_has_a_page(as_carol, post, carol):
    fill(post, carol, 1, replies=PAGE + 5)
    thread = Thread.objects.get()
    html = page(as_carol, f"/p/{post.pk}/conversation")
    assert html.count('<div class="comment" id=') == 1 + LAST
    assert f">{PAGE + 5 - LAST} more replies</a>" in html
    html = page(as_carol, f"/t/{thread.pk}")
    assert html.count('<div class="comment" id=') == PAGE
    later = found(r"\?after=\d+", html)
    assert page(as_carol, f"/t/{thread.pk}{later}").count('<div class="comment" id=') == 6
    last = thread.comments.latest("pk")
    assert f'id="comment-{last.pk}"' in page(as_carol, last.get_absolute_url())


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=-1", f"?before={10**30}", "?comment=nowhere", "?revision=99999"]
)
def test_a_wrong_address_shows_the_conversation(as_carol, post, query):
    assert 'id="conversation"' in page(as_carol, f"/p/{post.pk}/conversation{query}")


# --- what it costs


def cost(client, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client, address, **HTMX)
    return len(queries)


def test_queries_do_not_grow_with_threads_comments_and_signs(as_carol, post, bob, carol):
    say(bob, post, place="cell-plot")
    conversation, thread = f"/p/{post.pk}/conversation", f"/t/{Thread.objects.get().pk}"
    few = cost(as_carol, conversation), cost(as_carol, thread)
    fill(post, carol, 30, replies=10)
    assert (cost(as_carol, conversation), cost(as_carol, thread)) == few
    assert few[0] <= 20


def test_lists_of_ones_own_cost_the_same_for_many(as_carol, growth, make_post, alice, carol, client):
    def add(number):
        each = make_post(growth, f"{number}.md", source=str(number).encode(), authors=(carol,))
        settling.bookmark(by=carol, post=each)
        fill_question(each, alice)

    def fill_question(each, by):
        thread = Thread.objects.create(
            post=each, revision=each.published_revision, started_by=by, is_question=True
        )
        thread.comments.create(author=by, author_name="Alice", body="Why?")

    add(1)
    few = [cost(client, f"/account/{name}") for name in ("bookmarks", "questions")]
    for number in range(2, 8):
        add(number)
    assert [cost(client, f"/account/{name}") for name in ("bookmarks", "questions")] == few


def test_two_thousand_comments_are_read_as_quickly_as_few(as_carol, post, carol):
    """A bound with room for a busy machine; benchmarks/talk.py measures."""
    fill(post, carol, 1000, replies=1)
    times = []
    for _ in range(7):
        begin = time.process_time()
        page(as_carol, f"/p/{post.pk}/conversation", **HTMX)
        times.append(time.process_time() - begin)
    assert sorted(times)[3] < 0.4


# --- saying something


def test_without_scripts_what_is_sent_leads_to_its_thread(as_carol, post):
    answer = as_carol.post(f"/p/{post.pk}/conversation", {"body": "Why?", "place": "cell-plot"})
    thread = Thread.objects.get()
    assert answer["Location"] == f"/t/{thread.pk}"
    assert (thread.kind, thread.cell_id, thread.quote) == ("cell", "plot", "orders.plot()")


def test_with_scripts_the_answer_is_the_thread(as_carol, post):
    answer = as_carol.post(f"/p/{post.pk}/conversation", {"body": "Why?"}, headers=HTMX)
    assert answer.content.decode().lstrip().startswith('<article class="thread" id="thread-')
    thread = Thread.objects.get()
    answer = as_carol.post(f"/t/{thread.pk}", {"body": "Because"}, headers=HTMX)
    assert answer.content.decode().count('<div class="comment" id=') == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_can_not_be_sent_is_kept_and_says_why(as_carol, post, headers):
    long = "ä" * 10_001
    answer = as_carol.post(
        f"/p/{post.pk}/conversation", {"body": long, "place": "cell-plot"}, headers=headers
    )
    html = answer.content.decode()
    assert answer.status_code == 400
    assert "There is a problem" in html
    assert "It may have 20 kB at the most" in html
    assert long in html
    assert "Cell 2" in html


def test_a_place_that_is_not_there_is_said(as_carol, post):
    answer = as_carol.post(f"/p/{post.pk}/conversation", {"body": "x", "place": "cell-gone"})
    assert answer.status_code == 400
    assert "There is no cell-gone in revision 1." in answer.content.decode()


def test_a_link_opens_the_form_for_its_cell(as_carol, post):
    answer = as_carol.get(f"{post.get_absolute_url()}?comment=cell-plot")
    assert answer["Location"] == f"/p/{post.pk}/conversation?comment=cell-plot#new-comment"
    html = page(as_carol, f"/p/{post.pk}/conversation?comment=cell-plot")
    assert 'name="place" value="cell-plot"' in html
    assert "<b data-about>Cell 2</b>" in html


def test_such_a_link_tells_an_outsider_nothing(client, finance, make_post, mallory):
    make_post(finance, "b.md")
    client.force_login(mallory)
    assert client.get("/s/finance/b.md?comment=cell-1").status_code == 404


def test_asking_the_author_makes_a_question_that_waits_for_them(as_carol, post, client, alice):
    form = page(as_carol, f"/p/{post.pk}/conversation?ask=1")
    assert re.search(r'name="is_question"[^>]*checked', form)
    as_carol.post(f"/p/{post.pk}/conversation", {"body": "Why?", "is_question": "on"})
    client.force_login(alice)
    assert "Carol Example asked about" in page(client, "/account/questions")
    client.post(f"/t/{Thread.objects.get().pk}", {"body": "Because."})
    assert "No questions wait for you" in page(client, "/account/questions")


def test_a_comment_is_changed_and_what_it_said_can_be_read(as_carol, post, carol):
    comment = say(carol, post, "Frist")
    assert "Frist</textarea>" in page(as_carol, f"/c/{comment.pk}/edit", **HTMX)
    answer = as_carol.post(f"/c/{comment.pk}/edit", {"body": "First"}, headers=HTMX)
    assert "<p>First</p>" in answer.content.decode()
    assert "<p>Frist</p>" in page(as_carol, f"/c/{comment.pk}/history")


def test_the_comment_of_another_is_not_changed(as_carol, post, bob):
    comment = say(bob, post)
    assert as_carol.get(f"/c/{comment.pk}/edit").status_code == 302
    assert as_carol.post(f"/c/{comment.pk}/edit", {"body": "x"}, headers=HTMX).status_code == 403
    answer = as_carol.post(f"/c/{comment.pk}/delete", headers=HTMX)
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "Only who wrote a comment" in answer.content.decode()


def test_deleting_the_last_comment_takes_the_thread_away(as_carol, post, carol):
    comment = say(carol, post)
    answer = as_carol.post(f"/c/{comment.pk}/delete", headers=HTMX)
    assert f'id="thread-{comment.thread_id}"' in answer.content.decode()
    comment = say(carol, post)
    assert as_carol.post(f"/c/{comment.pk}/delete")["Location"] == f"/p/{post.pk}/conversation"


def test_signs_are_counted_and_ones_own_is_pressed(as_carol, post, bob, carol):
    comment = say(bob, post)
    settling.react(by=bob, comment=comment, sign="agree")
    html = as_carol.post(f"/c/{comment.pk}/react", {"on": "agree"}, headers=HTMX).content.decode()
    assert 'name="off" value="agree" aria-pressed="true">Agree <span class="num">2</span>' in html
    html = as_carol.post(f"/c/{comment.pk}/react", {"off": "agree"}, headers=HTMX).content.decode()
    assert 'name="on" value="agree" aria-pressed="false">Agree <span class="num">1</span>' in html


def test_a_thread_is_settled_by_buttons(as_carol, post, carol):
    thread = say(carol, post, is_question=True).thread
    for act, words in (
        ("answered", "Answered"),
        ("unanswered", "Question"),
        ("resolve", "Resolved by"),
        ("reopen", "Resolve<"),
    ):
        html = as_carol.post(f"/t/{thread.pk}/settle", {"act": act}, headers=HTMX).content.decode()
        assert words in html
    assert as_carol.post(f"/t/{thread.pk}/settle", {"act": "x"}).status_code == 404


# --- likes and bookmarks


def test_likes_are_counted_and_bookmarks_are_listed(as_carol, post, bob, carol):
    settling.like(by=bob, post=post)
    html = as_carol.post(f"/p/{post.pk}/like", {"is_on": "yes"}, headers=HTMX).content.decode()
    assert 'aria-pressed="true"' in html
    assert 'Like <span class="num">2</span>' in html
    as_carol.post(f"/p/{post.pk}/bookmark", {"is_on": "yes"})
    assert "Why people leave" in page(as_carol, "/account/bookmarks")
    answer = as_carol.post(f"/p/{post.pk}/bookmark", {"is_on": "no", "back": "list"})
    assert answer["Location"] == "/account/bookmarks"
    assert "Nothing kept yet" in page(as_carol, "/account/bookmarks")


def test_what_one_can_not_see_any_more_is_no_bookmark(client, finance, make_post, bob):
    settling.bookmark(by=bob, post=make_post(finance, "b.md", title="Margins"))
    client.force_login(bob)
    assert "Margins" in page(client, "/account/bookmarks")
    finance.memberships.filter(user=bob).delete()
    assert "Margins" not in page(client, "/account/bookmarks")
