"""What is kept in a process's memory because making it costs more than having it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values with their sizes, at most `budget` in sum; the least recently used go first. Thread-safe.

    `entry` is what each takes beside its value: its key, and its place here.
    """

    def __init__(self, budget: int, entry: int = 0) -> None:
        self.budget, self.entry = budget, entry
        self.size = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """One that would take more than an eighth of the budget is not kept."""
        if size > self.budget // 8:
            return
        size += self.entry
        with self._lock:
            self.size += size - self._values.pop(key, (value, 0))[1]
            self._values[key] = (value, size)
            while self.size > self.budget:
                self.size -= self._values.popitem(last=False)[1][1]
