"""PURE. The numbers that were read one after the other -> whether the last is as was to be expected.

Two kinds of limits: those that the author declares (`Fixed`), and those that the history itself sets, as the
individuals and moving range chart has them (`Control`). `watch` judges a history by both.
"""

from knowledge.watching.alike import contradict, is_correction, is_of_one_day, is_repeated, is_same
from knowledge.watching.control import BASELINE, LEAST, Control, control_of
from knowledge.watching.fixed import Fixed
from knowledge.watching.history import Break, Watched, watch
from knowledge.watching.repeats import measured
from knowledge.watching.words import figure, message, messages

__all__ = [
    "BASELINE",
    "LEAST",
    "Break",
    "Control",
    "Fixed",
    "Watched",
    "contradict",
    "control_of",
    "figure",
    "is_correction",
    "is_of_one_day",
    "is_repeated",
    "is_same",
    "measured",
    "message",
    "messages",
    "watch",
]
