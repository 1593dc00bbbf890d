"""Who may take a dataset, and end what is looked into, where nobody else can."""

from knowledge.data_rights import can_close, can_tend
from knowledge.models import Space, User
from knowledge.pipeline.watching import close, tend
from tests.cast import make_user
from tests.knowledge.pipeline.data import Rest, appoint, fail, orders


def test_who_maintains_all_that_it_reaches_ends_what_a_robot_opened(
    growth: Space, finance: Space, rest: Rest, alice: User, dana: User, carol: User, mallory: User
) -> None:
    robot = make_user("robot", is_superuser=True)
    rest(growth, "a.md")
    found = fail(robot)
    assert (found.owner, found.spaces) == (robot, None)
    assert [can_close(found, user) for user in (dana, alice, carol, mallory)] == [True, False, False, False]
    rest(finance, "f.md")
    assert can_close(found, dana)
    finance.memberships.filter(user=dana).delete()
    assert not can_close(found, dana)
    finance.posts.all().delete()
    close(by=dana, investigation=found, note="Loaded again.", holds="yes")


def test_an_owner_who_left_is_none(growth: Space, rest: Rest, alice: User, dana: User, admin: User) -> None:
    rest(growth)
    gone = make_user("gone")
    appoint(gone, admin)
    assert not can_tend(orders(), dana)
    gone.is_active = False
    gone.save()
    assert can_tend(orders(), dana)
    found = fail(alice)
    assert found.owner == alice
    tend(by=dana, dataset=orders(), owner=dana)
    found.refresh_from_db()
    assert (orders().is_appointed, found.owner) == (False, dana)
