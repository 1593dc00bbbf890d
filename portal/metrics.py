"""What the portal counts, in the OpenMetrics text format. A constant number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min
from django.utils import timezone

from knowledge.models import Delivery, Post, Push, Rendering, Revision, Space, User


@dataclass(frozen=True, slots=True)
class Family:
    """One gauge: a value for each set of labels, "" for the one without."""

    name: str
    help: str
    values: dict[str, float] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield f"# TYPE almanac_{self.name} gauge"
        yield f"# HELP almanac_{self.name} {self.help}"
        for labels, value in self.values.items():
            yield f"almanac_{self.name}{f'{{{labels}}}' if labels else ''} {value:g}"


def openmetrics() -> str:
    lines = [line for family in families() for line in family.lines()]
    return "\n".join([*lines, "# EOF", ""])


def families() -> list[Family]:
    posts = dict(Post.objects.posts().values_list("status").annotate(Count("pk")).order_by())
    states = dict(Rendering.objects.values_list("state").annotate(Count("pk")).order_by())
    unfinished = Rendering.objects.filter(state=Rendering.State.QUEUED).aggregate(oldest=Min("queued_at"))
    deliveries = dict(Delivery.objects.values_list("state").annotate(Count("pk")).order_by())
    pushes = Push.objects.aggregate(number=Count("pk"), latest=Max("ingested_at"))
    return [
        Family("posts", "Posts by status.", _by("status", Post.Status.values, posts)),
        Family("renderings", "Renderings by state.", _by("state", Rendering.State.values, states)),
        Family(
            "oldest_queued_seconds", "Age of the oldest queued rendering.", {"": _age(unfinished["oldest"])}
        ),
        Family("pushes", "Pushes that were ingested.", {"": pushes["number"]}),
        Family("last_push_seconds", "Time since the last ingested push.", {"": _age(pushes["latest"])}),
        Family("deliveries", "Mails and calls by state.", _by("state", Delivery.State.values, deliveries)),
        Family("revisions", "Revisions of all posts.", {"": Revision.objects.count()}),
        Family("spaces", "Spaces.", {"": Space.objects.count()}),
        Family("people", "Accounts that may sign in.", {"": User.objects.filter(is_active=True).count()}),
    ]


def _by(label: str, names: list[str], counts: dict[str, int]) -> dict[str, float]:
    """Every name has a value, so that an alert on one never meets a gap."""
    return {f'{label}="{name}"': counts.get(name, 0) for name in names}


def _age(moment: datetime | None) -> float:
    return (timezone.now() - moment).total_seconds() if moment else 0
