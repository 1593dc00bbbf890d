"""What a digest says: the numbers first, then what waits for its reader, then the posts of each space."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from knowledge.models import Notification, Post, Space

POSTS_A_SPACE = 8
SAID_A_POST = 3
SPAN = {"daily": "day", "weekly": "week"}
DAYS = {"daily": 1, "weekly": 7}
TALK = {"talk", "question", "verdict"}


@dataclass(frozen=True, slots=True)
class Said:
    who: str
    text: str
    link: int


@dataclass(slots=True)
class PostNews:
    """`link` is the notification that leads to the post."""

    post: Post
    link: int
    is_new: bool = False
    revisions: int = 0
    change: str = ""
    said: list[Said] = field(default_factory=list)
    other: list[Notification] = field(default_factory=list)
    news: int = 0

    @property
    def authors(self) -> str:
        names = [author.name for author in self.post.authorships.all()]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

    @property
    def unsaid(self) -> int:
        """Comments that there is no room for."""
        return max(0, len(self.said) - SAID_A_POST)

    @property
    def quoted(self) -> list[Said]:
        return self.said[-SAID_A_POST:]


@dataclass(frozen=True, slots=True)
class SpaceNews:
    space: Space
    posts: list[PostNews]
    more: int


@dataclass(frozen=True, slots=True)
class Digest:
    kind: str
    numbers: list[tuple[int, str]]
    waiting: list[Notification]
    spaces: list[SpaceNews]
    other: list[tuple[Notification, list[Post]]]
    since: datetime
    until: datetime

    @property
    def span(self) -> str:
        return SPAN[self.kind]

    @property
    def subject(self) -> str:
        numbers = ", ".join(f"{number} {words}" for number, words in self.numbers[:3])
        return f"Your {self.span} in Almanac: {numbers or 'news'}"


def digest_of(
    kind: str, rows: Sequence[Notification], until: datetime, resting: Mapping[int, list[Post]]
) -> Digest:
    """`resting` are the posts that news of datasets tell of, by their ids."""
    waiting = [row for row in rows if row.asks]
    rest = [row for row in rows if not row.asks]
    posts = _posts(row for row in rest if row.post)
    until = timezone.localtime(until)
    return Digest(
        kind,
        _numbers(waiting, posts),
        waiting,
        _spaces(posts),
        [(row, resting.get(row.pk, [])) for row in rest if not row.post],
        until - timedelta(days=DAYS[kind]),
        until,
    )


def _posts(rows: Iterable[Notification]) -> list[PostNews]:
    found: dict[int, PostNews] = {}
    for row in rows:
        if row.post is None:
            continue
        news = found.setdefault(row.post.pk, PostNews(row.post, row.pk))
        news.news += 1
        if row.event == "post.published":
            news.is_new, news.link = True, row.pk
        elif row.event == "post.updated":
            news.revisions += 1
            news.change = _first_line(row.revision.message if row.revision else "")
        elif row.group in TALK and row.text:
            news.said.append(Said(row.actor_name or "Someone", row.text, row.pk))
        else:
            news.other.append(row)
    return list(found.values())


def _spaces(posts: Iterable[PostNews]) -> list[SpaceNews]:
    """The busiest space first, and in each what most was said about, then what is new."""
    by_space: dict[int, list[PostNews]] = {}
    for news in posts:
        by_space.setdefault(news.post.space_id, []).append(news)
    spaces = []
    for those in sorted(by_space.values(), key=lambda it: -sum(news.news for news in it)):
        those.sort(key=lambda news: (-len(news.said), not news.is_new, -news.revisions, news.post.title))
        shown = those[:POSTS_A_SPACE]
        spaces.append(SpaceNews(those[0].post.space, shown, len(those) - len(shown)))
    return spaces


def _numbers(waiting: Sequence[Notification], posts: Sequence[PostNews]) -> list[tuple[int, str]]:
    said = sum(len(news.said) for news in posts)
    counted = [
        (len(waiting), "waits for you", "wait for you"),
        (sum(news.is_new for news in posts), "new post", "new posts"),
        (sum(news.revisions > 0 and not news.is_new for news in posts), "updated post", "updated posts"),
        (said, "comment", "comments"),
        (sum(len(news.other) for news in posts), "other piece of news", "other pieces of news"),
    ]
    return [(number, one if number == 1 else many) for number, one, many in counted if number]


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0][:200]
