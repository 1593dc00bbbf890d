"""What a visit means: each case of the table."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.visiting import AGAIN, TOLD, Noted, Step, step

MARCH = datetime(2026, 3, 3, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def noted(*, came_at=MARCH, seen_at=None, is_told=False):
    return Noted(3, came_at, seen_at or came_at, is_told)


CASES = [
    ("a newer one", noted(), 7, timedelta(days=60), Step.NEWER),
    ("a newer one while told of another", noted(is_told=True), 4, MINUTE, Step.NEWER),
    ("an older one, as the newer was taken back", noted(is_told=True), 2, MINUTE, Step.ANEW),
    ("the same within the hour", noted(), 3, AGAIN - MINUTE, Step.NOTHING),
    ("the same an hour later", noted(), 3, AGAIN, Step.AGAIN),
    ("the same while told, at once", noted(is_told=True), 3, MINUTE, Step.NOTHING),
    ("the same while told, hours later", noted(is_told=True), 3, TOLD - MINUTE, Step.AGAIN),
    ("the same while told, a day later", noted(is_told=True), 3, TOLD, Step.FORGET),
    ("the same, a day later", noted(), 3, TOLD, Step.AGAIN),
]


@pytest.mark.parametrize(
    ("before", "number", "after", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_visit_is_noted_by_what_it_changes(before, number, after, expected):
    assert step(before, number, MARCH + after, is_theirs=False) == expected


def test_who_comes_back_again_and_again_has_it_for_a_day_all_the_same():
    busy = noted(seen_at=MARCH + TOLD - MINUTE, is_told=True)
    assert step(busy, 3, MARCH + TOLD, is_theirs=False) == Step.FORGET


def test_who_wrote_the_newer_one_knows_what_changed():
    assert step(noted(), 7, MARCH + TOLD, is_theirs=True) == Step.ANEW
