"""How fast a stored post is served, against an empty view of the same process, middleware and session.

Run with `python -m benchmarks.serving`. One gunicorn worker, as in production, on its own embedded servers;
the load comes from a process of its own over loopback and is bounded.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.figures import heading, row
from benchmarks.servers import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.models import Post, Space, User

BARE = "/bench/bare"  # asked without a cookie: who has one is looked up, whatever the view
REQUESTS = 2_000
ROUNDS = 5
PARAGRAPH = (
    "<p>We compared 48,210 customers whose first order came with free delivery to as many who paid. </p>\n"
)


def prepare() -> tuple[str, dict[str, str]]:
    """Make a reader, their session, and two posts; return the session's cookie and the addresses by name."""
    from django.core.management import call_command

    from knowledge.models import Membership, Role, Space, User

    call_command("collectstatic", verbosity=0, interactive=False)
    reader = User.objects.create_user("reader", password="almanac")
    space = Space.objects.create(slug="bench", name="Bench")
    Membership.objects.create(space=space, user=reader, role=Role.READER)
    posts = {
        f"a stored post of {size // 1000} kB": stored_post(space, reader, size) for size in (20_000, 223_000)
    }
    return session_of(reader), {name: post.get_absolute_url() for name, post in posts.items()}


def session_of(user: "User") -> str:
    """The cookie of somebody who is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def stored_post(space: "Space", author: "User", size: int) -> "Post":
    """A published post whose rendering has `size` bytes of HTML."""
    from django.utils import timezone

    from knowledge.models import Authorship, Post, Rendering, RenderingPart, Revision

    now = timezone.now()
    rendering = Rendering.objects.create(
        source_digest=f"{size:064d}",
        format="md",
        renderer_version="bench",
        state=Rendering.State.READY,
        headings=[
            {"level": 2, "text": f"Part {number}", "anchor": f"h-part-{number}", "part": 0}
            for number in range(6)
        ],
    )
    RenderingPart.objects.create(rendering=rendering, number=0, html=PARAGRAPH * (size // len(PARAGRAPH)))
    post = Post.objects.create(
        space=space,
        path=f"{size}.md",
        title="A stored post",
        tldr="Its answer.",
        created_at=now,
        updated_at=now,
    )
    Authorship.objects.create(post=post, position=0, name=author.username, user=author)
    revision = Revision.objects.create(
        post=post,
        number=1,
        path=post.path,
        commit="c" * 40,
        blob="b" * 40,
        size=size,
        source_digest=f"{size:064d}",
        rendering=rendering,
        title=post.title,
        author_name=author.username,
        committed_at=now,
        published_at=now,
    )
    post.latest_revision = post.published_revision = revision
    post.status, post.published_at = Post.Status.PUBLISHED, now
    post.save()
    return post


@contextmanager
def gunicorn(port: int, workers: int = 1) -> "Iterator[None]":
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--worker-class", "gthread", "--threads", "8"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--log-level", "warning"],
        env=os.environ,
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


def load(port: int, path: str, cookie: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, cookie, str(REQUESTS), "4"]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer


def measure(port: int, cookie: str, posts: dict[str, str]) -> None:
    addresses = {
        "an empty view behind sign-in": "/bench/empty",
        "an empty view without session": BARE,
        **posts,
        "the feed": "/",
    }
    rates: dict[str, list[float]] = {name: [] for name in addresses}
    tails: dict[str, list[float]] = {name: [] for name in addresses}
    for turn in range(ROUNDS + 1):
        for name, path in addresses.items():
            answer = load(port, path, "" if path == BARE else cookie)
            if turn:
                rates[name].append(answer["rate"])
                tails[name].append(answer["p99"])
    heading(
        f"Serving, one gunicorn worker with 8 threads, 4 connections, {ROUNDS} x {REQUESTS} requests each"
    )
    for name in addresses:
        row(
            name,
            f"{statistics.median(rates[name]):,.0f}/s, p99 {statistics.median(tails[name]) * 1000:.1f} ms",
        )
    small = next(iter(posts))
    for base in ("an empty view behind sign-in", "an empty view without session"):
        share = statistics.median(
            ours / theirs for ours, theirs in zip(rates[small], rates[base], strict=True)
        )
        goal = 0.35 if "sign-in" in base else None
        row(
            f"{small} as a share of {base}",
            f"{share:.2f}",
            f">= {goal}" if goal else "",
            met=share >= goal if goal else None,
        )


def main() -> None:
    with database():
        cookie, posts = prepare()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with gunicorn(port):
            measure(port, cookie, posts)


if __name__ == "__main__":
    main()
