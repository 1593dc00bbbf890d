"""Posts opened in a real Chromium and looked at as readers do: what is drawn, broken, missing or said.

Several pages are open at a time, so this is Playwright's asynchronous side; `look_at` is the way in.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Frame, Page, Request, async_playwright

from tests.cast import PASSWORD

SCRIPT = (Path(__file__).parent / "looking.js").read_text()
PAGES_AT_A_TIME = 2
FRAME_SECONDS = 12.0
# Nothing can leave the machine, whatever a page asks for.
CLOSED = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_DRAWING = re.compile("Interactive chart|Interactive map|Figure|Diagram|Widget", re.IGNORECASE)
_OUTSIDE = re.compile(r"(?:https?|wss?|ftp|file):")


# What authors' own scripts complain of in their frames, and why it is let be: (post, complaint, reason).
ALLOWED = [
    (
        "Titanic.ipynb",
        "Blocked a frame with origin",
        "asks the notebook's page for its colours, and takes its own",
    ),
    (
        "ClockExtension.ipynb",
        "Unexpected token '&'",
        "the author's script is escaped twice in the file itself",
    ),
]


# Frames that rightly show nothing.
BLANK = [("fsharp/Docs/Formatting-outputs.ipynb", "it changes the styles of other outputs")]


def _may_be_blank(address: str) -> bool:
    return any(post in address for post, _ in BLANK)


def _is_allowed(address: str, complaint: str) -> bool:
    return any(post in address and words in complaint for post, words, _ in ALLOWED)


@dataclass(frozen=True)
class Wanted:
    """A post to look at. `plots` says how many plots each cell has by its source, by element id."""

    address: str
    plots: dict[str, int] = field(default_factory=dict)
    absent: Collection[str] = ()  # paths beside the document that were never pushed
    hostile: bool = False  # what the policy stops, and scripts that fail on it, is then as it should be


@dataclass
class Look:
    """What was seen of one post at one width. `faults` are sentences; `frames` counts what frames drew."""

    address: str
    width: int
    faults: list[str] = field(default_factory=list)
    drawn: int = 0
    said: list[str] = field(default_factory=list)
    absent: int = 0

    def __str__(self) -> str:
        return f"{self.address} at {self.width} px: " + "; ".join(dict.fromkeys(self.faults))


def look_at(
    executable: str, portal: str, username: str, wanted: Sequence[Wanted], widths: Iterable[int]
) -> list[Look]:
    """Every wanted post at every width, read by `username`."""
    return asyncio.run(_look_at(executable, portal, username, wanted, widths))


async def _look_at(
    executable: str, portal: str, username: str, wanted: Sequence[Wanted], widths: Iterable[int]
) -> list[Look]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=CLOSED)
        found: list[Look] = []
        for width in widths:
            context = await _signed_in(browser, portal, username, width)
            turns = asyncio.Semaphore(PAGES_AT_A_TIME)
            found += await asyncio.gather(*(_in_turn(turns, context, portal, one, width) for one in wanted))
            await context.close()
        await browser.close()
    return found


async def _signed_in(browser: Browser, portal: str, username: str, width: int) -> BrowserContext:
    context = await browser.new_context(viewport={"width": width, "height": 900})
    context.set_default_timeout(60_000)
    page = await context.new_page()
    await page.goto(f"{portal}/accounts/login/")
    await page.get_by_label("User name or e-mail").fill(username)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{portal}/")
    await page.close()
    return context


async def _in_turn(
    turns: asyncio.Semaphore, context: BrowserContext, portal: str, wanted: Wanted, width: int
) -> Look:
    async with turns:
        page = await context.new_page()
        look = Look(wanted.address, width)
        listener = Listener(page, portal, wanted, look)
        try:
            await page.goto(portal + wanted.address)
            await look_over(page, wanted, look)
        except Exception as error:  # noqa: BLE001 (one post that can't be looked at is that post's fault)
            look.faults.append(f"could not be looked at: {error}")
        look.faults += listener.faults()
        await page.close()
        return look


class Listener:
    """What a page and its frames complain of, and whom they ask."""

    def __init__(self, page: Page, portal: str, wanted: Wanted, look: Look) -> None:
        self.portal, self.wanted, self.look = portal, wanted, look
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.dialogs: list[str] = []
        page.on("console", lambda said: self._heard(said.type, said.text, said.location.get("url", "")))
        page.on("pageerror", lambda error: self._heard("error", str(error), ""))
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def _heard(self, kind: str, text: str, url: str) -> None:
        of_a_frame = "/o/" in url or not url
        if kind != "error" or (
            of_a_frame and (self.wanted.hostile or _is_allowed(self.wanted.address, text))
        ):
            return
        if "404" in text and any(url.endswith(path) for path in self.wanted.absent):
            self.look.absent += 1
            return
        self.complaints.append(f"console: {text[:300]} ({url.removeprefix(self.portal)[:120]})")

    def _request(self, request: Request) -> None:
        if _OUTSIDE.match(request.url) and not request.url.startswith(f"{self.portal}/"):
            self.asked.append(request.url)

    async def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def faults(self) -> list[str]:
        asked = [] if self.wanted.hostile else [f"asks outside: {url[:160]}" for url in self.asked]
        return self.complaints + asked + self.dialogs


async def look_over(page: Page, wanted: Wanted, look: Look) -> None:
    """Scroll through an open page, then judge it and each of its frames."""
    await page.evaluate(f"() => {SCRIPT}.scrollThrough()")
    await _judge_frames(page, wanted, look)
    look.faults += await page.evaluate(f"() => {SCRIPT}.faults()")
    shown = await page.evaluate(f"() => {SCRIPT}.figures()")
    for cell, plots in wanted.plots.items():
        if shown.get(cell, 0) < plots:
            look.faults.append(f"{cell} shows {shown.get(cell, 0)} of {plots} plots")


async def _judge_frames(page: Page, wanted: Wanted, look: Look) -> None:
    for element in await page.query_selector_all("iframe.output-frame"):
        frame = await element.content_frame()
        title = await element.get_attribute("title") or ""
        if frame is None:
            look.faults.append(f"frame {title!r} has no document")
            continue
        seen = await _settled(frame, bool(_DRAWING.match(title)))
        look.said += seen["said"]
        if not wanted.hostile:
            look.faults += [f"frame {title!r} has a broken image {source}" for source in seen["broken"]]
        if is_drawn(seen, needs_marks=bool(_DRAWING.match(title))):
            look.drawn += 1
        elif not (seen["said"] or wanted.hostile or _may_be_blank(wanted.address)):
            look.faults.append(f"frame {title!r} drew nothing: {seen}")


async def _settled(frame: Frame, needs_marks: bool) -> dict[str, Any]:
    """What a frame and those in it have drawn, once there is something or time is up."""
    deadline = asyncio.get_running_loop().time() + FRAME_SECONDS
    while True:
        seen = await _marks(frame)
        late = asyncio.get_running_loop().time() > deadline
        if late or seen["said"] or is_drawn(seen, needs_marks=needs_marks):
            return seen
        await asyncio.sleep(0.1)


async def _marks(frame: Frame) -> dict[str, Any]:
    await frame.wait_for_load_state("load")
    seen: dict[str, Any] = await frame.evaluate(f"() => {SCRIPT}.marks()")
    for child in frame.child_frames:
        for name, value in (await _marks(child)).items():
            seen[name] += value
    return seen


def is_drawn(seen: dict[str, Any], *, needs_marks: bool) -> bool:
    """Charts need more than words: shapes, a canvas with more than one colour, an image."""
    marks = seen["shapes"] + seen["painted"] + seen["images"]
    return bool(marks if needs_marks else marks + seen["words"] + seen["media"])
