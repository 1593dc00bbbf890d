"""Decisions: what an insight was used for, and who hears first when it moves."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Decision,
    Delivery,
    Insight,
    Membership,
    Notification,
    Post,
    Reading,
    Space,
    User,
)
from knowledge.pipeline import decisions, keeping, ledger, superseding
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.following import follow
from knowledge.pipeline.moves import Move
from tests.knowledge.pipeline.desk import Desk
from tests.knowledge.pipeline.test_ledger import HEADED, says


def use(user: User, what: str = "Two more drivers", name: str = "late", **fields: str) -> Decision:
    return decisions.use(by=user, insight=Insight.objects.get(name=name), what=what, **fields)


def told(user: User) -> list[tuple[str, str]]:
    """Of numbers that the user used: the text and the reason of each, the newest first."""
    found = Notification.objects.filter(user=user, event="insight.moved").order_by("-pk")
    return [(each.text, each.because) for each in found]


def test_a_decision_keeps_who_what_when_and_what_was_said_then(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    made = use(carol, "  Two more\ndrivers ", link="https://wiki.example/plan")
    desk.publish({"late.md": says(0.18)})
    made.refresh_from_db()
    assert (made.user, made.what, made.link) == (carol, "Two more drivers", "https://wiki.example/plan")
    assert made.reading == Reading.objects.get(revision_number=1)
    event = AuditEvent.objects.get(action="decision.use")
    assert (event.actor, event.space, event.detail["insight"]) == (carol, desk.space.slug, "late")


def test_said_twice_it_is_one_and_of_another_reading_another(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    assert use(carol) == use(carol)
    desk.publish({"late.md": says(0.18)})
    assert use(carol) not in Decision.objects.filter(reading__revision_number=1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"what": " \x00 "}, "no-decision"),
        ({"what": "x" * 301}, "no-decision"),
        ({"what": "x", "link": "javascript:alert(1)"}, "bad-link"),
        ({"what": "x", "link": "https://[x"}, "bad-link"),
        ({"what": "x", "link": "https://wiki.example/" + "x" * 1_000}, "bad-link"),
        ({"what": "x", "link": "https:///x"}, "bad-link"),
    ],
)
def test_what_can_not_be_written_down_says_why(
    desk: Desk, carol: User, fields: dict[str, str], code: str
) -> None:
    desk.publish({"late.md": says(0.21)})
    with pytest.raises(UserError) as refused:
        use(carol, **fields)
    assert refused.value.code == code


def test_one_person_uses_a_number_for_so_many_things(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    for number in range(decisions.MOST):
        use(carol, f"Thing {number}")
    with pytest.raises(UserError) as refused:
        use(carol, "One more")
    assert refused.value.code == "uses-too-much"


def test_what_one_does_not_see_one_can_not_have_used(desk: Desk, mallory: User) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.space.visibility = Space.Visibility.RESTRICTED
    desk.space.save()
    with pytest.raises(UserError) as refused:
        use(mallory)
    assert refused.value.code == "no-such-insight"


def test_only_who_said_it_takes_it_back(desk: Desk, carol: User, bob: User) -> None:
    desk.publish({"late.md": says(0.21)})
    made = use(carol)
    with pytest.raises(UserError) as refused:
        decisions.undo(by=bob, decision=made)
    assert refused.value.code == "not-your-decision"
    decisions.undo(by=carol, decision=made)
    decisions.undo(by=carol, decision=made)
    assert not Decision.objects.standing().exists()
    assert AuditEvent.objects.filter(action="decision.undo").count() == 1
    desk.publish({"late.md": says(0.18)})
    assert told(carol) == []


def test_who_used_it_hears_at_once_what_it_was_and_is_and_why(
    desk: Desk, carol: User, bob: User, settings: Any
) -> None:
    settings.SENDS_MAIL = True
    desk.publish({"late.md": says(0.21, unit="ratio")})
    use(carol)
    desk.publish({"late.md": says(0.18, unit="ratio")})
    assert told(carol) == [("late went from 0.21 ratio to 0.18 ratio.", "you used it: Two more drivers")]
    assert told(bob) == []
    news = Notification.objects.get(user=carol, event="insight.moved")
    assert (news.reason, news.url) == ("used", "/insights/growth/late")
    assert Delivery.objects.filter(user=carol, kind="mail", notification=news).exists()


def test_what_says_the_same_is_no_news_and_each_move_is_told_once(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol)
    desk.publish({"late.md": says("0.210", title="Still late", as_of="2026-09-30")})
    assert told(carol) == []
    desk.publish({"late.md": says(0.18)})
    revision = Post.objects.get().published_revision
    assert revision
    ledger.follow([revision])
    assert len(told(carol)) == 1
    desk.publish({"late.md": says(0.21)})
    assert told(carol)[0][0] == "late is 0.21 again."


def test_of_two_uses_one_is_told(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol, "Older")
    desk.publish({"late.md": says(0.2)})
    use(carol, "Newer")
    desk.publish({"late.md": says(0.18)})
    assert told(carol)[0] == ("late went from 0.2 to 0.18.", "you used it: Newer")
    assert len(told(carol)) == 2  # of the second and of the third revision


def test_who_published_it_is_not_told_of_it(desk: Desk, alice: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(alice)
    desk.publish({"late.md": says(0.18)})
    assert told(alice) == []


def test_what_is_no_more_said_and_said_again_is_told(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol)
    desk.publish({"late.md": says(3, name="early")})
    assert told(carol)[0][0] == "late is withdrawn: its post says it no more."
    desk.publish({"late.md": says(0.21)})
    assert told(carol)[0][0] == "late is 0.21 again."


def test_a_post_in_the_place_of_its_own_is_told(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21), "other.md": says(4, name="other", title="Other")})
    use(carol)
    use(carol, "Something else", name="other")
    newer = HEADED.format(title="Newer", insights="  []\n")
    desk.publish({"newer.md": newer.replace("authors:", "supersedes: [late.md]\nauthors:")})
    ((text, because),) = told(carol)
    assert text == "late is superseded: another post took the place of the one that says it."
    assert because == "you used it: Two more drivers"


def test_a_post_that_takes_the_number_over_too_is_told_by_its_value(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol)
    newer = says(0.19, title="Newer").replace("authors:", "supersedes: [late.md]\nauthors:")
    desk.publish({"newer.md": newer})
    assert [text for text, _ in told(carol)] == ["late is 0.19 now."]  # the old one may not be seen by all


def test_a_post_that_is_archived_or_deleted_is_told(desk: Desk, carol: User, dana: User) -> None:
    desk.publish({"late.md": says(0.21), "other.md": says(4, name="other", title="Other")})
    use(carol)
    use(carol, "Something else", name="other")
    keeping.archive(by=dana, post=desk.post("late.md"), why="Old.")
    assert told(carol) == [("late is withdrawn: its post is archived.", "you used it: Two more drivers")]
    desk.publish({"late.md": None, "other.md": None})
    assert [text for text, _ in told(carol)] == [
        "other is withdrawn: its post is gone.",
        "late is withdrawn: its post is archived.",
    ]


def test_followers_hear_that_it_is_said_no_more_and_again(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    follow(by=carol, kind="insight", target=Insight.objects.get())
    desk.publish({"late.md": says(3, name="early")})
    desk.publish({"late.md": says(4, name="early")})
    desk.publish({"late.md": says(0.21)})
    heard = Notification.objects.filter(user=carol).order_by("pk")
    assert [(it.event, it.text) for it in heard] == [
        ("insight.status", "It is withdrawn: its post says it no more."),
        ("insight.status", "It is 0.21 again."),
    ]


def test_a_state_is_told_when_it_changes_and_not_at_each_later_revision(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21), "other.md": says(4, name="other", title="Other")})
    use(carol)
    use(carol, name="other")
    newer = HEADED.format(title="Newer", insights="  []\n").replace(
        "authors:", "supersedes: [late.md]\nauthors:"
    )
    desk.publish({"newer.md": newer, "other.md": says(1, name="else", title="Other")})
    before = told(carol)
    assert len(before) == 2
    desk.publish({"newer.md": newer + "\nMore.", "other.md": says(2, name="else", title="Other")})
    assert told(carol) == before
    desk.publish({"late.md": says(0.3)})
    assert told(carol)[0][0] == "late went from 0.21 to 0.3."


def test_what_is_done_by_hand_and_taken_back_is_told_too(
    desk: Desk, carol: User, dana: User, bob: User
) -> None:
    newer = HEADED.format(title="Newer", insights="  []\n")
    desk.publish({"late.md": says(0.21), "newer.md": newer})
    use(carol)
    follow(by=bob, kind="insight", target=Insight.objects.get())
    late = desk.post("late.md")
    for happens, text in (
        (lambda: superseding.supersede(by=dana, post=late, name="newer.md"), "late is superseded: another"),
        (lambda: superseding.supersede(by=dana, post=late, name=""), "late is 0.21 again."),
        (lambda: superseding.supersede(by=dana, post=late, name="newer.md"), "late is superseded: another"),
        (lambda: desk.publish({"newer.md": None}), "late is 0.21 again."),
        (lambda: keeping.archive(by=dana, post=late, why="Old."), "late is withdrawn: its post is archived."),
        (lambda: keeping.unarchive(by=dana, post=late), "late is 0.21 again."),
        (lambda: desk.publish({"late.md": None}), "late is withdrawn: its post is gone."),
        (lambda: desk.publish({"late.md": says(0.21)}), "late is 0.21 again."),
    ):
        before = len(told(carol))
        happens()
        assert len(told(carol)) == before + 1
        assert told(carol)[0][0].startswith(text)
    heard = Notification.objects.filter(user=bob, event="insight.status").order_by("pk")
    assert [it.text for it in heard][:2] == [
        "It is superseded: another post took the place of the one that says it.",
        "It is 0.21 again.",
    ]
    assert len(heard) == len(told(carol))


def test_a_correction_is_called_one(desk: Desk, carol: User, bob: User) -> None:
    desk.publish({"late.md": says(0.143, as_of="2026-06-30")})
    use(carol)
    follow(by=bob, kind="insight", target=Insight.objects.get())
    desk.publish({"late.md": says(0.139, as_of='"20260630"')})
    assert told(carol)[0][0] == "late was corrected from 0.143 to 0.139."
    assert Notification.objects.get(user=bob, event="insight.changed").text == (
        "It was corrected from 0.143 to 0.139, both as of 2026-06-30."
    )


def test_a_number_that_becomes_stale_is_told_once(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21).replace("authors:", "review_by: 2026-10-20\nauthors:")})
    use(carol)
    for day in (25, 26):
        keeping.look_for_stale(now=datetime(2026, 10, day, tzinfo=UTC))
    assert [text for text, _ in told(carol)] == [
        "late may be out of date: it was to be looked at again by 20 October 2026."
    ]


def test_that_a_post_is_deleted_is_mailed_to_who_used_its_number(
    desk: Desk, carol: User, settings: Any, mailoutbox: Any
) -> None:
    settings.SENDS_MAIL = True
    desk.publish({"late.md": says(0.21)})
    use(carol)
    desk.publish({"late.md": None})
    deliver_waiting()
    (mail,) = [it for it in mailoutbox if it.to == [carol.email]]
    assert "late is withdrawn: its post is gone." in mail.body


def test_who_lost_the_right_to_see_it_is_not_told(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol)
    desk.space.visibility = Space.Visibility.RESTRICTED
    desk.space.save()
    Membership.objects.filter(user=carol).delete()
    desk.publish({"late.md": says(0.18)})
    assert told(carol) == []


def test_what_it_said_is_not_told_once_that_is_held_back(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol)
    Post.objects.get().revisions.update(blocked_by=["secret"])
    desk.publish({"late.md": says(0.18)})
    assert told(carol)[0][0] == "late is 0.18 now."


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (("true", "false"), "late went from yes to no."),
        (("mostly", "x" * 90), f"late went from “mostly” to “{'x' * 79}…”."),
        (("12345678901234567", "0.10"), "late went from 12345678901234567 to 0.1."),
        (
            ("{columns: [a], rows: [[1]]}", "{columns: [a], rows: [[2]]}"),
            "late went from a table to another.",
        ),
    ],
)
def test_values_of_every_kind_are_told_in_a_line(
    desk: Desk, carol: User, values: tuple[str, str], text: str
) -> None:
    desk.publish({"late.md": says(values[0])})
    use(carol)
    desk.publish({"late.md": says(values[1])})
    assert told(carol)[0][0] == text


def test_publishing_asks_once_where_nobody_used_anything_and_as_much_for_many_as_for_one(
    desk: Desk, carol: User, bob: User, django_assert_num_queries: Any
) -> None:
    insights = "".join(f"  - {{name: n{number}, value: 1}}\n" for number in range(12))
    desk.publish({"late.md": HEADED.format(title="Late", insights=insights)})
    revision = Post.objects.get().published_revision
    assert revision
    found = list(Insight.objects.select_related("post"))
    moves = [Move(it, "withdrawn", "", revision, None, has_reading=True) for it in found]
    with django_assert_num_queries(1):
        decisions.tell_relying(moves)
    with django_assert_num_queries(0):
        decisions.tell_relying([])

    def asked() -> int:
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            decisions.tell_relying(moves)
        assert Notification.objects.filter(event="insight.moved").count() == Decision.objects.count()
        return len(queries)

    use(carol, name="n0")
    asked()
    one = asked()
    for each in found[1:]:
        use(carol, name=each.name)
        use(bob, name=each.name)
    assert asked() == one


def test_those_who_rely_on_a_number_are_named_with_their_reason(desk: Desk, carol: User, bob: User) -> None:
    desk.publish({"late.md": says(0.21)})
    use(carol, "Drivers")
    decisions.undo(by=bob, decision=use(bob))
    insight = Insight.objects.get()
    (found,) = decisions.relying_on([insight])[insight.pk]
    assert (found.user, found.reason, found.because) == (carol.pk, "used", "you used it: Drivers")
