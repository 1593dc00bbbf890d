"""The render children of a worker: warm, lent to one thread at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from typing import Any

from celery import current_app
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings

from knowledge.pipeline.lanes import CORES
from knowledge.rendering.child import RenderChild

# Those that no thread is using now; the one used last, which knows most cells of late, is taken first.
_idle: LifoQueue[RenderChild] = LifoQueue()


@contextmanager
def borrowed_child() -> Iterator[RenderChild]:
    try:
        child = _idle.get_nowait()
    except Empty:
        child = _new_child()
    try:
        yield child
    finally:
        if _idle.qsize() < CORES:
            _idle.put(child)
        else:  # it was one of many for a moment; each takes the memory of a whole interpreter
            child.close()


def _new_child() -> RenderChild:
    return RenderChild(seconds=settings.RENDER_SECONDS, memory=settings.RENDER_MEMORY_BYTES)


@worker_ready.connect
def _warm_up(**_: Any) -> None:
    """The first document needn't wait for a process to start."""
    if "render" in current_app.amqp.queues.consume_from:
        _idle.put(_new_child())


@worker_shutdown.connect
def close_children(**_: Any) -> None:
    """End the render processes that are idle; those at work end with the worker."""
    with suppress(Empty):
        while True:
            _idle.get_nowait().close()
