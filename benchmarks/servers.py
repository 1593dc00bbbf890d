"""An empty portal's database on servers of its own, for benchmarks."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.embedded import Servers


@contextmanager
def database() -> Iterator[None]:
    """Embedded servers with an empty portal's tables, and Django set up on them. Once in a process."""
    with tempfile.TemporaryDirectory() as folder, Servers(Path(folder)) as servers:
        os.environ |= {
            "DATA_DIR": folder,
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "DJANGO_SETTINGS_MODULE": "benchmarks.serving_settings",
            "LOG_LEVEL": "WARNING",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        try:
            yield
        finally:
            connections.close_all()
