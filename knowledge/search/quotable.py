"""What can be quoted of a post, as one string: skimmed as a whole, taken apart where something is found."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from knowledge.rendering.result import Passage, PassageKind
from knowledge.search.words import normal

FIELD, RECORD = "\x1d", "\x1e"  # what ASCII has for this, and no text
_APART = str.maketrans(dict.fromkeys(FIELD + RECORD, " "))
_KINDS: dict[str, PassageKind] = {"n": "narrative", "h": "heading", "c": "code", "o": "output"}
ACCENTED = re.compile("[\u00c0-\u1fff]")  # letters, of other scripts too


class Quotable:
    """`text` is that of all passages, with RECORD between two; `kinds` has a letter for each.

    `is_accented`: whether letters stand in it that ASCII doesn't have.
    """

    def __init__(self, packed: str) -> None:
        self.packed = packed
        sign, self.kinds, self._anchors, self.text = packed.split(FIELD) if packed else ("", "", "", "")
        self.is_accented = bool(sign)

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> "Quotable":
        """Their texts in normal form C."""
        kept = list(passages)
        kinds = "".join(each.kind[0] for each in kept)
        anchors = RECORD.join(each.anchor.translate(_APART) for each in kept)
        text = RECORD.join(normal(each.text).translate(_APART) for each in kept)
        return cls(FIELD.join(["~" if ACCENTED.search(text) else "", kinds, anchors, text]))

    def __len__(self) -> int:
        return len(self.kinds)

    def __iter__(self) -> Iterator[Passage]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Passage:
        anchor = self._anchors.split(RECORD)[number]
        return Passage(_KINDS[self.kinds[number]], anchor, self.texts[number])

    @cached_property
    def texts(self) -> list[str]:
        return self.text.split(RECORD) if self.kinds else []

    def first(self, kind: PassageKind) -> Passage | None:
        number = self.kinds.find(kind[0])
        return self[number] if number >= 0 else None

    def heading_of(self, number: int) -> Passage | None:
        """What a passage stands under; a heading under itself."""
        heading = self.kinds.rfind("h", 0, number + 1)
        return self[heading] if heading >= 0 else None

    def prose(self) -> list[str]:
        """Narrative and headings."""
        return [text for kind, text in zip(self.kinds, self.texts, strict=True) if kind in "nh"]
