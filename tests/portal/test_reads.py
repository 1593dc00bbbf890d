"""Opening a post is counted, and costs nobody anything; its figures are for those whom it concerns."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.models import DailyReads, LeadingSearch, Membership, Read
from tests.portal.pages import body, signed_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = {"User-Agent": FIREFOX, "Sec-Fetch-Dest": "document"}
OURS = {"User-Agent": FIREFOX, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(growth, title="Free delivery", authors=(alice,), tags=["price"])


@pytest.fixture
def as_carol(carol):
    return signed_in(carol)


def open_page(client, post, **headers):
    return client.get(post.get_absolute_url(), headers=PAGE | headers)


def tell(client, post, headers=OURS, **sent):
    return client.post(f"/p/{post.pk}/read", {"reach": "100", "seconds": "30"} | sent, headers=headers)


def read(post, *users, ago=0, readers=None):
    day = timezone.localdate() - timedelta(days=ago)
    for user in users:
        Read.objects.create(post=post, user=user, day=day, seen_at=timezone.now())
    number = len(users) if readers is None else readers
    DailyReads.objects.create(post=post, day=day, views=2 * number, readers=number, reached_100=1, finished=1)


# --- counting


def test_a_reader_is_counted_by_one_statement_and_by_none_within_the_hour(
    as_carol, post, django_assert_num_queries
):
    as_carol.get(post.get_absolute_url())  # draws it; a program
    with django_assert_num_queries(4):  # session, person, stamp, read
        etag = open_page(as_carol, post)["ETag"]
    with django_assert_num_queries(3):
        assert open_page(as_carol, post, **{"If-None-Match": etag}).status_code == 304
    assert Read.objects.get().views == 1


def test_a_page_that_is_unchanged_is_read_all_the_same(as_carol, post):
    etag = as_carol.get(post.get_absolute_url())["ETag"]
    assert open_page(as_carol, post, **{"If-None-Match": etag}).status_code == 304
    assert Read.objects.count() == 1


def test_an_old_revision_counts_for_its_post(as_carol, post):
    as_carol.get(f"{post.get_absolute_url()}@1", headers=PAGE)
    assert Read.objects.get().post == post


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "python-requests/2.32"},
        {"User-Agent": "curl/8.9.1"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Dest": "iframe"},
    ],
)
def test_programs_and_pages_that_nobody_looks_at_are_not_counted(as_carol, post, headers):
    assert open_page(as_carol, post, **headers).status_code == 200
    assert not Read.objects.exists()


@pytest.mark.parametrize(
    ("referer", "query"),
    [
        ("http://testserver/search?q=+Free++DELIVERY%00&page=2", "free delivery"),
        ("http://elsewhere.example/search?q=free", None),
        ("http://testserver/tags/free?q=free", None),
        ("http://testserver/search?q=" + "x" * 900, "x" * 200),
        ("http://[broken", None),
    ],
)
def test_the_search_that_led_to_a_post_is_kept_without_who_searched(as_carol, post, referer, query):
    open_page(as_carol, post, Referer=referer)
    assert list(LeadingSearch.objects.values_list("query", flat=True)) == ([query] if query else [])


@pytest.mark.django_db(transaction=True)
def test_a_page_is_shown_though_its_view_can_not_be_written(as_carol, post):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE knowledge_read RENAME TO away")
    try:
        assert open_page(as_carol, post).status_code == 200
        assert tell(as_carol, post).status_code == 204
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO knowledge_read")
    open_page(as_carol, post)
    assert Read.objects.count() == 1  # what failed is not taken for counted


def test_how_far_somebody_came_is_told_by_their_own_page_alone(as_carol, post):
    for headers in (
        {"User-Agent": FIREFOX},
        OURS | {"Sec-Fetch-Site": "cross-site"},
        {"User-Agent": FIREFOX, "Origin": "https://elsewhere.example"},
    ):
        assert tell(as_carol, post, headers).status_code == 403
    assert tell(as_carol, post, padding="x" * 300).status_code == 403
    assert not Read.objects.exists()
    assert tell(as_carol, post, {"User-Agent": FIREFOX, "Origin": "http://testserver"}).status_code == 204
    assert Read.objects.get().is_finished


@pytest.mark.parametrize("sent", ["-1", "", "²", "99999999999999999999", "1e3", "\0"])
def test_what_is_no_number_tells_nothing(as_carol, post, sent):
    assert tell(as_carol, post, reach=sent, seconds=sent).status_code == 204
    assert Read.objects.values_list("reach", "seconds").get() == (0, 0)


def test_of_what_somebody_can_not_see_nothing_is_told(finance, make_post, mallory):
    assert tell(signed_in(mallory), make_post(finance)).status_code == 404
    assert not Read.objects.exists()


# --- figures


def test_an_author_sees_how_much_a_post_is_read(post, growth, make_post, alice, bob, carol, dana):
    for number in range(12):
        read(make_post(growth, f"{number}.md"), readers=number)
    read(post, bob, carol, dana, readers=9)
    LeadingSearch.objects.create(post=post, day=timezone.localdate(), query="cheap <b>delivery</b>")
    html = body(signed_in(alice).get(f"/p/{post.pk}/reads"))
    for words in (
        "Read more often than 7 of 10 posts of Growth.",
        "<dd>18</dd>",  # views
        "<dd>3</dd>",  # readers
        "cheap &lt;b&gt;delivery&lt;/b&gt;",
        'class="plot-line first"',
    ):
        assert words in html


def test_searches_are_not_told_of_fewer_than_three_readers(post, alice, bob, carol):
    read(post, bob, carol)
    LeadingSearch.objects.create(post=post, day=timezone.localdate(), query="salary of bob")
    assert "salary" not in body(signed_in(alice).get(f"/p/{post.pk}/reads"))


def test_over_a_year_readers_are_those_that_are_still_known(post, alice, carol):
    read(post, carol)
    read(post, ago=200, readers=40)
    html = body(signed_in(alice).get(f"/p/{post.pk}/reads?days=365"))
    assert "Readers <span" in html
    assert "<dd>82</dd>" in html  # views, the old ones too


def test_no_list_names_a_post_that_one_can_not_see(finance, growth, make_post, alice, bob, post):
    secret = make_post(finance, title="Margins", authors=(alice,), tags=["price"])
    for each in (secret, post):
        read(each, bob)
    client = signed_in(alice)
    for page in ("/people/alice/reads", "/reads?tag=price"):
        assert "Margins" in body(client.get(page))
    Membership.objects.filter(user=alice, space=finance).delete()
    for page in ("/people/alice/reads", "/reads?tag=price"):
        html = body(client.get(page))
        assert "Free delivery" in html
        assert "Margins" not in html
        assert "<dd>2</dd>" in html  # its views are in no sum either


@pytest.mark.parametrize("page", ["/s/growth/-/reads", "/people/dana/reads?days=365", "/reads?tag=price"])
def test_figures_cost_the_same_however_many_posts(
    growth, make_post, dana, carol, page, django_assert_max_num_queries
):
    for number in range(4):
        read(make_post(growth, f"{number}.md", authors=(dana,), tags=["price"]), carol)
    client = signed_in(dana)
    with django_assert_max_num_queries(12):
        assert body(client.get(page)).count("/reads") >= 4


@pytest.mark.parametrize("days", ["", "31", "-1", "x", "9" * 30])
def test_a_made_up_time_is_thirty_days(post, alice, days):
    html = body(signed_in(alice).get(f"/p/{post.pk}/reads", {"days": days}))
    assert '?days=30" aria-current="page"' in html
    assert "Nobody has read it in this time" in html


def test_reads_without_a_tag_are_ones_own(alice):
    assert signed_in(alice).get("/reads")["Location"] == "/people/alice/reads"
