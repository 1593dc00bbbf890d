"""Which line (or paragraph, or row) of one text became which of the other."""

from collections.abc import Hashable, Sequence

from knowledge.diffing.sequences import Effort, common
from knowledge.diffing.words import bag, likeness

Match = tuple[int | None, int | None, bool]  # (place in old, place in new, whether they are equal)

_KIN = 0.35
_MOST = 2_500  # pairs to be looked at in one place


def paired(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    effort: Effort,
    *,
    old_words: Sequence[str],
    new_words: Sequence[str],
) -> list[Match]:
    """Every element of both once, in order. `*_words` are what elements that differ are matched by."""
    matches: list[Match] = []
    i = j = 0
    for next_i, next_j in [*common(old, new, effort), (len(old), len(new))]:
        matches += _kin(range(i, next_i), range(j, next_j), old_words, new_words, effort)
        if next_i < len(old):
            matches.append((next_i, next_j, True))
        i, j = next_i + 1, next_j + 1
    return matches


def _kin(
    old: range, new: range, old_words: Sequence[str], new_words: Sequence[str], effort: Effort
) -> list[Match]:
    """Between two places that are the same: who resembles whom, in order; those left are taken out or new."""
    pairs = _best_pairs(old, new, old_words, new_words, effort) if old and new else []
    matches: list[Match] = []
    i, j = old.start, new.start
    for next_i, next_j in [*pairs, (old.stop, new.stop)]:
        matches += [(place, None, False) for place in range(i, next_i)]
        matches += [(None, place, False) for place in range(j, next_j)]
        if next_i < old.stop:
            matches.append((next_i, next_j, False))
        i, j = next_i + 1, next_j + 1
    return matches


def _best_pairs(
    old: range, new: range, old_words: Sequence[str], new_words: Sequence[str], effort: Effort
) -> list[tuple[int, int]]:
    if len(old) == len(new) == 1:
        return [(old[0], new[0])]
    if len(old) * len(new) > _MOST or not effort.spend(len(old) * len(new) * 40):
        return list(zip(old, new, strict=False))
    bags = [bag(new_words[j]) for j in new]
    alike = [[likeness(bag(old_words[i]), b) for b in bags] for i in old] if bags else []
    # best[i][j]: the likeness that can be had of what comes from i and j on
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            both = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _KIN else 0.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _KIN and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
