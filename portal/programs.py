"""The portal's own processes, as commands: those that `manage.py up` runs, and docker-compose.yml too."""

import http.client
import os
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.pipeline.lanes import THREADS
from portal.supervisor import Program

QUEUES = "ingest,render,notify"


def web_command(bind: str) -> list[str]:
    """gunicorn: it hands over a request's body as it comes, chunked too, which `git push` needs."""
    return [
        *("gunicorn", "portal.wsgi", "--bind", bind),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "8", "--preload"),
        *("--timeout", "120", "--graceful-timeout", "10", "--no-control-socket"),
    ]


def worker_command(concurrency: int) -> list[str]:
    """One process with a thread for each job; the heavy part runs in render children that threads drive."""
    return [
        *("celery", "--app", "portal", "worker", "--pool", "threads", "--concurrency", str(concurrency)),
        *("--queues", QUEUES, "--without-gossip", "--without-mingle"),
    ]


def beat_command() -> list[str]:
    """Its schedule in memory: a file is one more thing that can be missing, or damaged by kill -9."""
    return ["celery", "--app", "portal", "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""]


def portal_programs(root: Path, data_dir: Path, port: int, site_url: str) -> list[Program]:
    """Web, worker and scheduler on this machine. `root` is the folder of manage.py."""
    python = [sys.executable, "-m"]
    logs = data_dir / "logs"
    web = Program(
        name="web",
        command=[*python, *web_command(f"127.0.0.1:{port}")],
        log=logs / "web.log",
        cwd=root,
        orphan_signal=signal.SIGQUIT,  # gunicorn's quick way out, which takes its workers along
        ready=lambda: web_answers(port, site_url),
    )
    worker = Program(
        name="worker",
        command=[*python, *worker_command(THREADS)],
        log=logs / "worker.log",
        cwd=root,
        grace=5.0,  # a job cut short is found by the sweeper at the next start: no need to wait for it
    )
    beat = Program(
        name="beat",
        command=[*python, *beat_command()],
        log=logs / "beat.log",
        cwd=root,
    )
    return [web, worker, beat]


def web_answers(port: int, site_url: str) -> bool:
    """Does the web server of this machine serve? It is asked under the name that it goes by outside."""
    site = urlsplit(site_url)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        headers = {"Host": site.netloc, "X-Forwarded-Proto": site.scheme}
        connection.request("GET", "/health/live", headers=headers)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":  # the health check of docker-compose.yml
    sys.exit(not web_answers(8000, os.environ["SITE_URL"]))
