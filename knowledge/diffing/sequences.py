"""What two sequences have in common: trimmed ends, then what is unique to both, then Myers for the rest."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence

from knowledge.diffing import limits
from knowledge.rendering.patience import Patience

Pair = tuple[int, int]


class Effort:
    """Steps that are left for a pair of documents; without any, what differs is taken as a whole.

    `patience` limits what libraries do for us, whose steps can't be counted.
    """

    def __init__(self, steps: int = limits.STEPS) -> None:
        self.left = steps
        self.patience = Patience()

    def spend(self, steps: int) -> bool:
        """Whether there were so many left; if not, nothing is spent."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


def common(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[Pair]:
    """Places of equal elements, (in old, in new), both rising."""
    pairs: list[Pair] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, a_end, b, b_end = waiting.pop()
        while a < a_end and b < b_end and old[a] == new[b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            pairs.append((a_end, b_end))
        if a == a_end or b == b_end or not effort.spend(a_end - a + b_end - b):
            continue
        anchors = rising(_unique(old, a, a_end, new, b, b_end))
        if not anchors:
            pairs += [(a + i, b + j) for i, j in _myers(old[a:a_end], new[b:b_end], effort)]
            continue
        for i, j in anchors:
            waiting.append((a, i, b, j))
            pairs.append((i, j))
            a, b = i + 1, j + 1
        waiting.append((a, a_end, b, b_end))
    return sorted(pairs)


def _unique(
    old: Sequence[Hashable], a: int, a_end: int, new: Sequence[Hashable], b: int, b_end: int
) -> list[Pair]:
    """Elements that are there once on either side, in the order of `old`."""
    in_old, in_new = Counter(old[a:a_end]), Counter(new[b:b_end])
    places = {new[j]: j for j in range(b, b_end) if in_new[new[j]] == 1}
    return [(i, places[old[i]]) for i in range(a, a_end) if in_old[old[i]] == 1 and old[i] in places]


def rising(pairs: list[Pair]) -> list[Pair]:
    """The most of `pairs`, which rise on the first side, that rise on the second too."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for place, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(j)
            at.append(place)
        else:
            ends[length], at[length] = j, place
    kept: list[Pair] = []
    place = at[-1] if at else -1
    while place >= 0:
        kept.append(pairs[place])
        place = before[place]
    return kept[::-1]


def _myers(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[Pair]:
    """The fewest differences, by Myers' greedy way; nothing in common where they are too many."""
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for distance in range(min(len(old) + len(new), limits.DIFFERENCES) + 1):
        if not effort.spend(2 * distance + 1):
            return []
        trace.append(furthest)
        reached: dict[int, int] = {}
        for k in range(-distance, distance + 1, 2):
            i = _start(furthest, k, distance)
            first = i
            while i < len(old) and i - k < len(new) and old[i] == new[i - k]:
                i += 1
            effort.left -= i - first
            reached[k] = i
            if i >= len(old) and i - k >= len(new):
                return _walked_back(trace, distance, k, i)
        furthest = reached
    return []


def _start(furthest: dict[int, int], k: int, distance: int) -> int:
    down = k == -distance or (k != distance and furthest[k - 1] < furthest[k + 1])
    return furthest[k + 1] if down else furthest[k - 1] + 1


def _walked_back(trace: list[dict[int, int]], distance: int, k: int, i: int) -> list[Pair]:
    pairs: list[Pair] = []
    while distance >= 0:
        start = _start(trace[distance], k, distance)
        pairs += [(place, place - k) for place in range(start, i)]
        if distance == 0:
            break
        came_down = k == -distance or (k != distance and trace[distance][k - 1] < trace[distance][k + 1])
        k += 1 if came_down else -1
        i = start if came_down else start - 1
        distance -= 1
    return pairs
