"""The render children of a worker: warm, lent to one thread at a time."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from celery import current_app
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

from knowledge.pipeline.lanes import CORES
from knowledge.rendering.child import RenderChild

# Those that no thread is using now: the one used last, which knows most cells of late, at the end.
_idle: deque[RenderChild] = deque()


@contextmanager
def borrowed_child(*, is_slow: bool = False) -> Iterator[RenderChild]:
    """One that has drawn much; for what is slow one that has not, for it won't be the same afterwards."""
    try:
        child = _idle.popleft() if is_slow else _idle.pop()
    except IndexError:
        child = _new_child()
    try:
        yield child
    finally:
        _give_back(child)


def _give_back(child: RenderChild) -> None:
    if child.is_fresh:
        _idle.appendleft(child)
    else:
        _idle.append(child)
    if len(_idle) > CORES:  # there were many for a moment; each takes the memory of a whole interpreter
        with suppress(IndexError):
            _idle.popleft().close()


def _new_child() -> RenderChild:
    return RenderChild(seconds=settings.RENDER_SECONDS, memory=settings.RENDER_MEMORY_BYTES)


@worker_ready.connect
def _warm_up(**_: Any) -> None:
    """The first document needn't wait for a process to start."""
    if "render" in current_app.amqp.queues.consume_from:
        _idle.append(_new_child())


@worker_shutdown.connect
def close_children(**_: Any) -> None:
    """End the render processes that are idle; those at work end with the worker."""
    with suppress(IndexError):
        while True:
            _idle.pop().close()
