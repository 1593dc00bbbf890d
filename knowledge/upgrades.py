"""What an upgrade of a library touches: posts, whose they are, and the numbers that rest on them.

For pages and API: a page at a time in as many queries, or all of it as rows of a table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings

from knowledge.models import Insight, LibraryUse, User
from knowledge.models.library_use import LibraryUseQuerySet

COLUMNS = (
    *("post", "title", "space", "path", "version", "concerned", "owner", "authors", "insights"),
    *("published_at", "url"),
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Touched:
    """A post that uses it; `insights` are the names of those of its numbers that still hold."""

    use: LibraryUse
    insights: Sequence[str] = ()

    @property
    def people(self) -> list[str]:
        """Who answers for it, by name: its owner, else its authors."""
        return [self.owner.get_full_name()] if self.owner else self.authors

    @property
    def owner(self) -> User | None:
        return self.use.post.owner

    @property
    def authors(self) -> list[str]:
        signed = sorted(self.use.post.authorships.all(), key=lambda each: each.position)
        return [each.user.get_full_name() if each.user else each.name for each in signed]


def touched(uses: Iterable[LibraryUse]) -> list[Touched]:
    """From LibraryUseQuerySet.with_posts. One query."""
    found = list(uses)
    names: dict[int, list[str]] = {}
    said = Insight.objects.filter(post__in=[use.post_id for use in found], withdrawn_at=None)
    for post, name in said.order_by("name").values_list("post", "name"):
        names.setdefault(post or 0, []).append(name)
    return [Touched(use, names.get(use.post_id, ())) for use in found]


def rows(concerned: LibraryUseQuerySet, unknown: LibraryUseQuerySet) -> Iterator[list[object]]:
    """All of it by COLUMNS, the most read first, what may be concerned last; a few hundred at a time."""
    for uses, word in ((concerned, "yes"), (unknown, "unknown")):
        ids = uses.most_read_first().values_list("pk", flat=True)
        for batch in _batches(list(ids)):
            there = {use.pk: use for use in LibraryUse.objects.filter(pk__in=batch).with_posts()}
            in_order = (there[pk] for pk in batch if pk in there)
            yield from (_row(each, word) for each in touched(in_order))


def _row(each: Touched, concerned: str) -> list[object]:
    post = each.use.post
    return [
        *(post.pk, post.title, post.space.slug, post.path, each.use.version, concerned),
        *(each.owner.username if each.owner else "", ", ".join(each.authors), ", ".join(each.insights)),
        *(each.use.published_at.isoformat(), f"{settings.SITE_URL}{post.get_absolute_url()}"),
    ]


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
