"""The limits that a history sets by itself: the individuals and moving range chart (XmR).

The centre is the mean, a standard deviation the mean moving range over d2 = 1.128; the limits lie three of
those from the centre. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, "Individuals Control
Charts"; D. J. Wheeler, "Understanding Variation", 1993.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, isfinite

D2 = 1.128  # the mean range of two values of a normal distribution, in standard deviations
# Readings that limits need, and that they rest on at the most. A standard deviation from n of them has about
# 0.62 (n - 1) degrees of freedom (Wheeler), so that it is known to 30 % from 10, to 21 % from 20, and hardly
# better from more; from fewer than 10 the limits say more of chance than of the number.
LEAST, BASELINE = 10, 20
NOISE = 1e-9  # a variation of less than this part of the values is one of arithmetic
# Changes that limits need: a number that stood still but for once or twice doesn't say how much it moves.
CHANGES = 3


@dataclass(frozen=True, slots=True)
class Control:
    """`readings` is how many it rests on; `sigma` a standard deviation, above zero."""

    centre: float
    sigma: float
    readings: int

    @property
    def low(self) -> float:
        return self.centre - 3 * self.sigma

    @property
    def high(self) -> float:
        return self.centre + 3 * self.sigma

    def zone(self, value: float) -> float:
        """How many standard deviations it lies from the centre, below as a negative number."""
        return (value - self.centre) / self.sigma


def control_of(values: Sequence[float], ranges: Sequence[float] | None = None) -> Control | None:
    """Of LEAST values or more; `ranges` are the moving ranges among them, where not all follow one another.

    None where too few of them differ, and where they are too large to reckon with.
    """
    if len(values) < LEAST:
        return None
    if ranges is None:
        ranges = [abs(after - before) for before, after in pairwise(values)]
    least = NOISE * max(map(abs, values))
    if sum(each > least for each in ranges) < CHANGES:
        return None
    try:
        found = Control(fsum(values) / len(values), fsum(ranges) / len(ranges) / D2, len(values))
    except (OverflowError, ValueError):  # of infinities
        return None
    return found if isfinite(found.low) and isfinite(found.high) else None
