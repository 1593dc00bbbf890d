"""What 50 insights, each with a history of 100 readings, add to publishing a revision.

Run with `python -m benchmarks.publishing_insights`. The same revision without them, with them, and with
somebody who follows each, in turn: all values move, so limits are reckoned and people told.
"""

import gc
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.figures import heading, row, spread
from benchmarks.servers import database

if TYPE_CHECKING:
    from knowledge.models import Post, Space, User

INSIGHTS, READINGS = 50, 100
ROUNDS = 30
GOAL = 0.050
NAMES = ("plain", "with insights", "with insights that are followed")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> None:
    with database():
        from django.db import connection

        from knowledge.models import Membership, Role, Space, User

        author = User.objects.create_user("author", password="almanac")
        space = Space.objects.create(slug="bench", name="Bench")
        Membership.objects.create(space=space, user=author, role=Role.AUTHOR)
        posts = {name: _post(space, author, name) for name in NAMES}
        for name in NAMES[1:]:
            _publish(posts[name], 1, says=name)
            _fill(posts[name])
        _follow(posts[NAMES[2]], author)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        gc.collect()
        gc.freeze()  # what made the readings is none of the portal's to look through
        seconds: dict[str, list[float]] = {name: [] for name in posts}
        for turn in range(ROUNDS + 1):
            for name, post in posts.items():
                found = _publish(post, turn + 2, says=name if name in NAMES[1:] else "")
                if turn:
                    seconds[name].append(found)
    _print(seconds)


def _print(seconds: dict[str, list[float]]) -> None:
    heading(f"Publishing a revision with {INSIGHTS} insights, {READINGS} readings each, {ROUNDS} times")
    for name, found in seconds.items():
        row(name, spread(found))
    plain, with_insights, followed = (statistics.median(seconds[name]) for name in NAMES)
    added, goal = with_insights - plain, f"< {GOAL * 1000:.0f} ms"
    row("what they add, of the medians", f"{added * 1000:.0f} ms", goal, met=added < GOAL)
    row("and where each is followed", f"{(followed - plain) * 1000:.0f} ms")


def _post(space: "Space", author: "User", name: str) -> "Post":
    from knowledge.models import Post

    return Post.objects.create(
        space=space, path=f"{name}.md", title=name, owner=author, created_at=BEGIN, updated_at=BEGIN
    )


def _publish(post: "Post", number: int, *, says: str) -> float:
    """The seconds that it took."""
    from django.db import transaction

    from knowledge.models import Rendering, Revision
    from knowledge.pipeline.publish import publish
    from knowledge.rendering import RENDERER_VERSION

    digest = f"{post.pk}-{number}"
    rendering = Rendering.objects.create(
        source_digest=digest,
        format="md",
        renderer_version=RENDERER_VERSION,
        state=Rendering.State.READY,
        insights=[_said(says, place, number) for place in range(INSIGHTS)] if says else [],
    )
    columns: dict[str, Any] = {"path": post.path, "title": post.title, "commit": "a" * 40, "blob": "b" * 40}
    columns |= {"size": 1, "source_digest": digest, "author_name": "author", "committed_at": BEGIN}
    made = Revision.objects.create(post=post, number=number, rendering=rendering, **columns)
    begin = time.perf_counter()
    with transaction.atomic():
        publish(Revision.objects.filter(pk=made.pk).select_related("rendering", "pushed_by"))
    taken = time.perf_counter() - begin
    made.refresh_from_db()
    if made.published_at is None or made.readings.count() != (INSIGHTS if says else 0):
        raise RuntimeError("It wasn't published")
    return taken


def _said(prefix: str, place: int, number: int) -> dict[str, Any]:
    limits = {"max": 200, "max_change": 20}
    name = f"{prefix.replace(' ', '-')}-{place}"
    as_of = str((BEGIN + timedelta(days=READINGS + number)).date())
    return {"name": name, "value": _value(place, number), "as_of": as_of, "limits": limits}


def _value(place: int, number: int) -> int:
    return 100 + (37 * number + 11 * place) % 17


def _fill(post: "Post") -> None:
    """READINGS of each insight from before."""
    from knowledge.models import Insight, Reading

    insights = list(Insight.objects.filter(post=post))
    Reading.objects.bulk_create(
        [
            Reading(
                insight=insight,
                post=post,
                revision_number=0,
                commit="a" * 40,
                value=_value(insight.pk, number),
                number=_value(insight.pk, number),
                published_at=BEGIN + timedelta(days=number),
            )
            for number in range(READINGS)
            for insight in insights
        ],
        batch_size=1_000,
    )


def _follow(post: "Post", follower: "User") -> None:
    from knowledge.models import Insight, Subscription

    insights = Insight.objects.filter(post=post)
    Subscription.objects.bulk_create(
        Subscription(user=follower, kind="insight", insight=it) for it in insights
    )


if __name__ == "__main__":
    main()
