"""Sending a task to its queue. The work itself is a row: a message only wakes a worker for it."""

import logging
from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task: Task[Any, Any], *arguments: int) -> bool:
    """False, and a line in the log, where the broker can't be reached: the sweeper wakes someone later."""
    try:
        task.delay(*arguments)
    except (OperationalError, OSError) as error:
        logger.warning("The broker can't be reached, %s waits for the sweeper: %s", task.name, error)
        return False
    return True
