"""How ordinary documents keep moving while slow ones are drawn.

Most documents are drawn in a tenth of a second: as many at a time as there are cores, for more would only
take each other's time. One that takes longer yields the processor to the others and needs one of the few
places for slow documents; without one it is put aside until a place is free, so that slow documents, however
many, never hold all threads of a worker. What counts is processor time: on a busy machine everything takes
long, and nothing would be gained by putting all of it aside.
"""

import os
from collections import deque
from threading import BoundedSemaphore, Lock
from typing import Self

CORES = os.cpu_count() or 1
# Threads of a worker: the slow ones', and enough besides for ordinary renderings and for taking in pushes.
THREADS = 2 * max(2, CORES) + 2
SLOW_PLACES = max(2, CORES)

SLOW_SECONDS = 0.4  # of processor time
# One that waits, as for a program that it started, is slow after so many times as long by the clock.
PATIENCE = 10


class FastPlace:
    """A place among the documents that are not known to be slow; entering waits until one is free."""

    _places = BoundedSemaphore(CORES)

    def __init__(self) -> None:
        self._is_taken = False

    def __enter__(self) -> Self:
        self._places.acquire()
        self._is_taken = True
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Give the place up, if that has not been done."""
        if self._is_taken:
            self._is_taken = False
            self._places.release()


class SlowLane:
    """The places for slow renderings in one worker, by the ids of their rows."""

    def __init__(self, places: int = SLOW_PLACES) -> None:
        self._free = places
        self._waiting: deque[int] = deque()
        self._inside: set[int] = set()
        self._given: set[int] = set()  # places kept for those that were next in line, until they come
        self._lock = Lock()

    def is_waiting(self, rendering_id: int) -> bool:
        """Whether it stands in line: drawn before its turn, it would only be put aside again."""
        with self._lock:
            return rendering_id in self._waiting

    def enter(self, rendering_id: int) -> bool:
        """Whether it has a place, or gets one; else it waits in line."""
        with self._lock:
            if rendering_id in self._given:
                self._given.remove(rendering_id)
                self._inside.add(rendering_id)
            if rendering_id in self._inside:
                return True
            if self._free:
                self._free -= 1
                self._inside.add(rendering_id)
                return True
            if rendering_id not in self._waiting:
                self._waiting.append(rendering_id)
            return False

    def leave(self, rendering_id: int) -> int | None:
        """Give its place up, if it has one, to the first in line, and return that one's id."""
        with self._lock:
            return self._pass_on(rendering_id, self._inside) or self._pass_on(rendering_id, self._given)

    def decline(self, rendering_id: int) -> int | None:
        """The same for one that was next in line and needs no place any more; one at work keeps its own."""
        with self._lock:
            return self._pass_on(rendering_id, self._given)

    def _pass_on(self, rendering_id: int, places: set[int]) -> int | None:
        if rendering_id not in places:
            return None
        places.remove(rendering_id)
        if not self._waiting:
            self._free += 1
            return None
        following = self._waiting.popleft()
        self._given.add(following)
        return following
