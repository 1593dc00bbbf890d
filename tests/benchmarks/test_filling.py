from itertools import islice

import pytest

from benchmarks.filling import Drawn, corpus_files, drawn, load_corpus, store
from benchmarks.querying import KINDS, measured, mixed_queries
from benchmarks.relevance import peers
from benchmarks.resampling import resampled, stock_of
from knowledge.models import Post, Space

PROSE = "Free delivery brought {} orders in spring. We compared those who paid with those who did not.\n\n"
DELIVERY = (
    "---\ntitle: Does free delivery pay?\ntags: [delivery]\nauthors: [Ada]\n---\n## What Customers did\n\n"
)
CHURN = (
    "# Why customers leave\n\n## Who stays longest\n\nThe median Reader stays for a year and then renews.\n"
)
IN_R = "# Customers in R\n\nA table of all customers who left, and when they did so.\n\n"
CODE = "```{r}\nlibrary(dplyr)\ncustomers |> group_by(month) |> summarise(left = n())\n```\n"
FILES = {
    "analysts+shop/delivery.md": DELIVERY + "".join(PROSE.format(number) for number in range(5)),
    "analysts+shop/churn.md": CHURN,
    "analysts+shop/churn.Rmd": IN_R + CODE,
    "analysts+shop/bare.py": "print('a script without a header is no document')\n",
    "derived/copy.md": "# A copy\n",
    "LICENSE": "Do as you like.\n",
}


@pytest.fixture
def corpus(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def stock(corpus):
    return stock_of([drawn(file) for file in corpus_files(corpus)])


def test_only_what_the_portal_takes_is_loaded(corpus):
    assert [path for path, _ in corpus_files(corpus)] == [
        "analysts+shop/churn.Rmd",
        "analysts+shop/churn.md",
        "analysts+shop/delivery.md",
    ]


@pytest.mark.django_db
def test_the_peers_search_the_posts_that_are_stored(corpus):
    load_corpus(corpus)
    post = Post.objects.get(path="analysts+shop/delivery.md")
    assert (post.title, post.tags, post.status) == ("Does free delivery pay?", ["delivery"], "published")
    assert [each.name for each in post.authorships.all()] == ["Ada"]
    peers.prepare()
    assert peers.ts_rank("customer leaving") == ["analysts+shop/churn.md"]
    assert peers.ts_rank("library:dplyr -median") == ["analysts+shop/churn.Rmd"]
    assert peers.ts_rank("dlivery") == []
    assert peers.knowledge_repo('"Deliver" title:free -median') == ["analysts+shop/delivery.md"]
    assert peers.knowledge_repo("median") == [], "it looks into no text"


def test_a_field_is_only_a_word_for_the_peers():
    assert peers.plain('library:pandas title:"stock report" ratio:2 -tag:old') == (
        'pandas "stock report" ratio:2 -tag:old'
    )


def test_made_up_posts_are_the_same_at_each_run_and_of_the_size_wanted(stock):
    posts = list(resampled(200, 7, stock=stock))
    assert posts == list(resampled(200, 7, stock=stock))
    assert posts[:3] != list(resampled(3, 8, stock=stock))
    sizes = [
        len(post.columns["text"]) + sum(len(cell[3]) for cell in post.columns["cells"]) for post in posts
    ]
    assert 3_000 < sum(sizes) / 200 < 5_500
    assert len({post.digest for post in posts}) == 200
    assert all(1 <= len(post.header["tags"]) <= 5 for post in posts)


@pytest.mark.django_db
def test_made_up_posts_become_published_posts(stock):
    space = Space.objects.create(slug="many", name="Many")
    assert store(space, resampled(5, stock=stock)) == 5
    post = Post.objects.published().order_by("pk")[0]
    made: Drawn = next(resampled(1, stock=stock))
    assert (post.title, post.tldr, post.tags) == tuple(made.header[key] for key in ("title", "tldr", "tags"))
    assert post.published_revision
    assert post.published_revision.rendering.text == made.columns["text"]


def test_queries_come_by_turns_and_mistyped_ones_are_no_words(stock):
    queries = mixed_queries(60, 3, stock=stock)
    assert queries == mixed_queries(60, 3, stock=stock)
    assert [kind for kind, _ in islice(queries, 6)] == list(KINDS)
    words = measured(stock, 3)
    assert not {query for kind, query in queries if kind == "typo"} & words.known
    assert set(next(query for kind, query in queries if kind == "frequent").split()) <= set(words.common)
