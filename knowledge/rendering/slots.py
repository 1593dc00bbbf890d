"""Slots: places in a part's markup whose words depend on the rest of the document.

A slot is a kind and an argument between two U+FDD0, a character that no text may hold (readers take it out)
and that cleaning leaves alone. `assembly` fills them once all parts are there.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Literal

MARK = "\ufdd0"

Kind = Literal["cell", "heading", "output", "equation", "reference", "contents"]


def slot(kind: Kind, argument: str | int = "") -> str:
    """The text that stands for what `filled` is to put there."""
    return f"{MARK}{kind}:{argument}{MARK}"


def filled(text: str, fill: Callable[[str, str], str]) -> str:
    """`text` with every slot replaced by what `fill` gives for its kind and argument."""
    if MARK not in text:
        return text
    pieces = text.split(MARK)
    for at in range(1, len(pieces), 2):
        kind, _, argument = pieces[at].partition(":")
        pieces[at] = fill(kind, argument)
    return "".join(pieces)


def name_of(label: str) -> str:
    """An author's label as a slot can hold it, whatever is in it."""
    return blake2b(label.encode(), digest_size=8).hexdigest()
