"""Noting who read what, and when it is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.models import AuditEvent, Post, Revision, Visit
from knowledge.pipeline.visiting import put_away, read


@pytest.fixture
def post(growth, make_post):
    for number in range(3):
        post = make_post(
            growth, "a.md", source=f"{number}".encode(), revision={"author_email": "x@y.example"}
        )
    return post


def visited(user, post, number, **ago):
    """A visit, and then so much time."""
    revision = Revision.objects.select_related("post").get(post=post, number=number)
    visit = read(by=user, revision=revision)
    moments = {
        name: value - timedelta(**ago)
        for name in ("came_at", "seen_at", "before_at")
        if (value := getattr(visit, name))
    }
    Visit.objects.filter(pk=visit.pk).update(**moments)
    return Visit.objects.select_related("revision", "before").get(pk=visit.pk)


def test_a_first_visit_is_compared_with_nothing(post, bob):
    visit = visited(bob, post, 1)
    assert (visit.revision.number, visit.before) == (1, None)


def test_a_newer_revision_is_compared_with_the_one_read_last_until_a_day_is_over(post, bob):
    march = visited(bob, post, 1, days=60)
    visit = visited(bob, post, 3)
    assert visit.before is not None
    assert (visit.revision.number, visit.before.number) == (3, 1)
    assert visit.before_at == march.seen_at
    assert visited(bob, post, 3, hours=25).before is not None
    assert visited(bob, post, 3).before is None


def test_putting_away_forgets_what_was_before_and_nothing_newer(post, bob, carol):
    for user in (bob, carol):
        visited(user, post, 1)
        visited(user, post, 3)
    put_away(by=bob, post=post, number=2)
    assert Visit.objects.exclude(before=None).count() == 2
    put_away(by=bob, post=post, number=3)
    assert [visit.user for visit in Visit.objects.exclude(before=None)] == [carol]


def test_a_second_look_writes_nothing_until_an_hour_has_gone(post, bob, django_assert_num_queries):
    visited(bob, post, 1, minutes=50)
    revision = post.revisions.select_related("post").get(number=1)
    with django_assert_num_queries(1):
        read(by=bob, revision=revision)
    Visit.objects.update(seen_at=timezone.now() - timedelta(minutes=70))
    with django_assert_num_queries(2):
        read(by=bob, revision=revision)
    with django_assert_num_queries(1):
        read(by=bob, revision=revision)


@pytest.mark.parametrize(
    "columns", [{"author_email": "Bob@Meridian.example"}, {"writers": ["X", "bob@meridian.example"]}]
)
def test_who_committed_the_newest_is_told_nothing(post, bob, columns):
    visited(bob, post, 1)
    post.revisions.filter(number=3).update(**columns)
    assert visited(bob, post, 3).before is None


def test_who_pushed_the_newest_is_told_nothing(post, bob):
    visited(bob, post, 1)
    post.revisions.filter(number=3).update(pushed_by=bob)
    assert visited(bob, post, 3).before is None


def test_readings_go_with_the_account_and_with_the_post(post, bob, carol):
    visited(bob, post, 1)
    visited(carol, post, 1)
    bob.delete()
    assert Visit.objects.get().user == carol
    Post.objects.all().delete()
    assert not Visit.objects.exists()


def test_no_audit_trail_tells_who_read_what(post, bob):
    visited(bob, post, 1)
    visited(bob, post, 3)
    put_away(by=bob, post=post, number=3)
    assert not AuditEvent.objects.exists()
