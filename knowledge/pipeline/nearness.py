"""What a post has in common with others, found by the search index, citations and reads.

Candidates are bounded whatever the portal's size: so many for each thing in common, the rarest things first.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from knowledge.models import AlsoRead, Citation, Post, SearchPassages, SearchWord, Space
from knowledge.pipeline.searching import Corpus
from knowledge.relating.scoring import Common, Word, likeness, rare, telling, weight_of
from knowledge.search.tsquery import mark
from knowledge.search.vector import quoted
from knowledge.search.words import fold, normal, tokens

__all__ = ["Corpus", "common_of"]

LOOKED_UP = 150  # lexemes of a post
TRIED = 40  # of these, in the index
MATCHED = 1_000  # posts for each lexeme
CANDIDATES = 60
TOGETHER = 200

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
    SELECT form.number, found.posts FROM unnest(%(forms)s::text[]) WITH ORDINALITY AS form (form, number),
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
class _Found:
    tags: dict[str, float] = field(default_factory=dict)
    libraries: dict[str, float] = field(default_factory=dict)
    datasets: dict[str, float] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    cites: bool = False
    cited: bool = False
    together: int = 0
    readers: float = 0.0


def common_of(post: int, corpus: Corpus) -> dict[int, Near]:
    """By the ids of other posts, of which readers are shown all but archived and superseded ones."""
    subject = _subject(post)
    if subject is None:
        return {}
    found: defaultdict[int, _Found] = defaultdict(_Found)
    _by_marks(subject, corpus, found)
    words = _by_words(post, corpus, found)
    _by_citations(post, found)
    for other, weight in AlsoRead.objects.filter(post=post).values_list("other", "weight"):
        found[other].readers = weight
    weights = [word.weight(corpus.posts) for word in words]
    likely = sorted(found, key=lambda other: -_guess(found[other], words, weights))[:CANDIDATES]
    return {
        other: Near(_common(found[other], words, weights, shortness), is_near)
        for other, shortness, is_near in _seen(likely, subject, corpus)
    }


def _subject(post: int) -> Post | None:
    columns = ("space", "tags", "published_revision__rendering__libraries")
    known = Post.objects.live().posts().filter(published_revision__isnull=False)
    related = known.select_related("published_revision__rendering")
    return related.only(*columns, "published_revision__rendering__datasets").filter(pk=post).first()


def _by_marks(subject: Post, corpus: Corpus, found: Mapping[int, _Found]) -> None:
    """Tags, libraries and datasets."""
    shown = subject.published_revision
    if shown is None:
        return
    rendering = shown.rendering
    marks = [("tags", "tag", tag) for tag in subject.tags]
    marks += [("libraries", "library", name) for name in rendering.libraries[:30]]
    marks += [("datasets", "dataset", name) for name in rendering.datasets[:30]]
    forms = [quoted(mark(kind, name)) for _, kind, name in marks]
    for number, posts in _matching("head", forms, subject.pk):
        attribute, _, name = marks[number]
        rarity = rare(_number(posts, corpus), corpus.posts)
        for other in posts:
            getattr(found[other], attribute)[name] = rarity


def _number(posts: Sequence[int], corpus: Corpus) -> int:
    """How many have a thing, this post included: what more than MATCHED have is common."""
    return len(posts) + 1 if len(posts) < MATCHED else max(MATCHED, corpus.posts // 10)


def _by_words(post: int, corpus: Corpus, found: Mapping[int, _Found]) -> list[Word]:
    """The words that tell what the post is about and that others have, with who has them noted in `found`."""
    tried = _tried(post, corpus)
    forms = [quoted(word.lexeme) for word in tried]
    matching = dict(_matching("body", forms, post))
    known = {
        word.lexeme: Word(word.lexeme, word.word, word.times, word.names, _number(matching[at], corpus))
        for at, word in enumerate(tried)
        if at in matching
    }
    words = telling(known.values(), of=corpus.posts)
    places = {word.lexeme: at for at, word in enumerate(words)}
    for at, word in enumerate(tried):
        if word.lexeme in places and at in matching:
            for other in matching[at]:
                found[other].inside.add(places[word.lexeme])
    for place, posts in _matching("head", [quoted(word.lexeme) for word in words], post):
        for other in posts:
            found[other].named.add(place)
    return words


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
    stored = SearchPassages.objects.filter(entry=post).values_list("passages", flat=True).first() or []
    title = Post.objects.values_list("title", flat=True).get(pk=post)
    texts = [title, *(text for kind, _, text in stored if kind in {"narrative", "heading"})]
    counts = Counter(token[0] for text in texts for token in tokens(normal(text)))
    written: dict[str, tuple[int, str]] = {}
    for word, times in counts.items():
        written[fold(word)] = max(written.get(fold(word), (0, "")), (times, word))
    return written


def _matching(kind: str, forms: Sequence[str], post: int) -> Iterable[tuple[int, list[int]]]:
    """The posts in lists that have each of these forms, by the form's place: at most MATCHED of each."""
    if not forms:
        return
    with connection.cursor() as cursor:
        cursor.execute(_MATCHING.format(kind=kind), {"forms": list(forms), "post": post, "most": MATCHED})
        for number, posts in cursor.fetchall():
            yield number - 1, posts


def _by_citations(post: int, found: Mapping[int, _Found]) -> None:
    either = Citation.objects.filter(Q(post=post) | Q(cited=post), cited__isnull=False)
    for citing, cited in either.values_list("post", "cited")[:TOGETHER]:
        if citing == post:
            found[cited].cited = True
        else:
            found[citing].cites = True
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"post": post, "most": TOGETHER})
        for other, number in cursor.fetchall():
            found[other].together = number


def _guess(found: _Found, words: Sequence[Word], weights: Sequence[float]) -> float:
    return weight_of(_common(found, words, weights, 1.0))


def _common(found: _Found, words: Sequence[Word], weights: Sequence[float], shortness: float) -> Common:
    shared = sorted(found.inside | found.named)
    return Common(
        tags=found.tags,
        libraries=found.libraries,
        datasets=found.datasets,
        cites=found.cites,
        cited=found.cited,
        together=found.together,
        readers=found.readers,
        likeness=likeness(weights, found.inside, found.named) * shortness,
        words=[words[at].word for at in shared],
    )


def _seen(posts: Collection[int], subject: Post, corpus: Corpus) -> Iterable[tuple[int, float, bool]]:
    """Those of them that lists show, how much less each counts for being long, and whether they are near."""
    shown = Post.objects.published().filter(pk__in=posts)
    rows = shown.values_list("pk", "search_entry__words", "space", "space__visibility", "private")
    for other, words, space, visibility, private in rows:
        is_open = visibility == Space.Visibility.INTERNAL and not private
        shortness = 1 / (0.75 + 0.25 * min(4.0, (words or 0) / max(corpus.average, 1.0)))
        yield other, min(1.0, shortness), is_open or (space == subject.space_id and not private)
