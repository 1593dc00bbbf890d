"""Libraries as pages show them: how much each is used, and in which versions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, overload

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef

from knowledge import versions
from knowledge.models import CampaignItem, Insight, LibraryUse, Reading, User
from knowledge.models.library_sum import versions_of
from knowledge.models.library_use import LibraryUseQuerySet
from portal.insight_pages import Number, numbers_of

SHOWN = 3  # versions, in the list of libraries
AGES = 12  # versions, on the page of a library; the others are folded


@dataclass(frozen=True, slots=True)
class Library:
    """`share` is how much it is used beside the first of the list, in per cent."""

    name: str
    posts: int
    insights: int
    versions: Sequence[str]
    share: int

    @property
    def newest(self) -> Sequence[str]:
        return self.versions[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.versions) - SHOWN)


def libraries_of(rows: Iterable[dict[str, Any]], user: User, most: int) -> list[Library]:
    """From LibraryUseQuerySet.libraries; `most` posts are a share of 100. Two queries."""
    found = list(rows)
    names = [row["library"] for row in found]
    numbers = _insights(names, user)
    known = versions_of(user, names)
    return [
        Library(
            row["library"],
            row["posts"],
            numbers.get(row["library"], 0),
            versions.newest_first(known.get(row["library"], ())),
            _share(row["posts"], most),
        )
        for row in found
    ]


def _insights(names: Sequence[str], user: User) -> dict[str, int]:
    uses = LibraryUse.objects.visible_to(user).filter(
        library__in=names, post__insights__withdrawn_at=None, post__insights__isnull=False
    )
    counted = uses.order_by().values_list("library").annotate(number=Count("post__insights"))
    return dict(counted)


@dataclass(frozen=True, slots=True)
class Age:
    """A version that posts use; "" is not known. `share` of all posts in per cent."""

    version: str
    posts: int
    last: datetime
    share: int
    is_newest: bool = False
    is_chosen: bool = False


def ages_of(uses: LibraryUseQuerySet, chosen: str | None = None) -> list[Age]:
    """The newest version first, what isn't known last. One query."""
    rows = {row["version"]: row for row in uses.by_version()}
    most = max((row["posts"] for row in rows.values()), default=0)
    order = versions.newest_first(version for version in rows if version)
    return [
        Age(
            version,
            rows[version]["posts"],
            rows[version]["last"],
            _share(rows[version]["posts"], most),
            is_newest=bool(version) and version == order[0] and len(order) > 1,
            is_chosen=version == chosen,
        )
        for version in [*order, *([""] if "" in rows else [])]
    ]


def folded(ages: Sequence[Age]) -> tuple[list[Age], list[Age]]:
    """The newest, with what isn't known; and older ones, which a page folds away."""
    known = [age for age in ages if age.version]
    return [*known[:AGES], *(age for age in ages if not age.version)], known[AGES:]


@dataclass(frozen=True, slots=True)
class Row:
    """A post that uses it, and the numbers that rest on it."""

    use: LibraryUse
    numbers: Sequence[Number]


def rows_of(uses: Iterable[LibraryUse]) -> list[Row]:
    """From LibraryUseQuerySet.with_posts, of posts that the reader sees. Three queries."""
    found = list(uses)
    said = Insight.objects.filter(post__in=[use.post_id for use in found], withdrawn_at=None)
    # The reader sees these posts: InsightQuerySet.with_facts would ask for all that they see.
    newest = Reading.objects.shown().filter(insight=OuterRef("pk"), post=OuterRef("post")).newest_first()
    said = said.select_related("space", "post__space").annotate(newest=ArraySubquery(newest.values("pk")[:1]))
    by_post: dict[int, list[Number]] = {}
    for number in numbers_of(said.order_by("name")):
        by_post.setdefault(number.insight.post_id or 0, []).append(number)
    return [Row(use, by_post.get(use.post_id, ())) for use in found]


class MostRead(Sequence[LibraryUse]):
    """Uses for a paginator, the most read first; `number` is how many there are."""

    def __init__(self, uses: LibraryUseQuerySet, number: int) -> None:
        self.uses, self.number = uses, number

    def __len__(self) -> int:
        return self.number

    @overload
    def __getitem__(self, part: int) -> LibraryUse: ...
    @overload
    def __getitem__(self, part: slice) -> list[LibraryUse]: ...
    def __getitem__(self, part: int | slice) -> LibraryUse | list[LibraryUse]:
        if isinstance(part, int):
            return self.uses.most_read(part, 1)[0]
        first, last, _ = part.indices(self.number)
        return self.uses.most_read(first, max(0, last - first))


@dataclass(frozen=True, slots=True)
class Progress:
    """Of what a reader sees of a campaign: how many of `every` post are settled."""

    every: int
    settled: int
    label: str = ""
    url: str = ""

    @property
    def share(self) -> int:
        return _share(self.settled, self.every)

    @property
    def left(self) -> int:
        return self.every - self.settled


def progress_of(campaigns: Iterable[int], user: User) -> dict[int, Progress]:
    """Of each campaign with a post that the user sees. One query."""
    items = CampaignItem.objects.visible_to(user).filter(campaign__in=list(campaigns))
    return {row["campaign"]: Progress(row["every"], row["settled"]) for row in items.progress("campaign")}


def _share(part: int, whole: int) -> int:
    return max(1, round(100 * part / whole)) if part and whole else 0
