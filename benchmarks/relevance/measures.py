"""nDCG and recall, as they are commonly defined, and how sure their mean is."""

import math
import random
import statistics
from collections.abc import Iterable, Mapping, Sequence

RELEVANT = 2  # a good answer; 1 only touches it
RESAMPLES = 2_000


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Gain 2^grade - 1, discounted by log2 of the place + 1, as a share of the best order's. 0 to 1.

    A path that is found twice counts where it stands first.
    """
    best = sorted(grades.values(), reverse=True)
    ideal = _discounted(best[:k])
    return _discounted(grades.get(path, 0) for path in _once(ranked)[:k]) / ideal if ideal else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int = 10) -> float:
    """Of the documents that are good answers, the share among the first `k`."""
    wanted = {path for path, grade in grades.items() if grade >= RELEVANT}
    return len(wanted.intersection(_once(ranked)[:k])) / len(wanted) if wanted else 0.0


def interval(values: Sequence[float], *, share: float = 0.95) -> tuple[float, float]:
    """Between what the mean would lie with other queries like these: a bootstrap, the same at each run."""
    dice = random.Random(1)
    means = sorted(statistics.fmean(dice.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = round((1 - share) / 2 * RESAMPLES)
    return means[cut], means[-cut - 1]


def _once(ranked: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(ranked))


def _discounted(grades: Iterable[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, start=1))
