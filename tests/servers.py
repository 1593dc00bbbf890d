"""Where the tests' PostgreSQL and Valkey will be: decided before anything reads the settings.

A pytest plugin of its own (`-p tests.servers`), because pytest-django loads the settings before any conftest.
Under xdist each worker is a process and has servers of its own. Nothing starts here: see conftest.
"""

import os
import shutil
import tempfile
from pathlib import Path

from portal.embedded import Servers

DATA_DIR = Path(tempfile.mkdtemp(prefix="almanac-tests-"))
SERVERS = Servers(DATA_DIR, fast=True)
OTHERS = ("DEBUG", "PORT", "SITE_URL", "SECRET_KEY", "S3_BUCKET", "DATABASE_URL_FILE", "REDIS_URL_FILE")

for name in OTHERS:
    os.environ.pop(name, None)
os.environ |= {
    "DATA_DIR": str(DATA_DIR),
    "DATABASE_URL": SERVERS.database_url,
    "REDIS_URL": SERVERS.redis_url,
}


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)
