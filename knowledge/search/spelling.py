"""Words that were mistyped: found by what is left of them when letters are taken out, then measured.

Two words that are at most two slips apart (a letter too many, too few, another, or two that changed places)
share a form of their first letters with at most two taken out (the method that its author, Wolf Garbe, calls
SymSpell). The forms are kept as numbers, which an index finds.
"""

import zlib
from collections.abc import Mapping
from itertools import combinations

FIRST = 7
MIN_LENGTH, MAX_LENGTH = 3, 40


def is_correctable(word: str) -> bool:
    return MIN_LENGTH < len(word) <= MAX_LENGTH and any(character.isalpha() for character in word)


def keys(word: str) -> list[int]:
    """At most 29 numbers (of 32 bits, signed) for a folded word."""
    head = word[:FIRST]
    left = {head}
    for count in range(1, slips(word) + 1):
        left |= {"".join(kept) for kept in combinations(head, len(head) - count)}
    return sorted({zlib.crc32(form.encode()) - 2**31 for form in left})


def slips(word: str) -> int:
    """How many are forgiven."""
    return 1 if len(word) < 6 else 2


def distance(one: str, other: str, most: int) -> int:
    """Damerau's, of neighbours that change places once; `most` + 1 for anything further."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = row, before, [at]
        for place, facing in enumerate(other, 1):
            cost = min(row[-1] + 1, before[place] + 1, before[place - 1] + (letter != facing))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == facing:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def nearest(word: str, known: Mapping[str, int], *, most: int = 3) -> list[str]:
    """Of `known` words, and how many posts hold each, those that were meant; the likeliest first."""
    found = []
    for candidate, posts in known.items():
        away = distance(word, candidate, slips(word))
        if 0 < away <= slips(word):
            starts_alike = word[:1] == candidate[:1]
            found.append((away - 0.5 * starts_alike, -posts, candidate))
    return [candidate for _, _, candidate in sorted(found)[:most]]
