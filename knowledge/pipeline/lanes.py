"""How ordinary documents keep moving while slow ones are drawn.

Most documents are drawn in a tenth of a second: as many at a time as there are cores, for more would only
take each other's time. One that takes longer yields the processor to the others and needs one of the few
places for slow documents; without one it is put aside until a place is free. What counts is processor time:
on a busy machine everything takes long, and nothing would be gained by putting all of it aside.

Nobody waits for a place in a thread, so that documents, however many, never hold all threads of a worker.
"""

import os
from collections.abc import Callable
from threading import Lock

CORES = os.cpu_count() or 1
# Threads of a worker: those that draw, and some besides for taking in pushes.
THREADS = 2 * max(2, CORES) + 2
SLOW_PLACES = max(1, CORES - 1)

SLOW_SECONDS = 0.4  # of processor time
# One that waits, as for a program that it started, is slow after so many times as long by the clock.
PATIENCE = 10


class Lane:
    """Places for drawing in one worker."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._came_in_vain = False
        self._lock = Lock()

    def enter(self) -> bool:
        """Whether there is a place. If not, one of those who leave will look whether there is more to do."""
        with self._lock:
            if not self._free:
                self._came_in_vain = True
                return False
            self._free -= 1
            return True

    def leave(self) -> bool:
        """Give a place up. True tells to look once more: somebody came in vain since, perhaps for something
        that wasn't there yet when it was last looked."""
        with self._lock:
            self._free += 1
            came, self._came_in_vain = self._came_in_vain, False
            return came

    def work_off(self, work: Callable[[], None]) -> None:
        """Do all the work there is, again where more came meanwhile; or leave it to who has the place."""
        must_look_again = True
        while must_look_again and self.enter():
            try:
                work()
            finally:
                must_look_again = self.leave()


FAST = Lane(CORES)
SLOW = Lane(SLOW_PLACES)


class Place:
    """A place that was entered in a lane."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    def change(self, lane: Lane) -> bool:
        """Move into another lane, if it has a place."""
        if not lane.enter():
            return False
        self.lane.leave()
        self.lane = lane
        return True
