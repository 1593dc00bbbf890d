"""Talking about posts: who may, what is kept, and who hears of it."""

import pytest

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Comment, Notification, Post, Thread
from knowledge.pipeline import settling, talking
from knowledge.pipeline.anchors import Ground
from knowledge.pipeline.following import follow

CELLS = [
    ["", "", "raw", "", False],
    ["intro", "h0", "markdown", "# Why people leave\n\nThey do.", False],
    ["plot", "h1", "code", "orders.plot()\nplt.show()", False],
    ["nabcdef0123", "h2", "code", "orders.head()", True],
]
HEADINGS = [{"level": 1, "text": "Why people leave", "anchor": "h-why-people-leave", "part": 0}]


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(growth, "a.ipynb", authors=(alice,), rendering={"cells": CELLS, "headings": HEADINGS})


@pytest.fixture
def ground(post):
    return Ground(post.published_revision)


def say(by, post, body="Why is that?", **more):
    return talking.start_thread(by=by, post=post, revision=post.published_revision, body=body, **more)


def refusal(call, *args, **kwargs):
    with pytest.raises(UserError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def told(user):
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event", "reason"))


def newer(make_post, post, rendering):
    """The ground of its next revision."""
    source = repr(rendering).encode()
    return Ground(make_post(post.space, post.path, source=source, rendering=rendering).published_revision)


# --- saying something


def test_whoever_sees_a_post_may_say_something(post, mallory):
    comment = say(mallory, post, "Nice *work*")
    assert comment.html == "<p>Nice <em>work</em></p>"
    assert comment.thread.kind == "post"
    event = AuditEvent.objects.get(action="comment.create")
    assert (event.actor, event.space, event.detail["comment"]) == (mallory, "growth", comment.pk)


def test_what_one_can_not_see_can_not_be_talked_about(finance, make_post, mallory):
    hidden = make_post(finance, "b.md")
    assert refusal(say, mallory, hidden) == "no-such-post"
    assert refusal(settling.like, by=mallory, post=hidden) == "no-such-post"


def test_a_post_that_was_deleted_is_no_longer_talked_about(post, carol):
    comment = say(carol, post)
    post.status, post.deleted_at = Post.Status.DELETED, post.created_at
    post.save()
    comment.thread.post = post
    assert refusal(talking.reply, by=carol, thread=comment.thread, body="x") == "post-is-gone"


@pytest.mark.parametrize("kept_back", [{"is_held": True}, {"blocked_by": ["secret"]}])
def test_what_is_kept_back_is_not_quoted_to_readers(post, ground, dana, kept_back):
    revision = post.published_revision
    for name, value in kept_back.items():
        setattr(revision, name, value)
    assert refusal(say, dana, post, spot=ground.spot("cell-plot")) == "not-published-yet"


@pytest.mark.parametrize(
    ("body", "code"), [("", "empty-comment"), (" \n", "empty-comment"), ("é" * 10_001, "long-comment")]
)
def test_a_comment_says_something_and_not_too_much(post, carol, body, code):
    assert refusal(say, carol, post, body) == code
    assert not Thread.objects.exists()


def test_nobody_floods_a_conversation(post, carol, bob):
    for _ in range(talking.A_MINUTE):
        comment = say(carol, post)
    assert refusal(say, carol, post) == "too-many-comments"
    assert refusal(talking.edit, by=carol, comment=comment, body="other") == "too-many-comments"
    say(bob, post)


@pytest.mark.parametrize("body", ["a\x00b", "\ud800", "\ufdd1x\ufdd1", "x\r\ny"])
def test_whatever_is_typed_is_kept(post, carol, body):
    assert Comment.objects.get(pk=say(carol, post, body).pk).body


# --- changing and deleting


def test_only_who_wrote_it_changes_a_comment_and_what_it_said_is_kept(post, carol, dana):
    comment = say(carol, post, "Frist")
    assert refusal(talking.edit, by=dana, comment=comment, body="x") == "not-your-comment"
    talking.edit(by=carol, comment=comment, body="First")
    comment.refresh_from_db()
    assert (comment.body, comment.html) == ("First", "<p>First</p>")
    (version,) = comment.versions.all()
    assert (version.body, version.written_at, version.replaced_at) == (
        "Frist",
        comment.created_at,
        comment.edited_at,
    )


def test_a_change_that_changes_nothing_leaves_no_trace(post, carol):
    comment = say(carol, post, "Same")
    talking.edit(by=carol, comment=comment, body=" Same\n")
    assert not comment.versions.exists()
    assert Comment.objects.get().edited_at is None


def test_its_author_or_a_maintainer_deletes_a_comment_and_replies_stay(post, alice, bob, carol, dana):
    comment = say(carol, post)
    talking.reply(by=bob, thread=comment.thread, body="Because.")
    assert refusal(talking.delete, by=alice, comment=comment) == "not-yours-to-delete"
    deleted = talking.delete(by=dana, comment=comment)
    assert (deleted.deleted_by, deleted.deleted_by_author) == (dana, False)
    assert refusal(talking.delete, by=carol, comment=deleted) == "comment-deleted"
    assert refusal(talking.edit, by=carol, comment=deleted, body="x") == "comment-deleted"
    assert Thread.objects.visible_to(carol).exists()


def test_a_thread_of_which_nothing_is_left_is_gone(post, carol):
    talking.delete(by=carol, comment=say(carol, post))
    assert not Thread.objects.visible_to(carol).exists()


def test_what_people_were_told_of_a_comment_goes_with_it(post, alice, carol):
    comment = say(carol, post)
    assert told(alice) == [("comment.created", "author")]
    talking.delete(by=carol, comment=comment)
    assert told(alice) == []


def test_a_draft_is_its_authors_until_it_is_sent_and_leaves_no_trace(post, bob, alice):
    draft = say(bob, post, is_draft=True)
    assert Thread.objects.visible_to(bob).exists()
    assert not Thread.objects.visible_to(alice).exists()
    assert not Comment.objects.visible_to(alice).exists()
    assert not Notification.objects.exists()
    talking.delete(by=bob, comment=draft)
    assert not Thread.objects.exists()


# --- who hears of it


def test_authors_followers_and_who_took_part_are_told_once_and_never_of_their_own(
    post, alice, bob, carol, dana
):
    follow(by=dana, kind="post", target=post)
    thread = say(carol, post).thread
    talking.reply(by=bob, thread=thread, body="Yes")
    assert told(alice) == [("comment.created", "author"), ("comment.replied", "author")]
    assert told(dana) == [("comment.created", "subscribed-post"), ("comment.replied", "subscribed-post")]
    assert told(carol) == [("comment.replied", "participant")]
    assert told(bob) == []


def test_who_is_named_is_told_of_that_alone(post, alice, carol):
    comment = say(carol, post, "@alice, @carol, @nobody: look")
    assert {user.username for user in talking.mentioned_in(comment)} == {"alice", "carol"}
    assert told(alice) == [("comment.mentioned", "mentioned")]
    assert told(carol) == []


def test_who_can_not_see_a_post_is_neither_linked_nor_told(finance, make_post, carol, mallory):
    comment = say(carol, make_post(finance, "b.md"), "@mallory look")
    assert talking.mentioned_in(comment) == []
    assert comment.html == "<p>@mallory look</p>"
    assert told(mallory) == []


def test_a_change_tells_only_who_is_named_newly(post, alice, bob, carol):
    comment = say(carol, post, "@alice look")
    talking.edit(by=carol, comment=comment, body="@alice @bob look")
    assert told(alice) == [("comment.mentioned", "mentioned")]
    assert told(bob) == [("comment.mentioned", "mentioned")]


# --- asking the author


def test_a_question_waits_until_somebody_who_can_answers_it(post, alice, bob, carol):
    thread = say(carol, post, is_question=True).thread
    assert told(alice) == [("question.asked", "asked")]
    waiting = Thread.objects.visible_to(alice).unanswered()
    assert waiting.asked_of(alice).get() == thread
    assert not waiting.asked_of(bob).exists()
    talking.reply(by=bob, thread=thread, body="I wonder, too.")
    talking.reply(by=carol, thread=thread, body="Anyone?")
    assert waiting.exists()
    talking.reply(by=alice, thread=thread, body="It is the weather.")
    assert not waiting.exists()
    thread.refresh_from_db()
    settling.answer(by=carol, thread=thread, is_answered=False)
    assert waiting.exists()


def test_of_a_post_whose_authors_left_maintainers_are_asked(post, alice, carol, dana):
    alice.is_active = False
    alice.save()
    thread = say(carol, post, is_question=True).thread
    assert told(dana) == [("question.asked", "asked")]
    assert Thread.objects.visible_to(dana).asked_of(dana).get() == thread


def test_only_a_question_is_answered(post, carol):
    assert (
        refusal(settling.answer, by=carol, thread=say(carol, post).thread, is_answered=True)
        == "not-a-question"
    )


# --- settling


def test_who_began_it_authors_and_maintainers_settle_a_thread(post, alice, bob, carol, dana):
    thread = say(carol, post).thread
    assert refusal(settling.resolve, by=bob, thread=thread) == "not-yours-to-settle"
    for user in (carol, alice, dana):
        settling.resolve(by=user, thread=thread)
        settling.reopen(by=user, thread=thread)
    actions = AuditEvent.objects.filter(action__startswith="thread.").values_list("action", flat=True)
    assert list(actions).count("thread.resolve") == 3
    assert list(actions).count("thread.reopen") == 3


def test_settling_twice_is_settling_once(post, alice, carol, dana):
    thread = say(carol, post).thread
    settling.resolve(by=alice, thread=thread)
    settling.resolve(by=dana, thread=thread)
    thread.refresh_from_db()
    assert thread.resolved_by == alice
    assert told(carol) == [("thread.resolved", "participant")]


def test_each_sign_is_put_once_and_taken_away(post, alice, carol):
    comment = say(carol, post)
    for _ in range(2):
        settling.react(by=alice, comment=comment, sign="agree")
    assert comment.reactions.count() == 1
    settling.react(by=alice, comment=comment, sign="agree", is_on=False)
    assert not comment.reactions.exists()
    assert refusal(settling.react, by=alice, comment=comment, sign="poop") == "no-such-sign"


def test_likes_and_bookmarks_are_put_once_and_taken_away(post, carol):
    for verb, rows in ((settling.like, post.likes), (settling.bookmark, post.bookmarks)):
        for _ in range(2):
            verb(by=carol, post=post)
        assert rows.count() == 1
        verb(by=carol, post=post, is_on=False)
        assert not rows.exists()


# --- places


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        ("", ("post", None, "", None)),
        ("cell-plot", ("cell", 2, "plot", None)),
        ("cell-3", ("cell", 2, "plot", None)),
        ("cell-nabcdef0123", ("cell", 3, "", None)),
        ("fig-plot-1", ("output", 2, "plot", 0)),
        ("h-why-people-leave", ("cell", 1, "h-why-people-leave", None)),
    ],
)
def test_a_place_has_the_name_that_the_page_gives_it(ground, name, spot):
    found = ground.spot(name)
    assert (found.kind, found.cell, found.cell_id, found.output) == spot


@pytest.mark.parametrize(
    "name", ["cell-", "cell-99", "cell-0", "cell-1", "fig-plot-0", "x", "h-gone", "cell-\ufdd1", "fig-9-9"]
)
def test_what_is_not_there_is_no_place(ground, name):
    assert refusal(ground.spot, name) == "no-such-place"


def test_a_thread_stays_with_its_cell_in_newer_revisions_or_is_outdated(post, ground, carol, make_post):
    thread = say(carol, post, spot=ground.spot("cell-plot")).thread
    figure = say(carol, post, spot=ground.spot("fig-plot-1")).thread
    unnamed = say(carol, post, spot=ground.spot("cell-nabcdef0123")).thread
    heading = say(carol, post, spot=ground.spot("h-why-people-leave")).thread
    assert (ground.where(thread).name, ground.where(thread).label) == ("cell-plot", "Cell 3")
    moved = [["new", "h9", "code", "1", False], CELLS[3], CELLS[2]]
    after = newer(make_post, post, {"cells": moved, "headings": HEADINGS})
    assert (after.where(thread).name, after.where(figure).name) == ("cell-plot", "fig-plot-1")
    assert (after.where(unnamed).name, after.where(heading).name) == (
        "cell-nabcdef0123",
        "h-why-people-leave",
    )
    gone = newer(make_post, post, {"cells": [["x", "h8", "code", "import this", False]]})
    for each in (thread, figure, unnamed, heading):
        assert gone.where(each).is_outdated
        assert gone.where(each).name == ""


def test_in_a_text_places_are_headings_and_figures(growth, make_post, carol):
    text = make_post(
        growth, "b.md", rendering={"cells": [["text", "h", "markdown", "# A", False]], "headings": HEADINGS}
    )
    ground = Ground(text.published_revision)
    figure = ground.where(say(carol, text, spot=ground.spot("fig-text-2")).thread)
    assert figure
    assert figure.label == "Figure 2"
    heading = ground.where(say(carol, text, spot=ground.spot("h-why-people-leave")).thread)
    assert heading
    assert heading.label == "Section “Why people leave”"
