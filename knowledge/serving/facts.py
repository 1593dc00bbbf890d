"""What is served of an insight, as it was read from the database for somebody."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from knowledge.trust import Trust

WITHDRAWN = "withdrawn"


@dataclass(slots=True)
class ReadingFacts:
    """A reading; `number` is its value exactly, where that is one."""

    id: int
    post_id: int | None
    revision_number: int
    commit: str
    value: Any
    number: Decimal | None
    unit: str
    as_of: str
    interval: list[float] | None
    dimensions: dict[str, str]
    title: str
    limits: dict[str, float]
    anchor: str
    authors: list[str]
    reason: str
    published_at: datetime
    reviewed_by: list[str]

    @property
    def moment(self) -> datetime:
        """The beginning of what it is of; where it doesn't say, when it was published."""
        return moment_of(self.as_of) or self.published_at


@dataclass(slots=True)
class BeforeFacts:
    """What is told of the reading before the newest."""

    id: int
    value: Any
    number: Decimal | None
    unit: str
    as_of: str
    revision_number: int
    published_at: datetime


@dataclass(slots=True)
class InsightFacts:
    """An insight with the newest reading that somebody sees, and the one before it.

    `status` is one of Insight.State. `post_path` is "" unless its post still says `newest`; `superseded_by`
    is a post's id. `outside` and `control` are what limits say of the newest reading of all, if this is it.
    """

    id: int
    space: str
    space_name: str
    name: str
    status: str
    post_path: str
    post_title: str
    superseded_by: int | None
    newest: ReadingFacts
    before: BeforeFacts | None
    trust: Trust
    outside: list[dict[str, Any]] = field(default_factory=list)
    control: dict[str, float] | None = None

    @property
    def is_withdrawn(self) -> bool:
        return self.status == WITHDRAWN


def moment_of(as_of: str) -> datetime | None:
    """In UTC, as is taken for a time that names no zone; of a day its beginning. None for "" and nonsense."""
    try:
        said = datetime.fromisoformat(as_of)
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
