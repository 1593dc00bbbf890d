"""A real gunicorn and a real ingest worker on the tests' database, and people with plain git."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import redis
from django.conf import settings
from django.db import connection

from knowledge.git import create_repository
from knowledge.models import AccessToken, Rendering, Space, User
from portal.embedded import Servers
from portal.programs import QUEUES, web_answers, web_command, worker_command
from tests.cast import Roles, make_space
from tests.git_client import Clone

ROOT = Path(__file__).resolve().parents[3]
LIMITS = {"FILE_MAX_BYTES": "130000000", "PUSH_MAX_BYTES": "130000000", "PUSH_MAX_FILES": "2000"}


@dataclass(frozen=True)
class Server:
    port: int
    web: "subprocess.Popen[bytes]"
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> int:
        """Bytes that the largest process of the web server holds, its children of git left out."""
        web = psutil.Process(self.web.pid)
        return max(process.memory_info().rss for process in [web, *web.children()])

    def git_processes(self) -> list[psutil.Process]:
        return [
            process for process in psutil.Process(self.web.pid).children(recursive=True) if is_git(process)
        ]


def is_git(process: psutil.Process) -> bool:
    """They come and go while one looks."""
    try:
        return "git" in process.name()
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="package")
def server(
    servers: Servers, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Started once, with a worker; they share the tests' database, broker and data directory.

    For this folder only: the worker would empty the queues that other tests look into.
    """
    folder = tmp_path_factory.mktemp("git-server")
    worker = started(worker_command(2), environment_of(servers, 0), folder / "worker.log")
    with worker, serving(servers, folder / "web.log") as server:
        yield server


@pytest.fixture(scope="module")
def server_without_broker(
    servers: Servers, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("lonely") / "web.log"
    with serving(servers, log, REDIS_URL="unix:///nowhere/valkey.sock") as server:
        yield server


@contextmanager
def serving(servers: Servers, log: Path, **more: str) -> Iterator[Server]:
    port = free_port()
    with started(web_command(f"127.0.0.1:{port}"), environment_of(servers, port) | more, log) as web:
        server = Server(port, web, log)
        deadline = time.monotonic() + 60
        while not web_answers(port, server.url):
            assert web.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        yield server


@contextmanager
def started(
    command: list[str], environment: dict[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as file:
        words = [sys.executable, "-m", *command]
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def environment_of(servers: Servers, port: int) -> dict[str, str]:
    name = settings.DATABASES["default"]["NAME"]
    ours = {
        "DATABASE_URL": servers.database_url.replace("/almanac?", f"/{name}?"),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PUSH_ANSWER_SECONDS": "30",
    }
    return os.environ | LIMITS | ours


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""


def _wait_for_the_worker(seconds: float = 10) -> None:
    """Until it has nothing left to do: emptying tables that it writes to would be a deadlock."""
    with redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(*QUEUES.split(","))
    quiet, deadline = 0, time.monotonic() + seconds
    while quiet < 5 and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(BUSY)
            busy = cursor.fetchone()[0]
        at_work = Rendering.objects.filter(state=Rendering.State.RENDERING).exists()
        quiet = 0 if busy or at_work else quiet + 1
        time.sleep(0.02)


@pytest.fixture
def _clean_repositories(transactional_db: None) -> Iterator[None]:
    """The server's own data directory, so emptied after each test, as the tables are once nobody writes."""
    yield
    _wait_for_the_worker()
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
