"""The pages of the company's numbers."""

import re
from datetime import timedelta

import pytest

from knowledge.models import Post, Review
from knowledge.pipeline import ledger
from knowledge.trust import WORDS
from tests.cast import THE_DAY, make_space
from tests.portal.pages import body


@pytest.fixture
def publish(make_post, alice):
    def publish(space, value, *, path="a.md", days=0, **said):
        post = make_post(
            space,
            path,
            title="Late on Mondays",
            source=f"{space} {path} {value} {days}".encode(),
            authors=(alice,),
            tags=["logistics"],
            revision={"published_at": THE_DAY + timedelta(days=days)},
            rendering={"insights": [{"name": "late", "value": value, **said}]},
        )
        post.refresh_from_db()
        ledger.follow([post.published_revision])
        return post

    return publish


def test_a_number_is_shown_with_what_it_was_and_where_it_comes_from(client, carol, growth, publish):
    publish(growth, 0.21, as_of="2026-06-30", unit="ratio")
    post = publish(growth, 0.18, days=30, as_of="2026-09-30", unit="ratio", title="Late <b>", anchor="cell-3")
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "<h1>Late &lt;b&gt;</h1>" in html
    for words in (
        "0.18\N{NO-BREAK SPACE}ratio",
        "as of 30 Sep 2026",
        "\N{MINUS SIGN}0.03",
        "since r1",
        "<svg",
    ):
        assert words in html
    assert f'href="/s/growth/a.md#{"cell-3"}"' in html
    assert post.title in html
    assert len(re.findall(r"<th scope=\"row\"><a class=\"mono\"", html)) == 2


def test_all_digits_stand_on_the_page(client, carol, growth, publish):
    publish(growth, 0.12345678901234568, exact="0.12345678901234567890")
    publish(growth, 43_210_123, days=1)
    publish(growth, 0.25, days=2)
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert re.findall(r'<small class="insight-exact">([^<]+)<', html) == [
        "43210123", "0.12345678901234567890"
    ]  # fmt: skip
    assert "exactly" not in html
    publish(growth, 43_210_124, days=3)
    assert '<data value="43210124">43210124</data>' in body(client.get("/insights/growth/late"))


def test_nothing_is_subtracted_from_another_unit(client, carol, growth, publish):
    publish(growth, 40, unit="%")
    publish(growth, 0.4, days=1, unit="ratio")
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "39.6" not in html
    assert "since r1" not in html


def test_a_table_and_a_text_are_shown_too(client, carol, growth, publish):
    publish(growth, {"columns": ["market", "share"], "rows": [["FR", 0.2], ["<i>", None]]})
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "<td>FR</td>" in html
    assert "<td>&lt;i&gt;</td>" in html
    assert "a table" in body(client.get("/insights/"))
    publish(growth, "mostly " + "late " * 12, days=1)
    assert "mostly late" in body(client.get("/insights/growth/late"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "superseded"}, "Superseded."),
        ({"status": "archived", "archived_at": THE_DAY}, "Its post is archived since 1 October 2026."),
        ({"status": "deleted", "deleted_at": THE_DAY}, "Its post is gone."),
        ({"attention_since": THE_DAY}, "Needs a look."),
    ],
)
def test_what_can_not_be_relied_on_says_so(client, carol, growth, publish, change, words):
    publish(growth, 0.21)
    Post.objects.update(**change)
    client.force_login(carol)
    assert words in body(client.get("/insights/growth/late"))


@pytest.mark.parametrize("hidden", [{"private": True}, {"is_held": True}])
def test_what_took_its_place_is_named_to_who_sees_that(
    client, carol, mallory, growth, make_post, publish, hidden
):
    newer = make_post(growth, "new.md", title="Merger plans")
    publish(growth, 0.21)
    Post.objects.filter(path="a.md").update(status="superseded", superseded_by=newer)
    client.force_login(mallory)
    assert "Merger plans" in body(client.get("/insights/growth/late"))
    Post.objects.filter(pk=newer.pk).update(**hidden)
    for address in ("/insights/growth/late", "/s/growth/a.md", f"/p/{Post.objects.get(path='a.md').pk}/life"):
        assert "Merger plans" not in body(client.get(address))
    client.force_login(carol)
    assert "Merger plans" in body(client.get("/insights/growth/late"))


def test_what_another_space_says_of_the_same_day_is_told_to_who_sees_both(
    client, carol, mallory, growth, finance, publish
):
    publish(growth, 0.21, as_of="2026-06-30")
    publish(finance, 0.24, path="f.md", as_of="2026-06-30")
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "Said otherwise elsewhere" in html
    assert "0.24" in html
    client.force_login(mallory)
    html = body(client.get("/insights/growth/late"))
    assert "elsewhere" not in html
    assert "0.24" not in html
    assert client.get("/insights/finance/late").status_code == 404


def test_what_was_mailed_as_a_contradiction_is_shown_however_many_say_the_same(
    client, carol, growth, finance, roles, publish
):
    publish(growth, 0.14, as_of="2026-06-30", unit="ratio", dimensions={"market": "FR"})
    for number in range(6):
        publish(
            make_space(f"s{number}", roles), 14, as_of="2026-06-30", unit="%", dimensions={"market": "FR"}
        )
    publish(make_space("de", roles), 0.15, as_of="2026-06-30", unit="ratio", dimensions={"market": "DE"})
    publish(finance, 0.15, as_of="20260630", unit="ratio", dimensions={"market": "FR"})
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert re.findall(r"Said otherwise elsewhere.</b> <a href=\"/insights/([^/]+)", html) == ["finance"]
    Post.objects.filter(space=finance).update(status="archived")
    assert "elsewhere" not in body(client.get("/insights/growth/late"))


def test_each_reading_leads_to_the_post_that_said_it_where_the_reader_sees_that(
    client, carol, mallory, growth, publish
):
    publish(growth, 0.21)
    publish(growth, 0.2, days=1)
    Post.objects.update(status="archived")
    publish(growth, 0.19, path="b.md", days=2)
    client.force_login(carol)
    rows = r"<th scope=\"row\"><a class=\"mono\" href=\"([^\"]+)\""
    assert re.findall(rows, body(client.get("/insights/growth/late"))) == [
        "/s/growth/b.md@1",
        "/s/growth/a.md@2",
        "/s/growth/a.md@1",
    ]
    Post.objects.filter(path="a.md").update(private=True)
    client.force_login(mallory)
    assert re.findall(rows, body(client.get("/insights/growth/late"))) == ["/s/growth/b.md@1"]


def test_a_correction_is_no_move_of_the_world(client, carol, growth, publish):
    publish(growth, 0.143, as_of="2026-06-30")
    publish(growth, 0.139, days=1, as_of="2026-06-30")
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert html.count("corrected from 0.143") == 2
    assert "since r1" not in html
    assert "corrected from 0.143" in body(client.get("/insights/"))
    Post.objects.update(status="archived")
    publish(growth, 0.15, path="b.md", days=2, as_of="2026-06-30")
    assert "corrected from 0.139" not in body(client.get("/insights/growth/late"))


def test_a_card_shows_no_number_whose_name_is_another_posts(client, carol, growth, publish):
    publish(growth, 0.21)
    publish(growth, 0.77, path="b.md", days=1)
    client.force_login(carol)
    html = body(client.get("/s/growth/"))
    assert "0.21" in html
    assert "0.77" not in html


def test_numbers_are_listed_and_found(client, carol, growth, finance, publish):
    publish(growth, 0.21, title="Late deliveries")
    publish(finance, 7, path="f.md", title="Margin")
    client.force_login(carol)

    def shown(**asked):
        return re.findall(r"<h2><a href=\"[^\"]+\">([^<]+)</a>", body(client.get("/insights/", asked)))

    assert shown() == ["Margin", "Late deliveries"]
    assert shown(q="deliv") == shown(space="growth") == ["Late deliveries"]
    assert shown(trust="withdrawn") == shown(author="bob") == shown(tag="sales") == []
    assert shown(trust="unreviewed", tag="logistics") == ["Margin", "Late deliveries"]
    assert shown(author="alice", q="margin") == ["Margin"]
    assert "No insight that you can see fits" in body(client.get("/insights/", {"q": "zeppelin"}))


DATA = {"name": "raw.orders", "dataset": 1, "since": "2026-10-01T09:30:00+00:00"}


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"status": "deleted", "deleted_at": THE_DAY}, "withdrawn"),
        ({"status": "archived"}, "withdrawn"),
        ({"status": "superseded"}, "superseded"),
        ({"data_notes": [DATA | {"kind": "suspect"}]}, "suspect"),
        ({"attention_since": THE_DAY, "data_notes": [DATA | {"kind": "late"}]}, "stale"),
        ({"run_findings": ["out-of-order"]}, "unproven"),
        ({"run_findings": ["code-hidden"]}, "unreviewed"),
        ({}, "sound"),
    ],
)
def test_the_database_finds_and_counts_numbers_by_the_word_that_their_pages_say(
    client, carol, bob, growth, publish, change, word
):
    post = publish(growth, 0.21)
    Post.objects.update(**change)
    if not change:
        approved = {"post": post, "revision": post.published_revision, "state": "approved"}
        review = Review.objects.create(closed_at=THE_DAY, **approved)
        review.verdicts.create(revision=review.revision, reviewer=bob, reviewer_name="Bob", kind="approve")
    client.force_login(carol)
    assert f">{WORDS[word][0]}</span>" in body(client.get("/insights/growth/late"))
    page = body(client.get("/insights/", {"trust": word}))
    assert f'<option value="{word}" selected>{WORDS[word][0]} (1)</option>' in page
    assert "/insights/growth/late" in page
    for other in WORDS.keys() - {word}:
        assert "/insights/growth/late" not in body(client.get("/insights/", {"trust": other}))


def test_without_numbers_the_page_says_how_to_publish_one(client, carol):
    client.force_login(carol)
    assert "application/vnd.almanac.insight+json" in body(client.get("/insights/"))


@pytest.mark.parametrize("values", [(-1e308, 1e308), (0, 5e-324)])
def test_a_series_that_no_scale_holds_is_a_table(client, carol, growth, publish, values):
    rows = [[f"2026-0{month}", value] for month, value in enumerate(values, 1)]
    publish(growth, {"columns": ["month", "orders"], "rows": rows})
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "<td>2026-01</td>" in html
    assert "2 values." not in html


def test_a_series_by_days_is_drawn(client, carol, growth, publish):
    months = [[f"2026-0{month}", month * 2.5, "x"] for month in (3, 1, 2)]
    publish(growth, {"columns": ["month", "orders", "note"], "rows": months})
    client.force_login(carol)
    html = body(client.get("/insights/growth/late"))
    assert "3 values." in html
    assert re.findall(r"<title>([^<]+) 2026: orders", html)[:3] == ["1 Jan", "1 Feb", "1 Mar"]
    publish(growth, {"columns": ["market", "share"], "rows": [["FR", 0.2], ["DE", 0.3]]}, days=1)
    assert "2 values." not in body(client.get("/insights/growth/late"))
