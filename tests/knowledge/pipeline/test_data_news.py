"""Who is told of suspect and late data, and what else tells of it."""

from datetime import timedelta

from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from knowledge.models import Insight, Investigation, Notification, Observation, Preference, Space, User
from knowledge.pipeline import digests, warning
from knowledge.pipeline.decisions import use
from knowledge.pipeline.deliver import deliver_waiting
from knowledge.pipeline.following import follow
from knowledge.pipeline.watching import close
from tests.knowledge.pipeline.data import Rest, fail, orders, told


def test_who_used_a_number_hears_first_and_who_follows_it_too(
    growth: Space, finance: Space, rest: Rest, alice: User, carol: User, mallory: User, admin: User
) -> None:
    rest(growth, "a.md")
    rest(finance, "f.md")
    number = Insight.objects.get(name="n-a.md")
    use(by=mallory, insight=number, what="the budget of 2027")
    use(by=carol, insight=Insight.objects.get(name="n-f.md"), what="the plan")
    made = follow(by=carol, kind="insight", target=number)
    dana = User.objects.get(username="dana")
    kept = follow(by=dana, kind="insight", target=number)
    found = fail(admin)
    assert told() == {
        "admin": "data-owner",
        "alice": "data-author",
        "carol": "used",
        "dana": "subscribed-insight",
        "mallory": "used",
    }
    rows = Notification.objects.order_by("pk")
    assert [row.reason for row in rows][:2] == ["used", "used"]
    assert rows.get(user=mallory).because == "you used it: the budget of 2027"
    assert (rows.get(user=dana).subscription, rows.get(user=carol).subscription) == (kept, None)
    assert made.pk
    close(by=admin, investigation=found, note="Loaded twice.", holds="yes")
    warning.work()
    assert told("dataset.cleared").keys() == {"alice", "carol", "dana", "mallory"}


def test_who_hears_of_a_wider_investigation_reads_what_made_it_wider(
    growth: Space, finance: Space, rest: Rest, alice: User, bob: User
) -> None:
    rest(finance, "f.md", authors=("Jo",))
    fail(alice)
    rest(growth, "a.md", authors=(bob,))
    found = fail(alice, summary="Half of it is gone")
    assert (found.told.summary if found.told else "") == "Half of it is gone"
    assert Notification.objects.get(user=bob).text == "Half of it is gone"
    first = Observation.objects.earliest("pk")
    Investigation.objects.update(observation=first)
    assert Investigation.objects.get().told is None


def test_a_weekly_mail_says_what_is_wrong_and_which_posts_rest_on_it(
    growth: Space, finance: Space, rest: Rest, carol: User, mallory: User, admin: User, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    rest(growth, "a.md")
    rest(finance, "f.md")
    for user in (carol, mallory):
        follow(by=user, kind="dataset", target=orders())
        Preference.objects.create(user=user, group="data", channel="mail_weekly")
    fail(admin)
    digests.plan_digest("weekly", timezone.localtime() + timedelta(days=8))
    deliver_waiting()
    sent = {message.to[0].partition("@")[0]: message for message in mail.outbox}
    for message in (sent["carol"], sent["mallory"]):
        html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
        for text in (str(message.body), html):
            assert "Empty" in text
            assert "Post a.md" in text
            assert ("Post f.md" in text) == (message is sent["carol"])
