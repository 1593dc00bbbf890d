"""Slots: places in a part's markup whose words depend on the rest of the document.

A slot is a kind and an argument between two U+FDD0, a character that no text may hold (readers take it out)
and that cleaning leaves alone. `assembly` fills them once all parts are there.
"""

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Literal, get_args

MARK = "\ufdd0"

Kind = Literal["cell", "heading", "output", "equation", "reference", "note", "wording", "contents"]
# Nothing but a whole slot is one, or a stray mark would turn what stands between slots into slots.
_SLOT = re.compile(rf"{MARK}({'|'.join(get_args(Kind))}):([0-9a-f]*){MARK}|{MARK}")


def slot(kind: Kind, argument: str | int = "") -> str:
    """The text that stands for what `filled` is to put there."""
    return f"{MARK}{kind}:{argument}{MARK}"


def filled(text: str, fill: Callable[[str, str], str]) -> str:
    """`text` with every slot replaced by what `fill` gives for its kind and argument."""
    if MARK not in text:
        return text
    return _SLOT.sub(lambda found: fill(found[1], found[2]) if found[1] else "", text)


def name_of(label: str) -> str:
    """An author's label as a slot can hold it, whatever is in it."""
    return blake2b(label.encode(), digest_size=8).hexdigest()
