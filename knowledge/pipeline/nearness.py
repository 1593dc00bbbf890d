"""What a post has in common with others, found by the search index, citations and reads.

Candidates are bounded whatever the portal's size: so many for each thing in common, the rarest things first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from knowledge.models import AlsoRead, Citation, Post, SearchPassages, SearchWord, Space
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.search_words import Corpus
from knowledge.relating.scoring import (
    CITED,
    IN_HEAD,
    LIKE,
    PARTS,
    READERS,
    TOGETHER,
    Common,
    Word,
    likeness,
    rare,
    telling,
)
from knowledge.search.quotable import Quotable
from knowledge.search.tsquery import mark
from knowledge.search.vector import quoted
from knowledge.search.words import fold, normal, tokens

LOOKED_UP = 150  # lexemes of a post
TRIED = 24  # of these, in the index
MATCHED = 300  # posts for each lexeme
COUNTED = 1_000  # posts with a tag, library or dataset: more make it common
CANDIDATES = 60
LINKS = 200  # citations looked at
NAMES = 30  # libraries, and datasets, of a post
RENDERED = "published_revision__rendering__"

_LEXEMES = """
    WITH head AS (
        SELECT named.lexeme FROM knowledge_searchhead, unnest(ts_filter(vector, '{a,b,c}')) AS named
        WHERE post_id = %(post)s
    )
    SELECT said.lexeme, cardinality(said.positions), head.lexeme IS NOT NULL
    FROM knowledge_searchbody, unnest(ts_filter(vector, '{a,b}')) AS said LEFT JOIN head USING (lexeme)
    WHERE post_id = %(post)s AND length(said.lexeme) > 2
    ORDER BY head.lexeme IS NULL, 2 DESC, 1 LIMIT %(most)s
"""
_MATCHING = """
    SELECT form.number, found.posts[:%(shown)s], cardinality(found.posts)
    FROM unnest(%(forms)s::text[]) WITH ORDINALITY AS form (form, number),
        LATERAL (
            SELECT array_agg(post_id) AS posts FROM (
                SELECT post_id FROM knowledge_search{kind}
                WHERE vector @@ form.form::tsquery AND is_listed AND post_id <> %(post)s LIMIT %(most)s
            ) AS matching
        ) AS found
    WHERE found.posts IS NOT NULL
"""
# Cited by the same post, if it is one that readers of both see.
_TOGETHER = """
    SELECT theirs.cited_id, count(*) FROM knowledge_citation AS mine
    JOIN knowledge_citation AS theirs ON theirs.post_id = mine.post_id AND theirs.cited_id <> mine.cited_id
    JOIN knowledge_post AS citing ON citing.id = mine.post_id
    JOIN knowledge_space AS space ON space.id = citing.space_id
    WHERE mine.cited_id = %(post)s AND space.visibility = 'internal' AND citing.status <> 'deleted'
        AND NOT citing.private AND NOT citing.is_held
    GROUP BY theirs.cited_id ORDER BY 2 DESC, 1 LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Near:
    """`is_near`: whoever sees the post sees the other, too, but for what is private in its space."""

    common: Common
    is_near: bool


@dataclass(slots=True)
class _Search:
    """What was found so far. `likely` guesses how near each other post is, to choose those looked at closer.

    `rarities` are those of the post's own tags, libraries and datasets; `inside` and `named` the places of
    its `words` that others have in their text and in what names them.
    """

    likely: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    rarities: dict[str, dict[str, float]] = field(
        default_factory=lambda: {"tag": {}, "library": {}, "dataset": {}}
    )
    words: list[Word] = field(default_factory=list)
    inside: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    named: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    cites: set[int] = field(default_factory=set)
    cited: set[int] = field(default_factory=set)
    together: dict[int, int] = field(default_factory=dict)
    readers: dict[int, float] = field(default_factory=dict)


def common_of(post: int, corpus: Corpus) -> dict[int, Near]:
    """By the ids of other posts, of which readers are shown all but archived and superseded ones."""
    subject = _facts(Post.objects.live().posts().filter(published_revision__isnull=False, pk=post)).first()
    if subject is None:
        return {}
    found = _Search()
    _by_marks(post, subject, corpus, found)
    _by_words(post, corpus, found)
    _by_citations(post, found)
    found.readers = dict(AlsoRead.objects.filter(post=post).values_list("other", "weight"))
    for other, weight in found.readers.items():
        found.likely[other] += READERS * weight
    others = nlargest(CANDIDATES, found.likely, key=found.likely.__getitem__)
    seen = _facts(Post.objects.published().filter(pk__in=others))
    return {row["pk"]: _near(row, subject, corpus, found) for row in seen}


def _facts(posts: PostQuerySet) -> "QuerySet[Post, Any]":
    return posts.values(
        "pk", "tags", "private", "space", "space__visibility", "search_entry__words",
        libraries=F(f"{RENDERED}libraries"), datasets=F(f"{RENDERED}datasets"),
    )  # fmt: skip


def _by_marks(post: int, subject: dict[str, Any], corpus: Corpus, found: _Search) -> None:
    """Tags, libraries and datasets."""
    marks = [("tag", tag) for tag in subject["tags"]]
    marks += [("library", name) for name in subject["libraries"][:NAMES]]
    marks += [("dataset", name) for name in subject["datasets"][:NAMES]]
    forms = [quoted(mark(kind, name)) for kind, name in marks]
    for number, posts, count in _matching("head", forms, post, COUNTED):
        kind, name = marks[number]
        number_of_posts = count + 1 if count < COUNTED else max(COUNTED, corpus.posts // 10)
        rarity = found.rarities[kind][name] = rare(number_of_posts, corpus.posts)
        for other in posts:
            found.likely[other] += PARTS[kind] * rarity


def _by_words(post: int, corpus: Corpus, found: _Search) -> None:
    """The words that tell what the post is about and that others have, and who has them."""
    tried = _tried(post, corpus)
    holding: dict[str, list[int]] = {}
    known = []
    for at, posts, count in _matching("body", [quoted(word.lexeme) for word in tried], post, MATCHED):
        word = tried[at]
        holding[word.lexeme] = posts
        number = count + 1 if count < MATCHED else max(count, word.posts)
        known.append(replace(word, posts=number))
    found.words = telling(known, of=corpus.posts)
    weights = [word.weight(corpus.posts) for word in found.words]
    for at, word in enumerate(found.words):
        for other in holding[word.lexeme]:
            found.inside[other].add(at)
            found.likely[other] += LIKE * (1 - IN_HEAD) * weights[at] / sum(weights)
    forms = [quoted(word.lexeme) for word in found.words]
    for at, posts, _ in _matching("head", forms, post, MATCHED):
        for other in posts:
            found.named[other].add(at)
            found.likely[other] += LIKE * IN_HEAD * weights[at] / sum(weights)


def _tried(post: int, corpus: Corpus) -> list[Word]:
    """The most telling of its words by what is known of how many posts have each: new ones count as rare."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, {"post": post, "most": LOOKED_UP})
        lexemes = {lexeme: (times, is_named) for lexeme, times, is_named in cursor.fetchall()}
    written = _written(post)
    posts: dict[str, int] = {}
    best: dict[str, tuple[int, str]] = {}
    for lexeme, word, number in SearchWord.objects.filter(lexeme__in=lexemes).values_list(
        "lexeme", "word", "posts"
    ):
        posts[lexeme] = max(posts.get(lexeme, 2), number)
        if word in written:
            best[lexeme] = max(best.get(lexeme, (0, "")), written[word])
    words = (Word(lexeme, word, *lexemes[lexeme], posts[lexeme]) for lexeme, (_, word) in best.items())
    return telling(words, of=corpus.posts, most=TRIED)


def _written(post: int) -> dict[str, tuple[int, str]]:
    """How often each word stands in its title, headings and narrative, and how it is written there."""
    packed = SearchPassages.objects.filter(entry=post).values_list("packed", flat=True).first() or ""
    title = Post.objects.values_list("title", flat=True).get(pk=post)
    texts = [title, *Quotable(packed).prose()]
    counts = Counter(token[0] for text in texts for token in tokens(normal(text)))
    written: dict[str, tuple[int, str]] = {}
    for word, times in counts.items():
        written[fold(word)] = max(written.get(fold(word), (0, "")), (times, word))
    return written


def _matching(kind: str, forms: Sequence[str], post: int, most: int) -> Iterable[tuple[int, list[int], int]]:
    """By the place of each form, posts in lists that have it, MATCHED at most, and how many, up to `most`."""
    if not forms:
        return
    values: dict[str, Any] = {"forms": list(forms), "post": post, "most": most, "shown": MATCHED}
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING.format(kind=kind), values)
        for number, posts, count in cursor.fetchall():
            yield number - 1, posts, count


def _by_citations(post: int, found: _Search) -> None:
    either = Citation.objects.filter(Q(post=post) | Q(cited=post), cited__isnull=False).order_by("-pk")
    for citing, cited in either.values_list("post", "cited")[:LINKS]:
        if citing == post:
            found.cited.add(cited)
        else:
            found.cites.add(citing)
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"post": post, "most": LINKS})
        found.together = dict(cursor.fetchall())
    for other in found.cites | found.cited:
        found.likely[other] += CITED
    for other in found.together:
        found.likely[other] += TOGETHER


def _near(other: dict[str, Any], subject: dict[str, Any], corpus: Corpus, found: _Search) -> Near:
    post, words = other["pk"], found.words
    weights = [word.weight(corpus.posts) for word in words]
    # Long posts hold any word sooner or later.
    long = min(4.0, (other["search_entry__words"] or 0) / max(corpus.average, 1.0))
    like = likeness(weights, found.inside[post], found.named[post]) * min(1.0, 1 / (0.75 + 0.25 * long))
    common = Common(
        tags=_shared(found.rarities["tag"], other["tags"]),
        libraries=_shared(found.rarities["library"], other["libraries"]),
        datasets=_shared(found.rarities["dataset"], other["datasets"]),
        cites=post in found.cites,
        cited=post in found.cited,
        together=found.together.get(post, 0),
        readers=found.readers.get(post, 0.0),
        likeness=like,
        words=[words[at].word for at in sorted(found.inside[post] | found.named[post])],
    )
    is_open = other["space__visibility"] == Space.Visibility.INTERNAL or other["space"] == subject["space"]
    return Near(common, is_open and not other["private"])


def _shared(rarities: Mapping[str, float], names: Iterable[str]) -> dict[str, float]:
    return {name: rarities[name] for name in names if name in rarities}
