"""The pages of the company's numbers."""

import re
from datetime import timedelta

import pytest

from knowledge.models import Post
from knowledge.pipeline import ledger
from tests.cast import THE_DAY
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
        ({"status": "archived"}, "Withdrawn."),
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


def test_numbers_are_listed_and_found(client, carol, growth, finance, publish):
    publish(growth, 0.21, title="Late deliveries")
    publish(finance, 7, path="f.md", title="Margin")
    client.force_login(carol)

    def shown(**asked):
        return re.findall(r"<h2><a href=\"[^\"]+\">([^<]+)</a>", body(client.get("/insights/", asked)))

    assert shown() == ["Margin", "Late deliveries"]
    assert shown(q="deliv") == shown(space="growth") == ["Late deliveries"]
    assert shown(status="withdrawn") == shown(author="bob") == []
    assert shown(author="alice", q="margin") == ["Margin"]
    assert "No insight that you can see fits" in body(client.get("/insights/", {"q": "zeppelin"}))


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
