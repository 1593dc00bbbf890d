"""Sending a task to its queue. The work itself is a row: a message only wakes a worker for it."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Task, current_app

logger = logging.getLogger(__name__)


def wake(task: Task[Any, Any], *arguments: int) -> bool:
    """False, and a line in the log, where the broker is away or full: the sweeper wakes someone later."""
    return _sent(task.name, lambda: task.delay(*arguments))


def wake_named(name: str) -> bool:
    """The same for a task of a module that itself calls the one that wakes it."""
    return _sent(name, lambda: current_app.send_task(name))


def _sent(name: str, send: Callable[[], object]) -> bool:
    try:
        send()
    except Exception as error:  # noqa: BLE001 (what called is done and committed, whatever a broker says)
        logger.warning("The broker doesn't take messages, %s waits for the sweeper: %s", name, error)
        return False
    return True
