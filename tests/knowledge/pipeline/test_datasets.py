"""What posts rest on, what is observed of it, and who hears of it."""

import time
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.data_rights import can_close, can_tend, reach_of
from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Dataset,
    DatasetUse,
    Delivery,
    Insight,
    Investigation,
    Membership,
    Notification,
    Observation,
    Post,
    Read,
    Role,
    Space,
    User,
    Webhook,
)
from knowledge.observing import Observed, key_of
from knowledge.pipeline import lateness, resting, warning
from knowledge.pipeline.following import follow, unfollow
from knowledge.pipeline.watching import close, observe, tend
from tests.cast import MakePost, make_space, make_user
from tests.knowledge.pipeline.data import BAD, GOOD, Rest, appoint, fail, orders, suspect, told
from tests.knowledge.pipeline.desk import Desk
from tests.knowledge.pipeline.test_concurrency import at_once


class TestUses:
    def test_a_published_revision_rests_on_what_it_names_until_one_does_not(self, desk: Desk) -> None:
        head = "---\ntitle: Late\ntldr: x.\ndatasets: [shop.orders, 's3://lake/a.parquet']\n---\n\nText.\n"
        desk.publish({"late.md": head})
        assert set(Dataset.objects.values_list("name", flat=True)) == {"shop.orders", "s3://lake/a.parquet"}
        desk.publish({"late.md": head.replace(", 's3://lake/a.parquet'", "")})
        assert list(DatasetUse.objects.values_list("dataset__name", flat=True)) == ["shop.orders"]

    def test_a_header_says_how_often_it_expects_a_check(self, desk: Desk) -> None:
        listed = "datasets:\n  - {name: Shop.Orders, every: 1d}\n  - b.csv\n"
        head = f"---\ntitle: Late\ntldr: x.\n{listed}---\n\nText.\n"
        desk.publish({"late.md": head})
        assert set(DatasetUse.objects.values_list("dataset__key", "every_hours")) == {
            ("shop.orders", 24),
            ("b.csv", None),
        }
        desk.publish({"late.md": head.replace("1d", "2h")})
        assert DatasetUse.objects.get(dataset__key="shop.orders").every_hours == 2

    def test_spellings_of_a_table_are_one_dataset_and_of_a_file_two(self, growth: Space, rest: Rest) -> None:
        rest(growth, "a.md", on=("shop.Orders", "A.csv"))
        rest(growth, "b.md", on=('"shop"."orders"', "a.csv"))
        assert sorted(Dataset.objects.values_list("key", flat=True)) == ["A.csv", "a.csv", "shop.orders"]
        assert orders().uses.count() == 2

    def test_what_rests_on_nothing_costs_one_query(self, growth: Space, make_post: MakePost) -> None:
        revision = make_post(growth).published_revision
        assert revision is not None
        with CaptureQueriesContext(connection) as captured:
            resting.follow([revision])
        assert len(captured) == 1

    def test_many_posts_cost_as_many_queries_as_one(self, growth: Space, make_post: MakePost) -> None:
        def queries(number: int) -> int:
            revisions = []
            for each in range(number):
                post = make_post(
                    growth, f"{number}-{each}.md", source=b"%d %d" % (number, each),
                    rendering={"datasets": [f"t{number}_{each}", "shared"]},
                )  # fmt: skip
                assert post.published_revision is not None
                post.published_revision.post = post
                revisions.append(post.published_revision)
            with CaptureQueriesContext(connection) as captured:
                resting.follow(revisions)
            return len(captured)

        assert queries(1) == queries(12) <= 8

    def test_the_migration_knows_the_same_names_for_one(self, db: None) -> None:
        from importlib import import_module

        migration = import_module("knowledge.migrations.0033_datasets")
        names = ["Shop.Orders", '"A"."b c"', "`p-1.d.T`", "[dbo].[Orders]", "A.csv", "orders.PARQUET", "x y"]
        names += ["a.b.c.d.e", "s3://Lake/x", "Data/x", "Été.t", "T$1", "a.db", "A.b.C.d"]
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"SELECT {migration.KEY} FROM (SELECT %s::text AS name) AS given", [name])
                assert cursor.fetchone() == (key_of(name),), name


class TestSuspect:
    def test_a_failure_marks_posts_and_numbers_and_closing_takes_it_back(
        self, growth: Space, rest: Rest, alice: User, admin: User
    ) -> None:
        rest(growth, "a.md")
        rest(growth, "b.md", on=("other",))
        found = fail(admin)
        assert suspect() == {"a.md"}
        post = Post.objects.get(path="a.md")
        (note,) = post.data_notes
        assert (note["name"], note["who"], note["investigation"]) == (
            "shop.orders",
            "Admin Example",
            found.pk,
        )
        assert Insight.objects.get(name="n-a.md").status == "suspect"
        close(by=admin, investigation=found, note="A load ran twice.", holds="yes")
        warning.work()
        assert suspect() == set()
        assert Post.objects.get(path="a.md").data_notes == []
        assert Insight.objects.get(name="n-a.md").status == "current"
        assert [event.action for event in AuditEvent.objects.order_by("pk")] == [
            "dataset.suspect",
            "dataset.clear",
        ]

    def test_that_it_passes_again_ends_nothing(self, growth: Space, rest: Rest, admin: User) -> None:
        rest(growth)
        found = fail(admin)
        observe(by=admin, dataset=orders(), seen=GOOD)
        warning.work()
        assert suspect() == {"a.md"}
        found.refresh_from_db()
        assert found.is_open

    def test_a_second_failure_opens_no_second_investigation_but_one_after_its_end_does(
        self, growth: Space, rest: Rest, admin: User
    ) -> None:
        rest(growth)
        found = fail(admin)
        assert fail(admin) == found
        assert len(told()) == 2  # alice and admin
        close(by=admin, investigation=found, note="Mended.")
        assert fail(admin) != found

    def test_what_is_published_while_it_is_suspect_is_suspect_and_what_leaves_it_is_not(
        self, growth: Space, rest: Rest, admin: User
    ) -> None:
        rest(growth, "a.md")
        fail(admin)
        rest(growth, "b.md")
        assert suspect() == {"a.md", "b.md"}
        rest(growth, "a.md", on=("other",))
        assert suspect() == {"b.md"}

    def test_the_strongest_of_its_states_is_told_of_a_number(
        self, growth: Space, rest: Rest, admin: User
    ) -> None:
        rest(growth)
        fail(admin)
        for change, status in (
            ({"attention_since": timezone.now()}, "suspect"),
            ({"status": "superseded"}, "superseded"),
            ({"status": "archived"}, "withdrawn"),
        ):
            Post.objects.update(**change)
            assert Insight.objects.get().status == status
            assert {state: Insight.objects.in_state(state).count() for state in Insight.State} == {
                state: int(state == status) for state in Insight.State
            }

    def test_the_same_run_is_one_observation_and_another_persons_is_their_own(
        self, growth: Space, rest: Rest, admin: User, alice: User
    ) -> None:
        rest(growth)
        at = timezone.now() - timedelta(hours=1)
        seen = Observed("dbt", True, at=at, run="r1")
        assert [observe(by=admin, dataset=orders(), seen=seen)[1] for _ in range(2)] == [True, False]
        assert [
            observe(by=admin, dataset=orders(), seen=Observed("dbt", True, run="r2"))[1] for _ in "ab"
        ] == [
            True,
            False,
        ]
        assert observe(by=alice, dataset=orders(), seen=seen)[1]
        assert Observation.objects.count() == 3

    def test_a_history_that_comes_late_warns_nobody(self, growth: Space, rest: Rest, admin: User) -> None:
        rest(growth)
        now = timezone.now()
        observe(by=admin, dataset=orders(), seen=Observed("soda", True, at=now))
        observe(by=admin, dataset=orders(), seen=Observed("soda", False, at=now - timedelta(days=9)))
        assert not Investigation.objects.exists()
        with pytest.raises(UserError, match="still to come"):
            observe(by=admin, dataset=orders(), seen=Observed("soda", True, at=now + timedelta(days=1)))

    def test_thousands_of_posts_are_marked_in_batches(
        self, growth: Space, rest: Rest, admin: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from knowledge.pipeline import concerning, marking

        monkeypatch.setattr(marking, "BATCH", 2)
        monkeypatch.setattr(concerning, "BATCH", 2)
        monkeypatch.setattr(warning, "BATCH", 2)
        for number in range(5):
            rest(growth, f"{number}.md")
        fail(admin)
        assert len(suspect()) == 5
        assert Notification.objects.get(user__username="alice").detail["number"] == 5

    def test_what_a_worker_left_lying_is_found_by_the_sweeper(
        self, growth: Space, rest: Rest, admin: User
    ) -> None:
        rest(growth)
        observe(by=admin, dataset=orders(), seen=BAD)
        assert suspect() == set()
        warning.warn_waiting()
        assert suspect() == {"a.md"}
        assert not Investigation.objects.to_work_on().exists()
        assert orders().unsettled_at is None


class TestTold:
    def test_authors_owner_followers_and_recent_readers_hear_of_it_once_and_how_it_ends(
        self,
        growth: Space,
        rest: Rest,
        alice: User,
        bob: User,
        carol: User,
        dana: User,
        mallory: User,
        admin: User,
    ) -> None:
        post = rest(growth, "a.md", owner=dana)
        rest(growth, "b.md")
        today = timezone.localdate()
        for user, days in ((carol, 3), (make_user("erin"), 60)):
            Read.objects.create(
                post=post, user=user, day=today - timedelta(days=days), seen_at=timezone.now()
            )
        follow(by=bob, kind="post", target=post)
        follow(by=mallory, kind="dataset", target=orders())
        found = fail(admin)
        assert told() == {
            "admin": "data-owner",
            "alice": "data-author",
            "bob": "data-follower",
            "carol": "data-reader",
            "dana": "data-author",
            "mallory": "subscribed-dataset",
        }
        of_alice = Notification.objects.get(user=alice)
        assert (of_alice.detail["number"], of_alice.text, of_alice.title) == (2, "Empty", "shop.orders")
        warning.tell(found)
        Investigation.objects.update(untold="suspect")
        warning.work()
        assert Notification.objects.count() == 6
        close(by=admin, investigation=found, note="A load ran twice.", holds="no")
        warning.work()
        assert told("dataset.cleared").keys() == told().keys() - {"admin"}  # who did it knows
        assert Notification.objects.filter(user=carol).first().text == (  # type: ignore[union-attr]
            "The numbers don’t hold. A load ran twice."
        )

    def test_nobody_hears_of_posts_that_they_do_not_see(
        self, growth: Space, finance: Space, rest: Rest, carol: User, mallory: User, admin: User
    ) -> None:
        rest(growth, "a.md", private=True)
        secret = rest(finance, "f.md")
        for user in (carol, mallory):
            Read.objects.create(post=secret, user=user, day=timezone.localdate(), seen_at=timezone.now())
        mallory.subscriptions.create(kind="dataset", dataset=orders())
        fail(admin)
        assert "mallory" not in told()
        assert told()["carol"] == "data-reader"
        rest(growth, "open.md")
        mallory.subscriptions.all().delete()
        mallory.subscriptions.create(kind="dataset", dataset=orders())
        close(by=admin, investigation=Investigation.objects.get(), note="x")
        fail(admin)
        notification = Notification.objects.get(user=mallory)
        assert notification.detail["number"] == 1
        assert notification.detail["posts"] == [Post.objects.get(path="open.md").pk]

    def test_who_can_not_see_it_any_more_does_not_hear_how_it_ends_nor_reads_what_they_were_told(
        self, finance: Space, rest: Rest, carol: User, bob: User, admin: User
    ) -> None:
        post = rest(finance, "f.md")
        for user in (carol, bob):
            Read.objects.create(post=post, user=user, day=timezone.localdate(), seen_at=timezone.now())
        found = fail(admin)
        Membership.objects.filter(user=carol).delete()
        close(by=admin, investigation=found, note="Mended.")
        warning.work()
        assert told("dataset.cleared").keys() == {"alice", "bob"}
        assert not Notification.objects.visible_to(carol).exists()
        assert Notification.objects.visible_to(bob).count() == 2

    def test_the_mail_of_someone_who_follows_a_dataset_ends_that(
        self, growth: Space, rest: Rest, mallory: User, admin: User, settings: Any
    ) -> None:
        settings.SENDS_MAIL = True
        rest(growth)
        made = follow(by=mallory, kind="dataset", target=orders())
        fail(admin)
        assert Notification.objects.get(user=mallory).subscription == made
        assert Delivery.objects.filter(kind="mail", user=mallory).count() == 1
        unfollow(by=mallory, kind="dataset", target=orders())
        assert not mallory.subscriptions.exists()

    def test_webhooks_of_the_spaces_concerned_are_called_but_not_for_private_posts(
        self, growth: Space, finance: Space, rest: Rest, admin: User
    ) -> None:
        from knowledge.pipeline import calls
        from knowledge.pipeline.jobs import Drop

        hooks = [
            Webhook.objects.create(space=it, url="https://x.example/", secret="s") for it in (growth, finance)
        ]
        rest(growth, "a.md")
        rest(finance, "f.md", private=True)
        found = fail(admin)
        (row,) = Delivery.objects.filter(kind="webhook")
        assert row.webhook == hooks[0]
        facts = calls._facts(row, hooks[0])
        assert facts["event"] == "dataset.suspect"
        assert facts["dataset"]["name"] == "shop.orders"
        assert [post["title"] for post in facts["dataset"]["posts"]] == ["Post a.md"]
        assert facts["words"] == "Be careful with shop.orders: its data is suspect"
        close(by=admin, investigation=found, note="Mended.", holds="yes")
        warning.work()
        assert Delivery.objects.filter(event="dataset.cleared").count() == 1
        Post.objects.update(private=True)
        with pytest.raises(Drop):
            calls._facts(row, hooks[0])

    def test_the_number_of_queries_does_not_grow_with_people_and_posts(
        self, growth: Space, rest: Rest, admin: User
    ) -> None:
        def queries(number: int) -> int:
            for each in range(number):
                post = rest(growth, f"{number}-{each}.md", on=(f"t{number}",))
                reader = make_user(f"p{number}-{each}")
                Read.objects.create(post=post, user=reader, day=timezone.localdate(), seen_at=timezone.now())
            observe(by=admin, dataset=Dataset.objects.get(key=f"t{number}"), seen=BAD)
            with CaptureQueriesContext(connection) as captured:
                warning.work()
            return len(captured)

        assert queries(2) == queries(20) <= 33


class TestReach:
    def test_who_writes_reaches_where_they_write_and_an_appointed_owner_and_a_superuser_everything(
        self, growth: Space, finance: Space, rest: Rest, alice: User, carol: User, mallory: User, admin: User
    ) -> None:
        rest(growth, "a.md")
        rest(finance, "f.md")
        other = make_space("other", {mallory: Role.AUTHOR})
        assert reach_of(orders(), alice) == sorted([growth.pk, finance.pk])
        assert reach_of(orders(), mallory) == reach_of(orders(), carol) == []
        assert reach_of(orders(), admin) is None
        rest(other, "m.md", authors=(mallory,))
        assert reach_of(orders(), mallory) == [other.pk]
        appoint(mallory, admin)
        assert reach_of(orders(), mallory) is None

    def test_an_outsider_makes_only_their_own_numbers_suspect_and_nobody_else_hears_of_it(
        self, growth: Space, finance: Space, rest: Rest, mallory: User, carol: User, admin: User
    ) -> None:
        own = make_space("own", {mallory: Role.MAINTAINER}, visibility="restricted")
        rest(growth, "a.md")
        rest(finance, "f.md")
        with pytest.raises(UserError, match="counts nowhere"):
            fail(mallory)
        rest(own, "m.md", authors=(mallory,))
        found = fail(mallory)
        assert suspect() == {"m.md"}
        assert told() == {"mallory": "data-owner"}
        seen = Dataset.objects.visible_to(carol).with_state(carol).get()
        assert seen.state == "unknown"
        assert not Investigation.objects.visible_to(carol).exists()
        assert not Observation.objects.visible_to(carol).exists()
        assert fail(admin) != found
        assert suspect() == {"a.md", "f.md", "m.md"}
        close(by=mallory, investigation=found, note="x")
        warning.work()
        assert suspect() == {"a.md", "f.md", "m.md"}

    def test_an_owner_who_took_it_reaches_what_they_see(
        self, growth: Space, finance: Space, rest: Rest, mallory: User, admin: User
    ) -> None:
        own = make_space("own", {mallory: Role.MAINTAINER})
        rest(finance, "f.md")
        rest(own, "m.md", authors=(mallory,))
        assert can_tend(orders(), mallory)  # of the posts that they see, all are in spaces of theirs
        tend(by=mallory, dataset=orders(), owner=mallory)
        assert not orders().is_appointed
        fail(mallory)
        assert suspect() == {"m.md"}
        rest(growth, "a.md")
        assert reach_of(orders(), mallory) == sorted([growth.pk, own.pk])

    def test_what_others_rest_on_can_not_be_taken(
        self, growth: Space, rest: Rest, mallory: User, dana: User, alice: User, admin: User
    ) -> None:
        own = make_space("own", {mallory: Role.MAINTAINER})
        rest(growth, "a.md")
        rest(own, "m.md", authors=(mallory,))
        assert [can_tend(orders(), user) for user in (mallory, dana, alice, admin)] == [
            False,
            False,
            False,
            True,
        ]
        with pytest.raises(UserError, match="isn’t yours"):
            tend(by=mallory, dataset=orders(), owner=mallory)
        appoint(dana, admin)
        assert [can_tend(orders(), user) for user in (dana, alice)] == [True, False]
        tend(by=dana, dataset=orders(), owner=alice)
        assert orders().is_appointed
        tend(by=alice, dataset=orders(), title="Orders")
        assert Dataset.objects.named("SHOP.orders").get().title == "Orders"

    def test_ones_own_reaches_further_once_one_does_and_tells_the_others_then(
        self, growth: Space, finance: Space, rest: Rest, alice: User, bob: User
    ) -> None:
        rest(growth, "a.md", authors=("Jo",))
        found = fail(alice)
        assert suspect() == {"a.md"}
        rest(finance, "f.md", authors=(bob,))
        assert suspect() == {"a.md"}
        assert fail(alice) == found
        assert suspect() == {"a.md", "f.md"}
        assert told() == {"alice": "data-owner", "bob": "data-author"}

    def test_the_owner_looks_into_it_and_closes_and_hands_it_on(
        self, growth: Space, rest: Rest, alice: User, bob: User, carol: User, dana: User, admin: User
    ) -> None:
        rest(growth)
        appoint(dana, admin)
        found = fail(alice)
        assert found.owner == dana
        assert [can_close(found, user) for user in (alice, bob, carol, dana)] == [True, False, False, True]
        for by, note, match in ((carol, "x", "Only who looks"), (dana, " \x00", "what came of it")):
            with pytest.raises(UserError, match=match):
                close(by=by, investigation=found, note=note)
        tend(by=dana, dataset=orders(), owner=bob)
        found.refresh_from_db()
        assert found.owner == bob
        warning.work()
        assert Post.objects.get().data_notes[0]["who"] == "Bob Example"
        close(by=bob, investigation=found, note="x", holds="partly")
        with pytest.raises(UserError, match="closed already"):
            close(by=bob, investigation=found, note="x")

    def test_who_is_no_writer_any_more_or_is_gone_reaches_nothing(
        self, growth: Space, rest: Rest, alice: User
    ) -> None:
        rest(growth)
        Membership.objects.filter(user=alice).delete()
        assert reach_of(orders(), alice) == []
        alice.is_active = False
        assert reach_of(orders(), alice) == []

    def test_datasets_of_hidden_posts_are_not_there(
        self, growth: Space, finance: Space, rest: Rest, carol: User, mallory: User
    ) -> None:
        rest(finance, "f.md", on=("secret.table",))
        rest(growth, "p.md", on=("private.table",), private=True)
        post = rest(growth, "gone.md", on=("gone.table",))
        names = lambda user: set(Dataset.objects.visible_to(user).values_list("name", flat=True))  # noqa: E731
        assert names(mallory) == {"gone.table"}
        assert names(carol) == {"gone.table", "private.table", "secret.table"}
        Post.objects.filter(pk=post.pk).update(status="deleted", deleted_at=timezone.now())
        assert names(mallory) == set()


class TestLate:
    def age(self, days: float) -> None:
        since = timezone.now() - timedelta(days=days)
        Dataset.objects.update(watched_since=since)
        DatasetUse.objects.update(watched_since=since)

    def test_the_owner_is_told_once_and_posts_say_so_until_it_is_observed(
        self, growth: Space, rest: Rest, dana: User, admin: User
    ) -> None:
        rest(growth)
        tend(by=admin, dataset=orders(), owner=dana, every_hours=24)
        lateness.look()
        assert orders().late_since is None
        self.age(2)
        assert lateness.look_for_late() == 1
        assert lateness.look_for_late() == 0
        warning.work()
        assert told("dataset.late") == {"dana": "owner"}
        assert [note["kind"] for note in Post.objects.get().data_notes] == ["late"]
        assert suspect() == set()
        assert Dataset.objects.with_state(dana).get().state == "late"
        observe(by=admin, dataset=orders(), seen=GOOD)
        warning.work()
        assert Post.objects.get().data_notes == []
        assert Dataset.objects.with_state(dana).get().state == "good"

    def test_a_headers_expectation_counts_for_who_sees_the_post(
        self, growth: Space, finance: Space, rest: Rest, mallory: User, carol: User
    ) -> None:
        rest(growth, "a.md")
        rest(finance, "f.md", revision={"header": {"datasets": [{"name": "shop.orders", "every": "1d"}]}})
        self.age(3)
        lateness.look_for_late()
        warning.work()
        assert Post.objects.get(path="f.md").data_notes
        assert Post.objects.get(path="a.md").data_notes == []
        state = lambda user: Dataset.objects.visible_to(user).with_state(user).get().state  # noqa: E731
        assert (state(carol), state(mallory)) == ("late", "unknown")

    def test_states_are_told_and_asked_for_alike(self, growth: Space, rest: Rest, admin: User) -> None:
        rest(growth, on=("bad", "late", "good", "none"))
        named = {each.name: each for each in Dataset.objects.all()}
        observe(by=admin, dataset=named["bad"], seen=BAD)
        observe(by=admin, dataset=named["good"], seen=GOOD)
        tend(by=admin, dataset=named["late"], every_hours=1)
        self.age(1)
        shown = Dataset.objects.with_state(admin)
        assert {each.name: each.state for each in shown} == {
            "bad": "suspect", "late": "late", "good": "good", "none": "unknown"
        }  # fmt: skip
        for each in shown:
            assert [one.name for one in shown.in_state(each.state)] == [each.name]


def test_a_span_needs_a_moment_that_is_there(growth: Space, rest: Rest, admin: User) -> None:
    rest(growth)
    found = fail(admin)
    one, two = (datetime.fromisoformat(f"2026-11-{day}T00:00+00:00") for day in ("01", "02"))
    with pytest.raises(UserError, match="earlier one first"):
        close(by=admin, investigation=found, note="x", wrong_from=two, wrong_until=one)
    with pytest.raises(UserError, match="Send one of"):
        close(by=admin, investigation=found, note="x", holds="perhaps")
    close(by=admin, investigation=found, note="Mended.", wrong_from=one, wrong_until=two)
    warning.work()
    assert Notification.objects.get(event="dataset.cleared").text == (
        "The data was wrong from 1 November 2026, 00:00 UTC to 2 November 2026, 00:00 UTC. Mended."
    )


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_post_that_is_being_published_while_its_data_fails_is_marked(
        self, growth: Space, make_post: MakePost, admin: User
    ) -> None:
        """The failure waits for the publication, or the other way round: one of both sees the other."""
        first = make_post(growth, "a.md", source=b"a", rendering={"datasets": ["shop.orders"]})
        second = make_post(growth, "b.md", source=b"b", rendering={"datasets": ["shop.orders"]})
        assert first.published_revision is not None
        assert second.published_revision is not None
        resting.follow([first.published_revision])
        is_published, dataset = Event(), orders()

        def publish() -> None:
            with transaction.atomic():
                resting.follow([second.published_revision])  # type: ignore[list-item]
                is_published.set()
                time.sleep(0.3)

        def observed() -> None:
            is_published.wait(5)
            observe(by=admin, dataset=dataset, seen=BAD)
            warning.work()

        at_once([publish, observed])
        assert suspect() == {"a.md", "b.md"}

    def test_ten_failures_open_one_investigation(
        self, growth: Space, make_post: MakePost, admin: User
    ) -> None:
        post = make_post(growth, "a.md", rendering={"datasets": ["shop.orders"]})
        assert post.published_revision is not None
        resting.follow([post.published_revision])
        dataset = orders()
        run = Observed("plain", False, run="r1")
        at_once([lambda: observe(by=admin, dataset=dataset, seen=run)] * 6 + [warning.work] * 2)
        warning.work()
        assert (Observation.objects.count(), Investigation.objects.count()) == (1, 1)
        assert suspect() == {"a.md"}
        assert Notification.objects.filter(event="dataset.suspect").count() == 1
