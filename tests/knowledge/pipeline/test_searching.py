"""What is found, in which order, spelled how, and by whom."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Post, Space, User
from knowledge.models.search_filters import searched_by
from knowledge.models.search_pool import pool_of
from knowledge.models.search_sight import Sight, ids_of
from knowledge.pipeline.index import count_words, index_posts, request_index
from knowledge.pipeline.searching import quotes, search
from knowledge.search.grammar import parse
from knowledge.search.tsquery import understood
from tests.cast import MakePost

TODAY = date(2026, 11, 28)
MakeFound = Callable[..., Post]


@pytest.fixture
def make_found(make_post: MakePost, growth: Space, alice: User) -> MakeFound:
    """A post that is indexed; `passages` are [kind, anchor, text]."""

    def make(path: str, title: str, *passages: list[str], space: Space = growth, **columns: object) -> Post:
        rendering = {"passages": list(passages), **columns.pop("rendering", {})}  # type: ignore[dict-item]
        post = make_post(space, path, title=title, rendering=rendering, authors=(alice,), **columns)
        index([post])
        return post

    return make


def index(posts: list[Post]) -> None:
    request_index(post.pk for post in posts)
    index_posts()
    count_words()


def paths(user: User, text: str) -> list[str]:
    found = [hit.post for hit in search(user=user, text=text, today=TODAY).hits]
    by_id = dict(Post.objects.values_list("pk", "path"))
    return [by_id[post] for post in found]


@pytest.fixture
def shelf(make_found: MakeFound) -> None:
    make_found(
        "trial.md",
        "Free trials and churn",
        ["heading", "h-after", "After the trial"],
        ["narrative", "h-after", "We followed cohorts of café visitors for ninety days."],
        ["code", "cell-2", "df = pd.read_parquet('x')\ndf.orders.customer_id.nunique()"],
        ["output", "cell-2", "48210 rows"],
        tldr="Customers who try first stay longer.",
        tags=["retention", "pricing"],
        rendering={"libraries": ["pandas"], "datasets": ["shop.orders"]},
    )
    make_found(
        "prices.ipynb",
        "What a price rise did",
        ["narrative", "h-1", "Churn went up for a month after the rise, then free delivery made up for it."],
        tags=["pricing"],
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("trials", ["trial.md"]),
        ("TRIAL", ["trial.md"]),
        ("stay longer", ["trial.md"]),
        ("retention", ["trial.md"]),
        ("after trial", ["trial.md"]),
        ("cafe", ["trial.md"]),
        ("café", ["trial.md"]),
        ("read_parquet", ["trial.md"]),
        ("parquet", ["trial.md"]),
        ("orders.customer_id", ["trial.md"]),
        ("customer_id", ["trial.md"]),
        ("48210", ["trial.md"]),
        ("alice", ["prices.ipynb", "trial.md"]),
        ("churn", ["trial.md", "prices.ipynb"]),
        ("churn -trial", ["prices.ipynb"]),
        ("churn NOT trial", ["prices.ipynb"]),
        ("trial OR rise", ["trial.md", "prices.ipynb"]),
        ('"free trials"', ["trial.md"]),
        ('"free delivery"', ["prices.ipynb"]),
        ('"delivery free"', []),
        ("title:churn", ["trial.md"]),
        ("code:customer_id", ["trial.md"]),
        ("code:cohorts", []),
        ("tag:retention", ["trial.md"]),
        ("tag:pricing churn", ["trial.md", "prices.ipynb"]),
        ("author:alice delivery", ["prices.ipynb"]),
        ("author:bob", []),
        ("library:pandas", ["trial.md"]),
        ("dataset:orders", ["trial.md"]),
        ("dataset:shop.orders", ["trial.md"]),
        ("type:notebook churn", ["prices.ipynb"]),
        ("space:growth rise", ["prices.ipynb"]),
        ("-space:growth rise", []),
        ("has:code", ["trial.md"]),
        ("churn after:2027", []),
        ("churn before:2026-10-01", []),
        ("churn before:2026-10-02 after:2026-10-01", ["trial.md", "prices.ipynb"]),
        ("status:published delivery", ["prices.ipynb"]),
        ("is:stale", []),
        ("is:approved churn", []),
        ("the of and", []),
        ("", ["prices.ipynb", "trial.md"]),
        ("-delivery", ["trial.md"]),
    ],
)
def test_queries_find_what_people_mean(shelf: None, carol: User, query: str, expected: list[str]) -> None:
    found = paths(carol, query)
    assert sorted(found) == sorted(expected)
    assert found[:1] == expected[:1] or not expected or query in {"alice", ""}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"churn and trials"', []),
        ('"free trials"', ["trial.md"]),
        ('"trials free"', []),
        ('"read parquet"', ["trial.md"]),
        ("title:churn code:nunique", ["trial.md"]),
        ("title:price code:nunique", []),
        ("title:churn code:trials", []),
    ],
)
def test_phrases_and_code_are_asked_of_posts_that_titles_name_too(
    shelf: None, carol: User, query: str, expected: list[str]
) -> None:
    whole = search(user=carol, text=query, today=TODAY, as_typed=True)
    assert (whole.whole, paths(carol, query)[: whole.whole]) == (len(expected), expected)


def test_whose_posts_they_are(shelf: None, alice: User, carol: User) -> None:
    assert len(paths(alice, "is:mine")) == 2
    assert paths(carol, "is:mine") == []


def test_words_that_are_nowhere_together_are_looked_for_one_by_one(shelf: None, carol: User) -> None:
    results = search(user=carol, text="churn delivery cohorts", today=TODAY)
    assert results.whole == 0
    assert {hit.missing for hit in results.hits} == {("delivery",), ("cohorts",)}


@pytest.mark.parametrize(
    ("typed", "meant"), [("delviery", "delivery"), ("cohrots", "cohorts"), ("read_parqet", "read_parquet")]
)
def test_typing_errors_are_forgiven(shelf: None, carol: User, typed: str, meant: str) -> None:
    results = search(user=carol, text=typed, today=TODAY)
    assert results.spelled
    assert results.query.text == meant
    assert results.hits


def test_archived_and_superseded_posts_are_out_unless_asked_for(
    make_found: MakeFound, shelf: None, carol: User
) -> None:
    at = datetime(2026, 10, 2, tzinfo=UTC)
    old = make_found("old.md", "Old churn", status="archived", archived_at=at)
    make_found("replaced.md", "Replaced churn", status="superseded", superseded_by=old)
    assert paths(carol, "churn") == ["trial.md", "prices.ipynb"]
    assert paths(carol, "churn is:archived") == ["old.md"]
    assert paths(carol, "churn status:superseded") == ["replaced.md"]
    assert set(paths(carol, "churn is:archived OR is:superseded")) == {"old.md", "replaced.md"}


def test_the_best_passage_is_quoted_with_its_place_and_its_words(shelf: None, carol: User) -> None:
    results = search(user=carol, text="cafe cohort", today=TODAY)
    quote = quotes(results, [hit.post for hit in results.hits])[results.hits[0].post]
    assert quote.anchor == "h-after"
    assert [piece.text for piece in quote.pieces if piece.is_found] == ["cohorts", "café"]


def test_comments_of_readers_are_found_and_their_drafts_and_reviews_are_not(
    make_found: MakeFound, carol: User, alice: User
) -> None:
    from knowledge.pipeline.talking import start_thread

    post = make_found("a.md", "A finding")
    revision = post.published_revision
    assert revision
    start_thread(by=carol, post=post, revision=revision, body="Does the quokka count?")
    index_posts()
    assert paths(alice, "quokka") == ["a.md"]
    assert paths(alice, "has:comment") == ["a.md"]


HIDDEN: list[dict[str, Any]] = [
    {"private": True},
    {"is_held": True},
    {"status": "deleted", "deleted_at": datetime(2026, 10, 2, tzinfo=UTC)},
    {"status": "archived"},
    {"kind": "introduction"},
    {"private": True, "allowed_groups": ["analysts"]},
    {},
]


@pytest.fixture
def everything(
    make_found: MakeFound, growth: Space, finance: Space, mallory: User, carol: User
) -> list[User]:
    """Posts in every state and kind of space, made hidden only after they were indexed, and who looks."""
    mallory.groups.add(Group.objects.create(name="analysts"))
    for space in (growth, finance):
        for number, columns in enumerate(HIDDEN):
            post = make_found(f"{number}.md", f"Zebra {number}", ["narrative", "", "zebra"], space=space)
            Post.objects.filter(pk=post.pk).update(**columns)
    return [mallory, carol, *User.objects.filter(username="alice")]


@pytest.mark.parametrize(
    "text", ["zebra", "title:zebra", "zebra is:archived", "zebra after:2026", "space:finance"]
)
def test_nothing_is_found_or_counted_but_what_its_finder_sees(
    everything: list[User], admin: User, text: str
) -> None:
    query = parse(text, today=TODAY)
    for user in [*everything, admin]:
        results = search(user=user, text=text, today=TODAY)
        seen = set(searched_by(user, query).values_list("pk", flat=True))
        if "space" in text:
            seen &= set(Post.objects.filter(space__slug="finance").values_list("pk", flat=True))
        assert set(results.pool) == seen == {hit.post for hit in results.hits}
        assert results.whole == len(seen)


def test_what_a_vectors_row_tells_of_its_post_is_what_posts_tell(everything: list[User], admin: User) -> None:
    """Sight passes over rows before posts are read: it must let through neither more nor less."""
    wanted = understood(parse("zebra", today=TODAY), ["english"])
    for user in [*everything, admin]:
        posts = Post.objects.visible_to(user).published()
        pool = pool_of(
            ids_of(posts),
            Sight.of(user, only_listed=True),
            titled="",
            head=wanted.clauses[0],
            full="",
            wanted=wanted.wanted,
            weights=[1.0],
        )
        assert set(pool.posts) == set(posts.values_list("pk", flat=True))


def test_a_word_of_hidden_posts_alone_corrects_nothing(
    make_found: MakeFound, finance: Space, mallory: User, carol: User
) -> None:
    make_found("secret.md", "Project Xylophone", space=finance)
    assert not search(user=mallory, text="xylophnoe", today=TODAY).spelled
    assert search(user=carol, text="xylophnoe", today=TODAY).spelled


def test_queries_are_as_many_however_many_are_found(make_found: MakeFound, carol: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            results = search(user=carol, text="zebra", today=TODAY)
            quotes(results, [hit.post for hit in results.hits])
        return len(queries)

    for number in range(12):
        make_found(f"{number}.md", f"Zebra {number}")
    few = asked()
    for number in range(12, 30):
        make_found(f"{number}.md", f"Zebra {number}")
    assert asked() == few


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "\\",
        "a:b:c",
        "& | !",
        "((",
        "<->",
        "a <2> b",
        "-",
        "--",
        "-a -b",
        "OR a OR",
        "tag:",
        'tag:""',
        ":*",
        "%",
        "a\x00b",
        "𝒳" * 900,
        "x " * 500,
        "'; DROP TABLE",
        "'a'':*A",
        "before:99999-99-99",
        "after:0001-01-01",
        "title:'",
        "code:\\",
    ],
)
def test_whatever_is_typed_is_answered(shelf: None, carol: User, text: str) -> None:
    results = search(user=carol, text=text, today=TODAY)
    assert len(results.hits) <= 2


def test_of_a_word_that_many_name_only_these_are_found_and_that_is_said(
    make_found: MakeFound, carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        make_found(f"{number}.md", "A finding", ["heading", "h-1", "On quokkas"], source=b"%d" % number)
    make_found("inside.md", "Another", ["narrative", "", "Seen by quokkas."], source=b"x")
    assert (len(paths(carol, "quokka")), search(user=carol, text="quokka").is_capped) == (4, False)
    monkeypatch.setattr("knowledge.models.search_pool.NAMED", 3)
    assert sorted(paths(carol, "quokka")) == ["0.md", "1.md", "2.md"]
    assert search(user=carol, text="quokka").is_capped
    assert not search(user=carol, text="another").is_capped


def test_posts_in_a_language_that_is_new_are_found_at_once(make_found: MakeFound, carol: User) -> None:
    make_found("a.md", "English words of a post")
    assert paths(carol, "words") == ["a.md"]
    german = {"header": {"language": "de"}}
    make_found("b.md", "Lieferungen am Montag", revision=german, source=b"b")
    assert paths(carol, "Lieferung") == ["b.md"]
