"""Indexing: what search finds a post by, made from what readers see of it.

A row in SearchEntry is the job: `request_index` marks it stale within the transaction that changed the post,
and a worker brings it up to date within moments. The sweeper finds what was left.
"""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from celery import shared_task
from django.db import DataError, OperationalError, connection, transaction
from django.db.models import Prefetch
from django.utils import timezone

from knowledge.documents.header import header_of
from knowledge.models import Authorship, Comment, Post, Rendering, SearchEntry, SearchLanguage, SearchWord
from knowledge.models.post_queryset import PostQuerySet
from knowledge.pipeline.lanes import Lane
from knowledge.pipeline.relating import request_relating
from knowledge.pipeline.search_news import tell_searchers
from knowledge.pipeline.waking import wake
from knowledge.rendering import Passage
from knowledge.search.entry import Entry, Found, entry_of
from knowledge.search.spelling import keys

logger = logging.getLogger(__name__)

BATCH = 50
REFUSALS = (DataError, OperationalError)  # PostgreSQL's limits are the latter
QUEUED_SECONDS = 3  # a message takes milliseconds to arrive where a worker is free
_LANE = Lane(1)

_REQUEST = """
    INSERT INTO knowledge_searchentry (post_id, words, language, stale_since)
    SELECT id, 0, '', clock_timestamp() FROM knowledge_post
    WHERE id = ANY(%s) AND published_revision_id IS NOT NULL
    ORDER BY id
    ON CONFLICT (post_id) DO UPDATE SET stale_since = clock_timestamp()
"""
# The post is locked, so that what is said of it here is still so when others can read it.
_VECTOR = """
    INSERT INTO knowledge_search{kind} (post_id, space_id, is_listed, is_closed, vector)
    SELECT id, space_id,
        kind = 'post' AND status IN ('published', 'in_review', 'changes_requested', 'needs_attention'),
        private OR is_held, %s::tsvector
    FROM knowledge_post WHERE id = %s AND published_revision_id IS NOT NULL FOR SHARE
    ON CONFLICT (post_id) DO UPDATE SET
        is_listed = excluded.is_listed, is_closed = excluded.is_closed, vector = excluded.vector
"""
_DONE = """
    UPDATE knowledge_searchentry SET words = %s, language = %s, format = %s, signed = %s,
        indexed_at = clock_timestamp(),
        stale_since = CASE WHEN stale_since = %s THEN NULL ELSE stale_since END
    WHERE post_id = %s
"""
_QUOTES = """
    INSERT INTO knowledge_searchpassages (entry_id, packed) VALUES (%s, %s)
    ON CONFLICT (entry_id) DO UPDATE SET packed = excluded.packed
"""
_SETTLE = """
    SELECT gin_clean_pending_list(name::regclass)
    FROM unnest('{search_head,search_body,search_body_away}'::text[]) AS name
"""

# Since the last count: of a small portal all, of a large one every fiftieth post.
_DUE = """
    SELECT total.posts, changed.posts > total.posts / 50
    FROM (SELECT count(*) AS posts FROM knowledge_searchentry WHERE indexed_at IS NOT NULL) AS total,
        LATERAL (
            SELECT count(*) AS posts FROM knowledge_searchentry
            WHERE indexed_at > coalesce((SELECT max(counted_at) FROM knowledge_searchlanguage), '-infinity')
        ) AS changed
"""
_COUNT = (
    "DROP TABLE IF EXISTS pg_temp.counted",
    """
    CREATE TEMPORARY TABLE counted ON COMMIT DROP AS
    SELECT word AS lexeme, ndoc AS posts FROM ts_stat('SELECT vector FROM knowledge_searchbody')
    """,
    "CREATE INDEX ON counted (lexeme)",
    "ANALYZE counted",
    """
    UPDATE knowledge_searchword AS known SET posts = counted.posts
    FROM counted WHERE counted.lexeme = known.lexeme AND counted.posts <> known.posts
    """,
    """
    DELETE FROM knowledge_searchword AS known
    WHERE NOT EXISTS (SELECT FROM counted WHERE counted.lexeme = known.lexeme)
    """,
    """
    UPDATE knowledge_searchlanguage AS known SET counted_at = clock_timestamp(), (posts, words) = (
        SELECT count(*), coalesce(sum(entry.words), 0) FROM knowledge_searchentry AS entry
        WHERE entry.language = known.language
    )
    """,
)


def request_index(posts: Iterable[int]) -> None:
    """Have the posts with these ids indexed anew, once the transaction around this is through."""
    wanted = sorted(set(posts))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REQUEST, [wanted])
    transaction.on_commit(partial(wake, index_waiting))


def index_posts() -> None:
    """Index what waits, the longest first, until nothing does; leaves it to whoever is at it."""
    _LANE.work_off(_index_waiting)


def _index_waiting() -> None:
    while waiting := list(SearchEntry.objects.stale().values_list("post_id", "stale_since")[:BATCH]):
        _index(dict(waiting))
        _tell([post for post, _ in waiting])
    _settle()


def _settle() -> None:
    """Take what waits into the indexes: searches read all of it each time."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)


def _index(waiting: Mapping[int, datetime | None]) -> None:
    """Posts by since when they are stale; one that becomes so again meanwhile, stays."""
    entries: dict[int, Entry] = {}
    comments = _comments(waiting)
    for post in _posts().filter(pk__in=waiting):
        try:
            entries[post.pk] = entry_of(found_of(post, comments.get(post.pk, ())))
        except Exception:
            # Nothing that a post holds may keep the others waiting: it is found by its names at least.
            logger.exception("Post %s can't be indexed as a whole", post.pk)
            entries[post.pk] = entry_of(Found(post.title, tldr=post.tldr, tags=post.tags))
    try:
        with transaction.atomic():
            _store(entries, waiting)
    except REFUSALS:
        logger.exception("Entries of posts %s can't be stored together", sorted(entries))
        for pk, entry in entries.items():
            _store_alone(pk, entry, waiting)


def _store_alone(post: int, entry: Entry, waiting: Mapping[int, datetime | None]) -> None:
    """What PostgreSQL refuses of one post is left out, and it alone."""
    try:
        with transaction.atomic():
            _store({post: entry}, waiting)
    except REFUSALS:
        logger.exception("The entry of post %s can't be stored", post)
        with transaction.atomic():
            _store({post: entry_of(Found("", language=entry.language))}, waiting)


def _tell(posts: Iterable[int]) -> None:
    try:
        tell_searchers(posts)
    except Exception:
        logger.exception("Those who saved a search can't be told of what was indexed")


def _posts() -> PostQuerySet:
    heavy = ("assets", "outputs", "cells", "macros", "findings")
    return (
        Post.objects.select_related("space", "published_revision__rendering")
        .filter(published_revision__isnull=False)
        .defer(*(f"published_revision__rendering__{column}" for column in heavy))
        .prefetch_related(Prefetch("authorships", Authorship.objects.select_related("user")))
    )


def _comments(posts: Collection[int]) -> dict[int, list[str]]:
    """What readers said of each, the newest first."""
    said: dict[int, list[str]] = {}
    of_readers = Comment.objects.said().filter(thread__post__in=posts, thread__review=None)
    for post, body in of_readers.order_by("-pk").values_list("thread__post", "body"):
        said.setdefault(post, []).append(body)
    return said


def found_of(post: Post, comments: Sequence[str] = ()) -> Found:
    """The post as search sees it; its published revision, that one's rendering and its authors are loaded."""
    revision = post.published_revision
    if revision is None:
        raise ValueError(f"Post {post.pk} was never published")
    rendering, header = revision.rendering, header_of(revision.header)
    passages = [Passage(*each) for each in rendering.passages] or _of_text(rendering)
    insights = [insight["name"] for insight in rendering.insights]
    there = {
        "insight": insights,
        "figure": rendering.thumbnail,
        "comment": comments,
        "code": any(passage.kind == "code" for passage in passages),
    }
    return Found(
        title=post.title,
        subtitle=post.subtitle,
        tldr=post.tldr or rendering.summary,
        tags=post.tags,
        authors=[(each.user.username if each.user else "", each.name) for each in post.authorships.all()],
        signed=[_signed(each) for each in post.authorships.all()],
        space=(post.space.slug, post.space.name),
        path=post.path,
        format=rendering.format,
        language=header.language,
        libraries=rendering.libraries,
        datasets=rendering.datasets,
        insights=insights,
        has=[name for name, is_there in there.items() if is_there],
        passages=passages,
        comments=comments,
    )


def _signed(one: Authorship) -> str:
    user = one.user
    return f"{user.username if user else one.name}\t{(user and user.name) or one.name}"


def _of_text(rendering: Rendering) -> list[Passage]:
    """Of what an older renderer drew, and is to be drawn anew: its text, and its headings."""
    headings = [Passage("heading", heading["anchor"], heading["text"]) for heading in rendering.headings]
    return [
        *headings,
        *(Passage("narrative", "", line) for line in rendering.text.split("\n") if line.strip()),
    ]


def _store(entries: Mapping[int, Entry], waiting: Mapping[int, datetime | None]) -> None:
    in_order = sorted(entries.items())  # the order in which posts are locked everywhere
    done = [
        (entry.words, entry.language, entry.format, list(entry.signed), waiting[post], post)
        for post, entry in in_order
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_VECTOR.format(kind="head"), [(entry.head, post) for post, entry in in_order])
        cursor.executemany(_VECTOR.format(kind="body"), [(entry.full, post) for post, entry in in_order])
        cursor.executemany(_QUOTES, [(post, entry.quotable.packed) for post, entry in in_order])
        cursor.executemany(_DONE, done)
    learn(entries.values())
    request_relating(entries)


def learn(entries: Iterable[Entry]) -> None:
    """Take words and languages that no post had before into the vocabulary; they are counted later."""
    words: dict[str, str] = {}
    languages = set()
    for entry in entries:
        words |= entry.vocabulary
        languages.add(entry.language)
    SearchLanguage.objects.bulk_create(
        [SearchLanguage(language=language) for language in sorted(languages)], ignore_conflicts=True
    )
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
    SearchWord.objects.bulk_create(
        [SearchWord(word=word, lexeme=words[word], keys=keys(word)) for word in sorted(words.keys() - known)],
        ignore_conflicts=True,
        batch_size=1000,
    )


@transaction.atomic
def count_words() -> int:
    """Count in how many posts each word stands, if enough was indexed since; returns how many there are.

    New words count as rare until then, which only makes them weigh more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        posts, is_due = cursor.fetchone()
        if is_due:
            for statement in _COUNT:
                cursor.execute(statement)
    return int(posts)


def sweep_index() -> None:
    """Wake someone for what waits longer than a message takes. Triggers change rows of the indexes too."""
    _settle()
    since = timezone.now() - timedelta(seconds=QUEUED_SECONDS)
    if SearchEntry.objects.filter(stale_since__lt=since).exists():
        wake(index_waiting)


@shared_task
def index_waiting() -> None:
    index_posts()


@shared_task
def count_words_again() -> None:
    count_words()
