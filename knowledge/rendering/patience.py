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
    """The time left for the slow pieces of one document, in seconds of processor time.

    `was_lost` tells whether a piece was given up, so that another time might show more.
    """

    def __init__(self) -> None:
        self.left = DOCUMENT
        self.was_lost = False

    @contextmanager
    def piece(self) -> Iterator[None]:
        """Raises TooSlow inside the block when its time is up.

        Works in a process's main thread, where renders happen; elsewhere the block runs without a limit.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        start = time.process_time()
        _alarm.set(min(PIECE, max(self.left, _QUICK)))
        try:
            yield
        except TooSlow:
            self.was_lost = True
            raise
        finally:
            _alarm.clear()
            spent = time.process_time() - start
            self.left -= spent if spent > _QUICK else 0


class _Alarm:
    """The process's one timer of processor time. Its handler stays, and is idle while no piece is timed."""

    def __init__(self) -> None:
        self.armed = False

    def set(self, seconds: float) -> None:
        if signal.getsignal(signal.SIGVTALRM) != self.ring:
            signal.signal(signal.SIGVTALRM, self.ring)
        self.armed = True
        # Again after a while, in case a library swallows the first.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)

    def clear(self) -> None:
        try:
            self.armed = False
        except TooSlow:  # it rang at this very moment
            self.armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def ring(self, _number: int, _frame: FrameType | None) -> None:
        if self.armed:
            raise TooSlow


_alarm = _Alarm()
