"""What puts one post before another, and how that is said to who asks.

Each thing that was looked for counts by how rare it is, where it stands and how often; all of them together
count for more than some, and near each other for more than apart. What is approved and read is preferred a
little.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

HEAD, FULL = 1.0, 0.8
TITLE = 0.6  # all that was wanted in the title, more the more of the title it is
NEAR = 0.35
APPROVED, STALE = 0.05, -0.08
READ, FRESH = 0.05, 0.03  # at the most: for what many read and like these days, for what is new
READERS, DAYS = 20.0, 365.0  # of which half counts
A_DAY = 86_400


class Features(Protocol):
    """See knowledge/models/search_pool.py."""

    @property
    def head(self) -> Sequence[float]: ...
    @property
    def full(self) -> Sequence[float]: ...
    @property
    def titled(self) -> Sequence[bool]: ...
    @property
    def nearness(self) -> float: ...
    @property
    def title_length(self) -> int: ...
    @property
    def words(self) -> int: ...
    @property
    def popularity(self) -> float: ...
    @property
    def is_approved(self) -> bool: ...
    @property
    def is_stale(self) -> bool: ...
    @property
    def updated_at(self) -> float: ...


def rarity(posts: int, of: int) -> float:
    """How much a word counts that stands in so many posts (as BM25 weighs it)."""
    return math.log(1 + (max(of, posts) - posts + 0.5) / (posts + 0.5))


@dataclass(frozen=True, slots=True)
class Score:
    """`found` tells for each thing wanted whether it is there, `places` where: "title", "head" (a summary,
    heading, tag or name), "text" or "". `parts` are what the total is the sum of.
    """

    total: float
    found: tuple[bool, ...]
    parts: dict[str, float]
    places: tuple[str, ...] = ()


def score(
    post: Features, weights: Sequence[float], lengths: Sequence[int], *, average: float, now: float
) -> Score:
    """`weights` by rarity; `lengths` of what was wanted, in letters; `average` words of a post; moments in
    seconds since 1970.
    """
    named = inside = covered = titled = in_title = 0.0
    found, places = [], []
    for weight, length, head, full, is_titled in zip(
        weights, lengths, post.head, post.full, post.titled, strict=True
    ):
        is_there = head > 0 or full > 0
        found.append(is_there)
        places.append("title" if is_titled else "head" if head > 0 else "text" if is_there else "")
        named += weight * head
        inside += weight * full
        if is_there:
            covered += weight
            if is_titled:
                titled += weight
                in_title += length
    most = sum(weights) or 1.0
    # Long posts hold any word sooner or later.
    shortness = 1 / (0.75 + 0.25 * min(4.0, post.words / max(average, 1.0)))
    share = min(1.0, in_title / max(post.title_length, 1))
    near = min(1.0, post.nearness * 2) if len(weights) > 1 else 0.0
    words = (
        HEAD * named + FULL * inside * shortness + TITLE * titled * (0.5 + 0.5 * share) + NEAR * near * most
    )
    parts = {
        "words": words / most * (covered / most) ** 2,
        "read": READ * post.popularity / (post.popularity + READERS),
        "fresh": FRESH * 0.5 ** (max(0.0, now - post.updated_at) / A_DAY / DAYS),
        "approved": APPROVED if post.is_approved else 0.0,
        "stale": STALE if post.is_stale else 0.0,
    }
    return Score(sum(parts.values()), tuple(found), parts, tuple(places))


_PLACES = {
    "title": "{words} in its title",
    "head": "{words} in its summary, a heading, a tag or a name",
    "text": "{words} in its text, code or comments",
    "": "{words} nowhere in it",
}


def explain(score: Score, wanted: Sequence[str]) -> list[str]:
    """Why a post stands where it does, in short sentences; `wanted` are the words, as in `score.places`."""
    said = []
    for place, words in _PLACES.items():
        there = [f"“{word}”" for word, at in zip(wanted, score.places, strict=True) if at == place]
        if there:
            said.append(words.format(words=" and ".join(filter(None, [", ".join(there[:-1]), there[-1]]))))
    if score.parts.get("approved"):
        said.append("approved by reviewers")
    if score.parts.get("read", 0.0) > READ / 5:
        said.append("much read these days")
    if score.parts.get("fresh", 0.0) > FRESH / 1.2:
        said.append("new")
    if score.parts.get("stale"):
        said.append("due for another look, which puts it lower")
    return said
