"""A limit to the processor time that one piece of a document may take.

Parsers of Markdown and of code are built on regular expressions, and some input makes those take the square
of its length and worse. Input like that is shown as it was written, instead of costing the whole document.
What counts is processor time, so that a busy machine changes nothing.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PIECE = 2.0
DOCUMENT = 8.0
_QUICK = 0.05


class TooSlow(Exception):
    """A piece took longer than it may."""


class Patience:
    """The time left for the slow pieces of one document, in seconds of processor time."""

    def __init__(self) -> None:
        self.left = DOCUMENT

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Raises TooSlow inside the block when its time is up.

        Works in a process's main thread, where renders happen; elsewhere the block runs without a limit.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGVTALRM, _time_is_up)
        start = time.process_time()
        # Again after a while, in case a library swallows the first.
        signal.setitimer(signal.ITIMER_VIRTUAL, min(PIECE, max(self.left, _QUICK)), 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)
            spent = time.process_time() - start
            self.left -= spent if spent > _QUICK else 0


def _time_is_up(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow
