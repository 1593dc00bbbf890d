"""Pages of libraries, of what an upgrade of one touches, and of campaigns."""

import csv
import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import (
    Campaign,
    LibrarySum,
    LibraryUse,
    Membership,
    Popularity,
    Rendering,
    Role,
    Space,
    User,
)
from knowledge.models.library_sum import most_used, versions_of
from knowledge.pipeline import keeping, ledger, using
from knowledge.pipeline.campaigning import open_campaign
from knowledge.pipeline.index import index_posts, request_index
from knowledge.pipeline.upkeep import forget_old_rows
from tests.cast import make_user
from tests.portal.pages import body, signed_in

OR_400 = {200, 400}  # of a NUL, wherever it stands
NAUGHTY = ["\x00", "<script>", "9" * 3000, "<<", "\N{SUPERSCRIPT TWO}", "-1", "='cmd'"]


@pytest.fixture
def used(make_post, alice):
    def make(space, path, version="1.4.2", *, library="pandas", says=(), **fields):
        post = make_post(
            space,
            path,
            source=f"{space.slug} {path} {version} {library}".encode(),
            rendering={
                "libraries": [library, "numpy"],
                "versions": {library: version} if version else {},
                "insights": [{"name": name, "value": 3.5, "title": f"The {name}"} for name in says],
            },
            **{"authors": (alice,), "title": f"Post {path}"} | fields,
        )
        using.follow([post.pk])
        ledger.follow([post.revisions.get()])
        return post

    return make


@pytest.fixture
def posts(growth, finance, used, bob):
    return [
        used(growth, "old.md", says=["late"], owner=bob),
        used(growth, "range.md", ">=1.5,<2"),
        used(growth, "new.md", "2.1.0"),
        used(growth, "unsaid.md", ""),
        used(finance, "secret.md", "1.0", says=["margin"]),
        used(finance, "other.md", "7", library="hidden-lib"),
    ]


def listed(html):
    return re.findall(r"<h3[^>]*><a[^>]*>Post ([\w.]+)</a>", html)


def test_all_libraries_are_listed_with_what_the_reader_sees_of_them(posts, carol, mallory):
    html = body(signed_in(carol).get("/libraries/"))
    assert re.findall(r'<a href="/libraries/([\w-]+)">[\w-]+</a></h2>', html) == [
        "numpy",
        "pandas",
        "hidden-lib",
    ]
    assert "<span>5 posts</span>" in html
    assert "2 numbers" in html
    theirs = body(signed_in(mallory).get("/libraries/"))
    assert "<span>4 posts</span>" in theirs
    assert "1 number<" in theirs
    assert "hidden-lib" not in theirs
    assert not re.search(r'chip-text">1\.0<', theirs)
    assert "No such library" in body(signed_in(mallory).get("/libraries/?q=hidden"))
    assert "hidden-lib" in body(signed_in(carol).get("/libraries/?q=HIDDEN"))


def test_what_is_used_by_no_post_that_one_sees_is_not_there(posts, mallory, carol):
    for place in ("", "/impact", "/impact.csv"):
        assert signed_in(carol).get(f"/libraries/hidden-lib{place}").status_code == 200
        assert signed_in(mallory).get(f"/libraries/hidden-lib{place}").status_code == 404
    assert signed_in(carol).get("/libraries/Pandas").status_code == 404
    LibraryUse.objects.filter(library="pandas").update(library="@scope/pandas")
    assert "@scope/pandas" in body(signed_in(carol).get("/libraries/@scope/pandas"))
    assert signed_in(carol).get("/libraries/@scope/pandas/impact").status_code == 200


def test_a_library_lists_its_posts_by_version_and_space(posts, carol, mallory):
    html = body(signed_in(carol).get("/libraries/pandas"))
    assert set(listed(html)) == {"old.md", "range.md", "new.md", "unsaid.md", "secret.md"}
    assert "5 posts use it, and 2 numbers rest on them." in html
    assert "newest here" in html
    assert (
        html.index(">2.1.0<")
        < html.index("&gt;=1.5,&lt;2")
        < html.index(">1.4.2<")
        < html.index(">not said<")
    )
    assert "Owned by" in html
    assert '<a href="/insights/growth/late">The late</a> <b class="num">3.5</b>' in html
    assert listed(body(signed_in(carol).get("/libraries/pandas?version=1.4.2"))) == ["old.md"]
    assert listed(body(signed_in(carol).get("/libraries/pandas?version="))) == ["unsaid.md"]
    assert listed(body(signed_in(carol).get("/libraries/pandas?space=finance"))) == ["secret.md"]
    theirs = body(signed_in(mallory).get("/libraries/pandas"))
    assert "4 posts use it, and 1 number rests on them." in theirs
    for secret in ("secret", "Finance", "margin", ">1.0<"):
        assert secret not in theirs
    assert "No post that you can see" in body(signed_in(mallory).get("/libraries/pandas?space=finance"))


def test_the_list_goes_on_page_by_page(growth, used, carol, monkeypatch):
    monkeypatch.setattr("portal.views.libraries.A_PAGE", 2)
    for n in range(5):
        used(growth, f"{n}.md")
    seen, address = [], "/libraries/pandas"
    for _ in range(4):
        html = body(signed_in(carol).get(address))
        seen += listed(html)
        more = re.search(r'href="(\?before=[^"]+)" rel="next"', html)
        if not more:
            break
        address = f"/libraries/pandas{more[1]}"
    assert sorted(seen) == [f"{n}.md" for n in range(5)]


def test_an_upgrade_touches_what_says_such_a_version_the_most_read_first(posts, carol, mallory):
    Popularity.objects.create(post=posts[1], score=5)
    html = body(signed_in(carol).get("/libraries/pandas/impact?from=%3C2&to=2.1"))
    touched, apart = html.split('id="apart"')
    assert listed(touched)[0] == "range.md"
    assert set(listed(touched)) == {"range.md", "old.md", "secret.md"}
    assert listed(apart) == ["unsaid.md"]
    assert "of 5 posts would be touched, and 2 numbers." in html
    assert "1 more doesn’t say its version." in html
    assert "Start a campaign" not in html  # carol reads
    theirs = body(signed_in(mallory).get("/libraries/pandas/impact?from=%3C2"))
    assert set(listed(theirs.split('id="apart"')[0])) == {"range.md", "old.md"}
    assert "secret" not in theirs
    assert "is no range of versions" in body(signed_in(carol).get("/libraries/pandas/impact?from=^1"))
    assert "Nothing is touched" in body(signed_in(carol).get("/libraries/pandas/impact?from=>3"))


def test_it_comes_as_a_table_that_no_spreadsheet_runs(posts, growth, used, carol, mallory):
    used(growth, "formula.md", title="=cmd()")
    answer = signed_in(carol).get("/libraries/pandas/impact.csv?from=%3C2")
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))
    assert {(row["path"], row["version"], row["concerned"]) for row in rows} == {
        ("old.md", "1.4.2", "yes"),
        ("range.md", ">=1.5,<2", "yes"),
        ("secret.md", "1.0", "yes"),
        ("formula.md", "1.4.2", "yes"),
        ("unsaid.md", "", "unknown"),
    }
    assert rows[-1]["path"] == "unsaid.md"
    old = next(row for row in rows if row["path"] == "old.md")
    assert (old["owner"], old["authors"], old["insights"]) == ("bob", "Alice Example", "late")
    assert next(row for row in rows if row["path"] == "formula.md")["title"] == "'=cmd()"
    theirs = signed_in(mallory).get("/libraries/pandas/impact.csv").getvalue().decode()
    assert "secret" not in theirs


def test_nothing_that_is_asked_breaks_a_page(posts, carol, dana, growth):
    campaign = open_campaign(by=dana, library="pandas", title="pandas 2")
    client = signed_in(dana)
    for word in NAUGHTY:
        for place in ("", "pandas", "pandas/impact", "pandas/impact.csv"):
            names = ("q", "page", "before", "version", "space", "from", "to")
            assert client.get(f"/libraries/{place}", dict.fromkeys(names, word)).status_code in OR_400
        for page in ("", "new", f"{campaign.pk}"):
            asked = ("library", "from", "to", "space", "page", "whose", "state", "owner", "closed")
            assert client.get(f"/campaigns/{page}", dict.fromkeys(asked, word)).status_code in OR_400
        sent = {"item": word, "state": word, "note": word, "query": word}
        assert client.post(f"/campaigns/{campaign.pk}/mark", sent).status_code in {302, 400}
        new = {"library": word, "affected": word, "title": word, "what": word, "space": word, "target": word}
        assert client.post("/campaigns/new", new).status_code in OR_400
    assert Campaign.objects.count() == 1


def test_a_campaign_is_opened_from_the_list_and_ticked_off(posts, bob, alice, carol, mallory):
    reviewer = signed_in(bob)
    html = body(reviewer.get("/libraries/pandas/impact?from=%3C2&to=2.1"))
    link = re.findall(r'href="(/campaigns/new[^"]+)"', html)[0].replace("&amp;", "&")
    form = body(reviewer.get(link))
    assert "For 3 posts with" in form
    assert 'value="pandas 2.1"' in form
    assert 'name="affected" value="&lt;2"' in form
    answer = reviewer.post(
        "/campaigns/new",
        {"library": "pandas", "affected": "<2", "target": "2.1", "title": "Pandas <b>", "what": "**Now**"},
    )
    campaign = Campaign.objects.get()
    assert answer["Location"] == f"/campaigns/{campaign.pk}"
    html = body(signed_in(alice).get(f"/campaigns/{campaign.pk}?whose=mine"))
    assert set(listed(html)) == {"range.md", "secret.md"}
    assert "Pandas &lt;b&gt;" in html
    assert "<strong>Now</strong>" in html
    assert "Close it" not in html
    item = campaign.items.get(post__path="range.md")
    sent = {"item": item.pk, "state": "not_needed", "note": "Runs no more.", "query": "whose=mine"}
    answer = signed_in(alice).post(f"/campaigns/{campaign.pk}/mark", sent)
    assert answer["Location"] == f"/campaigns/{campaign.pk}?whose=mine#item-{item.pk}"
    html = body(signed_in(carol).get(f"/campaigns/{campaign.pk}"))
    assert "<b>Not needed</b> by Alice Example" in html
    assert "Runs no more." in html
    assert "of 3 settled" in html
    assert 'name="state"' not in html
    theirs = body(signed_in(mallory).get(f"/campaigns/{campaign.pk}"))
    assert "of 2 settled" in theirs
    for secret in ("secret", "Finance"):
        assert secret not in theirs
    assert "1 of 2" in body(signed_in(mallory).get("/campaigns/"))
    assert "1 of yours is open" in body(signed_in(alice).get("/campaigns/"))
    assert "1 of 3" in body(signed_in(carol).get("/libraries/pandas"))


def test_one_of_a_space_asks_for_its_posts_alone(posts, bob):
    new = {"library": "pandas", "affected": "<2", "title": "pandas 2", "space": "nowhere"}
    assert "Nothing to ask for" in body(signed_in(bob).post("/campaigns/new", new))
    assert not Campaign.objects.exists()
    signed_in(bob).post("/campaigns/new", new | {"space": "growth"})
    asked = Campaign.objects.get().items.values_list("post__path", flat=True)
    assert set(asked) == {"old.md", "range.md"}


def test_it_is_changed_and_closed_by_who_opened_it(posts, bob, alice):
    campaign = open_campaign(by=bob, library="pandas", title="pandas 2", affected="<2")
    place = f"/campaigns/{campaign.pk}/edit"
    assert signed_in(alice).get(place).status_code == 403
    assert signed_in(alice).post(place, {"do": "close"}).status_code == 403
    assert 'value="pandas 2"' in body(signed_in(bob).get(place))
    signed_in(bob).post(place, {"title": "pandas two", "what": "Look.", "target": "2.1"})
    assert "pandas two" in body(signed_in(alice).get(f"/campaigns/{campaign.pk}"))
    signed_in(bob).post(place, {"do": "close", "note": "All over."})
    html = body(signed_in(alice).get(f"/campaigns/{campaign.pk}"))
    assert "All over." in html
    assert 'name="state"' not in html
    assert "pandas two" not in body(signed_in(alice).get("/campaigns/"))
    assert "pandas two" in body(signed_in(alice).get("/campaigns/?closed=1"))
    assert "is closed" in body(signed_in(bob).post(place, {"title": "x"}))


def test_who_may_not_mark_a_post_is_told_and_what_one_does_not_see_is_not_there(posts, bob, carol, mallory):
    campaign = open_campaign(by=bob, library="pandas", title="pandas 2", affected="<2")
    item, hidden = (campaign.items.get(post__path=path) for path in ("range.md", "secret.md"))
    client = signed_in(carol)
    client.post(f"/campaigns/{campaign.pk}/mark", {"item": item.pk, "state": "done"})
    assert "That is for those who wrote this post" in body(client.get(f"/campaigns/{campaign.pk}"))
    answer = signed_in(mallory).post(f"/campaigns/{campaign.pk}/mark", {"item": hidden.pk, "state": "done"})
    assert answer.status_code == 404
    assert set(campaign.items.values_list("state", flat=True)) == {"open"}


def test_a_post_and_its_numbers_say_what_they_rest_on(posts, carol, growth, dana):
    html = body(signed_in(carol).get("/s/growth/old.md"))
    assert "What it rests on" in html
    assert (
        '<a class="chip" href="/libraries/pandas"><span class="chip-text mono">pandas 1.4.2</span></a>'
        in html
    )
    page = body(signed_in(carol).get("/insights/growth/late"))
    assert (
        '<a class="chip" href="/libraries/pandas"><span class="chip-text mono">pandas 1.4.2</span></a>'
        in page
    )
    posts[0].status = "archived"
    posts[0].save()
    html = body(signed_in(carol).get("/s/growth/old.md"))
    assert '<span class="chip"><span class="chip-text mono">pandas 1.4.2</span></span>' in html
    assert "/libraries/pandas" not in html


def test_pages_take_as_many_queries_for_many(growth, used, bob, carol, alice):
    other = Space.objects.create(slug="other", name="Other")
    Membership.objects.create(space=other, user=alice, role=Role.AUTHOR)
    counts = []
    for round in range(2):
        for n in range(2 + 3 * round):
            used(growth, f"{round}{n}.md", f"1.{n}", says=[f"late-{round}-{n}"])
            used(other, f"{round}{n}.md", "", library=f"lib{round}{n}", owner=bob)
        campaign = open_campaign(by=bob, library="pandas", title="pandas 2")
        client = signed_in(carol)
        for address in (
            "/libraries/", "/libraries/pandas", "/libraries/numpy", "/libraries/pandas/impact?from=<2",
            "/campaigns/", f"/campaigns/{campaign.pk}", "/libraries/pandas/impact.csv", "/campaigns/new",
        ):  # fmt: skip
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
                answer.getvalue() if answer.streaming else answer.content
            counts.append((address.replace(str(campaign.pk), ""), len(asked)))
    assert counts[: len(counts) // 2] == counts[len(counts) // 2 :]


def test_a_search_for_a_library_leads_to_its_page(posts, carol, mallory):
    request_index([post.pk for post in posts])
    index_posts()
    link = '<a class="mono" href="/libraries/hidden-lib">hidden-lib</a>'
    assert link in body(signed_in(carol).get("/search?q=library:hidden-lib"))
    assert link not in body(signed_in(carol).get("/search?q=library:numpy -library:hidden-lib"))
    assert "/libraries/hidden-lib" not in body(signed_in(mallory).get("/search?q=library:hidden-lib"))


def test_old_versions_are_folded_away_unless_one_is_chosen(growth, used, carol):
    for minor in range(15):
        used(growth, f"{minor}.md", version=f"1.{minor}")
    used(growth, "unsaid.md", version="")
    client = signed_in(carol)
    said = body(client.get("/libraries/pandas"))
    shown, _, folded = said.partition("3 older versions</summary>")
    assert "?version=1.14" in shown
    assert "not said" in shown
    assert "?version=1.2" in folded
    assert "<details open>" in body(client.get("/libraries/pandas?version=1.2"))


def test_a_campaign_says_how_many_posts_came_since(growth, used, bob):
    used(growth, "a.md", version="1.4")
    campaign = open_campaign(by=bob, library="pandas", title="pandas 2", target="2.1")
    client = signed_in(bob)
    assert "not asked for here" not in body(client.get(f"/campaigns/{campaign.pk}"))
    used(growth, "b.md", version="1.4")
    used(growth, "c.md", version="2.1")
    said = body(client.get(f"/campaigns/{campaign.pk}"))
    assert "1 more post that you see says such a version and is not asked for here" in said
    assert "?from=&amp;to=2.1" in said


def test_sums_are_what_each_reader_sees_whatever_became_of_posts(
    growth, finance, used, alice, carol, mallory, admin
):
    posts = [
        used(space, f"{n}.md", version) for space in (growth, finance) for n, version in enumerate("123")
    ]
    used(growth, "closed.md", "9", private=True, allowed_groups=["deals"])
    mallory.groups.add(Group.objects.create(name="deals"))
    keeping.archive(by=admin, post=posts[0], why="Old.")
    Rendering.objects.filter(revisions__post=posts[1]).update(
        versions={"pandas": "2.5"}, libraries=["pandas"]
    )
    using.follow([posts[1].pk])
    posts[5].delete()
    for _ in range(2):
        for user in (alice, carol, mallory, admin, make_user("outsider")):
            seen = LibraryUse.objects.visible_to(user)
            counted = {row["library"]: row["posts"] for row in seen.libraries()}
            assert dict(most_used(user)) == counted, user
            known = versions_of(user, counted)
            assert {(name, it) for name, those in known.items() for it in those} == set(seen.versions())
            User.objects.filter(username="outsider").delete()
        forget_old_rows()
    assert LibrarySum.objects.values("space", "library", "version", "is_closed").distinct().count() == (
        LibrarySum.objects.count()
    )
    ordered = list(LibraryUse.objects.of("pandas").most_read_first().values_list("pk", flat=True))
    Popularity.objects.create(post_id=LibraryUse.objects.get(pk=ordered[-1]).post_id, score=3)
    ordered = list(LibraryUse.objects.of("pandas").most_read_first().values_list("pk", flat=True))
    for start in range(len(ordered) + 1):
        part = LibraryUse.objects.of("pandas").most_read(start, 2)
        assert [use.pk for use in part] == ordered[start : start + 2]
