"""Reading figures: how often something is read, by how many, how far; for those whom it concerns.

As many queries for a space as for a post. docs/reading-figures.md says what each number means.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Sum
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import DailyReads, LeadingSearch, Post, Read, Space, User
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.reads import SUMMED
from knowledge.models.tag_use import current_tag
from knowledge.permissions import check_figures, check_maintain

DAYS = (30, 90, 365)
MOST_DAYS = 366
TOP = 10
SEARCHES = 10
READERS_FOR_SEARCHES = 3  # fewer could be told from what they looked for
COMPARED = 2  # posts beside it, or a comparison says nothing


@dataclass(frozen=True, slots=True)
class Subject:
    """What figures are of: `kind` is post, space, person or tag, `posts` are those that `user` is told of."""

    kind: str
    key: str
    title: str
    posts: PostQuerySet
    user: User
    post: Post | None = None
    space: Space | None = None
    person: User | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What was read on `day`, or in as many days from it on as its figures take together."""

    day: date
    views: int = 0
    readers: int = 0


@dataclass(frozen=True, slots=True)
class TopPost:
    post: Post
    views: int
    readers: int
    finished: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The post was read more often than `fewer` of `others` in its space."""

    fewer: int
    others: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the days from `first` to `last`. `readers` are different people, of the days since `readers_since`.

    `sums` has `views`, `readers` (of each day, so reads), `reached_25` and so on, and `finished`.
    """

    subject: Subject
    first: date
    last: date
    by_day: Sequence[Day]
    sums: dict[str, int] = field(default_factory=dict)
    readers: int = 0
    readers_since: date | None = None
    top: Sequence[TopPost] = ()
    searches: Sequence[tuple[str, int]] = ()
    comparison: Comparison | None = None

    @property
    def reads(self) -> int:
        return self.sums["readers"]

    def by(self, days: int) -> list[Day]:
        """So many days at a time, as far back as they are whole."""
        runs = [self.by_day[end - days : end] for end in range(len(self.by_day), days - 1, -days)]
        return [
            Day(run[0].day, sum(each.views for each in run), sum(each.readers for each in run))
            for run in reversed(runs)
        ]


def subject_of(user: User, kind: str, key: str) -> Subject:
    """Raises ObjectDoesNotExist for what `user` can't see, UserError where its figures are not for them."""
    return SUBJECTS[kind](user, key)


def figures_of(subject: Subject, days: int) -> Figures:
    """Eight queries at the most."""
    last = timezone.localdate()
    first = last - timedelta(days=days - 1)
    rows = DailyReads.objects.of(subject.posts, first).by_day()
    sums = {name: sum(row[f"all_{name}"] for row in rows.values()) for name in SUMMED}
    readers, since = _readers(subject, first, last)
    return Figures(
        subject=subject,
        first=first,
        last=last,
        by_day=[_day(first + timedelta(days=place), rows) for place in range(days)],
        sums=sums,
        readers=readers,
        readers_since=since,
        top=_top(subject, first) if subject.post is None else (),
        searches=_searches(subject, first) if readers >= READERS_FOR_SEARCHES else (),
        comparison=_comparison(subject.post, subject.user, first, sums["readers"]) if subject.post else None,
    )


def _day(day: date, rows: dict[date, dict[str, int]]) -> Day:
    row = rows.get(day)
    return Day(day, row["all_views"], row["all_readers"]) if row else Day(day)


def _readers(subject: Subject, first: date, last: date) -> tuple[int, date | None]:
    """How many, and since when it is known where that is not the whole time."""
    kept = last - timedelta(days=max(1, settings.READS_KEEP_DAYS) - 1)
    since = max(first, kept)
    return Read.objects.of(subject.posts, since).readers(), since if since > first else None


def _top(subject: Subject, first: date) -> list[TopPost]:
    """What is read most, of what the user sees."""
    rows = DailyReads.objects.of(subject.posts, first).most_read(TOP)
    posts = Post.objects.visible_to(subject.user).select_related("space")
    found = posts.in_bulk([row["post"] for row in rows])
    return [
        TopPost(found[row["post"]], row["all_views"], row["all_readers"], row["all_finished"])
        for row in rows
        if row["post"] in found
    ]


def _searches(subject: Subject, first: date) -> list[tuple[str, int]]:
    led = LeadingSearch.objects.filter(post__in=subject.posts.order_by().values("pk"), day__gte=first)
    counted = led.values("query").annotate(number=Sum("reads")).order_by("-number", "query")
    return list(counted.values_list("query", "number")[:SEARCHES])


def _comparison(post: Post, user: User, first: date, reads: int) -> Comparison | None:
    """With the other posts of its space that the user sees; None where it would say nothing."""
    others = Post.objects.visible_to(user).published().filter(space=post.space_id).exclude(pk=post.pk)
    number = others.count()
    if not reads or number < COMPARED:
        return None
    as_much = DailyReads.objects.of(others, first).posts_with(reads)
    return Comparison(number - as_much, number)


def _of_post(user: User, key: str) -> Subject:
    posts = Post.objects.visible_to(user).live().posts()
    post = posts.select_related("space").get(pk=_number(key))
    check_figures(post, user)
    only = Post.objects.filter(pk=post.pk)
    return Subject("post", key, post.title, only, user, post=post, space=post.space)


def _of_space(user: User, key: str) -> Subject:
    space = Space.objects.visible_to(user).get(slug=key)
    check_maintain(space, user)
    posts = Post.objects.visible_to(user).posts().filter(space=space)
    return Subject("space", key, space.name, posts, user, space=space)


def _of_person(user: User, key: str) -> Subject:
    person = User.objects.get(username=key)
    if person != user and not user.is_superuser:
        raise UserError("not-your-own-figures", name=person.get_full_name())
    posts = Post.objects.visible_to(user).posts().by_author(key)
    return Subject("person", key, person.get_full_name(), posts, user, person=person)


def _of_tag(user: User, key: str) -> Subject:
    tag = current_tag(user, key)
    tagged = Post.objects.visible_to(user).published().tagged(tag)
    if not tag or not tagged.exists():
        raise ObjectDoesNotExist
    posts = tagged.with_figures_for(user)
    if not posts.exists():
        raise UserError("no-figures-of-tag", tag=tag)
    return Subject("tag", tag, tag, posts, user)


def _number(key: str) -> int:
    """Of a row; 0, which none has, for what can't be one."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0


SUBJECTS = {"post": _of_post, "space": _of_space, "person": _of_person, "tag": _of_tag}
