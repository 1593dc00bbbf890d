from math import log2

import pytest

from benchmarks.relevance.measures import interval, ndcg, recall

GRADES = {"best": 3, "good": 2, "near": 1}
IDEAL = 7 + 3 / log2(3) + 1 / 2


def test_the_best_order_gains_all_there_is():
    assert ndcg(["best", "good", "near", "other"], GRADES) == 1.0


def test_gains_grow_by_powers_of_two_and_shrink_with_the_place():
    assert ndcg(["near", "other", "best"], GRADES) == pytest.approx((1 + 7 / 2) / IDEAL)
    assert ndcg(["other", "good"], GRADES) == pytest.approx(3 / log2(3) / IDEAL)


def test_what_is_found_twice_gains_once_and_takes_one_place():
    assert ndcg(["good", "good", "best"], GRADES) == ndcg(["good", "best"], GRADES)


def test_only_the_first_places_count():
    assert ndcg(["other", "best"], GRADES, k=1) == 0.0
    assert ndcg(["best"], {"best": 3, "too": 3}, k=1) == 1.0, "nor is more asked for than there is room"
    assert recall([*"abcdefghij", "good"], GRADES) == 0.0


def test_recall_asks_for_good_answers_only():
    assert recall(["near", "good"], GRADES) == 0.5
    assert recall(["best", "good"], GRADES) == 1.0


def test_nothing_found_and_nothing_to_be_found_are_worth_nothing():
    assert ndcg([], GRADES) == recall([], GRADES) == 0.0
    assert ndcg(["other"], {}) == recall(["other"], {"near": 1}) == 0.0


def test_the_interval_of_equal_values_is_a_point_and_that_of_others_holds_their_mean():
    assert interval([0.5] * 20) == (0.5, 0.5)
    low, high = interval([0.0, 1.0] * 50)
    assert 0.3 < low < 0.5 < high < 0.7
