"""The passage of a post that answers a query best, with the words marked that were found."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate
from typing import TypeVar

from knowledge.rendering.result import Passage, PassageKind
from knowledge.search.quotable import ACCENTED, RECORD, Quotable
from knowledge.search.words import TOKEN, fold, steps

T = TypeVar("T", str, bytes)
WINDOW = 240  # characters of a passage that are shown
LEAD = 60  # and of them before the first word that was found, at most
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORTH = {"n": 1.0, "h": 0.9, "c": 0.6, "o": 0.4}  # by the letters of kinds
_SHORTEST = 3  # letters of a stem by which texts are skimmed


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage in pieces, found and not found in turn; `heading` is what it stands under."""

    kind: PassageKind
    anchor: str
    pieces: tuple[Piece, ...]
    heading: Passage | None = None

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Marker:
    """Finds the words of a query. `weights` gives what each lexeme counts for.

    A text is skimmed for the beginnings of the stems first, and only what looks like a hit is stemmed.
    """

    weights: Mapping[str, float]
    languages: Sequence[str]

    @cached_property
    def _beginnings(self) -> dict[str, float]:
        """What words that count begin with, and what all of those together count for."""
        # A stem may end otherwise than its word ("happi", "happy"): its last letter is left open.
        begins = {lexeme if len(lexeme) <= _SHORTEST else lexeme[:-1] for lexeme in self.weights}
        shortest = [each for each in begins if not any(each[:end] in begins for end in range(1, len(each)))]
        return {
            each: sum(weight for lexeme, weight in self.weights.items() if lexeme.startswith(each))
            for each in shortest
        }

    @cached_property
    def _beginnings_in_bytes(self) -> list[bytes]:
        return [beginning.encode() for beginning in self._beginnings]

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _is_plain(self) -> bool:
        return all(lexeme.isascii() for lexeme in self.weights)

    def hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, lexeme) of each word that was found."""
        end = 0
        for likely, _ in self._skim(text):
            if likely < end:
                continue
            token = TOKEN.match(text, _start_of_word(text, likely))
            if token is None or token.end() <= likely:
                continue
            end = token.end()
            if lexeme := self._lexeme(token[0]):
                yield token.start(), end, lexeme

    def _skim(self, text: str) -> list[tuple[int, str]]:
        """Where which of the beginnings is, in order."""
        return sorted(_found_in(self._alike(text), self._beginnings))

    def _alike(self, text: str) -> str:
        """Character by character in lower case, as stems are, and without accents where it matters."""
        if text.isascii() or (self._is_plain and not ACCENTED.search(text)):
            lowered = text.lower()
            if len(lowered) == len(text):
                return lowered
        return _folded_alike(text)

    def _lexeme(self, token: str) -> str | None:
        if token not in self._known:
            found = (
                lexeme
                for language in self.languages
                for step in steps(token, language)
                for lexeme in step
                if lexeme in self.weights
            )
            self._known[token] = max(found, key=self.weights.__getitem__, default=None)
        return self._known[token]

    def marked(self, text: str) -> tuple[Piece, ...]:
        """The whole of a short text, a title say."""
        return tuple(_pieces(text, [(start, end) for start, end, _ in self.hits(text)], 0, len(text)))

    def best(self, quotable: Quotable) -> Quote | None:
        """Of the passages the one with the most of what was looked for; None where nothing was found."""
        best, quoted = 0.0, None
        for most, number in self._likely(quotable):
            if most <= best:
                break
            text = quotable.texts[number]
            hits = list(self.hits(text))
            start, end, worth = self._window(text, hits)
            worth *= _WORTH[quotable.kinds[number]]
            if worth > best:
                best, quoted = worth, (number, hits, start, end)
        if quoted is None:
            return None
        number, hits, start, end = quoted
        passage, heading = quotable[number], quotable.heading_of(number)
        spans = [(begin, stop) for begin, stop, _ in hits if begin >= start and stop <= end]
        above = heading if heading != passage else None
        return Quote(passage.kind, passage.anchor, tuple(_cut(passage.text, spans, start, end)), above)

    def _likely(self, quotable: Quotable) -> list[tuple[float, int]]:
        """Passages that look as if they held something, by what they are worth at most, from the most.

        All are skimmed as one text: most hold nothing, and to begin anew with each takes longest.
        """
        begun: dict[int, set[str]] = {}
        if self._is_plain and not quotable.is_accented:
            # In bytes: of text that isn't ASCII throughout, Python takes ten times as long for lower case.
            alike = quotable.text.encode().lower()
            numbers = _numbers(alike.split(RECORD.encode()))
            for at, letters in _found_in(alike, self._beginnings_in_bytes):
                begun.setdefault(numbers(at), set()).add(letters.decode())
        else:
            numbers = _numbers(quotable.texts)
            for at, beginning in _found_in(self._alike(quotable.text), self._beginnings):
                begun.setdefault(numbers(at), set()).add(beginning)
        likely = [
            (sum(map(self._beginnings.__getitem__, beginnings)) * _WORTH[quotable.kinds[number]], number)
            for number, beginnings in begun.items()
        ]
        return sorted(likely, key=lambda each: (-each[0], each[1]))

    def _window(self, text: str, hits: Sequence[tuple[int, int, str]]) -> tuple[int, int, float]:
        """The stretch with the most that was found; the first of those alike."""
        if len(text) <= WINDOW:
            return 0, len(text), sum(self.weights[lexeme] for lexeme in {hit[2] for hit in hits})
        best = (0, 0, -1.0)
        for begin, _, _ in hits[:50]:
            start = max(0, begin - LEAD)
            end = min(len(text), start + WINDOW)
            inside = {lexeme for at, stop, lexeme in hits if at >= begin and stop <= end}
            worth = sum(self.weights[lexeme] for lexeme in inside)
            if worth > best[2] + 1e-9:
                best = (start, end, worth)
        return best


def _found_in(text: T, sought: Iterable[T]) -> Iterator[tuple[int, T]]:
    """Where which of them is. Looking for one after the other is the fastest."""
    for each in sought:
        at = text.find(each)
        while at >= 0:
            yield at, each
            at = text.find(each, at + len(each))


def _numbers(texts: Iterable[str | bytes]) -> Callable[[int], int]:
    """Which of the texts a place is in, where all stand one after the other with one character between."""
    return partial(bisect_right, list(accumulate(len(text) + 1 for text in texts)))


def opening(quotable: Quotable) -> Quote | None:
    """How the text begins, for posts that were found by something else than their words."""
    first = quotable.first("narrative")
    if first is None:
        return None
    return Quote(first.kind, first.anchor, tuple(_cut(first.text, [], 0, min(len(first.text), WINDOW))))


def _start_of_word(text: str, at: int) -> int:
    """Where the token begins that the character at `at` is in."""
    if not at or text[at - 1] == " ":
        return at
    while at and (text[at - 1].isalnum() or text[at - 1] in "_."):
        at -= 1
    while text[at] == ".":
        at += 1
    return at


def _folded_alike(text: str) -> str:
    """Without accents where that leaves every character in its place."""
    folded = _NOT_ASCII.sub(_folded_run, text)
    lowered = folded.lower()
    return lowered if len(lowered) == len(text) else folded


def _folded_run(run: re.Match[str]) -> str:
    return "".join([folded if len(folded := fold(character)) == 1 else character for character in run[0]])


def _cut(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    """From one whole word to another, with an ellipsis where text is left out."""
    if start > 0:
        space = text.find(" ", start, spans[0][0] if spans else end)
        start = space + 1 if space >= 0 else start
        yield Piece("… ")
    if end < len(text):
        space = text.rfind(" ", spans[-1][1] if spans else start, end)
        end = space if space > start else end
    yield from _pieces(text, spans, start, end)
    if end < len(text):
        yield Piece(" …")


def _pieces(text: str, spans: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for begin, stop in spans:
        if begin > at:
            yield Piece(text[at:begin])
        yield Piece(text[begin:stop], is_found=True)
        at = stop
    if at < end:
        yield Piece(text[at:end])
