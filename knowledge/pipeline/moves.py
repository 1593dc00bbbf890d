"""What one transaction makes of insights: which of them are said no more, or again, or anew."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.models import Insight, Post, Revision, User
from knowledge.models.post_states import Status

WORDS = {
    "": "its post says it no more",
    Status.ARCHIVED: "its post is archived",
    Status.DELETED: "its post is gone",
}


@dataclass(frozen=True, slots=True)
class Move:
    """`was` and `now` are Insight.State's words for what isn't said any more, or "" while it is.

    `revision` moved it, if one did; `has_reading` where that, or another that was free to, says it anew.
    """

    insight: Insight
    was: str
    now: str
    revision: Revision | None
    by: User | None
    has_reading: bool

    @property
    def is_end(self) -> bool:
        return bool(self.now) and self.now != self.was

    @property
    def is_return(self) -> bool:
        return bool(self.was) and not self.now

    @property
    def end(self) -> str:
        """What it is now, in words that follow its name."""
        if self.now == Insight.State.SUPERSEDED:
            return "is superseded: another post took the place of the one that says it."
        post = self.insight.post
        status = post.status if post else Status.DELETED
        return f"is withdrawn: {WORDS.get(status, WORDS[''])}."


@dataclass(slots=True)
class Turns:
    """What happens to posts in the transaction, by their ids; all else is of rows that say it already."""

    published: Mapping[int, Revision]
    superseded: Mapping[int, Post]
    returned: Mapping[int, Post]
    gone: Mapping[int, Post]
    by: User | None
    was: dict[int, str] = field(default_factory=dict)
    held: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        published: Iterable[Revision],
        superseded: Iterable[Post],
        returned: Iterable[Post],
        gone: Iterable[Post],
        by: User | None,
    ) -> "Turns":
        revisions = {revision.post_id: revision for revision in published}
        old = {post.pk: post for post in superseded}
        for pk in revisions.keys() & old.keys():
            revisions[pk].post.status = old[pk].status
        back = {post.pk: post for post in returned}
        return cls(revisions, old, back, {post.pk: post for post in gone}, by)

    @property
    def posts(self) -> Collection[int]:
        return self.published.keys() | self.superseded.keys() | self.returned.keys() | self.gone.keys()

    @property
    def shown_again(self) -> list[Post]:
        """With what they published before."""
        return [post for pk, post in self.returned.items() if pk not in self.published]

    def begin(self, insights: Iterable[Insight]) -> None:
        """Keep how they stood before."""
        for insight in insights:
            self.was[insight.pk] = self._before(insight)
            self.held[insight.pk] = None if insight.withdrawn_at else insight.post_id

    def gave(self, insight: Insight) -> bool:
        """Whether its post has it as of now."""
        return self.held[insight.pk] != insight.post_id

    def _before(self, insight: Insight) -> str:
        if insight.withdrawn_at or insight.post_id is None:
            return Insight.State.WITHDRAWN
        if insight.post_id in self.superseded or insight.post_id in self.gone:
            return ""
        return Insight.State.WITHDRAWN if insight.post_id in self.returned else _now(insight)

    def end(self, insights: Iterable[Insight], anew: Collection[int]) -> Iterator[Move]:
        """Of those that stand otherwise than before, or whose ids are in `anew`: they have a reading more."""
        for insight in insights:
            was, now, has_reading = self.was[insight.pk], _now(insight), insight.pk in anew
            if was != now or has_reading:
                revision = self._revision(insight)
                by = revision.pushed_by if revision else self.by
                yield Move(insight, was, now, revision, by, has_reading)

    def _revision(self, insight: Insight) -> Revision | None:
        its = self.published.get(insight.post_id or 0)
        if its is None and insight.post and insight.post_id in self.superseded:
            return self.published.get(insight.post.superseded_by_id or 0)
        return its


def _now(insight: Insight) -> str:
    ended = (Insight.State.WITHDRAWN, Insight.State.SUPERSEDED)
    return insight.status if insight.status in ended else ""
