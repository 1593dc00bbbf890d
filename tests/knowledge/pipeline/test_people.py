"""Whom an import knew becomes somebody's account, and nobody else's."""

import pytest

from knowledge.models import AuditEvent, Space, User
from knowledge.pipeline.facts import People
from knowledge.pipeline.people import claim, welcome
from tests.cast import MakePost, make_user


def unclaimed(username: str, **fields: str) -> User:
    return make_user(username, email="", is_active=False, unclaimed=True, **fields)


def test_the_first_sign_in_with_a_verified_address_gets_the_account(db: None) -> None:
    sally = unclaimed("sally", imported_email="Sally@Meridian.example")
    person = welcome(verified=["sally@meridian.example"], username="somebody")
    assert person == sally
    assert person is not None
    assert (person.is_active, person.unclaimed) == (True, False)
    assert AuditEvent.objects.get().action == "person.welcome"


def test_the_first_sign_in_with_the_same_user_name_gets_the_account(db: None) -> None:
    sally = unclaimed("sally")
    assert welcome(verified=[], username="Sally") == sally


def test_a_user_name_is_not_enough_for_someone_whose_address_is_known(db: None) -> None:
    sally = unclaimed("sally", imported_email="sally@meridian.example")
    assert welcome(verified=["mallory@meridian.example"], username="sally") is None
    assert welcome(verified=["sally@meridian.example"], username="other") == sally


def test_the_address_says_more_than_the_user_name(db: None) -> None:
    unclaimed("sally")
    other = unclaimed("smarts", imported_email="sally@meridian.example")
    assert welcome(verified=["sally@meridian.example"], username="sally") == other


def test_nobody_is_welcomed_twice(db: None) -> None:
    unclaimed("sally", imported_email="sally@meridian.example")
    assert welcome(verified=["sally@meridian.example"], username="sally")
    assert welcome(verified=["sally@meridian.example"], username="sally") is None


def test_a_closed_account_is_nobodys_to_claim(db: None) -> None:
    make_user("sally", is_active=False)
    assert welcome(verified=["sally@meridian.example"], username="sally") is None
    assert not User.objects.get().is_active


def test_whoever_has_an_account_by_that_address_gets_no_second_one(db: None, alice: User) -> None:
    unclaimed("sally")
    assert welcome(verified=[alice.email], username="sally") is None


@pytest.mark.parametrize(
    "lookalike", ["\u017fally", "SA\u013fLY", "\u0455ally", "ally", "s_lly", "sally\u200b"]
)
def test_a_user_name_that_only_looks_alike_claims_nobody(db: None, lookalike: str) -> None:
    """PostgreSQL's UPPER makes an S of U+017F, as it does of s."""
    unclaimed("sally")
    assert welcome(verified=[], username=lookalike) is None


def test_an_address_that_only_looks_alike_claims_nobody(db: None, make_post: MakePost, growth: Space) -> None:
    kim = unclaimed("kim", imported_email="kim@meridian.example")
    make_post(growth, authors=(kim,))
    stranger = make_user("stranger")
    assert welcome(verified=["\u212aim@meridian.example"], username="") is None
    claim(by=stranger, verified="\u212aim@meridian.example")
    assert not stranger.authorships.exists()


def test_letters_beyond_ascii_are_claimed_as_they_are_written(db: None) -> None:
    ozge = unclaimed("özge", imported_email="özge@meridian.example")
    other = unclaimed("żaneta")
    assert welcome(verified=["özge@meridian.example"], username="") == ozge
    assert welcome(verified=[], username="żaneta") == other


def test_no_address_is_no_address_in_common(db: None) -> None:
    unclaimed("sally")
    assert welcome(verified=[""], username="") is None


def test_a_confirmed_address_brings_what_was_written_under_it(
    make_post: MakePost, growth: Space, alice: User
) -> None:
    sally = unclaimed("sally", imported_email=alice.email)
    post = make_post(growth, authors=(sally,))
    claim(by=alice, verified=alice.email.upper())
    assert post.authorships.get().user == alice
    sally.refresh_from_db()
    assert (sally.is_active, sally.unclaimed, sally.claimed_by) == (False, False, alice)


def test_headers_that_spell_the_name_an_import_knew_mean_the_account(db: None, alice: User) -> None:
    unclaimed("sally", imported_email=alice.email)
    claim(by=alice, verified=alice.email)
    assert People(["sally"]).find("sally") == alice


def test_a_shared_full_name_of_one_person_is_still_theirs(db: None, alice: User) -> None:
    unclaimed("sally", imported_email=alice.email, name=alice.name)
    claim(by=alice, verified=alice.email)
    assert People([alice.name]).find(alice.name) == alice


def test_whoever_only_says_an_address_is_theirs_is_not_credited_with_it(db: None) -> None:
    sally = unclaimed("sally", imported_email="sally@meridian.example")
    make_user("mallory", email="sally@meridian.example")
    assert People(["sally@meridian.example"]).find("sally@meridian.example") == sally
