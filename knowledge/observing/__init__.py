"""PURE: what tools that check data put out, to observations: which dataset, when, whether all was well.

A reader per tool, registered in reading.TOOLS. They are lenient with what surrounds a result and strict with
what decides it: where that is missing, or nothing was checked, NotUnderstood says what is expected.
"""

from knowledge.observing.names import LONGEST, hours_of, in_words, key_of, mended
from knowledge.observing.observed import Check, NotUnderstood, Observed, Outcome
from knowledge.observing.reading import TOOLS, read, read_all

__all__ = [
    "LONGEST",
    "TOOLS",
    "Check",
    "NotUnderstood",
    "Observed",
    "Outcome",
    "hours_of",
    "in_words",
    "key_of",
    "mended",
    "read",
    "read_all",
]
