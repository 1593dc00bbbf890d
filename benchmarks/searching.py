"""How fast 100,000 posts are searched, beside plain ts_rank and beside knowledge-repo's LIKE over keywords.

    python -m benchmarks.searching [--posts 100000] [--corpus DIR]

The posts are made of the corpus' real words (benchmarks.resampling), in twenty spaces of which the reader
doesn't see five. What is timed of ours is everything but the page: what the query means, ids, rank and the
best passage of the first twenty, for somebody who doesn't see all. The peers only find ids, of all posts.
"""

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from benchmarks import notebooks, pages
from benchmarks.figures import heading, percentile, row
from benchmarks.filling import store
from benchmarks.querying import mixed_queries
from benchmarks.resampling import Stock, corpus_stock, resampled
from benchmarks.servers import database
from benchmarks.serving import session_of, stored_post

POSTS, QUERIES, ROUNDS = 100_000, 200, 3
SPACES, HIDDEN = 20, 5
SHOWN = 20
P50, P95, MOST, TOGETHER = 0.008, 0.025, 0.100, 3.0
AT_A_TIME = 4
READER = "searcher"
Timed = list[tuple[str, float]]  # kind of query, seconds


def main(corpus: Path | None = None, *, posts: int = POSTS) -> None:
    heading(f"Search in {posts:,} posts, {QUERIES} mixed queries")
    if corpus is None:
        row("not measured", "there is no corpus")
        return
    with database():
        stock = corpus_stock(corpus)
        queries = mixed_queries(QUERIES, stock=stock)
        fill(posts, stock)
        build()
        gc.freeze()  # what made the posts is none of the portal's to look through
        ours = rounds(queries, _ours())
        show("Almanac: ids, rank, passages", ours, goals=True)
        together = at_a_time(queries)
        slowest = percentile(_seconds(together), 0.95) / percentile(_seconds(ours), 0.95)
        row(
            f"p95 of {AT_A_TIME} at a time",
            f"{slowest:.1f} times one's",
            f"<= {TOGETHER:.0f}",
            met=slowest <= TOGETHER,
        )
        from benchmarks.relevance import peers

        pages.main(*found_by(stock), [query for _, query in queries])
        peers.prepare()
        # They take seconds for some: a third of the queries, of each kind as many.
        some = queries[: QUERIES // 3]
        show("plain ts_rank over everything", rounds(some, peers.ts_rank, 1))
        show("knowledge-repo's LIKE over keywords", rounds(some, peers.knowledge_repo, 1))


def fill(posts: int, stock: Stock) -> None:
    from django.db import transaction

    from knowledge.models import Space, User
    from knowledge.models.tag_use import fold

    User.objects.bulk_create(
        User(username=f"author-{number}", name=name) for number, name in enumerate(stock.authors[:50])
    )
    made = resampled(posts, stock=stock)
    for number in range(SPACES):
        hidden = number < HIDDEN
        space = Space.objects.create(
            slug=f"space-{number}",
            name=f"Space {number}",
            visibility=Space.Visibility.RESTRICTED if hidden else Space.Visibility.INTERNAL,
        )
        store(space, islice(made, posts // SPACES))
    User.objects.create_user(READER, password=None)
    with transaction.atomic():
        fold()  # as the portal does each minute


def found_by(stock: Stock) -> tuple[str, dict[str, str]]:
    """A session's cookie, and the pages on which posts are found, the feed first."""
    from django.core.management import call_command

    from knowledge.models import Authorship, Popularity, Post, Space, User

    call_command("collectstatic", verbosity=0, interactive=False)
    reader = User.objects.get(username=READER)
    Popularity.objects.bulk_create(
        Popularity(post_id=pk, score=1 + pk % 997 / 100)
        for pk in Post.objects.order_by("pk").values_list("pk", flat=True)
        if pk % 5 == 0
    )
    writer = Authorship.objects.exclude(user=None).select_related("user")[0].user
    assert writer
    open_space = Space.objects.get(slug=f"space-{HIDDEN}")
    addresses = {
        "the feed": "/",
        "new": "/?list=new",
        "popular": "/?list=popular",
        "a post of 20 kB": stored_post(open_space, writer, 20_000).get_absolute_url(),
        "searching, before a word is typed": "/search",
        "a frequent tag": f"/tags/{stock.tags[0]}",
        "all tags": "/tags/",
        "the list of people": "/people/",
        "a person": writer.get_absolute_url(),
    }
    return session_of(reader), addresses


def build() -> None:
    """As after an upgrade: everything is stale, and one worker brings it up to date."""
    from django.db import connection

    from knowledge.models import Post
    from knowledge.pipeline.index import count_words, index_posts, request_index

    began = time.perf_counter()
    request_index(Post.objects.values_list("pk", flat=True))
    index_posts()
    indexed = time.perf_counter()
    posts = count_words()
    counted = time.perf_counter()
    row("build", f"{indexed - began:,.0f} s, {posts / (indexed - began):,.0f} posts a second")
    row("counting words, now and then", f"{counted - indexed:,.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for name, table in {
            "heads": "searchhead",
            "bodies": "searchbody",
            "quotable": "searchpassages",
        }.items():
            cursor.execute(
                "SELECT pg_indexes_size(%s::regclass), pg_table_size(%s::regclass)",
                [f"knowledge_{table}"] * 2,
            )
            indexes, rows = cursor.fetchone()
            row(f"size of {name}", f"{rows / 1e6:,.0f} MB and {indexes / 1e6:,.0f} MB of indexes")


def _ours() -> Callable[[str], object]:
    from knowledge.models import User
    from knowledge.pipeline.searching import quotes, search

    reader = User.objects.get(username=READER)

    def find(query: str) -> object:
        results = search(user=reader, text=query)
        return quotes(results, [hit.post for hit in results.hits[:SHOWN]])

    return find


def rounds(queries: Sequence[tuple[str, str]], find: Callable[[str], object], times: int = ROUNDS) -> Timed:
    """The median of each query's rounds, after one that isn't counted."""
    taken: dict[int, list[float]] = {}
    for turn in range(times + 1):
        for number, (_, query) in enumerate(queries):
            began = time.perf_counter()
            find(query)
            if turn:
                taken.setdefault(number, []).append(time.perf_counter() - began)
    return [(kind, percentile(taken[number], 0.5)) for number, (kind, _) in enumerate(queries)]


def at_a_time(queries: Sequence[tuple[str, str]]) -> Timed:
    """The same by so many processes at once."""
    command = [sys.executable, "-m", "benchmarks.searching", "--client"]
    clients = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(AT_A_TIME)
    ]
    for number, client in enumerate(clients):
        assert client.stdin
        json.dump([*queries[number * 50 :], *queries[: number * 50]], client.stdin)
        client.stdin.close()
    return [tuple(each) for client in clients if client.stdout for each in json.load(client.stdout)]


def _client() -> None:
    import django

    django.setup()
    json.dump(rounds(json.load(sys.stdin), _ours(), 1), sys.stdout)


def show(name: str, taken: Timed, *, goals: bool = False) -> None:
    seconds = _seconds(taken)
    p50, p95, most = percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds)
    met = p50 <= P50 and p95 <= P95 and most <= MOST
    goal = f"{P50 * 1000:.0f} / {P95 * 1000:.0f} / {MOST * 1000:.0f}" if goals else ""
    row(f"{name}, p50 / p95 / max", _shown(p50, p95, most), goal, met=met if goals else None)
    for kind in dict.fromkeys(kind for kind, _ in taken):
        own = [second for each, second in taken if each == kind]
        row(f"  {kind}", _shown(percentile(own, 0.5), percentile(own, 0.95), max(own)))


def _seconds(taken: Timed) -> list[float]:
    return [seconds for _, seconds in taken]


def _shown(*seconds: float) -> str:
    return " / ".join(f"{each * 1000:,.1f}" for each in seconds) + " ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="How fast search is, on many posts.")
    parser.add_argument("--corpus", type=Path, default=notebooks.corpus(), help="folder of the corpus")
    parser.add_argument("--posts", type=int, default=POSTS)
    parser.add_argument("--client", action="store_true", help="only ask, what standard input tells")
    arguments = parser.parse_args()
    if arguments.client:
        _client()
    else:
        main(arguments.corpus, posts=arguments.posts)
