"""How fast the pages are on which posts are found, with 100,000 of them: for benchmarks.searching.

Each is held against a view of the same processes that puts a constant of the same size into a page's frame.
"""

import http.client
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from benchmarks.figures import heading, percentile, row
from benchmarks.serving import gunicorn

REQUESTS, ROUNDS = 60, 3
RATIO = 3.0
PAGE_P50, PAGE_P95 = 0.030, 0.090
FEED_REQUESTS, FEED_CLIENTS, FEED_RATE, FEED_P95 = 2_000, 16, 150, 0.150


def main(cookie: str, addresses: Mapping[str, str], queries: Sequence[str]) -> None:
    """`addresses` by name; the feed is the first. `queries` are put into the search page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with gunicorn(port, workers=2):
        heading("Pages, two gunicorn workers, one request at a time, against a constant of the same size")
        for name, path in addresses.items():
            _against_constant(port, cookie, name, path)
        heading(f"The page of a search, with facets, {len(queries)} queries, one at a time")
        taken = _searched(port, cookie, queries)
        p50, p95 = percentile(taken, 0.5), percentile(taken, 0.95)
        row(
            "p50 / p95 / max",
            " / ".join(f"{each * 1000:,.1f}" for each in (p50, p95, max(taken))) + " ms",
            f"{PAGE_P50 * 1000:.0f} / {PAGE_P95 * 1000:.0f}",
            met=p50 <= PAGE_P50 and p95 <= PAGE_P95,
        )
        heading(f"The feed, two gunicorn workers, {FEED_CLIENTS} clients")
        _load(port, next(iter(addresses.values())), cookie, 200, FEED_CLIENTS)
        told = _load(port, next(iter(addresses.values())), cookie, FEED_REQUESTS, FEED_CLIENTS)
        row("requests a second", f"{told['rate']:,.0f}", f">= {FEED_RATE}", met=told["rate"] >= FEED_RATE)
        row("p95", f"{told['p95'] * 1000:,.0f} ms", "<= 150 ms", met=told["p95"] <= FEED_P95)


def _against_constant(port: int, cookie: str, name: str, path: str) -> None:
    size = _size(port, path, cookie)
    frame = _size(port, "/bench/constant?bytes=0", cookie)
    constant = f"/bench/constant?bytes={max(0, size - frame)}"
    ours, theirs = [], []
    for turn in range(ROUNDS + 1):
        pair = [_load(port, each, cookie, REQUESTS, 1)["p50"] for each in (path, constant)]
        if turn:
            ours.append(pair[0])
            theirs.append(pair[1])
    ratio = statistics.median(ours) / statistics.median(theirs)
    value = f"{statistics.median(ours) * 1000:,.1f} ms, {ratio:.1f} times the constant's"
    row(f"{name}, {size / 1000:,.0f} kB", value, f"<= {RATIO:.0f}", met=ratio <= RATIO)


def _searched(port: int, cookie: str, queries: Sequence[str]) -> list[float]:
    """The seconds until each page is there whole, after a round that isn't counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken: list[float] = []
    for turn in range(2):
        for query in queries:
            began = time.perf_counter()
            connection.request("GET", f"/search?{urlencode({'q': query})}", headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, query
            if turn:
                taken.append(time.perf_counter() - began)
    return taken


def _size(port: int, path: str, cookie: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return len(answer.read())


def _load(port: int, path: str, cookie: str, requests: int, clients: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), path, cookie, str(requests), str(clients)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told
