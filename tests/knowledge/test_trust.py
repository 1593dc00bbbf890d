"""What can be relied on."""

from datetime import date
from itertools import pairwise

import pytest

from knowledge.trust import WORDS, Facts, facts_of_post, trust_of

AGAINST = {
    "withdrawn": {"is_withdrawn": True},
    "archived": {"is_archived": True},
    "superseded": {"is_superseded": True},
    "suspect": {"suspect": ["orders"]},
    "unusual": {"outside": ["It is above its upper limit, 3."]},
    "stale": {"due": date(2026, 6, 3)},
    "unproven": {"run": ["out-of-order"]},
    "unreviewed": {},
}


def test_what_was_approved_and_has_nothing_against_it_is_sound() -> None:
    trust = trust_of(Facts(approvers=["Bob", "Carol", "Dana"]))
    assert (trust.word, trust.tone, trust.next) == ("sound", "good", "")
    assert trust.reasons == ("Approved by Bob, Carol and Dana.",)


@pytest.mark.parametrize("word", AGAINST)
def test_each_thing_against_it_has_a_word_a_reason_and_something_to_do(word: str) -> None:
    trust = trust_of(Facts(**AGAINST[word]))  # type: ignore[arg-type]
    assert trust.word == word
    assert trust.reasons[0].endswith(".")
    assert trust.next.endswith(".")
    assert trust.label == WORDS[word][0]


@pytest.mark.parametrize(("heavier", "lighter"), list(pairwise(list(AGAINST)[:-1])))
def test_the_heaviest_is_the_word_and_all_are_reasons(heavier: str, lighter: str) -> None:
    trust = trust_of(Facts(**AGAINST[heavier], **AGAINST[lighter], approvers=["Bob"]))  # type: ignore[arg-type]
    assert trust.word == heavier
    assert len(trust.reasons) == 3
    assert trust.reasons[-1] == "Approved by Bob."


def test_findings_that_say_nothing_of_the_run_are_no_reasons() -> None:
    assert trust_of(Facts(run=["local-path", "missing-tldr"], approvers=["Bob"])).word == "sound"


def test_late_data_is_stale_and_says_which() -> None:
    notes = [{"kind": "late", "name": "orders"}, {"kind": "suspect", "name": "returns"}]
    facts = facts_of_post("published", due=None, run=(), data_notes=notes[:1], approvers=["Bob"])
    trust = trust_of(facts)
    assert (trust.word, trust.reasons[0]) == (
        "stale",
        "The data orders wasn't checked for longer than expected.",
    )
    both = trust_of(facts_of_post("published", due=None, run=(), data_notes=notes, approvers=["Bob"]))
    assert (both.word, len(both.reasons)) == ("suspect", 3)


def test_days_and_data_are_named() -> None:
    trust = trust_of(Facts(due=date(2026, 6, 3), suspect=["orders", "returns"]))
    assert trust.reasons == (
        "The data orders failed a check, and nobody has cleared it yet.",
        "The data returns failed a check, and nobody has cleared it yet.",
        "It was to be looked at again by 3 June 2026.",
        "Nobody has reviewed it.",
    )
