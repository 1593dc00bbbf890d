"""An imported person and the account that they had all along become one."""

import pytest
from django.contrib.auth.models import Group

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Authorship, Membership, Role, Space, User
from knowledge.pipeline.facts import People
from knowledge.pipeline.merging import merge
from tests.cast import MakePost, make_user


@pytest.fixture
def sally(db: None) -> User:
    return make_user("sally", email="", is_active=False, unclaimed=True, imported_email="s@old.example")


@pytest.mark.parametrize("known_as", ["sally", "Sally", "S@old.example"])
def test_posts_and_the_old_name_become_the_accounts(
    make_post: MakePost, growth: Space, alice: User, sally: User, known_as: str
) -> None:
    post = make_post(growth, authors=(sally,))
    merged = merge(by=None, known_as=known_as, username="alice")
    assert (merged.posts, merged.is_news) == (1, True)
    assert post.authorships.get().user == alice
    people = People(["sally", "s@old.example"])
    assert people.find("sally") == people.find("s@old.example") == alice
    event = AuditEvent.objects.get()
    assert (event.action, event.detail["username"], event.detail["into"]) == (
        "person.merge",
        "sally",
        "alice",
    )


def test_a_post_that_both_wrote_names_the_account_once(
    make_post: MakePost, growth: Space, alice: User, sally: User
) -> None:
    post = make_post(growth, authors=(sally, alice))
    merge(by=None, known_as="sally", username="alice")
    assert post.authorships.get().user == alice


def test_of_two_roles_in_a_space_the_stronger_stays(
    growth: Space, finance: Space, alice: User, bob: User, sally: User
) -> None:
    Membership.objects.filter(space=finance, user=alice).delete()
    Membership.objects.create(space=growth, user=sally, role=Role.READER)
    Membership.objects.create(space=finance, user=sally, role=Role.READER)
    assert merge(by=None, known_as="sally", username="alice").spaces == ["finance"]
    roles = dict(Membership.objects.filter(user=alice).values_list("space__slug", "role"))
    assert roles == {"growth": "author", "finance": "reader"}
    assert not sally.memberships.exists()


def test_groups_come_along(alice: User, sally: User) -> None:
    analysts, both = (Group.objects.create(name=name) for name in ("analysts", "both"))
    sally.groups.add(analysts, both)
    alice.groups.add(both)
    assert merge(by=None, known_as="sally", username="alice").groups == ["analysts"]
    assert set(alice.groups.all()) == {analysts, both}


def test_a_second_merge_does_nothing(make_post: MakePost, growth: Space, alice: User, sally: User) -> None:
    make_post(growth, authors=(sally,))
    merge(by=None, known_as="sally", username="alice")
    again = merge(by=None, known_as="sally", username="alice")
    assert (again.posts, again.spaces, again.groups, again.is_news) == (0, [], [], False)
    assert AuditEvent.objects.count() == 1


def test_a_dry_run_tells_and_writes_nothing(
    make_post: MakePost, growth: Space, alice: User, sally: User
) -> None:
    make_post(growth, authors=(sally,))
    assert merge(by=None, known_as="sally", username="alice", dry_run=True).posts == 1
    sally.refresh_from_db()
    assert sally.unclaimed
    assert Authorship.objects.get().user == sally
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("known_as", "username", "code"),
    [
        ("zoe", "alice", "no-such-user"),
        ("", "alice", "no-such-user"),
        ("sally", "zoe", "no-such-user"),
        ("bob", "alice", "not-unclaimed"),
        ("alice", "alice", "not-unclaimed"),
        ("sally", "sally", "no-account"),
        ("sally", "taken", "no-account"),
        ("taken", "alice", "merged-elsewhere"),
    ],
)
def test_what_can_not_be_merged_is_refused(
    alice: User, bob: User, sally: User, known_as: str, username: str, code: str
) -> None:
    make_user("taken", is_active=False, claimed_by=bob)
    with pytest.raises(UserError) as refused:
        merge(by=None, known_as=known_as, username=username)
    assert refused.value.code == code
