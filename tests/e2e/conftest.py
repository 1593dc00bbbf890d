"""A real portal, a real Chromium. One portal serves all tests; each person has a browser of their own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    sync_playwright,
)

from tests.cast import PASSWORD
from tests.git_client import Clone
from tests.mail_server import MailServer
from tests.portal_process import Portal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in item.nodeid:
            item.add_marker(pytest.mark.chromium)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on the PATH; .ci/run installs one"))


@pytest.fixture(scope="session")
def mails() -> Iterator[MailServer]:
    """Takes what the portal sends; everybody's, of all tests."""
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory, mails: MailServer) -> Iterator[Portal]:
    environment = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(mails.port), "EMAIL_USE_TLS": "false"}
    folder = tmp_path_factory.mktemp("portal") / "data"
    with Portal(folder, samples=True, environment=environment) as portal:
        yield portal


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the file: while it is open, Playwright's loop keeps the database from other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Person:
    """Someone with a browser: signed in, with all that its console said, and what it asked of the network."""

    def __init__(self, portal: Portal, context: BrowserContext) -> None:
        self.portal = portal
        self.context = context
        self.page = context.new_page()
        self.console: list[str] = []
        self.dialogs: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("dialog", self._interrupted)
        context.on("request", self._asked)
        context.on("requestfailed", self._refused)

    def _interrupted(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        """What the portal's own page says; a frame's output may say what it likes about itself."""
        if message.type in {"error", "warning"} and "/o/" not in message.location.get("url", ""):
            self.console.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        url = request.url
        if url.startswith(("http", "ws", "ftp", "file")) and not url.startswith(f"{self.portal.url}/"):
            self.outside.append(url)

    def _refused(self, request: Request) -> None:
        """Chromium tells of requests that a policy stopped before they left: they count as not made."""
        if request.failure in {"csp", "net::ERR_BLOCKED_BY_CSP"} and request.url in self.outside:
            self.outside.remove(request.url)

    def sign_in(self, username: str) -> "Person":
        self.page.goto(f"{self.portal.url}/accounts/login/")
        self.page.get_by_label("User name or e-mail").fill(username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.portal.url}/")
        return self

    def goto(self, path: str) -> Page:
        self.page.goto(self.portal.url + path)
        return self.page


@pytest.fixture
def meet(portal: Portal, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Meet people: `meet("alice")`, or `meet()` for someone who hasn't signed in."""
    contexts: list[BrowserContext] = []

    def meet(username: str = "", **options: object) -> Person:
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        person = Person(portal, context)
        return person.sign_in(username) if username else person

    yield meet
    for context in contexts:
        context.close()


@pytest.fixture
def clone_of(portal: Portal, tmp_path: Path) -> Callable[[str, str], Clone]:
    """`clone_of("alice", "space")`: the space, made where it is missing, and a copy that may push to it."""

    def clone_of(username: str, space: str) -> Clone:
        token = portal.errand("create_token", username, "--scope", "write").split()[-1]
        if not (portal.data_dir / "repositories" / f"{space}.git").exists():
            portal.errand("create_space", space, "--maintainer", username)
        remote = portal.url.replace("://", f"://{username}:{token}@")
        return Clone(tmp_path / space, f"{remote}/git/{space}.git")

    return clone_of
