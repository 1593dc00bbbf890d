"""How much two posts have to do with each other: each thing they have in common makes it likelier.

What is rare counts most: a dataset that three posts use says more than a library that all use. Parts are
combined as chances are, so that many weak ones don't outweigh a strong one, and the sum stays below 1.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge.search.scoring import rarity

CITED, TOGETHER, READERS = 0.5, 0.3, 0.4
TAG, LIBRARY, DATASET = 0.25, 0.12, 0.4
PARTS = {"tag": TAG, "library": LIBRARY, "dataset": DATASET}
LIKE = 0.6  # of a text that has all the telling words
IN_HEAD = 0.4  # of a word that names the other post too; the rest for one that stands in it
ALIKE, AT_LEAST = 0.25, 3  # below this likeness, and with fewer words, having them in common is chance
LEAST = 0.08  # below it, nothing is said
UNUSUAL = 0.6  # the rarity from which on a library counts
WORDS = 12  # that tell what a post is about
KEPT = 10


@dataclass(frozen=True, slots=True)
class Word:
    """A word that tells what a post is about: `times` in its text, in `posts` of the portal."""

    lexeme: str
    word: str
    times: int
    names: bool
    posts: int

    def weight(self, of: int) -> float:
        return (1 + math.log(self.times)) * rarity(self.posts, of) * (1.5 if self.names else 1)


def telling(words: Iterable[Word], *, of: int, most: int = WORDS) -> list[Word]:
    """The most telling: repeated or naming the post, in another post too, and in no more than a tenth."""
    common = max(of // 10, 3)
    fit = [word for word in words if 2 <= word.posts <= common and (word.names or word.times > 1)]
    return sorted(fit, key=lambda word: (-word.weight(of), word.lexeme))[:most]


def likeness(weights: Sequence[float], inside: Iterable[int], named: Iterable[int]) -> float:
    """From 0 to 1: `inside` and `named` are the places of words that the other post has in its text, and in
    what names it."""
    most = sum(weights)
    if not most:
        return 0.0
    have = sum(weights[at] for at in inside) * (1 - IN_HEAD) + sum(weights[at] for at in named) * IN_HEAD
    return min(1.0, have / most)


def rare(posts: int, of: int) -> float:
    """From 0 for what all have to 1 for what only the two have."""
    return min(1.0, rarity(max(posts, 2), of) / rarity(2, max(of, 2)))


@dataclass(frozen=True, slots=True)
class Common:
    """What a post has in common with another. Names come with their rarity, from 0 to 1.

    `cites`: the other cites it; `cited`: it cites the other; `together`: so many posts cite both; `readers`:
    the weight of an AlsoRead.
    """

    tags: Mapping[str, float] = field(default_factory=dict)
    libraries: Mapping[str, float] = field(default_factory=dict)
    datasets: Mapping[str, float] = field(default_factory=dict)
    cites: bool = False
    cited: bool = False
    together: int = 0
    readers: float = 0.0
    likeness: float = 0.0
    words: Sequence[str] = ()


def weight_of(common: Common) -> float:
    """From 0 to 1."""
    apart = 1.0
    for part in _parts(common):
        apart *= 1 - min(part, 0.95)
    return 1 - apart


def _parts(common: Common) -> Iterable[float]:
    yield CITED * (common.cites or common.cited)
    yield TOGETHER * (1 - 0.5**common.together)
    yield READERS * min(1.0, common.readers)
    yield from (DATASET * rarity for rarity in common.datasets.values())
    yield from (TAG * rarity for rarity in common.tags.values())
    yield from (LIBRARY * rarity for rarity in _unusual(common).values())
    yield LIKE * (common.likeness if is_alike(common) else 0.0)


def is_alike(common: Common) -> bool:
    return common.likeness >= ALIKE and len(common.words) >= AT_LEAST


def _unusual(common: Common) -> dict[str, float]:
    return {name: rarity for name, rarity in common.libraries.items() if rarity >= UNUSUAL}


def reasons_of(common: Common) -> dict[str, Any]:
    """What is kept, and said by reasons.py: names, the rarest first."""
    said: dict[str, Any] = {
        "cites": common.cites,
        "cited": common.cited,
        "datasets": _rarest(common.datasets),
        "tags": _rarest(common.tags),
        "libraries": _rarest(_unusual(common)),
        "together": common.together > 0,
        "readers": common.readers > 0,
        "words": list(common.words[:3]) if is_alike(common) else [],
    }
    return {reason: value for reason, value in said.items() if value}


def _rarest(names: Mapping[str, float]) -> list[str]:
    return sorted(names, key=lambda name: (-names[name], name))[:5]


def chosen(weights: Mapping[int, float], near: Iterable[int]) -> list[int]:
    """The other posts to keep, the heaviest first: KEPT, and as many of those `near`, which all see."""
    in_order = sorted((post for post in weights if weights[post] >= LEAST), key=lambda at: (-weights[at], at))
    seen = set(near)
    kept = {*in_order[:KEPT], *[post for post in in_order if post in seen][:KEPT]}
    return [post for post in in_order if post in kept]
