"""Search vectors: PostgreSQL's tsvector, written out. Every lexeme with its positions and their weights."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from knowledge.search.languages import LANGUAGES
from knowledge.search.words import steps, tokens

Weight: TypeAlias = Literal["A", "B", "C", "D"]
MAX_POSITION = 16_383  # PostgreSQL keeps no higher one,
MAX_POSITIONS = 255  # and no more than these of a lexeme,
MAX_BYTES = 900_000  # and no vector above a mebibyte:
MARKED_BYTES = 1_000_000  # marks may fill some of the rest
GAP = 10  # positions between two texts, so that no phrase spans them


class Vector:
    """`language` is that of the texts. With `keeps_small_words` they are indexed too."""

    def __init__(self, language: str, *, keeps_small_words: bool = False) -> None:
        self.language = language
        self.words = 0
        self._small = frozenset() if keeps_small_words else LANGUAGES.get(language, frozenset())
        self._places: dict[str, list[str]] = {}
        self._position = 0
        self._size = 0

    def add(self, text: str, weight: Weight) -> None:
        """The words of a text in normal form C."""
        sign = "" if weight == "D" else weight
        for token in tokens(text):
            for step in steps(token[0], self.language):
                self._position += 1
                if step[0] in self._small and len(step) == 1:
                    continue
                if token[0].isascii() and token[0].lower() in self._small:
                    continue
                place = f"{min(self._position, MAX_POSITION)}{sign}"
                for lexeme in step:
                    self._put(lexeme, place)
            self.words += 1
        self._position += GAP

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
        return " ".join(
            f"{quoted(lexeme)}:{','.join(places)}" if places else quoted(lexeme)
            for lexeme, places in self._places.items()
        )


def quoted(lexeme: str) -> str:
    """As PostgreSQL reads it in a tsvector or tsquery."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
