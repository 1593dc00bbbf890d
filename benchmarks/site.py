"""A whole portal for benchmarks: `manage.py up --empty` on a free port, an author with a token, and git."""

import json
import os
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from tests.portal_process import Portal, command_of

AUTHOR = "author"


class Site:
    """Everything lies in a temporary folder that goes when the site is closed."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="almanac-bench-")
        self.folder = Path(self._folder.name)
        self.portal = Portal(self.folder / "data")

    def __enter__(self) -> Self:
        self.portal.start()
        create = (
            f"from knowledge.models import User; User.objects.create_user({AUTHOR!r}, password='almanac')"
        )
        self.portal.manage("shell", "-c", create)
        self.token = self.portal.manage(
            "create_token", AUTHOR, "--scope", "write", "--scope", "read"
        ).split()[-1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.portal.stop()
        self._folder.cleanup()

    def clone(self, space: str) -> Path:
        """Make the space and an empty clone of it."""
        self.portal.manage("create_space", space, "--maintainer", AUTHOR)
        clone = self.folder / space
        clone.mkdir()
        remote = self.portal.url.replace("://", f"://{AUTHOR}:{self.token}@")
        self.git(clone, "init", "-q", "-b", "main")
        self.git(clone, "remote", "add", "origin", f"{remote}/git/{space}.git")
        return clone

    def git(self, folder: Path, *arguments: str) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_TERMINAL_PROMPT": "0",
            **{
                f"GIT_{who}_{what}": "author" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
            },
        }
        subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)

    def get(self, path: str) -> Any:
        """The JSON that the API answers."""
        request = urllib.request.Request(
            f"{self.portal.url}{path}", headers={"Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def wait_until_readable(self, space: str, path: str, revision: int, seconds: float = 60) -> None:
        """Until the post's newest revision is `revision` and ready, asked every 10 ms."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.get(f"/api/v1/posts/?space={space}&path={quote(path)}")["results"]
            if found and found[0]["rendering"] == "ready" and found[0]["revision"] >= revision:
                return
            time.sleep(0.01)
        raise TimeoutError(f"{path} was not readable after {seconds} s")

    def wait_until_rendered(self, space: str, seconds: float) -> dict[str, int]:
        """Until nothing is left to render, asked twice a second; returns posts by rendering state."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            unfinished = [
                self.get(f"/api/v1/posts/?space={space}&rendering={state}")["results"]
                for state in ("queued", "rendering")
            ]
            if not any(unfinished):
                return {state: self._count(space, state) for state in ("ready", "failed")}
            time.sleep(0.5)
        raise TimeoutError(f"{space} was not rendered after {seconds} s")

    def _count(self, space: str, state: str) -> int:
        count, page = 0, f"/api/v1/posts/?space={space}&rendering={state}"
        while page:
            answer = self.get(page)
            count += len(answer["results"])
            page = (answer["next"] or "").removeprefix(self.portal.url)
        return count

    def memory(self) -> dict[str, float]:
        """Resident megabytes by kind of process; the render children apart from their worker."""
        sizes: dict[str, float] = {}
        for process in self.portal.processes():
            words = command_of(process)
            kind = next((name for sign, name in KINDS.items() if sign in words), None)
            if kind:
                sizes[kind] = sizes.get(kind, 0) + process.memory_info().rss / 1e6
        return sizes

    def largest_web_process(self) -> float:
        """Resident megabytes, of git's processes none."""
        web = [process for process in self.portal.processes() if "portal.wsgi" in command_of(process)]
        return max(process.memory_info().rss for process in web) / 1e6


KINDS = {"portal.wsgi": "web, all processes", "nursery_main": "render children", "celery": "worker and beat"}
