"""Limits that authors declare, limits that a history sets, and which readings break them."""

import random
from math import inf, nan

import pytest

from knowledge.watching import BASELINE, LEAST, Control, Fixed, control_of, measured, message, watch
from knowledge.watching.western import broken
from knowledge.watching.words import WORDS, figure

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten flow rates, their mean 50.81 and mean moving
# range 1.8778, and the limits 55.8041 and 45.8159.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
STEADY = [10.0, 11.0, 9.0, 10.0, 12.0, 10.0, 9.0, 11.0, 10.0, 8.0]  # mean 10, moving ranges 1 to 2
NONE = Fixed()


def rules(values: list[float], fixed: Fixed = NONE) -> list[str]:
    return [each.rule for each in watch(values, fixed).outside]


def test_the_limits_of_the_handbooks_example_are_its_limits() -> None:
    ranges = [2.0, 2.3, 1.4, 3.5, 3.4, 1.4, 0.2, 1.2, 1.5]
    assert sum(ranges) / 9 == pytest.approx(1.8778, abs=5e-5)
    found = control_of(FLOW)
    assert found is not None
    assert found.centre == pytest.approx(50.81)
    assert found.sigma == pytest.approx(sum(ranges) / 9 / 1.128)
    assert found.low == pytest.approx(45.8159, abs=5e-4)
    assert found.high == pytest.approx(55.8041, abs=5e-4)
    assert found.readings == 10


def test_nothing_is_said_before_there_are_enough() -> None:
    assert watch([], NONE).outside == ()
    for count in range(1, LEAST + 1):
        found = watch([*FLOW[: count - 1], 1e6], NONE)
        assert (found.control, found.outside) == (None, ())
    assert rules([*FLOW, 1e6]) == ["beyond-limits"]


def test_a_reading_has_no_say_in_the_limits_that_it_is_judged_by() -> None:
    usual = watch([*FLOW, 51.0], NONE)
    outlier = watch([*FLOW, 1e6], NONE)
    assert usual.control == outlier.control == control_of(FLOW)
    assert usual.outside == ()
    (found,) = outlier.outside
    assert (found.rule, found.side, found.readings) == ("beyond-limits", "above", (10,))
    assert found.limit == pytest.approx(55.8041, abs=5e-4)


def test_an_outlier_has_none_in_those_that_follow() -> None:
    after = watch([*FLOW, 1e6, 50.0, 52.0], NONE)
    assert after.outside == ()
    assert after.control is not None
    assert after.control.centre == pytest.approx((sum(FLOW) + 50.0) / 11)
    assert after.control.readings == 11


def test_limits_stay_once_they_rest_on_enough() -> None:
    values = (FLOW * 10)[: BASELINE + 30]
    assert watch(values, NONE).control == control_of(values[:BASELINE])


def test_limits_stay_where_readings_between_are_left_out() -> None:
    """And no rule looks over the gap: what is before it doesn't follow on what is after."""
    values = [*STEADY, *STEADY, *[14.0] * 7, *[30.0] * 30]
    whole = watch(values, NONE)
    cut = watch([*values[:27], *values[-10:]], Fixed(max_change=1), early=27, has_gap=True)
    assert cut.control == whole.control == control_of(values[:BASELINE])
    assert [each.rule for each in cut.outside] == [each.rule for each in whole.outside]
    assert [each.rule for each in cut.breaks[27]] == ["beyond-limits"]
    few = watch([*STEADY, *values[-10:]], NONE, early=10, has_gap=True)
    assert few.control == control_of(STEADY)


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ([("", 1), ("", 1), ("", 2), ("", 1)], [1, 2, 3]),
        ([("May", 1), ("June", 1), ("June", 1), ("July", 1)], [0, 2, 3]),
        ([("May", 1), ("June", 2), ("May", 3)], [1, 2]),  # put right
        ([("May", 1), ("", 1), ("", 2)], [1, 2]),
        ([], []),
    ],
)
def test_what_is_said_again_is_one_measurement(said: list[tuple[str, float]], places: list[int]) -> None:
    assert measured(said) == places


ONE = Control(0.0, 1.0, 20)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], {}),
        ([3.1], {"beyond-limits": [0]}),
        ([-3.1], {"beyond-limits": [0]}),
        ([3.1, 0.0], {}),  # the last is none of them
        ([2.1, 0.0, 2.2], {"two-of-three": [0, 2]}),
        ([2.1, 0.0, -2.2], {}),  # not on one side
        ([2.1, 0.0, 0.0, 2.2], {}),
        ([1.1, 1.2, 0.0, 1.3, 1.4], {"four-of-five": [0, 1, 3, 4]}),
        ([-1.1, -1.2, 0.0, -1.3, -1.4], {"four-of-five": [0, 1, 3, 4]}),
        ([1.1, 1.2, 1.4, 1.3, 0.9], {}),
        ([0.1] * 8, {"eight-in-a-row": list(range(8))}),
        ([-0.1] * 9, {"eight-in-a-row": list(range(1, 9))}),
        ([0.1] * 7, {}),
        ([0.1] * 4 + [0.0] + [0.1] * 4, {}),  # on the centre is on no side
        ([2.1, 3.5], {"beyond-limits": [1]}),
        ([0.1, 2.1, 3.5], {"beyond-limits": [2], "two-of-three": [1, 2]}),
    ],
)
def test_the_rules_of_western_electric(values: list[float], expected: dict[str, list[int]]) -> None:
    assert {rule.name: places for rule, _, places in broken(values, ONE)} == expected


def test_a_run_that_drifts_is_found_although_none_is_beyond_the_limits() -> None:
    found = watch([*STEADY, *STEADY, *[10.5] * 8], NONE)
    (run,) = found.outside
    assert (run.rule, run.readings) == ("eight-in-a-row", tuple(range(20, 28)))
    assert run.limit == pytest.approx(10.0)
    assert found.breaks[26] == ()


@pytest.mark.parametrize(
    ("values", "said", "expected"),
    [
        ([0.1], {"min": 0.1, "max": 0.1}, []),
        ([0.09], {"min": 0.1}, ["below-min"]),
        ([0.11], {"max": 0.1}, ["above-max"]),
        ([0.3, 0.4], {"max_change": 0.1}, []),  # although 0.4 - 0.3 > 0.1 of floats
        ([0.3, 0.41], {"max_change": 0.1}, ["changed-too-much"]),
        ([0.41, 0.3], {"max_change": 0.1}, ["changed-too-much"]),
        ([0.41, 0.3], {"max_change": -0.1}, ["changed-too-much"]),
        ([0.41, 0.41], {"max_change": 0}, []),
        ([5.0], {"max_change": 0}, []),
        ([9.0, 1.0], {"min": 2, "max_change": 3}, ["below-min", "changed-too-much"]),
        ([9.0], {"min": "2", "max": True, "max_change": None}, []),
    ],
)
def test_limits_that_the_author_declares(
    values: list[float], said: dict[str, object], expected: list[str]
) -> None:
    assert rules(values, Fixed.of(said)) == expected


@pytest.mark.parametrize(
    "values",
    [
        [7.0] * 30,
        [*[7.0] * 20, 8.0, 8.0],  # it moved once: that says nothing of how much it moves
        [0.1 + 0.2, 0.3] * 10 + [0.31],  # what varies is the arithmetic
        [1e308, -1e308] * 10,
        [inf, -inf, nan] * 10,
        [*FLOW, inf],
        [*FLOW, nan],
    ],
)
def test_what_says_nothing_of_what_is_usual_sets_no_limits(values: list[float]) -> None:
    assert rules(values) == []


def test_a_limit_on_changes_bears_numbers_of_any_size() -> None:
    assert rules([1e308, -1e308], Fixed.of({"max_change": 10})) == ["changed-too-much"]
    assert rules([inf, 1.0, nan, 1.0], Fixed.of({"max_change": 10, "min": 2})) == ["below-min"]


def test_an_infinite_one_spoils_nothing_for_others() -> None:
    assert watch([inf, *FLOW, nan, 51.0], NONE).control == control_of(FLOW)


def test_the_last_alone_is_judged_as_with_all_others() -> None:
    chance = random.Random(4)
    for _ in range(50):
        values = [chance.gauss(100, 5) + (30 if chance.random() < 0.1 else 0) for _ in range(60)]
        for count in (1, 11, 15, 40, 60):
            whole = watch(values[:count], NONE)
            assert watch(values[:count], NONE, last_only=True).outside == whole.outside
            assert watch(values, NONE).breaks[count - 1] == whole.outside


def test_the_unit_that_a_number_is_told_in_changes_nothing() -> None:
    chance = random.Random(5)
    values = [chance.gauss(0, 1) for _ in range(60)]
    told = [[(each.rule, each.readings) for each in those] for those in watch(values, NONE).breaks]
    scaled = [1e6 + 1000 * value for value in values]
    assert [[(each.rule, each.readings) for each in those] for those in watch(scaled, NONE).breaks] == told
    turned = watch([-value for value in values], NONE).breaks
    assert [[(each.rule, each.readings) for each in those] for those in turned] == told


def test_what_goes_on_as_it_did_is_rarely_found_beyond_its_limits() -> None:
    """Of a thousand readings of one process under three in a hundred, and of one that moved nearly all."""
    chance = random.Random(6)
    alarms = shifted = 0
    for _ in range(50):
        values = [chance.gauss(0, 1) for _ in range(40)]
        alarms += sum(
            any(it.rule == "beyond-limits" for it in those) for those in watch(values, NONE).breaks[20:]
        )
        shifted += "beyond-limits" in rules([*values, 6.0])
    assert alarms < 30
    assert shifted > 45


def test_every_rule_has_words() -> None:
    broken_rules = {each.rule for each in watch([*STEADY, *STEADY, 10.5, *[30.0] * 9], NONE).outside}
    assert broken_rules == {"beyond-limits", "two-of-three", "four-of-five", "eight-in-a-row"}
    assert broken_rules | {"below-min", "above-max", "changed-too-much"} == set(WORDS)
    said = message("beyond-limits", 55.8041, "above")
    assert said == "It is above 55.8, the upper limit that its own history sets."
    assert message("gone", 1.0) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.14349, "0.1435"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (1234567.8, "1,234,568"),
        (100.0, "100"),
        (1e300, "1e+300"),
        (inf, "inf"),
    ],
)
def test_numbers_are_written_for_people(value: float, said: str) -> None:
    assert figure(value) == said
