"""What every test may use: real PostgreSQL and Valkey, started when the first test asks for a database."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from portal.embedded import Servers
from tests.servers import SERVERS

pytest_plugins = ["tests.cast"]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    with SERVERS:
        yield SERVERS


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    servers: Servers, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """pytest-django's last stop before it connects: whoever uses the database gets the servers started."""


@pytest.fixture(autouse=True)
def _forget_the_cache() -> Iterator[None]:
    """No test inherits another one's rate limits."""
    yield
    if SERVERS.valkey.alive:
        cache.clear()
