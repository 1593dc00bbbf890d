"""The nightly round through the repositories, and through lists that would only grow."""

import os
import time
from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from knowledge.git import create_repository, repository_path
from knowledge.models import (
    Comparison,
    Delivery,
    Investigation,
    Notification,
    Observation,
    Space,
    User,
    Webhook,
)
from knowledge.observing import Observed
from knowledge.pipeline import warning
from knowledge.pipeline.upkeep import forget_old_rows, tidy_repositories
from knowledge.pipeline.watching import close, observe
from tests.knowledge.pipeline.data import Rest, fail, orders, told


def test_a_broken_repository_does_not_keep_the_others_from_being_tidied(
    growth: Space, finance: Space
) -> None:
    create_repository(growth.slug)
    stale = repository_path(growth.slug) / "refs" / "heads" / "main.lock"
    stale.touch()
    yesterday = time.time() - 86_400
    os.utime(stale, (yesterday, yesterday))
    tidy_repositories()  # finance has no repository at all
    assert not stale.exists()


def test_what_was_told_sent_and_compared_long_ago_is_forgotten(growth: Space, alice: User) -> None:
    for days in (10, 40, 100, 400):
        at = timezone.now() - timedelta(days=days)
        told = Notification.objects.create(user=alice, event="post.published", key=str(days))
        Notification.objects.filter(pk=told.pk).update(created_at=at)
        Delivery.objects.create(key=str(days), kind=Delivery.Kind.MAIL, user=alice, finished_at=at)
        Comparison.objects.create(old_digest=str(days), finished_at=at)
    forget_old_rows()
    kept = [rows.count() for rows in (Notification.objects, Delivery.objects, Comparison.objects)]
    assert kept == [3, 2, 1]


def test_who_was_warned_long_ago_hears_how_it_ends(
    growth: Space, rest: Rest, admin: User, alice: User
) -> None:
    Webhook.objects.create(space=growth, url="https://x.example/", secret="s")
    rest(growth)
    found = fail(admin)
    long_ago = timezone.now() - timedelta(days=500)
    Notification.objects.update(created_at=long_ago)
    Delivery.objects.update(finished_at=long_ago)
    forget_old_rows()
    close(by=admin, investigation=found, note="Mended.")
    warning.work()
    assert told("dataset.cleared") == {"alice": "data-author"}
    assert Delivery.objects.get(kind="webhook").event == "dataset.cleared"
    forget_old_rows()
    assert told("dataset.suspect") == {}


def test_observations_are_forgotten_but_for_the_last_and_those_of_investigations(
    growth: Space, rest: Rest, admin: User, alice: User, settings: Settings
) -> None:
    settings.OBSERVATIONS_KEEP_DAYS = 30
    rest(growth)
    now = timezone.now()
    for by, passed, days in (
        *((admin, passed, days) for passed in (True, False) for days in (90, 60, 50, 10)),
        (alice, True, 80), (alice, True, 70), (alice, False, 40),
    ):  # fmt: skip
        seen = Observed("soda", passed, at=now - timedelta(days=days), run=str(passed), summary=str(days))
        observe(by=by, dataset=orders(), seen=seen)
    observed = Observation.objects.filter(passed=False, by=admin)
    Investigation.objects.all().delete()
    Investigation.objects.create(
        dataset=orders(), observation=observed.get(summary="90"), opened_at=now, closed_at=now, state="closed"
    )
    Investigation.objects.create(dataset=orders(), opened_at=now - timedelta(days=55))
    forget_old_rows()
    kept = Observation.objects.values_list("by__username", "passed", "summary")
    assert sorted(kept) == [
        ("admin", False, "10"), ("admin", False, "50"), ("admin", False, "90"),
        ("admin", True, "10"), ("admin", True, "50"),
        ("alice", False, "40"), ("alice", True, "70"),
    ]  # fmt: skip
