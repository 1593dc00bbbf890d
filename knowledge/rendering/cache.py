"""Parts kept from one rendering to the next: when one cell of a notebook changed, the others are there."""

from collections import OrderedDict
from hashlib import blake2b
from typing import Any

import orjson

from knowledge.rendering.context import Context
from knowledge.rendering.part import Made

_MOST_BYTES = 32_000_000


class CellCache:
    """The parts used last, up to `most` bytes. For one process and one renderer, so keys name no version."""

    def __init__(self, most: int = _MOST_BYTES) -> None:
        self.most = most
        self._kept: OrderedDict[bytes, Made] = OrderedDict()
        self._size = 0

    def get(self, key: bytes) -> Made | None:
        made = self._kept.get(key)
        if made is not None:
            self._kept.move_to_end(key)
        return made

    def put(self, key: bytes, made: Made) -> None:
        """Keep a part, at the cost of those not used for longest; none that alone takes a quarter."""
        if made.size > self.most // 4 or key in self._kept:
            return
        self._kept[key] = made
        self._size += made.size
        while self._size > self.most:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


def key_of(cell: dict[str, Any], context: Context) -> bytes | None:
    """What a cell's part depends on, as a digest: not its number, which is a slot, nor when it was run.

    None for a cell that JSON can't spell, which is not kept.
    """
    try:
        text = orjson.dumps({**cell, "number": 0, "execution_count": None})
    except (orjson.JSONEncodeError, RecursionError):
        return None
    return blake2b(text, digest_size=20, key=context.key_for(cell)).digest()
