"""Queries for made-up posts, of the kinds that differ for an engine, by how frequent their words are."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from benchmarks.filling import Drawn
from benchmarks.resampling import STOP, Stock, resampled

MEASURED = 2_000  # posts
KINDS = ("rare", "frequent", "phrase", "fielded", "typo", "none")
_WORD = re.compile(r"\b[a-z]{4,20}\b")
_SIGNS = "\"':;,.?!()[]{}"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PROSE = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")


@dataclass(frozen=True, slots=True)
class Measured:
    """Posts looked at, and in how many of them each word is: `common` in the most, `rare` in the fewest."""

    posts: list[Drawn]
    known: frozenset[str]
    common: list[str]
    middling: list[str]
    rare: list[str]

    @property
    def long(self) -> list[str]:
        """Such as one mistypes, and is still understood."""
        return [word for word in self.middling if len(word) > 5]


def measured(stock: Stock, seed: int = 1) -> Measured:
    """Of the first posts that `resampled` makes with that seed."""
    posts = list(islice(resampled(MEASURED, seed, stock=stock), MEASURED))
    counts = Counter(
        word
        for post in posts
        for word in set(_WORD.findall(f"{post.title} {post.columns['text']}".lower())) - STOP
    )
    words = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    common = words[: min(100, len(words) // 4)]
    middling, rare = words[len(common) : len(words) // 2], words[-(len(words) // 5) :]
    return Measured(posts, frozenset(words), common, middling, rare)


def mixed_queries(count: int = 200, seed: int = 1, *, stock: Stock) -> list[tuple[str, str]]:
    """Kind and query, the kinds by turns. What is rare or frequent was measured on posts of the same seed."""
    words, dice = measured(stock, seed), random.Random(seed)
    make = {
        "rare": lambda: _several(dice, words.rare, 1, words.middling),
        "frequent": lambda: _several(dice, words.common, dice.randint(1, 3)),
        "phrase": lambda: _phrase(dice, dice.choice(words.posts)),
        "fielded": lambda: _fielded(dice, dice.choice(words.posts), words),
        "typo": lambda: _mistyped(dice, dice.choice(words.long), words.known),
        "none": lambda: f"{_nonsense(dice, words.known)} {_nonsense(dice, words.known)}",
    }
    return [(kind, make[kind]()) for kind in (KINDS[at % len(KINDS)] for at in range(count))]


def _several(dice: random.Random, words: Sequence[str], count: int, others: Sequence[str] = ()) -> str:
    """Of one list; with another, every second time a word of that besides."""
    chosen = dice.sample(words, k=min(count, len(words)))
    if others and dice.random() < 0.5:
        chosen.append(dice.choice(others))
    return " ".join(chosen)


def _phrase(dice: random.Random, post: Drawn) -> str:
    """Two to four words that stand beside each other in it."""
    words = dice.choice(_PROSE.findall(post.columns["text"]) or ["no words"]).split()
    length = min(len(words), dice.randint(2, 4))
    begin = dice.randrange(len(words) - length + 1)
    return '"' + " ".join(words[begin : begin + length]) + '"'


def _fielded(dice: random.Random, post: Drawn, words: Measured) -> str:
    """A field that the post has, and often a word beside it."""
    field = dice.choice(
        [
            f"tag:{dice.choice(post.header['tags'])}",
            f'author:"{post.author}"',
            f"type:{post.format}",
            f"title:{dice.choice(post.title.split()).strip(_SIGNS) or 'title'}",
        ]
    )
    return field if dice.random() < 0.3 else f"{field} {dice.choice([*words.common, *words.middling])}"


def _mistyped(dice: random.Random, word: str, known: frozenset[str]) -> str:
    """One letter left out, doubled, put for another or swapped with the next; no word that there is."""
    while True:
        at = dice.randrange(1, len(word) - 1)
        changed = dice.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + dice.choice(_LETTERS) + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
        if changed not in known:
            return changed


def _nonsense(dice: random.Random, known: frozenset[str]) -> str:
    while (word := "".join(dice.choices(_LETTERS, k=dice.randint(7, 11)))) in known:
        pass
    return word
