"""Until a post's first screen is there, in Chromium: of 3,000 cells, and of 20 MB, against a small post.

    python -m benchmarks.opening

Each page's own clock is read: when the first words were painted, and when all of it had loaded.
"""

import json
import random
import shutil
import statistics
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from benchmarks.figures import heading, row
from benchmarks.site import AUTHOR, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

SPACE = "opening"
SMALL = "small.ipynb"
TURNS = 15
GOAL = 1.2  # of the small post's time: what two runs of the same page differ by on a busy machine
PARAGRAPH = "Customers whose first delivery was free came back more often in their first month, not later. "
CODE = "table = orders.groupby('month').agg({'value': 'sum'})\ntable.plot(kind='bar')"
CLOCK = """() => {
  const [loaded] = performance.getEntriesByType("navigation");
  const [painted] = performance.getEntriesByName("first-contentful-paint");
  return loaded.loadEventEnd && painted ? [painted.startTime, loaded.loadEventEnd] : null;
}"""


def posts() -> dict[str, bytes]:
    """Notebooks by the path that they get; the largest has 20 MB."""
    return {SMALL: notebook(40), "cells.ipynb": notebook(3_000), "megabytes.ipynb": notebook(1_000, 29_000)}


def notebook(size: int, image: int = 0) -> bytes:
    """A notebook of `size` cells; every second has an output, with an image of `image` bytes if any."""
    dice = random.Random(size)
    cells = [cell for number in range(size // 2) for cell in _chapter(number, dice.randbytes(image))]
    metadata = {"language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells}).encode()


def _chapter(number: int, noise: bytes) -> Iterator[dict[str, Any]]:
    title = f"## Chapter {number // 10}\n\n" if number % 10 == 0 else ""
    yield {"cell_type": "markdown", "metadata": {}, "source": title + PARAGRAPH * 4}
    printed: dict[str, Any] = {
        "output_type": "stream",
        "name": "stdout",
        "text": f"month {number}: 41 %\n" * 12,
    }
    shown = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": b64encode(_picture(noise)).decode()},
    }
    outputs = [printed, shown] if noise else [printed]
    yield {
        "cell_type": "code",
        "metadata": {},
        "execution_count": number,
        "source": CODE,
        "outputs": outputs,
    }


def _picture(noise: bytes) -> bytes:
    """A PNG of grey noise, which no packing makes smaller."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width = 200
    rows = b"".join(b"\0" + noise[at : at + width] for at in range(0, len(noise) - width, width))
    size = struct.pack(">IIBBBBB", width, len(rows) // (width + 1), 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", size), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def measured(page: "Page", address: str) -> tuple[float, float]:
    """Milliseconds until the first words were painted, and until all of the first screen was there."""
    page.goto(address)
    page.wait_for_function(CLOCK)
    painted, loaded = page.evaluate(CLOCK)
    return painted, loaded


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    files = posts()
    heading(f"Opening a post in Chromium, {TURNS} turns")
    if not chromium:
        row("not measured", "no Chromium on the PATH")
        return
    with Site() as site, sync_playwright() as playwright:
        pushed(site, files)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        signed_in(page, site)
        times: dict[str, list[tuple[float, float]]] = {path: [] for path in files}
        for turn in range(TURNS + 1):
            for path, seen in times.items():
                found = measured(page, f"{site.portal.url}/s/{SPACE}/{path}")
                if turn:
                    seen.append(found)
        browser.close()
    report(files, times)


def pushed(site: Site, files: dict[str, bytes]) -> None:
    clone = site.clone(SPACE)
    for path, data in files.items():
        (clone / path).write_bytes(data)
    site.git(clone, "add", ".")
    site.git(clone, "commit", "-qm", "Small and large")
    site.git(clone, "push", "-q", "origin", "main")
    site.wait_until_rendered(SPACE, seconds=120)


def signed_in(page: "Page", site: Site) -> None:
    page.goto(f"{site.portal.url}/accounts/login/")
    page.get_by_label("User name or e-mail").fill(AUTHOR)
    page.get_by_label("Password", exact=True).fill("almanac")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.portal.url}/")


def report(files: dict[str, bytes], times: dict[str, list[tuple[float, float]]]) -> None:
    usual = [statistics.median(values) for values in zip(*times[SMALL], strict=True)]
    for path, seen in times.items():
        painted, loaded = (statistics.median(values) for values in zip(*seen, strict=True))
        name = f"{path}, {len(files[path]) / 1e6:.1f} MB"
        row(name, f"painted after {painted:.0f} ms, there after {loaded:.0f} ms")
        if path != SMALL:
            worst = max(painted / usual[0], loaded / usual[1])
            row("of the small post's time", f"{worst:.2f}", f"<= {GOAL}", met=worst <= GOAL)


if __name__ == "__main__":
    main()
