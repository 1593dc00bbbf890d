"""The passage of a post that answers a query best, with the words marked that were found."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from knowledge.rendering.result import Passage, PassageKind
from knowledge.search.words import TOKEN, fold, steps

WINDOW = 240  # characters of a passage that are shown
LEAD = 60  # and of them before the first word that was found, at most
_ACCENTED = re.compile("[\u00c0-\u1fff]")  # letters, of other scripts too
_WORTH = {"narrative": 1.0, "heading": 0.9, "code": 0.6, "output": 0.4}
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
    def _skim(self) -> re.Pattern[str]:
        # A stem may end otherwise than its word ("happi", "happy"): its last letter is left open.
        beginnings = {lexeme if len(lexeme) <= _SHORTEST else lexeme[:-1] for lexeme in self.weights}
        longest_first = sorted(beginnings, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def _known(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def _is_plain(self) -> bool:
        return all(lexeme.isascii() for lexeme in self.weights)

    def hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, lexeme) of each word that was found."""
        is_alike = text.isascii() or (self._is_plain and not _ACCENTED.search(text))
        # In lower case, as stems are: ignoring case takes five times as long.
        skimmed = text.lower() if is_alike else _folded_alike(text)
        if len(skimmed) != len(text):
            skimmed = _folded_alike(text)
        end = 0
        for likely in self._skim.finditer(skimmed):
            if likely.start() < end:
                continue
            token = TOKEN.match(text, _start_of_word(text, likely.start()))
            if token is None or token.end() <= likely.start():
                continue
            end = token.end()
            if lexeme := self._lexeme(token[0]):
                yield token.start(), end, lexeme

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

    def best(self, passages: Iterable[Passage]) -> Quote | None:
        """Of the passages the one with the most of what was looked for; None where nothing was found."""
        best, quoted, heading = 0.0, None, None
        most = sum(self.weights.values())
        for passage in passages:
            if passage.kind == "heading":
                heading = passage
            hits = list(self.hits(passage.text))
            if not hits:
                continue
            found = {lexeme for _, _, lexeme in hits}
            if sum(self.weights[lexeme] for lexeme in found) * _WORTH[passage.kind] <= best:
                continue
            start, end, worth = self._window(passage.text, hits)
            if worth * _WORTH[passage.kind] > best:
                best, quoted = worth * _WORTH[passage.kind], (passage, hits, start, end, heading)
                if worth >= most and passage.kind == "narrative":
                    break
        if quoted is None:
            return None
        passage, hits, start, end, heading = quoted
        spans = [(begin, stop) for begin, stop, _ in hits if begin >= start and stop <= end]
        above = heading if heading is not passage else None
        return Quote(passage.kind, passage.anchor, tuple(_cut(passage.text, spans, start, end)), above)

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


def opening(passages: Iterable[Passage], kinds: Collection[str] = ("narrative",)) -> Quote | None:
    """How the text begins, for posts that were found by something else than their words."""
    first = next((passage for passage in passages if passage.kind in kinds), None)
    if first is None:
        return None
    return Quote(first.kind, first.anchor, tuple(_cut(first.text, [], 0, min(len(first.text), WINDOW))))


def _start_of_word(text: str, at: int) -> int:
    """Where the token begins that the character at `at` is in."""
    while at and (text[at - 1].isalnum() or text[at - 1] in "_."):
        at -= 1
    while text[at] == ".":
        at += 1
    return at


def _folded_alike(text: str) -> str:
    """Without accents where that leaves every character in its place."""
    return "".join(folded if len(folded := fold(character)) == 1 else character for character in text)


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
