"""How fast insights are served from 1,000,000 readings, against views that return the same JSON as constants.

Run with `python -m benchmarks.insights`. All in this process, through the whole WSGI application: both go by
the same middleware and the same token, and take turns.
"""

import gc
import io
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.figures import heading, row
from benchmarks.servers import database

SPACES, POSTS, EACH, REVISIONS = 20, 2_000, 5, 100  # insights of a post, readings of each
ROUNDS, CALLS = 40, 10
V1 = "/api/v1/insights"
Call = Callable[[], tuple[int, bytes, dict[str, str]]]

# Rows like one that is there, with other columns where it says so.
_LIKE = """
    INSERT INTO {table} SELECT made.* FROM {table} AS template
    CROSS JOIN generate_series(1, {count}) AS i
    CROSS JOIN LATERAL jsonb_populate_record(template, jsonb_build_object({columns})) AS made
    WHERE template.id = {template}
"""


def main() -> None:
    with database():
        token = prepare()
        measure(token)


def prepare() -> str:
    """10,000 insights with 100 readings each, a fifth of them in spaces that the reader doesn't see."""
    from django.db import transaction

    from benchmarks.serving import stored_post
    from knowledge.models import AccessToken, Membership, Role, Space, User
    from knowledge.pipeline import ledger

    reader = User.objects.create_user("reader", password="almanac")
    first = Space.objects.create(slug="first", name="First")
    post = stored_post(first, reader, 2_000)
    assert post.published_revision is not None
    post.published_revision.rendering.insights = [
        {
            "name": "churn", "value": 0.143, "unit": "ratio", "as_of": "2026-06-30",
            "interval": [0.139, 0.147], "dimensions": {"market": "FR"}, "title": "Quarterly churn",
            "anchor": "cell-1906384c",
        }
    ]  # fmt: skip
    with transaction.atomic():
        ledger.follow([post.published_revision])
    spaces = [
        Space.objects.create(
            slug=f"team-{number}",
            name=f"Team {number}",
            visibility="restricted" if number % 5 in {0, 1} else "internal",
        )
        for number in range(SPACES)
    ]
    for space in spaces[::5]:
        Membership.objects.create(space=space, user=reader, role=Role.READER)
    _fill(post, [space.pk for space in spaces])
    return AccessToken.objects.issue(user=reader, name="bench", scopes=["read"])[1]


def _fill(post: Any, spaces: list[int]) -> None:
    from django.db import connection

    insight, revision = post.insights.get(), post.published_revision
    reading = insight.readings.get()
    array = f"'{{{','.join(map(str, spaces))}}}'::bigint[]"
    newest = f"1000000 + i * {REVISIONS}"
    of_post = f"1000000 + (i - 1) / {REVISIONS}"
    statements = (
        ("knowledge_post", post.pk, POSTS, {
            "id": "999999 + i", "path": "'reports/' || i || '.md'",
            "space_id": f"({array})[1 + i % {len(spaces)}]",
            "published_revision_id": newest, "latest_revision_id": newest,
        }),
        ("knowledge_revision", revision.pk, POSTS * REVISIONS, {
            "id": "1000000 + i", "post_id": of_post, "number": f"1 + (i - 1) % {REVISIONS}",
            "published_at": f"now() - interval '1 day' * (101 - (i - 1) % {REVISIONS})",
        }),
        ("knowledge_insight", insight.pk, POSTS * EACH, {
            "id": "1000000 + i", "name": "'churn_' || i", "post_id": f"1000000 + (i - 1) / {EACH}",
            "space_id": f"({array})[1 + (1 + (i - 1) / {EACH}) % {len(spaces)}]",
        }),
        ("knowledge_reading", reading.pk, POSTS * EACH * REVISIONS, {
            "id": "1000000 + i", "insight_id": f"1000001 + (i - 1) / {REVISIONS}",
            "post_id": f"1000000 + (i - 1) / {EACH * REVISIONS}",
            "revision_id": f"1000001 + (i - 1) / {EACH * REVISIONS} * {REVISIONS} + (i - 1) % {REVISIONS}",
            "revision_number": f"1 + (i - 1) % {REVISIONS}",
            "value": "i % 1000 / 1000.0", "number": "i % 1000 / 1000.0",
            "published_at": f"now() - interval '1 day' * (101 - (i - 1) % {REVISIONS})",
        }),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # constraints hold by how the rows are made
        for table, template, count, columns in statements:
            told = ", ".join(f"'{name}', {value}" for name, value in columns.items())
            cursor.execute(_LIKE.format(table=table, count=count, template=template, columns=told))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def measure(token: str) -> None:
    from django.core.wsgi import get_wsgi_application

    from benchmarks import serving_urls

    application = get_wsgi_application()

    def call(path: str, **headers: str) -> Call:
        path, _, query = path.partition("?")

        def ask() -> tuple[int, bytes, dict[str, str]]:
            return _ask(application, path, query, token, headers)

        return ask

    heading(f"Insights, {POSTS * EACH:,} with {POSTS * EACH * REVISIONS:,} readings, against constants")
    addresses = {
        "one insight": (f"{V1}/team-2/churn_{EACH * 2}/", 2.5),
        "a page of 100": (f"{V1}/?page_size=100", 2.5),
        "a page of 100 of one space": (f"{V1}/?page_size=100&space=team-2", 2.5),
    }
    for name, (path, goal) in addresses.items():
        status, body, headers = call(path)()
        assert status == 200, (path, status, body[:500])
        serving_urls.CONSTANTS[name] = body
        constant = f"/bench/constant.json?of={name.replace(' ', '+')}"
        _compare(name, call(path), call(constant), goal)
        theirs = call(constant)()[2]["ETag"]
        if "100" in name:
            _compare(f"{name}, none told before", _anew(call(path)), call(constant), None)
        again = call(path, HTTP_IF_NONE_MATCH=headers["ETag"])
        assert again()[0] == 304, name
        _compare(f"{name}, 304", again, call(constant, HTTP_IF_NONE_MATCH=theirs), 1.5)


def _anew(call: Call) -> Call:
    """With nothing kept of what was told before."""
    from api import insight_told

    def ask() -> tuple[int, bytes, dict[str, str]]:
        insight_told._kept.__init__(insight_told._kept.budget)  # type: ignore[misc]
        return call()

    return ask


def _compare(name: str, ours: Call, theirs: Call, goal: float | None) -> None:
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for turn in range(ROUNDS):
        for call, times in zip((ours, theirs), taken, strict=True):
            for _ in range(CALLS):
                began = time.perf_counter()
                call()
                if turn:
                    times.append(time.perf_counter() - began)
    ratio = statistics.median(taken[0]) / statistics.median(taken[1])
    medians = " to ".join(f"{statistics.median(times) * 1000:.2f}" for times in taken)
    value = f"{ratio:.2f} times ({medians} ms)"
    row(name, value, f"<= {goal}" if goal else "", met=ratio <= goal if goal else None)


def _ask(
    application: Any, path: str, query: str, token: str, headers: dict[str, str]
) -> tuple[int, bytes, dict[str, str]]:
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "HTTP_HOST": "127.0.0.1", "HTTP_AUTHORIZATION": f"Token {token}",
        "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        **headers,
    }  # fmt: skip
    told: list[Any] = []
    answer = application(environ, lambda status, fields, *_: told.extend([status, dict(fields)]))
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    return int(told[0].split()[0]), body, told[1]


if __name__ == "__main__":
    main()
