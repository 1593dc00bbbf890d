"""How fast a conversation is read, with 2,000 comments against one, and how long a hostile comment is drawn.

Run with `python -m benchmarks.talking`. Served as in benchmarks.serving; one request at a time.
"""

import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.figures import heading, row
from benchmarks.servers import database
from benchmarks.serving import gunicorn, prepare, stored_post

if TYPE_CHECKING:
    from knowledge.models import Post, User

COMMENTS = 2_000
REQUESTS = 100
ROUNDS = 5
GOAL = 0.1  # seconds at the median
BODY = "We saw **the same** in March, see [the figure](#fig-1) and `orders.week`. @reader\n\n- one\n- two"
HOSTILE = ("[", "*a ", "- a\n\n", "a|b\n-|-\n", "@a.", "[a\n", "# \n", "```python\n" + "'" * 500 + "\n```\n")


def talk(post: "Post", by: "User", threads: int, replies: int) -> None:
    from knowledge.models import Comment, Reaction, Thread
    from knowledge.rendering.remarks import PROFILE, remark

    html = remark(BODY).shown({})
    revision = post.published_revision
    assert revision
    made = Thread.objects.bulk_create(
        Thread(post=post, revision=revision, started_by=by, is_question=number % 10 == 0)
        for number in range(threads)
    )
    comments = Comment.objects.bulk_create(
        Comment(thread=thread, author=by, author_name=by.username, body=BODY, html=html, profile=PROFILE)
        for thread in made
        for _ in range(1 + replies)
    )
    Reaction.objects.bulk_create(Reaction(comment=each, user=by, sign="agree") for each in comments)


def conversations() -> dict[str, str]:
    from knowledge.models import Space, User

    space, reader = Space.objects.get(slug="bench"), User.objects.get(username="reader")
    shapes = {
        "one comment": (1, 0),
        f"{COMMENTS:,} threads of one comment": (COMMENTS, 0),
        f"{COMMENTS // 10} threads of ten": (COMMENTS // 10, 9),
        f"one thread of {COMMENTS:,}": (1, COMMENTS - 1),
    }
    addresses = {}
    for at, (name, (threads, replies)) in enumerate(shapes.items()):
        post = stored_post(space, reader, 30_000 + at)
        talk(post, reader, threads, replies)
        addresses[name] = f"/p/{post.pk}/conversation"
        if threads == 1 and replies:
            addresses["its own page"] = post.threads.get().get_absolute_url()
    return addresses


def measure(title: str, port: int, cookie: str, addresses: dict[str, str], free: int) -> None:
    """Of one request at a time, the median; the first `free` have no goal and are there to compare."""
    medians: dict[str, list[float]] = {name: [] for name in addresses}
    for turn in range(ROUNDS + 1):
        for name, path in addresses.items():
            command = [sys.executable, "-m", "benchmarks.load", str(port), path, cookie, str(REQUESTS), "1"]
            answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            if turn:
                medians[name].append(answer["p50"])
    heading(f"{title}, {ROUNDS} x {REQUESTS} requests each, one at a time")
    for at, (name, found) in enumerate(medians.items()):
        median = statistics.median(found)
        goal = f"< {GOAL * 1000:.0f} ms" if at >= free else ""
        row(name, f"p50 {median * 1000:.1f} ms", goal, met=median < GOAL if goal else None)


def draw() -> None:
    from knowledge.rendering.remarks import LONGEST, remark

    def seconds(body: str) -> float:
        begin = time.process_time()
        remark(body[:LONGEST])
        return time.process_time() - begin

    remark(BODY)
    heading("Drawing the Markdown of comments, processor time")
    honest = statistics.median(seconds(BODY) for _ in range(50))
    row("a comment of two sentences and a list", f"{honest * 1000:.2f} ms")
    worst = max(seconds(piece * many) for piece in HOSTILE for many in (700, LONGEST // len(piece)))
    row("the worst of 20 kB made to be slow", f"{worst * 1000:.0f} ms", "< 1,000 ms", met=worst < 1)


def serve_and_measure(title: str, fill: Callable[[], dict[str, str]], *, free: int = 1) -> None:
    """On servers of their own, with what `fill` makes; it returns addresses by name."""
    with database():
        cookie, _ = prepare()
        addresses = fill()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with gunicorn(port):
            measure(title, port, cookie, addresses, free)


def main() -> None:
    serve_and_measure("Conversations", conversations)
    draw()


if __name__ == "__main__":
    main()
