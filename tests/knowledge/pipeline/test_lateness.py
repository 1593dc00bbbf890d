"""For which posts data is late, who is told of it, and from when to when."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from knowledge.models import Dataset, DatasetUse, Notification, Post, Role, Space, User
from knowledge.observing import Observed
from knowledge.pipeline import lateness, overdue, warning
from knowledge.pipeline.watching import observe, tend
from tests.cast import make_space
from tests.knowledge.pipeline.data import GOOD, Rest, orders, told


def expecting(every: str) -> dict[str, Any]:
    return {"header": {"datasets": [{"name": "shop.orders", "every": every}]}}


def look(days: float = 0) -> None:
    """As after so many days."""
    if days:
        since = timezone.now() - timedelta(days=days)
        Dataset.objects.update(watched_since=since)
        DatasetUse.objects.update(watched_since=since)
    lateness.look()
    warning.work()


def late() -> set[str]:
    return {post.path for post in Post.objects.all() if any(it["kind"] == "late" for it in post.data_notes)}


def test_each_post_is_late_by_its_own_expectation_and_the_owner_hears_of_what_they_see(
    growth: Space, finance: Space, rest: Rest, mallory: User, admin: User
) -> None:
    rest(growth, "month.md", revision=expecting("1mo"))
    rest(growth, "day.md", revision=expecting("1d"))
    rest(growth, "plain.md")
    rest(finance, "hour.md", revision=expecting("1h"))
    tend(by=admin, dataset=orders(), owner=mallory)
    look(days=0.5)
    assert late() == {"hour.md"}
    assert not told("dataset.late")
    state = lambda: Dataset.objects.with_state(mallory).get().state  # noqa: E731
    assert state() == "unknown"
    look(days=3)
    assert late() == {"hour.md", "day.md"}
    assert Notification.objects.get(event="dataset.late").text == (
        "Nothing observed it yet; it is expected every day."
    )
    assert state() == "late"
    look(days=40)
    assert late() == {"hour.md", "day.md", "month.md"}
    assert Notification.objects.filter(event="dataset.late").count() == 1


def test_an_old_observation_does_not_make_it_on_time(
    growth: Space, rest: Rest, dana: User, admin: User
) -> None:
    rest(growth)
    tend(by=admin, dataset=orders(), owner=dana, every_hours=24)
    look(days=9)
    first = orders().late_since
    old = timezone.now() - timedelta(days=5)
    observe(by=admin, dataset=orders(), seen=Observed("soda", True, at=old))
    look()
    assert (late(), orders().late_since) == ({"a.md"}, first)
    (note,) = Post.objects.get().data_notes
    assert datetime.fromisoformat(note["since"]) == old + timedelta(days=1)
    assert told("dataset.late") == {"dana": "owner"}
    observe(by=admin, dataset=orders(), seen=GOOD)
    look()
    assert (late(), orders().late_since) == (set(), None)


def test_what_is_observed_counts_where_it_reaches(
    growth: Space, finance: Space, rest: Rest, mallory: User, admin: User
) -> None:
    own = make_space("own", {mallory: Role.AUTHOR})
    rest(growth, "a.md")
    rest(own, "m.md", authors=(mallory,))
    tend(by=admin, dataset=orders(), every_hours=24)
    look(days=9)
    observe(by=mallory, dataset=orders(), seen=GOOD)
    look()
    assert late() == {"a.md"}


def test_an_expectation_counts_from_when_it_was_made(growth: Space, rest: Rest) -> None:
    rest(growth, "a.md")
    look(days=400)
    rest(growth, "a.md", revision=expecting("1d"))
    look()
    assert late() == set()
    look(days=2)
    assert late() == {"a.md"}
    rest(growth, "b.md", revision=expecting("1d"))
    assert late() == {"a.md"}
    rest(growth, "a.md", revision=expecting("1w"))
    assert late() == set()


def test_who_took_a_dataset_says_nothing_where_they_see_nothing(
    growth: Space, finance: Space, rest: Rest, mallory: User, carol: User, admin: User
) -> None:
    own = make_space("own", {mallory: Role.MAINTAINER}, visibility="restricted")
    rest(finance, "f.md")
    rest(own, "m.md", authors=(mallory,))
    tend(by=mallory, dataset=orders(), owner=mallory, title="Don’t trust finance", every_hours=1)
    look(days=9)
    assert late() == {"m.md"}
    assert Post.objects.get(path="m.md").data_notes[0]["name"] == "Don’t trust finance"
    seen = {user: Dataset.objects.with_state(user).get() for user in (mallory, carol)}
    assert [each.label for each in seen.values()] == ["Don’t trust finance", "shop.orders"]
    assert [each.state for each in seen.values()] == ["late", "unknown"]
    tend(by=mallory, dataset=orders(), owner=None)
    look()
    assert late() == {"m.md"}
    assert orders().label == "shop.orders"
    rest(growth, "open.md")
    look()
    assert late() == {"m.md", "open.md"}
    assert Dataset.objects.with_state(carol).get().label == "Don’t trust finance"
    tend(by=admin, dataset=orders(), title="Orders")
    look(days=9)
    assert late() == {"f.md", "m.md", "open.md"}


def test_it_is_looked_at_again_under_the_lock(growth: Space, rest: Rest, dana: User, admin: User) -> None:
    """An observation that comes between looking and writing down is not overruled."""
    rest(growth)
    tend(by=admin, dataset=orders(), owner=dana, every_hours=24)
    Dataset.objects.update(watched_since=timezone.now() - timedelta(days=9))
    found = overdue.changing()
    assert found == lateness._untold() == [orders().pk]
    observe(by=admin, dataset=orders(), seen=GOOD)
    assert not lateness._renew(found[0])
    assert not lateness._tell(found[0])
    assert (orders().late_since, told("dataset.late")) == (None, {})
