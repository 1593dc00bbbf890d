"""What a render child does to compare: see knowledge/rendering/child_main.py."""

from collections.abc import Mapping
from typing import Any

import orjson

from knowledge.diffing.comparing import compare
from knowledge.diffing.wire import packed
from knowledge.rendering import wire


def answer(head: Mapping[str, Any], blobs: list[bytes]) -> bytes:
    """The message with the difference of the two documents in `blobs`, whose names are `head["paths"]`."""
    old, new = head["paths"]
    difference = compare(str(old), blobs[0], str(new), blobs[1])
    return wire.encode({"ok": True}, [orjson.dumps(packed(difference))])
