"""Numbers that leave their limits, shifts that are known, and who hears of what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.errors import UserError
from knowledge.limits import histories
from knowledge.models import (
    AuditEvent,
    Delivery,
    Insight,
    Notification,
    Post,
    Preference,
    Reading,
    Shift,
    Space,
    Subscription,
    User,
    Webhook,
)
from knowledge.pipeline import ledger
from knowledge.pipeline.following import follow
from knowledge.pipeline.limits import mark_shift, unmark_shift
from tests.cast import THE_DAY, MakePost

STEADY = [10.0, 11.0, 9.0, 10.0, 12.0, 10.0, 9.0, 11.0, 10.0, 8.0]
Publish = Callable[..., Post]


@pytest.fixture
def publish(make_post: MakePost, alice: User) -> Publish:
    """Revisions of the post at `path`, a day after the other, each with one of `values` under the name."""

    def publish(
        space: Space,
        *values: object,
        path: str = "a.md",
        name: str = "late",
        post: dict[str, Any] | None = None,
        **said: object,
    ) -> Post:
        for value in values:
            day = Reading.objects.filter(insight__space=space).count()
            made = make_post(
                space,
                path,
                title="Deliveries",
                source=f"{space} {path} {value} {day}".encode(),
                authors=(alice,),
                revision={"published_at": THE_DAY + timedelta(days=day)},
                rendering={"insights": [{"name": name, "value": value, **said}]},
                **(post or {}),
            )
            made.refresh_from_db()
            assert made.published_revision is not None
            ledger.follow([made.published_revision])
        return made

    return publish


def outside() -> list[str]:
    return [fact["rule"] for fact in Insight.objects.get().outside]


def told(event: str) -> dict[str, int]:
    """How often each person was, of `event`."""
    found: dict[str, int] = {}
    news = Notification.objects.filter(event=f"insight.{event}")
    for name in news.values_list("user__username", flat=True):
        found[name] = found.get(name, 0) + 1
    return found


def reading(number: int) -> Reading:
    return Reading.objects.select_related("insight").get(revision_number=number)


class TestJudging:
    def test_a_number_beyond_what_its_author_declares_is_out_of_limits(
        self, growth: Space, publish: Publish
    ) -> None:
        publish(growth, 0.21, 0.31, limits={"max": 0.3, "max_change": 0.05})
        assert outside() == ["above-max", "changed-too-much"]
        assert Insight.objects.get().status == "out-of-limits"
        assert Insight.objects.get().outside[0] == {
            "rule": "above-max", "limit": 0.3, "side": "", "revisions": [2]
        }  # fmt: skip
        publish(growth, 0.29, limits={"max": 0.3, "max_change": 0.05})
        assert Insight.objects.get().status == "current"

    def test_so_is_one_beyond_what_its_history_sets(self, growth: Space, publish: Publish) -> None:
        publish(growth, *STEADY, 10.0)
        assert outside() == []
        publish(growth, 30.0)
        assert outside() == ["beyond-limits"]

    def test_saying_it_again_is_no_other_measurement(self, growth: Space, publish: Publish) -> None:
        for day, value in enumerate([*STEADY, 10.0, 12.0], 1):
            publish(growth, value, as_of=f"2026-06-{day:02}", limits={"max_change": 1})
        usual = Insight.objects.get().control
        assert outside() == ["changed-too-much"]
        publish(growth, *[12.0] * 8, as_of="2026-06-12", limits={"max_change": 1})
        assert (Insight.objects.get().control, outside()) == (usual, ["changed-too-much"])

    def test_limits_stay_however_many_readings_there_are(self, growth: Space, publish: Publish) -> None:
        """A step of long ago is out of limits until somebody says that it is known."""
        post = publish(growth, *STEADY)
        insight = Insight.objects.get()
        revision = post.published_revision
        assert revision is not None
        days = Reading.objects.count()
        Reading.objects.bulk_create(
            Reading(
                insight=insight,
                post=post,
                revision_number=0,
                commit=revision.commit,
                value=value,
                number=value,
                published_at=THE_DAY + timedelta(days=days, hours=hour),
            )
            for hour, value in enumerate([*STEADY * 5, *[30.0, 31.0] * 90])
        )
        publish(growth, 30.0)
        assert outside()[0] == "beyond-limits"
        control = Insight.objects.get().control
        assert control is not None
        assert (control["readings"], round(control["centre"])) == (20, 10)

    def test_states_come_before_one_another_in_pages_as_in_the_database(
        self, growth: Space, publish: Publish
    ) -> None:
        publish(growth, 5, limits={"max": 3})
        for change, status in (
            ({"attention_since": THE_DAY}, "out-of-limits"),
            ({"status": "superseded"}, "superseded"),
            ({"status": "archived"}, "withdrawn"),
        ):
            Post.objects.update(**change)
            assert Insight.objects.get().status == status
            assert {state: Insight.objects.in_state(state).count() for state in Insight.State} == {
                state: int(state == status) for state in Insight.State
            }

    @pytest.mark.parametrize("other", ["a text", True, {"columns": ["a"], "rows": [[1]]}])
    def test_what_is_no_number_is_never_outside_and_never_in_the_way(
        self, growth: Space, publish: Publish, other: object
    ) -> None:
        publish(growth, *STEADY, other)
        assert outside() == []
        publish(growth, 30.0)
        assert outside() == ["beyond-limits"]

    def test_another_unit_begins_another_history(self, growth: Space, publish: Publish) -> None:
        publish(growth, *STEADY, unit="days")
        publish(growth, 240.0, unit="hours")
        assert outside() == []

    def test_numbers_of_any_size_do_no_harm(self, growth: Space, publish: Publish) -> None:
        publish(growth, 0.0, exact="1e-400", limits={"min": -1e308, "max_change": 1e308})
        publish(growth, 1e308, -1e308, *[1e308, -1e308] * 6, limits={"max_change": 1e308})
        assert outside() == ["changed-too-much"]

    def test_limits_tell_nothing_of_posts_that_readers_do_not_see(
        self, growth: Space, publish: Publish
    ) -> None:
        publish(growth, *STEADY, path="private.md", post={"private": True})
        Post.objects.filter(path="private.md").update(status="archived")
        publish(growth, 30.0, path="open.md")
        found = histories([Reading.objects.newest_first()[0]])[Insight.objects.get().pk]
        assert [point.number for point in found.points] == [30.0]
        assert outside() == []

    def test_publishing_many_takes_as_many_queries_as_one(
        self, growth: Space, publish: Publish, carol: User
    ) -> None:
        post = publish(growth, 1, 5, limits={"max": 3})
        follow(by=carol, kind="insight", target=Insight.objects.get())
        counts = []
        for names in (["late"], [f"n{number}" for number in range(20)]):
            for value in (1, 5):
                publish(growth, value, name=names[0])
                revision = Post.objects.get(pk=post.pk).published_revision
                assert revision is not None
                limits, as_of = {"max": 3}, "2026-06-30"
                revision.rendering.insights = [
                    {"name": name, "value": value, "limits": limits, "as_of": as_of} for name in names
                ]
                with CaptureQueriesContext(connection) as asked:
                    ledger.follow([revision])
            counts.append(len(asked))
        assert Insight.objects.filter(withdrawn_at=None).exclude(outside=[]).count() == 20
        assert counts[1] <= counts[0]


class TestShifts:
    def test_limits_start_again_with_a_known_shift_and_nobody_is_told(
        self, growth: Space, publish: Publish, alice: User, carol: User
    ) -> None:
        publish(growth, *STEADY, 30.0)
        before = Notification.objects.count()
        shift = mark_shift(by=alice, reading=reading(11), note=" A new\n carrier. ")
        assert (shift.note, shift.by_name) == ("A new carrier.", "Alice Example")
        assert outside() == []
        publish(growth, 31.0)
        assert outside() == []
        unmark_shift(by=alice, shift=shift)
        assert outside() == ["beyond-limits", "two-of-three"]
        assert Notification.objects.count() == before
        assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
            "insight.shift", "insight.unshift"
        ]  # fmt: skip

    def test_the_last_of_several_counts_and_the_same_again_changes_its_note(
        self, growth: Space, publish: Publish, alice: User
    ) -> None:
        publish(growth, *range(5))
        late = mark_shift(by=alice, reading=reading(4), note="Late")
        mark_shift(by=alice, reading=reading(2), note="Early")
        mark_shift(by=alice, reading=reading(2), note="Earlier")
        assert list(Shift.objects.order_by("pk").values_list("note", flat=True)) == ["Late", "Earlier"]
        assert Insight.objects.get().shifted_at == reading(4).published_at
        unmark_shift(by=alice, shift=late)
        assert Insight.objects.get().shifted_at == reading(2).published_at

    def test_the_change_at_a_shift_is_not_too_much(
        self, growth: Space, publish: Publish, alice: User
    ) -> None:
        publish(growth, 1, 9, limits={"max_change": 3})
        assert outside() == ["changed-too-much"]
        mark_shift(by=alice, reading=reading(2), note="Counted otherwise")
        assert outside() == []

    def test_who_answers_for_the_post_may_and_nobody_else(
        self, growth: Space, publish: Publish, alice: User, bob: User, carol: User, dana: User, mallory: User,
        admin: User,
    ) -> None:  # fmt: skip
        publish(growth, 1, 2)
        for user in (alice, dana, admin):
            mark_shift(by=user, reading=reading(2), note="Known")
        for user in (bob, carol, mallory):
            with pytest.raises(UserError) as refused:
                mark_shift(by=user, reading=reading(1), note="Known")
            assert refused.value.code == "not-a-keeper"
            with pytest.raises(UserError):
                unmark_shift(by=user, shift=Shift.objects.get())
        Insight.objects.update(post=None)
        with pytest.raises(UserError):
            mark_shift(by=alice, reading=reading(1), note="Known")
        mark_shift(by=dana, reading=reading(1), note="Known")

    def test_it_says_why(self, growth: Space, publish: Publish, alice: User) -> None:
        publish(growth, 1)
        with pytest.raises(UserError) as refused:
            mark_shift(by=alice, reading=reading(1), note=" \n ")
        assert refused.value.code == "shift-without-note"


class TestNews:
    def test_followers_hear_of_a_change_once(
        self, growth: Space, publish: Publish, carol: User, alice: User
    ) -> None:
        post = publish(growth, 0.21, unit="ratio")
        follow(by=carol, kind="insight", target=Insight.objects.get())
        publish(growth, 0.18, unit="ratio", title="Late deliveries")
        publish(growth, 0.18, unit="ratio")
        revision = Post.objects.get(pk=post.pk).published_revision
        assert revision is not None
        ledger.follow([revision])
        assert told("changed") == {"carol": 1}
        news = Notification.objects.get(event="insight.changed")
        assert news.sentence == "Late deliveries has a new value"
        assert news.text == "It is 0.18 ratio, and was 0.21 ratio."
        assert news.because == "you follow the insight growth/late"
        assert news.url == "/insights/growth/late"

    def test_enough_digits_are_told_to_see_what_changed(
        self, growth: Space, publish: Publish, carol: User
    ) -> None:
        publish(growth, 0.14331)
        follow(by=carol, kind="insight", target=Insight.objects.get())
        publish(growth, 0.14333)
        assert Notification.objects.get().text == "It is 0.14333, and was 0.14331."

    def test_owner_authors_and_followers_hear_of_what_is_out_of_its_limits(
        self, growth: Space, publish: Publish, alice: User, bob: User, carol: User, dana: User
    ) -> None:
        publish(growth, 1, limits={"max": 3}, post={"owner": dana})
        follow(by=carol, kind="insight", target=Insight.objects.get())
        publish(growth, 5, limits={"max": 3})
        assert told("out-of-limits") == {"alice": 1, "carol": 1, "dana": 1}
        news = Notification.objects.get(event="insight.out-of-limits", user=alice)
        assert (news.sentence, news.reason) == ("late is out of its limits", "author")
        assert news.text == "It is 5, and was 1. It is above 3, the most that its author expects."
        assert told("changed") == {}  # one message for one reading
        publish(growth, 5, limits={"max": 3}, title="A typo mended")
        assert told("out-of-limits") == {"alice": 1, "carol": 1, "dana": 1}
        publish(growth, 6, limits={"max": 3})
        assert told("out-of-limits")["alice"] == 2

    def test_who_wants_nothing_of_limits_hears_of_the_value(
        self, growth: Space, publish: Publish, carol: User
    ) -> None:
        publish(growth, 1, unit="days", limits={"max": 3})
        follow(by=carol, kind="insight", target=Insight.objects.get())
        Preference.objects.create(user=carol, group="limits", channel="off")
        publish(growth, 5, unit="days", limits={"max": 3})
        publish(growth, 5, unit="hours", limits={"max": 9})
        assert told("changed") == {"carol": 2}
        assert Notification.objects.first().text == "It is 5 hours, and was 5 days."  # type: ignore[union-attr]

    def test_who_can_not_see_it_hears_nothing(
        self, growth: Space, publish: Publish, carol: User, mallory: User
    ) -> None:
        publish(growth, 1)
        for user in (carol, mallory):
            follow(by=user, kind="insight", target=Insight.objects.get())
        Post.objects.update(private=True)
        publish(growth, 2)
        assert told("changed") == {"carol": 1}
        with pytest.raises(UserError):
            follow(by=mallory, kind="insight", target=Insight.objects.get())
        assert not Subscription.objects.filter(user=mallory).visible_to(mallory).exists()

    def test_what_an_import_brings_is_no_news(self, growth: Space, publish: Publish, carol: User) -> None:
        publish(growth, 1, limits={"max": 3})
        follow(by=carol, kind="insight", target=Insight.objects.get())
        post = publish(growth, 1, limits={"max": 3})
        revision = post.published_revision
        assert revision is not None
        revision.message = "Import\n\nImported-From: old\n"
        revision.rendering.insights = [{"name": "late", "value": 5, "limits": {"max": 3}}]
        ledger.follow([revision])
        assert outside() == ["above-max"]
        assert not Notification.objects.exists()

    def test_the_people_of_both_posts_hear_of_a_contradiction_if_they_see_the_other(
        self, growth: Space, finance: Space, publish: Publish, alice: User, mallory: User, admin: User
    ) -> None:
        publish(growth, 0.21, as_of="2026-06-30", post={"owner": mallory})
        publish(finance, 0.21, path="f.md", as_of="2026-06-30")
        assert told("contradicted") == {}
        publish(finance, 0.24, path="f.md", as_of="2026-06-30", post={"owner": admin})
        assert told("contradicted") == {"alice": 1, "admin": 1}  # mallory doesn't see finance
        texts = {it.text for it in Notification.objects.filter(user=alice)}
        assert texts == {"Growth says 0.21, and it is 0.24 here, both as of 2026-06-30."}
        publish(finance, 0.24, path="f.md", as_of="2026-06-30", title="A typo mended")
        publish(finance, 0.24, path="f.md", as_of="2026-09-30")
        publish(growth, 0.3, as_of="2026-07-30")
        assert told("contradicted")["alice"] == 1

    @pytest.mark.parametrize(
        ("said", "is_told"),
        [
            ({"value": 14, "unit": "%"}, False),
            ({"value": 15, "unit": "%"}, True),
            ({"value": 0.15, "as_of": "20260630"}, True),
            ({"value": 0.15, "dimensions": {"market": "DE"}}, False),
            ({"value": 0.14, "unit": "days"}, True),
        ],
    )
    def test_what_is_said_of_another_thing_or_in_another_way_is_no_contradiction(
        self, growth: Space, finance: Space, publish: Publish, said: dict[str, Any], is_told: bool
    ) -> None:
        about: dict[str, Any] = {"as_of": "2026-06-30", "unit": "ratio", "dimensions": {"market": "FR"}}
        publish(growth, 0.14, **about)
        fields = about | said
        publish(finance, fields.pop("value"), path="f.md", **fields)
        assert told("contradicted") == ({"alice": 1} if is_told else {})

    def test_who_loses_sight_of_the_other_post_loses_what_was_told_of_it(
        self, growth: Space, finance: Space, publish: Publish, alice: User
    ) -> None:
        publish(growth, 0.21, as_of="2026-06-30")
        publish(finance, 0.24, path="f.md", as_of="2026-06-30")
        assert Notification.objects.visible_to(alice).count() == 1
        finance.memberships.filter(user=alice).delete()
        assert not Notification.objects.visible_to(alice).exists()

    def test_webhooks_of_a_space_hear_of_its_numbers_but_of_no_space_that_not_all_see(
        self, growth: Space, finance: Space, publish: Publish, carol: User
    ) -> None:
        Webhook.objects.create(space=growth, url="https://hooks.example/1", secret="s")
        publish(growth, 1, 2, as_of="2026-06-30", limits={"max": 1})
        publish(finance, 0.24, path="f.md", as_of="2026-06-30")
        assert list(Delivery.objects.order_by("event").values_list("event", flat=True)) == [
            "insight.changed", "insight.out-of-limits"
        ]  # fmt: skip
        finance.visibility = Space.Visibility.INTERNAL
        finance.save()
        publish(finance, 0.25, path="f.md", as_of="2026-06-30")
        assert Delivery.objects.filter(event="insight.contradicted").count() == 1
