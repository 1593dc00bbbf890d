"""The page of a search and the box in the bar: what is found, and what is said of it."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Popularity, Post, SearchMiss
from knowledge.pipeline.following import follow
from knowledge.pipeline.index import index_posts, request_index
from portal.search import address

PASSAGES = [
    ["heading", "h-trial", "After the free trial"],
    ["narrative", "c-2", "People who leave do so in the first month. Churn falls by half afterwards."],
    ["code", "c-3", "orders = pd.read_parquet('orders.parquet')"],
]
INSIGHT = {
    "name": "churn_m1",
    "value": 41.3,
    "unit": "%",
    "title": "",
    "as_of": "2026-09-30",
    "anchor": "c-3",
}


def index():
    request_index(Post.objects.values_list("pk", flat=True))
    index_posts()


@pytest.fixture
def found(growth, make_post, alice):
    """Three posts about churn; the second is archived."""
    make_post(
        growth, "trial.ipynb", title="Who stays", tags=["retention"], authors=(alice,),
        rendering={"passages": PASSAGES, "insights": [INSIGHT]},
    )  # fmt: skip
    make_post(
        growth,
        "old.md",
        title="Churn of old",
        source=b"o",
        status="archived",
        archived_at="2026-10-02T00:00Z",
    )
    make_post(growth, "price.md", title="Churn and prices", source=b"p", tags=["pricing"])
    index()


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


def page(client, text, **asked):
    answer = client.get("/search", {"q": text, **asked})
    assert answer.status_code == 200, text
    return unescape(answer.content.decode())


def titles(html):
    found = re.findall(r"<h2><a href=[^>]*>(.*?)</a></h2>", html)
    return [re.sub(r"</?mark>", "", title) for title in found]


def test_a_result_shows_its_passage_with_the_words_marked_its_heading_and_its_number(as_carol, found):
    html = page(as_carol, "churn month")
    assert titles(html) == ["Who stays", "Churn and prices"]
    assert "<mark>month</mark>. <mark>Churn</mark> falls" in html
    assert 'href="/s/growth/trial.ipynb#c-2"' in html
    assert 'href="/s/growth/trial.ipynb#h-trial">After the free trial<' in html
    assert "41.3 %" in html
    assert 'href="/s/growth/trial.ipynb#c-3"' in html
    assert "1 with all words, 1 with some" in html
    assert "<s>month</s>" in html
    assert "“churn” in its title" in html


def test_each_term_can_be_taken_away_and_each_facet_be_added(as_carol, found):
    html = page(as_carol, "churn tag:retention")
    assert titles(html) == ["Who stays"]
    assert f'href="{address("churn")}"' in html
    assert f'href="{address("tag:retention")}"' in html
    both = page(as_carol, "churn")
    assert f'href="{address("churn tag:pricing")}"' in both
    assert f'href="{address("churn type:md")}"' in both


def test_archived_posts_are_left_out_visibly(as_carol, found):
    html = page(as_carol, "churn")
    assert "Churn of old" not in html
    assert "1 archived or superseded post matches too" in html
    assert titles(page(as_carol, "churn is:archived OR is:superseded")) == ["Churn of old"]


def test_slips_are_forgiven_and_can_be_insisted_on(as_carol, found):
    html = page(as_carol, "chrun")
    assert "Showing results for" in html
    assert len(titles(html)) == 2
    assert titles(page(as_carol, "chrun", **{"as": "typed"})) == []


def test_the_newest_first_if_so_asked(as_carol, growth, make_post):
    for day in range(1, 4):
        make_post(
            growth,
            f"{day}.md",
            title=f"Churn {day}",
            source=b"%d" % day,
            published_at=f"2026-10-0{day}T00:00Z",
        )
    index()
    assert titles(page(as_carol, "churn", sort="new")) == ["Churn 3", "Churn 2", "Churn 1"]


def test_the_most_read_first_if_so_asked(as_carol, found, growth):
    Popularity.objects.create(post=growth.posts.get(path="trial.ipynb"), score=3)
    assert titles(page(as_carol, "churn")) == ["Churn and prices", "Who stays"]
    assert titles(page(as_carol, "churn", sort="read")) == ["Who stays", "Churn and prices"]


@pytest.mark.parametrize("sort", ["new", "read"])
def test_beyond_what_is_ranked_the_newest_come_first_too(as_carol, growth, make_post, monkeypatch, sort):
    monkeypatch.setattr("knowledge.models.search_pool.TITLED", 2)
    for day in range(1, 5):
        make_post(
            growth,
            f"{day}.md",
            title=f"Churn {day}",
            source=b"%d" % day,
            published_at=f"2026-10-0{day}T00:00Z",
        )
    index()
    assert titles(page(as_carol, "churn", sort=sort)) == ["Churn 4", "Churn 3", "Churn 2", "Churn 1"]


def test_of_what_only_fields_ask_for_the_newest_comes_first(as_carol, growth, make_post, monkeypatch):
    for day in (2, 3, 1):
        post = make_post(
            growth,
            f"{day}.md",
            title=f"Churn {day}",
            source=b"%d" % day,
            tags=["pricing"],
            published_at=f"2026-10-0{day}T00:00Z",
        )
    Popularity.objects.create(post=post, score=99)
    index()
    assert titles(page(as_carol, "tag:pricing")) == ["Churn 3", "Churn 2", "Churn 1"]
    monkeypatch.setattr("knowledge.models.search_pool.POOL", 2)
    assert titles(page(as_carol, "tag:pricing type:md")) == ["Churn 3", "Churn 2", "Churn 1"]
    assert titles(page(as_carol, "tag:pricing churn"))[0] == "Churn 1"


def test_pages_have_addresses(as_carol, growth, make_post):
    for number in range(12):
        make_post(growth, f"{number}.md", title=f"Churn {number}", source=b"%d" % number)
    index()
    first, second = titles(page(as_carol, "churn")), titles(page(as_carol, "churn", page="2"))
    assert (len(first), len(second), len({*first, *second})) == (10, 2, 12)
    assert titles(page(as_carol, "churn", page="99")) == second


def test_nothing_found_says_what_to_try(as_carol, found):
    html = page(as_carol, "zeppelin tag:pricing")
    assert "Nothing that you can see matches" in html
    assert "Ask it as a question" in html
    assert SearchMiss.objects.get().query == "zeppelin tag:pricing"
    assert "without" in html


def test_without_a_query_the_page_teaches_the_grammar_and_lists_what_was_saved(as_carol, carol, found):
    follow(by=carol, kind="search", target="churn -draft")
    for text in ("", "  ", "?!"):
        html = page(as_carol, text)
        assert "code:read_parquet" in html
        assert f'href="{address("churn -draft")}"' in html


def test_a_search_that_takes_too_long_is_stopped_and_says_so(as_carol, found, monkeypatch):
    monkeypatch.setattr("knowledge.models.prepared.MILLISECONDS", 1)
    monkeypatch.setattr(
        "knowledge.models.search_pool._FEATURES", "pg_sleep(1), {heads}, {bodies}, {titled}, {nearness}"
    )
    html = page(as_carol, "churn")
    assert "took too long" in html
    assert as_carol.get("/api/v1/search/?q=churn").status_code == 422


def test_the_box_offers_posts_tags_people_and_spaces(as_carol, found):
    def offered(text):
        html = as_carol.get("/search/suggest", {"q": text}).content.decode()
        return re.findall(r'href="([^"]+)"', html)[:-1]

    assert offered("chu") == ["/s/growth/price.md", "/s/growth/trial.ipynb"]
    assert offered("rete") == ["/s/growth/trial.ipynb", "/tags/retention"]
    assert "/people/alice" in offered("ali")
    assert "/s/growth/" in offered("gro")
    assert offered("c") == []
    said = json.loads(as_carol.get("/search/suggest.json", {"q": "chu"}).content)
    assert said[0] == "chu"
    assert said[1][0] == "Churn and prices"


def test_browsers_are_told_of_the_search(as_carol):
    assert 'href="/search/opensearch.xml"' in as_carol.get("/").content.decode()
    assert "{searchTerms}" in as_carol.get("/search/opensearch.xml").content.decode()


@pytest.mark.parametrize(
    "asked", [{"q": "churn"}, {"q": "churn", "sort": "new"}, {"q": "tag:pricing is:approved"}]
)
def test_as_many_queries_for_many_posts_as_for_five(as_carol, growth, make_post, alice, asked):
    counts = []
    for number in range(8):
        fields = {"title": f"Churn {number}", "tags": ["pricing"], "authors": (alice,)}
        make_post(growth, f"{number}.md", source=b"%d" % number, **fields)
        if number in {4, 7}:
            index()
            as_carol.get("/search", asked)
            with CaptureQueriesContext(connection) as queries:
                as_carol.get("/search", asked)
            counts.append(len(queries))
    assert counts[0] == counts[1] < 40
