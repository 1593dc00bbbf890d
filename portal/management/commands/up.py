"""`manage.py up`: the whole portal in one terminal, for one machine. docs/operate.md tells the details."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand
from psycopg import sql

from knowledge.models import User
from portal import env
from portal.embedded import Servers, urls
from portal.programs import portal_programs
from portal.supervisor import CannotStart, Child, Supervisor, end_with_parent, stop_all

ACCOUNTS = "sample accounts alice, bob, carol, mallory and admin (password almanac)"
PORT_PATIENCE_SECONDS = 3.0  # the web server of an instance that was just killed takes a moment to leave
READY_SECONDS = 60.0
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = (
        "Run Almanac in this terminal: PostgreSQL, Valkey, web, worker and scheduler. Ctrl-C stops all of it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empty", action="store_true", help="start without the sample content")

    def handle(self, *, empty: bool, **_: object) -> None:
        os.umask(0o077)  # what teams restrict must not lie open on the disk
        for ending in ENDINGS:
            if ending != signal.SIGHUP or signal.getsignal(ending) != signal.SIG_IGN:  # nohup is respected
                signal.signal(ending, signal.default_int_handler)
        self.children: list[Child] = []
        self.servers: Servers | None = None
        try:
            self.start(empty)
            Supervisor(self.watched(), self.say).watch(stopped=lambda: False)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        except CannotStart as reason:
            self.stderr.write(self.style.ERROR(f"Almanac did not start. {reason}"))
            raise SystemExit(1) from reason
        finally:
            self.stop()

    def start(self, empty: bool) -> None:
        self.stdout.write(f"Almanac, with its data in {settings.DATA_DIR}")
        if not urls(settings.DATA_DIR):  # else the servers refuse, and know better words
            wait_for_port(settings.PORT)
        if not (env.text("DATABASE_URL", "") and env.text("REDIS_URL", "")):
            self.start_servers()
        with self.step("Database tables"):
            self.manage("migrate", "--no-input", "--skip-checks")
        with self.step("Static files"):
            self.manage("collectstatic", "--no-input")
        with self.step("Web, worker and scheduler"):
            self.start_programs()
        samples = not empty and self.load_samples()
        self.stdout.write(self.style.SUCCESS(self.address(samples)))
        self.stdout.flush()  # who sends it to a file reads where the portal is, too

    def start_servers(self) -> None:
        with self.step("PostgreSQL and Valkey"):
            self.servers = Servers(settings.DATA_DIR)
            self.servers.start()
        ours = {"DATABASE_URL": self.servers.database_url, "REDIS_URL": self.servers.redis_url}
        os.environ |= {name: url for name, url in ours.items() if not env.text(name, "")}

    def start_programs(self) -> None:
        self.children = [
            Child(program)
            for program in portal_programs(
                settings.BASE_DIR, settings.DATA_DIR, settings.PORT, settings.SITE_URL
            )
        ]
        for child in self.children:
            child.start()
        for child in self.children:
            child.settle(READY_SECONDS)

    def load_samples(self) -> bool:
        """Load the sample content into an empty database, once; an interrupted load is taken up again."""
        state = settings.DATA_DIR / "samples"
        if not state.exists() and has_users(env.text("DATABASE_URL")):
            return False
        if not state.exists() or state.read_text() != "loaded":
            state.write_text("unfinished")
            self.stdout.write("  Sample content")
            self.manage("load_samples", shown=True)
            state.write_text("loaded")
        return True

    def address(self, samples: bool) -> str:
        who = ACCOUNTS if samples else "make an account with: manage.py createsuperuser"
        return f"Almanac is at {settings.SITE_URL} · {who} · Ctrl-C stops it"

    def manage(self, *arguments: str, shown: bool = False) -> None:
        """Run another management command, in a process of its own: ours read the settings too early."""
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
            preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGKILL),
        )
        if done.returncode:
            said = "\n".join(f"    {line}" for line in (done.stdout or "").splitlines()[-12:])
            raise CannotStart(f"`manage.py {' '.join(arguments)}` failed; it said why.\n{said}")

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is being done, and afterwards how long it took."""
        self.stdout.write(f"  {what:<28}", ending="")
        self.stdout.flush()
        started_at = time.monotonic()
        try:
            yield
        except BaseException:
            self.stdout.write("")
            raise
        self.stdout.write(f"{time.monotonic() - started_at:5.1f} s")

    def watched(self) -> list[Child]:
        return [*(self.servers.processes if self.servers else []), *self.children]

    def say(self, text: str) -> None:
        self.stderr.write(f"{time.strftime('%H:%M:%S')} {text}")

    def stop(self) -> None:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        stop_all(self.children)
        if self.servers:
            self.servers.stop()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + PORT_PATIENCE_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            raise CannotStart(
                f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run"
            )
        time.sleep(0.1)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def has_users(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(User._meta.db_table))
        return connection.execute(query).fetchone() is not None
