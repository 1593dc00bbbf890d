"""A document of every format, pushed with git and read in a browser."""

import os
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.git_client import Clone
from tests.knowledge.documents.files import docx, heading, paragraph, pdf, zipped

HEADER = "title: {title}\ntags: [formats]"
# Where set, a picture of each page is left there for people to look at.
PICTURES = os.environ.get("ALMANAC_PICTURES", "")


def png(width: int = 240, height: int = 120) -> bytes:
    rows = b"".join(b"\0" + bytes((40, 90, 160)) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


PROSE = "Late orders come on Mondays, one in five of them.\n"
KNITTED = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Knitted</title>
<link rel="stylesheet" href="late_files/style.css"><script src="late_files/count.js"></script></head>
<body><h1 id="top">Late</h1><p>Late orders come on Mondays.</p><p id="counted"></p>
<div id="box"></div><img id="plot" src="late_files/plot.png" alt="Plot">
<a id="inside" href="#end">to the end</a> <a id="file" href="data.csv">the data</a>
<div style="height:5000px"></div><h2 id="end">End</h2>
<script>document.getElementById("counted").textContent = count(2, 3);</script></body></html>
"""


def chunked(title: str) -> str:
    return f"---\n{HEADER.format(title=title)}\n---\n\n{PROSE}\n```{{r cars}}\nsummary(cars)\n```\n"


def pictured(title: str) -> str:
    return f"---\n{HEADER.format(title=title)}\n---\n\n{PROSE}\n\n![Plot](images/a.png)\n"


def script(title: str, mark: str = "#") -> str:
    header = "\n".join(f"{mark} {line}" for line in ["---", *HEADER.format(title=title).splitlines(), "---"])
    return f"{header}\n\n{mark} {PROSE}\nprint(1)\n"


FILES: dict[str, str | bytes] = {
    "late.Rmd": chunked("Knitted elsewhere"),
    "late.html": KNITTED,
    "late_files/style.css": "body{font-family:serif} #box{width:120px;height:60px;background:url(plot.png)}",
    "late_files/count.js": "function count(a, b) { return 'counted ' + (a + b); }",
    "late_files/plot.png": png(),
    "data.csv": "a,b\n1,2\n",
    "chunked.Rmd": chunked("In R Markdown"),
    "quarto.qmd": chunked("In Quarto") + "\n::: {.callout-tip}\nMind the gap.\n:::\n",
    "percent.py": script("In Python")
    .replace("\n\n# Late", "\n\n# %% [markdown]\n# Late")
    .replace("\nprint", "\n# %%\nprint"),
    "spin.R": script("In R", "#'"),
    "light.jl": script("In Julia"),
    "library.py": "print('no post')\n",
    "word.docx": docx(heading("In Word") + paragraph(PROSE)),
    "zipped.kp": zipped(
        {
            "knowledge.md": pictured("In a zip"),
            "images/a.png": png(),
        }
    ),
    "folder.kp/knowledge.md": pictured("In a folder"),
    "folder.kp/images/a.png": png(),
    "folder.kp/orig_src/a.ipynb": "{}",
    "paper.pdf": pdf("Late orders come on Mondays", info=b"<< /Title (On paper) >>"),
}
if shutil.which("pandoc"):
    FILES["org.org"] = (
        f"#+TITLE: In Org\n\n* Late\n{PROSE}\n$x^2$\n\n#+begin_src python\nprint(1)\n#+end_src\n"
    )
NO_POSTS = {"late.html", "late_files/", "data.csv", "library.py", "folder.kp/images", "folder.kp/orig"}
POSTS = [path for path in FILES if not any(path.startswith(name) for name in NO_POSTS)]


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    names = {
        "late.Rmd": "Knitted elsewhere",
        "word.docx": "In Word",
        "paper.pdf": "On paper",
        "org.org": "In Org",
    }
    written = {path: re.search(r"title: (.*)", str(FILES[path])) for path in POSTS}
    return {"zipped.kp": "In a zip"} | {path: found[1] for path, found in written.items() if found} | names


def look(page: Page, path: str, width: int) -> None:
    if PICTURES:
        name = f"{path.replace('/', '-')}-{width}.png"
        page.screenshot(path=Path(PICTURES) / name, full_page=True)


def ready(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('[hx-get], [data-live]')", timeout=60_000)


@pytest.mark.slow
def test_every_format_is_read_without_a_flaw(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone], titles: dict[str, str]
) -> None:
    clone = clone_of("alice", "formats")
    clone.commit(FILES)
    said = clone.push(timeout=120)
    assert said.code == 0, said.err
    assert not [line for line in said.remote if "library.py" in line or "late.html" in line]

    bob = meet("bob")
    for path in POSTS:
        page = bob.goto(f"/s/formats/{path}")
        ready(page)
        expect(page.locator("h1").first).to_have_text(titles[path])
        _check(page, path)
        for width in (1400, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(300)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            look(page, path, width)
        page.set_viewport_size({"width": 1400, "height": 900})
    assert bob.console == []
    assert bob.outside == []


def _check(page: Page, path: str) -> None:
    article = page.locator(".prose")
    if path == "paper.pdf":
        article.scroll_into_view_if_needed()
        page.wait_for_function("() => document.querySelector('iframe.paper-frame').clientHeight > 200")
        deadline = 50
        while deadline and not any(frame.url.startswith("chrome-extension:") for frame in page.frames):
            page.wait_for_timeout(100)
            deadline -= 1
        assert deadline, "the browser's viewer did not open the PDF"
    elif path == "late.Rmd":
        _check_document(page)
    else:
        expect(article).to_contain_text("Late orders come on Mondays")
        for image in article.locator("img").all():
            image.scroll_into_view_if_needed()
            page.wait_for_function(
                "image => image.complete && image.naturalWidth > 0", arg=image.element_handle()
            )
        if path.endswith(".kp") or ".kp/" in path:
            expect(article.locator("img")).to_have_count(1)


def _check_document(page: Page) -> None:
    """What lies beside it is in it, and its height is that of its content."""
    frame = page.frame_locator("iframe.document-frame")
    expect(frame.locator("#counted")).to_have_text("counted 5")
    assert frame.locator("#plot").evaluate("image => image.naturalWidth") == 240
    assert "data:image/png" in frame.locator("#box").evaluate("box => getComputedStyle(box).backgroundImage")
    assert frame.locator("#file").evaluate("link => link.href").endswith("/data.csv")
    page.wait_for_function("() => document.querySelector('iframe.document-frame').clientHeight > 5000")
    frame.locator("#inside").click()
    page.wait_for_function("() => scrollY > 4000")
    expect(frame.locator("#end")).to_be_in_viewport()
