"""How near posts are to each other, and how that is said."""

import pytest

from knowledge.relating.reasons import said, turned
from knowledge.relating.scoring import (
    LEAST,
    Common,
    Word,
    chosen,
    likeness,
    rare,
    reasons_of,
    telling,
    weight_of,
)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (Common(cites=True), Common(tags={"pricing": 1.0})),
        (Common(datasets={"shop.orders": 0.9}), Common(libraries={"pandas": 0.9})),
        (Common(tags={"churn": 0.9}), Common(tags={"report": 0.2})),
        (Common(tags={"churn": 0.5, "price": 0.5}), Common(tags={"churn": 0.5})),
        (Common(likeness=0.8, words=["a", "b", "c"]), Common(likeness=0.3, words=["a", "b", "c"])),
        (Common(readers=0.8), Common(readers=0.2)),
        (Common(together=3), Common(together=1)),
        (Common(datasets={"shop.orders": 1.0}), Common(libraries=dict.fromkeys("abcdefgh", 0.4))),
    ],
)
def test_what_counts_for_more(nearer: Common, farther: Common) -> None:
    assert 1 > weight_of(nearer) > weight_of(farther)


@pytest.mark.parametrize(
    "common",
    [
        Common(),
        Common(libraries={"pandas": 0.05, "numpy": 0.04}),
        Common(tags={"report": 0.2}),
        Common(likeness=0.15, words=["a", "b", "c"]),  # any two long texts
        Common(likeness=0.9, words=["a", "b"]),
    ],
)
def test_what_all_have_in_common_is_nothing(common: Common) -> None:
    assert weight_of(common) < LEAST


def test_rarity_goes_from_what_two_have_to_what_all_have() -> None:
    assert rare(2, 100_000) == 1
    assert rare(1, 2) == 1
    assert 0.4 < rare(500, 100_000) < 0.6
    assert rare(100_000, 100_000) < 0.01


def test_telling_words_are_rare_and_repeated_and_name_the_post() -> None:
    words = [
        Word("onc", "once", 1, False, 20),
        Word("titl", "title", 1, True, 90),
        Word("cohort", "cohorts", 9, False, 20),
        Word("hazard", "hazard", 9, True, 20),
        Word("uniqu", "unique", 9, True, 1),
        Word("data", "data", 99, True, 600),
    ]
    assert [word.word for word in telling(words, of=1_000)] == ["hazard", "cohorts", "title"]
    assert [word.word for word in telling(words, of=1_000, most=1)] == ["hazard"]


def test_likeness_is_the_share_of_telling_words() -> None:
    assert likeness([2.0, 1.0, 1.0], [0, 1, 2], [0, 1, 2]) == 1
    assert likeness([2.0, 1.0, 1.0], [0], []) == pytest.approx(0.3)
    assert likeness([], [], []) == 0


def test_those_that_all_see_have_places_of_their_own() -> None:
    weights = {post: 0.9 - post / 100 for post in range(1, 31)} | {99: LEAST / 2}
    assert chosen(weights, near=[25, 99]) == [*range(1, 11), 25]


def test_reasons_are_said_in_words() -> None:
    common = Common(
        cites=True,
        datasets={"shop.orders": 0.9},
        tags={"pricing": 0.5, "churn": 0.8},
        libraries={"pandas": 0.1, "lifelines": 0.9},
        together=1,
        readers=0.2,
        likeness=0.7,
        words=["cohort", "hazard", "leaving"],
    )
    assert said(reasons_of(common)) == [
        "Cites this post",
        "Uses shop.orders too",
        "Also about churn and pricing",
        "Readers of this read it too",
        "Cited together with this post",
        "Speaks of cohort, hazard and leaving too",
        "Works with lifelines too",
    ]
    assert said(turned({"cites": True, "tags": ["a", "b", "c", "d", "e"]})) == [
        "Cited by this post",
        "Also about a, b, c and 2 more",
    ]
