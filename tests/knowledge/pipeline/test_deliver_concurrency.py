"""Many workers, many doors: each person is told once, and mailed once."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from knowledge.models import Delivery, Notification, User
from knowledge.pipeline import deliver, digests
from knowledge.pipeline.jobs import claim_next
from knowledge.pipeline.notify import tell
from tests.cast import MakePost, make_user
from tests.knowledge.pipeline.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _a_mail_server(settings: Any) -> None:
    settings.SENDS_MAIL = True


def send_all() -> None:
    while attempt := claim_next():
        deliver.deliver(attempt)


def test_twenty_workers_send_each_mail_once(growth, make_post: MakePost, bob: User) -> None:
    post = make_post(growth)
    people = [(make_user(f"p{number}"), "mentioned") for number in range(30)]
    tell(event="comment.mentioned", post=post, by=bob, people=people)
    at_once([send_all] * 20)
    assert Counter(message.to[0] for message in mail.outbox) == Counter(user.email for user, _ in people)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_twenty_who_tell_the_same_tell_it_once(growth, make_post: MakePost, alice: User, bob: User) -> None:
    post = make_post(growth)

    def again() -> None:
        tell(
            event="comment.mentioned", post=post, by=bob, people=[(alice, "mentioned")], detail={"comment": 1}
        )

    at_once([again] * 20)
    assert Notification.objects.count() == Delivery.objects.count() == 1


def test_twenty_schedulers_plan_one_mail(growth, make_post: MakePost, alice: User, bob: User) -> None:
    tell(event="comment.created", post=make_post(growth), by=bob, people=[(alice, "author")])
    now = timezone.localtime() + timedelta(days=2)
    at_once([lambda: digests.plan_digest("daily", now)] * 20)
    assert Delivery.objects.count() == 1
    at_once([send_all] * 8)
    assert len(mail.outbox) == 1
