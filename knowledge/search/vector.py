"""Search vectors: PostgreSQL's tsvector, written out. Every lexeme with its positions and their weights.

The index knows no positions. For phrases it would have to read each post with all of their words, so what
stands beside each other is in the vector as one of PAIRS lexemes too.
"""

import string
import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Literal, TypeAlias

from knowledge.search.languages import LANGUAGES
from knowledge.search.words import Step, steps, tokens

Weight: TypeAlias = Literal["A", "B", "C", "D"]
MAX_POSITION = 16_383  # PostgreSQL keeps no higher one,
MAX_POSITIONS = 255  # and no more than these of a lexeme,
MAX_BYTES = 900_000  # and no vector above a mebibyte:
MARKED_BYTES = 1_000_000  # marks may fill some of the rest
GAP = 10  # positions between two texts, so that no phrase spans them
PAIRS = 2**16
PAIR_SIGN = "^"
_DIGITS = string.ascii_letters + string.digits + "+-"


class Vector:
    """`language` is that of the texts. With `keeps_small_words` they are indexed too."""

    def __init__(self, language: str, *, keeps_small_words: bool = False) -> None:
        self.language = language
        self.words = 0
        self._small = frozenset() if keeps_small_words else LANGUAGES.get(language, frozenset())
        self._places: dict[str, list[str]] = {}
        self._pairs: set[str] = set()
        self._position = 0
        self._size = 0

    def add(self, text: str, weight: Weight) -> None:
        """The words of a text in normal form C."""
        sign = "" if weight == "D" else weight
        last: Step = ()
        for token in tokens(text):
            for step in steps(token[0], self.language):
                self._position += 1
                if self._is_small(token[0], step):
                    last = ()
                    continue
                self._stand_beside(last, step)
                last = step
                place = f"{min(self._position, MAX_POSITION)}{sign}"
                for lexeme in step:
                    self._put(lexeme, place)
            self.words += 1
        self._position += GAP

    def _stand_beside(self, one: Step, other: Step) -> None:
        if self._size <= MAX_BYTES:
            before = len(self._pairs)
            self._pairs |= pairs(one, other)
            self._size += 4 * (len(self._pairs) - before)

    def _is_small(self, token: str, step: Step) -> bool:
        is_one = step[0] in self._small and len(step) == 1
        return is_one or (token.isascii() and token.lower() in self._small)

    def mark(self, lexemes: Iterable[str]) -> None:
        """Lexemes that stand nowhere in the text, such as `tag:retention`."""
        for lexeme in lexemes:
            if lexeme not in self._places and self._size < MARKED_BYTES:
                self._new(lexeme)

    def _put(self, lexeme: str, place: str) -> None:
        if self._size > MAX_BYTES:
            return
        places = self._places.get(lexeme)
        if places is None:
            places = self._new(lexeme)
        if len(places) < MAX_POSITIONS and (not places or places[-1] != place):
            places.append(place)
            self._size += 2

    def _new(self, lexeme: str) -> list[str]:
        self._size += len(lexeme.encode()) + 8
        return self._places.setdefault(lexeme, [])

    def lexemes(self) -> Iterable[str]:
        return self._places.keys()

    def __str__(self) -> str:
        words = (
            f"{quoted(lexeme)}:{','.join(places)}" if places else quoted(lexeme)
            for lexeme, places in self._places.items()
        )
        return " ".join([*words, *map(quoted, sorted(self._pairs))])


@lru_cache(maxsize=100_000)
def pairs(one: Step, other: Step) -> frozenset[str]:
    """What stands for each lexeme of one place beside each of the next; some share theirs with others."""
    return frozenset(_pair(f"{first} {second}") for first, second in product(one, other))


def _pair(words: str) -> str:
    number = zlib.crc32(words.encode()) % PAIRS
    return PAIR_SIGN + "".join(_DIGITS[number >> shift & 63] for shift in (0, 6, 12))


def quoted(lexeme: str) -> str:
    """As PostgreSQL reads it in a tsvector or tsquery."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
