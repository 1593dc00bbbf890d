"""How fast the queue of reviews answers with 10,000 open ones, and the page of one with 300 conversations.

Run with `python -m benchmarks.reviewing`. Served as in benchmarks.talking.
"""

import json
from dataclasses import astuple
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.serving import stored_post
from benchmarks.talking import BODY, serve_and_measure

if TYPE_CHECKING:
    from knowledge.models import Post, Rendering, Review, Space, User

REVIEWS = 10_000
THREADS = 300
CELLS = 60
BATCH = 1_000


def main() -> None:
    serve_and_measure(f"Reviews, {REVIEWS:,} of them open", reviews, free=2)


def reviews() -> dict[str, str]:
    from django.db import connection

    from knowledge.models import Membership, Role, Space, User

    space, reviewer = Space.objects.get(slug="bench"), User.objects.get(username="reader")
    Membership.objects.filter(user=reviewer).update(role=Role.REVIEWER)
    author = User.objects.create_user("author", password="almanac")
    found = fill(space, author, stored_post(space, author, 40_000))
    discussed = with_threads(found[0], reviewer)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "a review of one cell": found[1].get_absolute_url(),
        f"one of {CELLS} cells with {THREADS} conversations": discussed.get_absolute_url(),
        "waiting for me": "/reviews/",
        "its 5,000th": f"/reviews/?list=mine&before={found[5_000].pk}",
        "of mine": "/reviews/?list=yours",
        "stuck": "/reviews/?list=stuck",
        "all": "/reviews/?list=open",
    }


def fill(space: "Space", author: "User", model: "Post") -> list["Review"]:
    """All of what readers don't see yet, one revision each."""
    from django.utils import timezone

    from knowledge.models import Contribution, Post, Rendering, Review, Revision

    now = timezone.now()
    rendering = Rendering.objects.get(revisions__post=model)
    compared(rendering, b"# One cell\n", "md")
    state: dict[str, Any] = {"status": "in_review", "review_state": "open", "is_held": True}
    posts = Post.objects.bulk_create(
        [
            Post(space=space, path=f"q/{at}.md", title=f"Post {at}", created_at=now, updated_at=now, **state)
            for at in range(REVIEWS)
        ],
        batch_size=BATCH,
    )
    columns: dict[str, Any] = {
        "number": 1,
        "commit": "a" * 40,
        "blob": "b" * 40,
        "size": 1,
        "rendering": rendering,
    }
    columns |= {"author_name": "author", "committed_at": now, "is_held": True, "pushed_by": author}
    columns["source_digest"] = rendering.source_digest
    revisions = Revision.objects.bulk_create(
        [Revision(post=post, path=post.path, title=post.title, **columns) for post in posts], batch_size=BATCH
    )
    made = Review.objects.bulk_create(
        [
            Review(post=post, revision=revision, opened_by=author, moved_at=now - timedelta(minutes=at))
            for at, (post, revision) in enumerate(zip(posts, revisions, strict=True))
        ],
        batch_size=BATCH,
    )
    Contribution.objects.bulk_create(
        [Contribution(review=review, user=author) for review in made], batch_size=BATCH
    )
    return made


def with_threads(review: "Review", reviewer: "User") -> "Review":
    """A notebook whose cells were talked about, five times each."""
    from knowledge.models import Comment, Rendering, Thread
    from knowledge.rendering import render
    from knowledge.rendering.remarks import PROFILE, remark

    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [cell | {"id": f"c{at}", "source": f"a{at} = load({at})\n" * 12} for at in range(CELLS)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    source = json.dumps(notebook).encode()
    marks = [list(astuple(mark)) for mark in render("a.ipynb", source).cells]
    rendering = Rendering.objects.create(
        source_digest="d" * 64, format="ipynb", renderer_version="bench", state="ready", cells=marks
    )
    compared(rendering, source, "ipynb")
    review.revision.rendering = rendering
    review.revision.save(update_fields=["rendering"])
    html = remark(BODY).shown({})
    threads = Thread.objects.bulk_create(
        Thread(
            post=review.post, review=review, revision=review.revision, started_by=reviewer,
            kind="line", cell=at % CELLS, cell_id=f"c{at % CELLS}", line=1 + at % 12,
        )
        for at in range(THREADS)
    )  # fmt: skip
    Comment.objects.bulk_create(
        Comment(thread=each, author=reviewer, author_name="reader", body=BODY, html=html, profile=PROFILE)
        for each in threads
        for _ in range(2)
    )
    return review


def compared(rendering: "Rendering", source: bytes, form: str) -> None:
    """What its page shows, as a worker would leave it: all of it is new."""
    from knowledge.diffing import DIFFER_VERSION, compare
    from knowledge.diffing.wire import packed
    from knowledge.models import Comparison

    result: Any = packed(compare("", b"", f"a.{form}", source))
    Comparison.objects.create(
        new_digest=rendering.source_digest, new_format=rendering.format, differ_version=DIFFER_VERSION,
        state=Comparison.State.READY, result=result,
    )  # fmt: skip


if __name__ == "__main__":
    main()
