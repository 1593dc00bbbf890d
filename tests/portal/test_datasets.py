"""The pages of datasets and investigations, and what pages of posts and numbers say of their data."""

import io
import re
import zipfile

import pytest

from knowledge.git import create_repository
from knowledge.models import Dataset, Insight, Investigation, Notification, Post, Subscription
from knowledge.observing import Check, Observed, Outcome
from knowledge.pipeline import lateness, ledger, resting, warning
from knowledge.pipeline.decisions import use
from knowledge.pipeline.feed_keys import renew_feeds
from knowledge.pipeline.watching import close, observe, tend
from tests.portal.pages import body, signed_in


@pytest.fixture
def rest(make_post, alice):
    def rest(space, *names, path="a.md", **fields):
        rendering = {"datasets": list(names), "insights": [{"name": f"n-{path}", "value": 0.21}]}
        post = make_post(
            space, path, title=f"Late {path}", source=f"{space} {path} {names}".encode(), authors=(alice,),
            rendering=rendering, **fields
        )  # fmt: skip
        published = post.published_revision
        published.post = post
        ledger.follow([published])
        resting.follow([published])
        return post

    return rest


@pytest.fixture
def orders(growth, rest):
    rest(growth, "shop.orders", "s3://lake/a.parquet")
    return Dataset.objects.get(key="shop.orders")


def fail(by, dataset):
    checks = [Check("not null (customer)", Outcome.FAILED, "412 unexpected values")]
    observe(by=by, dataset=dataset, seen=Observed.of_checks("soda", checks))
    warning.work()
    return Investigation.objects.latest("pk")


def test_a_banner_comes_and_goes_on_the_post_its_numbers_its_card_and_its_page(orders, alice, carol, admin):
    client = signed_in(carol)
    pages = ("/s/growth/a.md", "/insights/growth/n-a.md", "/insights/", "/?list=new", "/datasets/shop.orders")
    before = {page: body(client.get(page)) for page in pages}
    assert not any("uspect" in re.sub("<option.*?</option>", "", html) for html in before.values())
    found = fail(alice, orders)
    said = {page: body(client.get(page)) for page in pages}
    assert "Be careful: the data may be wrong." in said["/s/growth/a.md"]
    assert f'<a href="/datasets/investigations/{found.pk}">shop.orders</a>' in said["/s/growth/a.md"]
    assert "Alice Example looks into it." in said["/s/growth/a.md"]
    assert "Be careful" in said["/insights/growth/n-a.md"]
    for page in ("/insights/", "/?list=new"):
        assert re.search(
            r'<span class="badge bad" title="The data [^"]+ failed a check[^"]+">Suspect</span>', said[page]
        )
    assert "not null (customer)" in said["/datasets/shop.orders"]
    for page in ("/datasets/shop.orders", found.get_absolute_url()):
        numbers = body(client.get(page)).partition('id="resting-numbers"')[2]
        assert re.search(r'class="badge bad" title="[^"]+">Suspect</span>', numbers)
    close(by=alice, investigation=found, note="Loaded twice.", holds="yes")
    warning.work()
    after = {page: body(client.get(page)) for page in pages}
    assert not any(
        "Be careful" in html or "Suspect" in html for page, html in after.items() if page != "/insights/"
    )
    assert "Loaded twice." in after["/datasets/shop.orders"]


def test_the_banner_names_who_looks_into_it_now(orders, admin, dana, alice, carol):
    client = signed_in(carol)
    fail(alice, orders)
    assert "Alice Example looks into it." in body(client.get("/s/growth/a.md"))
    tend(by=admin, dataset=orders, owner=dana)
    warning.work()
    assert "Dana Example looks into it." in body(client.get("/s/growth/a.md"))


def test_the_page_of_a_post_goes_by_the_new_title(orders, admin, carol):
    client = signed_in(carol)
    assert "shop.orders</a>" in body(client.get("/s/growth/a.md"))
    for title in ("Orders of the shop", "All orders"):
        tend(by=admin, dataset=orders, title=title)
        assert f"{title}</a>" in body(client.get("/s/growth/a.md"))


def test_a_post_and_its_numbers_name_what_they_rest_on(orders, carol):
    client = signed_in(carol)
    for page in ("/s/growth/a.md", "/insights/growth/n-a.md"):
        html = body(client.get(page))
        assert 'href="/datasets/shop.orders"' in html, page
        assert 'href="/datasets/s3://lake/a.parquet"' in html, page


def test_what_is_suspect_is_first_and_lists_are_narrowed(orders, growth, rest, alice, carol):
    rest(growth, "a.csv", path="b.md")
    fail(alice, orders)
    client = signed_in(carol)

    def shown(**asked):
        return re.findall(
            r'<th scope="row"><a href="[^"]+" class="mono">([^<]+)</a>', body(client.get("/datasets/", asked))
        )

    assert shown() == ["shop.orders", "a.csv", "s3://lake/a.parquet"]
    assert shown(state="suspect") == shown(q="ORD") == ["shop.orders"]
    assert shown(state="good") == []
    assert "fits that" in body(client.get("/datasets/", {"q": "zeppelin"}))


def test_a_list_of_many_takes_as_many_queries_as_one(orders, growth, rest, carol, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(carol)
    client.get("/datasets/")
    with CaptureQueriesContext(connection) as few:
        client.get("/datasets/")
    rest(growth, *(f"t{number}" for number in range(15)), path="b.md")
    with django_assert_num_queries(len(few)):
        client.get("/datasets/")


def test_posts_that_one_does_not_see_are_on_no_page_and_in_no_count(
    orders, finance, rest, alice, carol, mallory
):
    rest(finance, "shop.orders", "secret.table", path="f.md")
    found = fail(alice, orders)
    for user, is_member in ((carol, True), (mallory, False)):
        client = signed_in(user)
        for page in ("/datasets/", "/datasets/shop.orders", f"/datasets/investigations/{found.pk}"):
            html = body(client.get(page))
            assert ("f.md" in html or "secret.table" in html) is is_member, (page, user)
        counts = re.findall(r'<td class="num">(\d+)</td>', body(client.get("/datasets/", {"q": "orders"})))
        assert counts == (["2", "2"] if is_member else ["1", "1"])
        assert client.get("/datasets/secret.table").status_code == (200 if is_member else 404)


def test_whoever_looks_into_it_closes_it_on_its_page(orders, alice, carol):
    found = fail(alice, orders)
    place = f"/datasets/investigations/{found.pk}"
    assert "Say what came of it" not in body(signed_in(carol).get(place))
    client = signed_in(alice)
    assert "Say what came of it" in body(client.get(place))
    assert client.post(place, {"note": ""}).status_code == 400
    answer = client.post(
        place, {"note": "Loaded twice.", "holds": "no", "wrong_from": "2026-11-01T08:00", "wrong_until": ""}
    )
    assert (answer.status_code, answer["Location"]) == (302, place)
    html = body(signed_in(carol).get(place))
    assert "The numbers don’t hold." in html
    assert "from 1 November 2026" in html
    assert client.post(place, {"note": "Again."}).status_code == 409


def test_who_was_warned_reads_why(orders, alice, carol):
    follow = signed_in(carol)
    assert follow.post(f"/follow/dataset/{orders.pk}", {"follow": "yes"}).status_code == 302
    assert Subscription.objects.get().dataset == orders
    found = fail(alice, orders)
    notification = Notification.objects.get(user=carol)
    assert "Be careful with" in body(follow.get("/account/notifications"))
    answer = follow.get(f"/account/notifications/{notification.pk}")
    assert answer["Location"] == f"/datasets/investigations/{found.pk}"
    assert "because you follow the dataset shop.orders" in body(follow.get(answer["Location"]))
    assert "shop.orders" in body(follow.get("/account/following"))


def test_a_dataset_has_a_feed_of_what_was_looked_into(client, orders, alice, carol):
    found = fail(alice, orders)
    key = renew_feeds(by=carol)
    feed = f"/feeds/{key.token}/dataset/{orders.pk}.atom"
    assert "shop.orders is suspect" in body(client.get(feed))
    close(by=alice, investigation=found, note="Loaded twice.")
    assert "Loaded twice." in body(client.get(feed))
    Post.objects.update(private=True)
    assert client.get(f"/feeds/{renew_feeds(by=carol).token}/dataset/{orders.pk}.atom").status_code == 200
    carol.memberships.all().delete()
    assert client.get(f"/feeds/{renew_feeds(by=carol).token}/dataset/{orders.pk}.atom").status_code == 404


def test_it_is_looked_after_on_its_page(orders, dana, carol, admin):
    client = signed_in(dana)
    sent = {"title": "Orders", "owner": "dana", "every": "1d", "description": "All."}
    assert client.post("/datasets/shop.orders", sent).status_code == 302
    html = body(signed_in(carol).get("/datasets/shop.orders"))
    assert "expected every day" in html
    assert "Dana Example" in html
    assert "Look after it" not in html
    assert signed_in(carol).post("/datasets/shop.orders", sent).status_code == 403
    for wrong in ({"every": "soon"}, {"owner": "nobody"}):
        assert client.post("/datasets/shop.orders", sent | wrong).status_code == 400


def test_the_page_has_the_command_that_tells_how_it_is(orders, carol):
    html = body(signed_in(carol).get("/datasets/s3://lake/a.parquet"))
    assert "/api/v1/datasets/s3://lake/a.parquet/observations/" in html


def test_late_data_is_said_wherever_trust_is(orders, rest, growth, alice, carol, admin):
    tend(by=admin, dataset=orders, every_hours=1)
    Dataset.objects.update(watched_since="2026-01-01T00:00+00:00")
    lateness.look()
    warning.work()
    client = signed_in(carol)
    why = "The data shop.orders wasn&#x27;t checked for longer than expected."
    for page in ("/s/growth/a.md", "/insights/growth/n-a.md", "/?list=new", "/datasets/shop.orders"):
        said = body(client.get(page))
        assert re.search(f'class="badge warn" title="{why}[^"]*">Stale</span>', said), page
    assert "/insights/growth/n-a.md" in body(client.get("/insights/?trust=stale"))
    told = client.get("/api/v1/insights/growth/n-a.md/").json()
    assert (told["trust"], told["trust_reasons"][0]) == ("stale", why.replace("&#x27;", "'"))


def test_moments_are_by_one_clock_on_the_page_and_in_the_mail_which_both_say(orders, alice, carol, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    found = fail(alice, orders)
    client = signed_in(alice)
    page = found.get_absolute_url()
    assert "By the clock of Europe/Berlin." in body(client.get(page))
    client.post(page, {"note": "Loaded twice.", "wrong_from": "2026-11-01T06:00"})
    warning.work()
    said = "The data was wrong from 1 November 2026, 06:00 CET"
    assert said in body(client.get(page))
    assert warning._ending(Investigation.objects.get()).startswith(said)


def test_what_is_open_stands_on_the_page_however_much_was_closed_since(orders, alice, carol, admin):
    found = fail(alice, orders)
    for _ in range(21):
        close(by=admin, investigation=fail(admin, orders), note="Mended.")
    said = body(signed_in(carol).get("/datasets/shop.orders"))
    assert f'<a href="/datasets/investigations/{found.pk}">The investigation</a>' in said


def test_what_is_taken_along_says_that_its_data_is_suspect(orders, alice, carol):
    create_repository("growth")
    client = signed_in(carol)
    published = Post.objects.get().published_revision_id
    taken = lambda: b"".join(client.get(f"/r/{published}/page.html")).decode()  # noqa: E731
    assert "Be careful" not in taken()
    fail(alice, orders)
    assert "Be careful: the data may be wrong. shop.orders is suspect since" in taken()
    files = zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"/r/{published}/post.zip"))))
    (readme,) = (files.read(name).decode() for name in files.namelist() if name.endswith("README.txt"))
    assert "Be careful: the data may be wrong. shop.orders is suspect since" in readme


def test_what_you_used_says_that_what_it_rests_on_is_suspect(orders, alice, carol):
    use(by=carol, insight=Insight.objects.get(), what="Two more drivers")
    fail(alice, orders)
    said = body(signed_in(carol).get("/account/used"))
    why = "The data shop.orders failed a check, and nobody has cleared it yet."
    assert re.search(rf">Suspect</span>\s*<span>{why}</span>", said)
