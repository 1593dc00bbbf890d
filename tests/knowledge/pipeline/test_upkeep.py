"""The nightly round through the repositories, and through lists that would only grow."""

import os
import time
from datetime import timedelta

from django.utils import timezone

from knowledge.git import create_repository, repository_path
from knowledge.models import Comparison, Delivery, Notification, Space, User
from knowledge.pipeline.upkeep import forget_old_rows, tidy_repositories


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
