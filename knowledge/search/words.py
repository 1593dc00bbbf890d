"""Words and what they are indexed as, in the language of their text.

A token is a stretch of letters and digits, with the underscores and dots inside it: `retention`,
`orders.customer_id`, `3.14`. It fills one position of the text for each of its parts; a position holds every
lexeme that its part is found by.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from knowledge.search.languages import LANGUAGES

Step = tuple[str, ...]  # the lexemes of one position
TOKEN = re.compile(r"\b[cfg](?:\+\+|#)|\w+(?:\.\w+)*", re.IGNORECASE)
MAX_LEXEME = 80
_MARKS = re.compile("[\u0300-\u036f]+")
_CAMEL = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Scripts that are written without spaces between words: found by pairs of characters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_SUFFIXES = 4  # of a dotted name


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The tokens of `text`, which has to be in normal form C, where they stand."""
    return TOKEN.finditer(text)


def normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=60_000)
def fold(word: str) -> str:
    """In lower case and without accents."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", word.casefold())))


@lru_cache(maxsize=60_000)
def steps(token: str, language: str) -> tuple[Step, ...]:
    """The positions that `token` fills: at least one, each with at least one lexeme."""
    if token.isascii() and token.isalpha() and (token.islower() or token.istitle()):
        return (_stems(token.lower(), language),)
    if token[-1] in "+#":
        return ((token.lower(),),)
    if _UNSPACED.search(token):
        return tuple(_unspaced(token, language))
    return tuple(_parts(token, language)) or ((fold(token)[:MAX_LEXEME],),)


@lru_cache(maxsize=2_000)
def asked(token: str, language: str) -> tuple[str, tuple[Step, ...]]:
    """What a query looks for: the lexeme of a whole name ("" for plain words), and those of its parts."""
    if token[-1] in "+#" or _UNSPACED.search(token):
        return "", steps(token, language)
    parts = [part for part in re.split(r"[._]+", token) if part]
    whole = fold(token)[:MAX_LEXEME] if "_" in token or "." in token else ""
    return whole, tuple(_stems(part.casefold(), language) for part in parts) or ((fold(token)[:MAX_LEXEME],),)


def _parts(token: str, language: str) -> Iterator[Step]:
    """Of `orders.customer_id`: at `orders` the whole, at `customer` its last name too."""
    segments = token.split(".")
    for number, segment in enumerate(segments):
        names = [".".join(segments[number:])] if number < len(segments) - 1 <= number + _SUFFIXES else []
        if "_" in segment:
            names += [segment, *([segment.strip("_")] if "_" in segment.strip("_") else [])]
        for part in filter(None, segment.split("_")):
            yield tuple(dict.fromkeys((*(fold(name)[:MAX_LEXEME] for name in names), *_one(part, language))))
            names = []


def _one(word: str, language: str) -> Step:
    """A word, or a name in camel case with its parts."""
    found = list(_stems(word.casefold(), language))
    if not word.islower() and not word.isupper() and not word.istitle():
        parts = [part for part in _CAMEL.findall(word) if len(part) > 1]
        if len(parts) > 1:
            found += [stem for part in parts for stem in _stems(part.lower(), language)]
    return tuple(dict.fromkeys(found))


def _unspaced(token: str, language: str) -> Iterator[Step]:
    end = 0
    for run in _UNSPACED.finditer(token):
        if before := token[end : run.start()].strip("._"):
            yield from steps(before, language)
        characters, end = run[0], run.end()
        pairs = [characters[at : at + 2] for at in range(max(1, len(characters) - 1))]
        yield from ((pair,) for pair in pairs)
    if after := token[end:].strip("._"):
        yield from steps(after, language)


@lru_cache(maxsize=60_000)
def _stems(word: str, language: str) -> Step:
    """`word` is in lower case. With accents it is found by who leaves them out too."""
    plain = fold(word)
    if len(word) > 40 or any(character.isdigit() for character in word):
        return (plain[:MAX_LEXEME],)
    stems = [fold(_stem(word, language))]
    if plain != word:
        stems.append(_stem(plain, language))
    return tuple(dict.fromkeys(stem or plain for stem in stems))


def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word)) if language in LANGUAGES else word


@lru_cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(language)
