"""Reads: counted once, never of authors, added up before they go; what they say of posts."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from knowledge.models import DailyReads, LeadingSearch, Like, Popularity, Post, Read
from knowledge.pipeline.counting import QUERIES_A_DAY, count_reach, count_view
from knowledge.pipeline.popularity import pair_all, weigh_all
from knowledge.pipeline.tallying import add_up, tally, tally_night

HOUR = timedelta(hours=1)


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(growth, authors=(alice,))


def read(post, *users, ago=0, **fields):
    day = timezone.localdate() - timedelta(days=ago)
    for user in users:
        Read.objects.create(post=post, user=user, day=day, seen_at=timezone.now(), **fields)


def noon():
    return timezone.now().replace(hour=12)


def test_opening_a_post_again_within_the_hour_counts_once(post, carol):
    for later in (0, 59, 61):
        count_view(by=carol, post=post.pk, now=noon() + timedelta(minutes=later))
    assert Read.objects.get().views == 2


def test_authors_and_owners_are_no_readers(post, alice, bob, carol):
    Post.objects.update(owner=bob)
    for user in (alice, bob, carol):
        count_view(by=user, post=post.pk, query="churn")
        count_reach(by=user, post=post.pk, reach=100, seconds=60, words=10)
    assert Read.objects.get().user == carol
    assert LeadingSearch.objects.get().reads == 1


def test_a_read_is_as_far_as_it_ever_came_and_as_long_as_all_of_it(post, carol):
    for reach, seconds in ((60, 30), (100, 60), (10, 60)):
        count_reach(by=carol, post=post.pk, reach=reach, seconds=seconds, words=1000, now=noon())
    found = Read.objects.get()
    assert (found.reach, found.seconds, found.is_finished, found.views) == (100, 150, True, 1)


@pytest.mark.parametrize(("reach", "seconds"), [(100, 80), (75, 900)])
def test_who_rushes_or_stops_has_not_read_it(post, carol, reach, seconds):
    count_reach(by=carol, post=post.pk, reach=reach, seconds=seconds, words=1000)
    assert not Read.objects.get().is_finished


def test_numbers_that_can_not_be_do_no_harm(post, carol):
    for reach, seconds in ((10**6, 10**6), (-5, -5), (100, 10**6)):
        count_reach(by=carol, post=post.pk, reach=reach, seconds=seconds, words=0)
    found = Read.objects.get()
    assert (found.reach, found.seconds) == (100, 3600)


def test_a_day_keeps_so_many_searches_and_no_more(post, carol):
    for number in (*range(QUERIES_A_DAY + 3), 0):
        count_view(by=carol, post=post.pk, query=f"  Churn\n {number} ")
    assert LeadingSearch.objects.count() == QUERIES_A_DAY
    assert LeadingSearch.objects.get(query="churn 0").reads == 2


def test_reads_are_added_up_however_often(post, bob, carol):
    read(post, carol, views=2, reach=100, is_finished=True)
    read(post, bob, reach=50)
    for _ in range(2):
        tally()
    row = DailyReads.objects.get()
    assert (row.views, row.readers, row.reached_25, row.reached_50) == (3, 2, 2, 2)
    assert (row.reached_75, row.reached_100, row.finished) == (1, 1, 1)


def test_who_read_what_is_forgotten_and_the_sums_stay(post, bob, carol, settings):
    settings.READS_KEEP_DAYS = 10
    read(post, bob, carol, ago=10)
    read(post, carol, ago=9)
    LeadingSearch.objects.create(post=post, day=timezone.localdate() - timedelta(days=10), query="churn")
    for _ in range(2):
        tally_night()
        add_up(date.min, timezone.localdate())
    assert Read.objects.count() == 1
    assert not LeadingSearch.objects.exists()
    assert list(DailyReads.objects.order_by("day").values_list("readers", flat=True)) == [2, 1]


def test_what_is_read_now_is_more_popular_than_what_was_read_before(growth, make_post, alice, bob, carol):
    old, new, liked, unread = (make_post(growth, f"{name}.md", authors=(alice,)) for name in "onlu")
    read(old, bob, carol, ago=14)
    read(old, bob, ago=20)  # counts once, on the last day
    read(new, bob, carol)
    Like.objects.create(post=liked, user=carol)
    Like.objects.create(post=unread, user=alice)  # her own
    weigh_all(timezone.localdate())
    scores = {post: round(score, 3) for post, score in Popularity.objects.values_list("post", "score")}
    assert scores == {new.pk: 2, old.pk: 1, liked.pk: 0.5}
    first, *others = Post.objects.visible_to(carol).published().popular_first()
    assert first == new
    assert (
        list(Post.objects.popular_first(below=(first.popularity.score, first.pk))) == others == [old, liked]
    )
    weigh_all(timezone.localdate() + timedelta(days=14))
    assert Popularity.objects.get(post=new).score == pytest.approx(1)
    Read.objects.all().delete()
    Like.objects.all().delete()
    weigh_all(timezone.localdate())
    assert not Popularity.objects.exists()


def test_what_is_read_by_the_same_people_is_found_where_it_may_be_seen(
    growth, finance, make_post, bob, carol, dana, mallory
):
    post, close, common, secret, once = (
        make_post(space, f"{name}.md")
        for space, name in ((growth, "p"), (growth, "a"), (growth, "b"), (finance, "c"), (growth, "d"))
    )
    for each in (post, close, secret):
        read(each, bob, carol)
    read(common, bob, carol, dana, mallory)
    read(once, bob)
    for _ in range(2):
        pair_all()
    seen = Post.objects.visible_to(mallory).published().also_read(post)
    assert list(seen) == [close, common]
    assert set(Post.objects.visible_to(carol).also_read(post)) == {close, common, secret}
