"""A real gunicorn and a real ingest worker on the tests' database, and people with plain git."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from knowledge.git import create_repository
from knowledge.models import AccessToken, Space, User
from portal.embedded import Servers
from portal.programs import web_answers, web_command, worker_command
from tests.cast import Roles, make_space
from tests.git_client import Clone

ROOT = Path(__file__).resolve().parents[3]
LIMITS = {"FILE_MAX_BYTES": "130000000", "PUSH_MAX_BYTES": "300000000", "PUSH_MAX_FILES": "2000"}


@dataclass(frozen=True)
class Server:
    port: int
    web: "subprocess.Popen[bytes]"
    worker: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """Bytes that the largest process of the web server holds, its children of git left out."""
        web = psutil.Process(self.web.pid)
        return max(process.memory_info().rss for process in [web, *web.children()])

    def git_processes(self) -> list[psutil.Process]:
        children = psutil.Process(self.web.pid).children(recursive=True)
        return [process for process in children if "git" in process.name()]


@pytest.fixture(scope="session")
def server(
    servers: Servers, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Started once; it shares the tests' database, broker and data directory."""
    port, folder = free_port(), tmp_path_factory.mktemp("git-server")
    name = settings.DATABASES["default"]["NAME"]
    environment = (
        os.environ
        | LIMITS
        | {
            "DATABASE_URL": servers.database_url.replace("/almanac?", f"/{name}?"),
            "SITE_URL": f"http://127.0.0.1:{port}",
            "PUSH_ANSWER_SECONDS": "20",
        }
    )
    commands = [web_command(f"127.0.0.1:{port}"), worker_command(2)]
    processes = []
    for number, command in enumerate(commands):
        with (folder / f"{number}.log").open("wb") as log:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=log, stderr=log
                )
            )
    server = Server(port, *processes, folder / "0.log")
    deadline = time.monotonic() + 60
    while not web_answers(port, server.url):
        assert time.monotonic() < deadline, server.log.read_text()
        assert server.web.poll() is None, server.log.read_text()
        time.sleep(0.05)
    yield server
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def _clean_repositories(transactional_db: None) -> Iterator[None]:
    """The server's own data directory, so emptied after each test."""
    yield
    shutil.rmtree(settings.REPOSITORIES_DIR, ignore_errors=True)


@pytest.fixture
def hosted(server: Server, _clean_repositories: None, roles: Roles) -> Callable[..., Space]:
    """A space of the cast, with its repository, that the server serves."""

    def make(slug: str = "growth", **fields: str) -> Space:
        create_repository(slug)
        return make_space(slug, roles, **fields)

    return make


@pytest.fixture
def served(hosted: Callable[..., Space]) -> Space:
    return hosted("growth")


@pytest.fixture
def clone(server: Server, tmp_path: Path) -> Callable[..., Clone]:
    """A working copy of someone's, with a token of its own in the remote's address."""

    def make(user: User, space: Space, *scopes: str, folder: str = "") -> Clone:
        return Clone(tmp_path / (folder or user.username), remote(server, user, space, *scopes))

    return make


def remote(server: Server, user: User, space: Space, *scopes: str) -> str:
    _, secret = AccessToken.objects.issue(user=user, name="git", scopes=list(scopes) or ["write"])
    return f"http://{user.username}:{secret}@127.0.0.1:{server.port}/git/{space.slug}.git"
