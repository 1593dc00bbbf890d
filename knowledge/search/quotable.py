"""What can be quoted of a post, as one string: skimmed as a whole, taken apart where something is found."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate

from knowledge.rendering.result import Passage, PassageKind
from knowledge.search.words import normal

_FIELD, _RECORD = "\x1d", "\x1e"  # what ASCII has for this, and no text
_APART = str.maketrans(dict.fromkeys(_FIELD + _RECORD, " "))
_KINDS: dict[str, PassageKind] = {"n": "narrative", "h": "heading", "c": "code", "o": "output"}


class Quotable:
    """`text` is that of all passages, with one character between two; `kinds` has a letter for each."""

    def __init__(self, packed: str) -> None:
        self.packed = packed
        self.kinds, self._anchors, self.text = packed.split(_FIELD) if packed else ("", "", "")

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> "Quotable":
        """Their texts in normal form C."""
        kept = list(passages)
        anchors = _RECORD.join(each.anchor.translate(_APART) for each in kept)
        text = _RECORD.join(normal(each.text).translate(_APART) for each in kept)
        return cls(_FIELD.join(["".join(each.kind[0] for each in kept), anchors, text]))

    def __len__(self) -> int:
        return len(self.kinds)

    def __iter__(self) -> Iterator[Passage]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Passage:
        anchor = self._anchors.split(_RECORD)[number]
        return Passage(_KINDS[self.kinds[number]], anchor, self.text_of(number))

    def text_of(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return self.text[start : self._ends[number] - 1]

    def number_at(self, place: int) -> int:
        """Of the passage that a character of `text` is in."""
        return bisect_right(self._ends, place)

    def first(self, kind: PassageKind) -> Passage | None:
        number = self.kinds.find(kind[0])
        return self[number] if number >= 0 else None

    def heading_of(self, number: int) -> Passage | None:
        """What a passage stands under; a heading under itself."""
        heading = self.kinds.rfind("h", 0, number + 1)
        return self[heading] if heading >= 0 else None

    def prose(self) -> list[str]:
        """Narrative and headings."""
        texts = self.text.split(_RECORD)
        return [text for kind, text in zip(self.kinds, texts, strict=False) if kind in "nh"]

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(text) + 1 for text in self.text.split(_RECORD)))
