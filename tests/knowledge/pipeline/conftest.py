from collections.abc import Callable, Iterator

import pytest
from kombu import Queue

from knowledge.models import Space
from portal.celery import app
from portal.embedded import Servers
from tests.knowledge.pipeline.data import rest
from tests.knowledge.pipeline.desk import Desk

__all__ = ["rest"]  # a fixture

Messages = Callable[[str], list[list[int]]]


@pytest.fixture
def desk(growth: Space) -> Desk:
    """The branch of growth."""
    return Desk(growth)


@pytest.fixture
def broker_away(servers: Servers) -> Iterator[None]:
    servers.valkey.stop()
    yield
    servers.valkey.start()
    servers.valkey.settle(10)


@pytest.fixture
def messages(servers: Servers) -> Messages:
    """Takes what waits in a queue: the arguments of each message."""

    def take(name: str) -> list[list[int]]:
        with app.connection_for_read() as connection:
            queue = Queue(name)(connection.default_channel)
            queue.declare()
            return [message.payload[0] for message in iter(lambda: queue.get(no_ack=True), None)]

    for name in ("ingest", "render"):
        take(name)
    return take
