"""Sending a task to its queue. The work itself is a row: a message only wakes a worker for it."""

import logging
from typing import Any

from celery import Task

logger = logging.getLogger(__name__)


def wake(task: Task[Any, Any], *arguments: int) -> bool:
    """False, and a line in the log, where the broker is away or full: the sweeper wakes someone later."""
    try:
        task.delay(*arguments)
    except Exception as error:  # noqa: BLE001 (what called is done and committed, whatever a broker says)
        logger.warning("The broker doesn't take messages, %s waits for the sweeper: %s", task.name, error)
        return False
    return True
