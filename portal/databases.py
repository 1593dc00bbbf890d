"""Where PostgreSQL and Valkey are, read from the environment for portal/settings.py."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal import embedded, env


def server_urls(data_dir: Path) -> tuple[str, str]:
    """The addresses of PostgreSQL and Valkey: from the environment, else the embedded ones of `data_dir`."""
    database, broker = env.text("DATABASE_URL", ""), env.text("REDIS_URL", "")
    if not (database and broker) and (running := embedded.urls(data_dir)):
        database, broker = database or running[0], broker or running[1]
    if database and broker:
        return database, broker
    if set(sys.argv) & {"up", "check", "makemigrations", "spectacular", "collectstatic", "help"}:
        return database or "postgresql:///almanac", broker or "redis://127.0.0.1:6379/0"
    raise ImproperlyConfigured(
        f"No PostgreSQL and Valkey to talk to. Start them with `make run` (embedded, in {data_dir}), "
        "or set DATABASE_URL and REDIS_URL."
    )


def database_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for postgresql://user:password@host:port/name?host=/socket/folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL starts with {parts.scheme!r}; Almanac runs on postgresql://"
        )
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "almanac",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
