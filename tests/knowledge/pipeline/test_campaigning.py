"""Campaigns: who is asked, what is ticked off by whom and by itself, and who hears and sees what of it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Campaign,
    CampaignItem,
    Delivery,
    LibraryUse,
    Membership,
    Notification,
    Post,
    Rendering,
    Role,
    Space,
    User,
)
from knowledge.models.campaign import MOST_POSTS
from knowledge.pipeline import keeping, using
from knowledge.pipeline.campaigning import change_campaign, close_campaign, mark, open_campaign, owners_of
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk
from tests.knowledge.pipeline.test_using import notebook, say_versions

State = CampaignItem.State
Used = Callable[..., Post]


@pytest.fixture
def used(make_post: MakePost) -> Used:
    """A post that uses pandas in that version, of somebody's."""

    def make(space: Space, path: str, version: str = "1.4.2", **fields: object) -> Post:
        rendering = {"libraries": ["pandas"], "versions": {"pandas": version} if version else {}}
        source = f"{space.slug} {path} {version}".encode()
        post = make_post(space, path, title=path, source=source, rendering=rendering, **fields)
        using.follow([post.pk])
        return post

    return make


def states(campaign: Campaign) -> dict[str, str]:
    return dict(campaign.items.values_list("post__path", "state"))


def asked(campaign: Campaign) -> dict[str, set[str]]:
    return {
        item.post.path: set(item.owners.values_list("username", flat=True)) for item in campaign.items.all()
    }


def start(by: User, **fields: object) -> Campaign:
    return open_campaign(by=by, **{"library": "pandas", "affected": "<2", "title": "pandas 2"} | fields)  # type: ignore[arg-type]


def item_of(campaign: Campaign, post: Post) -> CampaignItem:
    return CampaignItem.objects.select_related("post__space").get(campaign=campaign, post=post)


def test_it_asks_the_owner_else_the_authors_else_the_maintainers_who_see_the_post(
    growth: Space, used: Used, alice: User, bob: User, dana: User, mallory: User
) -> None:
    used(growth, "owned.md", authors=(alice,), owner=bob)
    used(growth, "signed.md", authors=("Jo Unknown", alice, mallory))
    used(growth, "private.md", authors=(mallory,), private=True)
    used(growth, "nobodys.md", authors=("Jo Unknown",))
    used(growth, "newer.md", "2.0", authors=(alice,))
    used(growth, "unsaid.md", "", authors=(alice,))
    campaign = start(bob)
    assert asked(campaign) == {
        "owned.md": {"bob"},
        "signed.md": {"alice", "mallory"},
        "private.md": {"dana"},
        "nobodys.md": {"dana"},
    }
    assert set(asked(start(bob, with_unknown=True))) == {*asked(campaign), "unsaid.md"}
    assert set(asked(start(bob, affected="", with_unknown=True))) == set(
        Post.objects.values_list("path", flat=True)
    )


def test_each_is_told_once_with_their_posts_and_not_who_opened_it(
    growth: Space, used: Used, alice: User, bob: User, mailoutbox: list[object]
) -> None:
    for n in range(10):
        used(growth, f"{n}.md", authors=(alice,))
    used(growth, "mine.md", owner=bob)
    campaign = start(bob, target="2.1")
    told = Notification.objects.get(event="campaign.opened")
    assert (told.user, told.title, told.campaign) == (alice, "pandas 2", campaign)
    assert told.text == "0.md\n1.md\n2.md\n3.md\n4.md\n5.md\n6.md\n7.md\nand 2 more"
    assert told.url == f"/campaigns/{campaign.pk}?whose=mine"
    assert told.because == "you answer for posts that use pandas"
    assert told.sentence == "Bob Example asks you to look at posts: pandas 2"
    assert Delivery.objects.filter(user=alice).count() <= 1
    event = AuditEvent.objects.get(action="campaign.open")
    assert event.actor == bob
    assert event.detail == {
        "campaign": campaign.pk, "title": "pandas 2", "library": "pandas", "affected": "<2", "posts": 11,
    }  # fmt: skip


def test_who_cant_see_one_of_their_posts_any_more_is_told_nothing_of_it(
    finance: Space, growth: Space, used: Used, alice: User, bob: User
) -> None:
    used(finance, "secret.md", authors=(alice,))
    used(growth, "a.md", authors=(alice,))
    start(bob)
    assert Notification.objects.visible_to(alice).count() == 1
    Membership.objects.filter(space=finance, user=alice).delete()
    assert Notification.objects.visible_to(alice).count() == 0


def test_only_reviewers_and_maintainers_open_one_and_for_what_they_see(
    growth: Space, finance: Space, used: Used, alice: User, bob: User, mallory: User, admin: User
) -> None:
    used(growth, "a.md", authors=(alice,))
    used(finance, "b.md", authors=(alice,))
    for user in (alice, mallory):
        with pytest.raises(UserError) as refused:
            start(user)
        assert refused.value.code == "not-a-campaigner"
    other = Space.objects.create(slug="other", name="Other")
    Membership.objects.create(space=other, user=mallory, role=Role.REVIEWER)
    assert set(asked(start(mallory))) == {"a.md"}
    assert set(asked(start(bob))) == set(asked(start(admin))) == {"a.md", "b.md"}
    assert set(asked(start(bob, space=finance))) == {"b.md"}
    bob.is_active = False
    with pytest.raises(UserError):
        start(bob)


def test_what_makes_no_campaign_is_refused(
    growth: Space, used: Used, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    used(growth, "a.md")
    used(growth, "b.md")
    for fields, code in [
        ({"title": " \x00 "}, "campaign-untitled"),
        ({"what": "x" * 100_000}, "long-task"),
        ({"affected": ">=2"}, "campaign-empty"),
        ({"library": "nothing"}, "campaign-empty"),
        ({"affected": "\x00<<"}, "campaign-empty"),
    ]:
        with pytest.raises(UserError) as refused:
            start(bob, **fields)
        assert refused.value.code == code
    monkeypatch.setattr("knowledge.pipeline.campaigning.MOST_POSTS", 1)
    with pytest.raises(UserError) as refused:
        start(bob)
    assert refused.value.code == "campaign-large"
    assert MOST_POSTS > 1
    assert not Campaign.objects.exists()
    assert not Notification.objects.exists()


def test_a_new_revision_ticks_its_post_off_by_itself_and_one_that_goes_back_opens_it_again(
    desk: Desk, dana: User
) -> None:
    old, new = notebook("import pandas"), notebook("import pandas\n1")
    desk.publish({"old.ipynb": old, "new.ipynb": new, "gone.ipynb": old})
    say_versions(desk, "old.ipynb", pandas="1.4.2")
    say_versions(desk, "new.ipynb", pandas=">=2,<3")
    using.follow(Post.objects.values_list("pk", flat=True))
    campaign = start(dana)
    assert states(campaign) == {"old.ipynb": "open", "gone.ipynb": "open"}
    desk.publish({"old.ipynb": new, "gone.ipynb": notebook("import polars")})
    assert states(campaign) == {"old.ipynb": "done", "gone.ipynb": "done"}
    item = campaign.items.get(post__path="old.ipynb")
    assert (item.note, item.by, item.is_by_itself) == ("Revision 2 uses >=2,<3.", None, True)
    assert campaign.items.get(post__path="gone.ipynb").note == "Revision 2 uses it no more."
    event = AuditEvent.objects.filter(action="campaign.settle").first()
    assert event is not None
    assert (event.actor, event.space) == (None, "growth")
    desk.publish({"old.ipynb": old})
    item.refresh_from_db()
    assert (item.state, item.note, item.at) == ("open", "Revision 3 uses 1.4.2 again.", None)


def test_a_version_that_nobody_says_any_more_leaves_it_open(desk: Desk, dana: User) -> None:
    desk.publish({"old.ipynb": notebook("import pandas")})
    say_versions(desk, "old.ipynb", pandas="1.4.2")
    using.follow(Post.objects.values_list("pk", flat=True))
    campaign = start(dana)
    desk.publish({"old.ipynb": notebook("import pandas\n2")})
    assert states(campaign) == {"old.ipynb": "open"}


def test_what_a_person_said_stays_and_so_does_what_is_closed(
    growth: Space, used: Used, alice: User, bob: User
) -> None:
    said, left = (used(growth, path, authors=(alice,)) for path in ("a.md", "b.md"))
    campaign, closed = start(bob), start(bob)
    mark(by=alice, item=item_of(campaign, said), state="not_needed", note="  Runs   \x00once. ")
    close_campaign(by=bob, campaign=closed)
    Rendering.objects.update(libraries=[])
    using.follow([said.pk, left.pk])
    assert states(campaign) == {"a.md": "not_needed", "b.md": "done"}
    assert states(closed) == {"a.md": "open", "b.md": "open"}
    item = item_of(campaign, said)
    assert (item.by, item.by_name, item.note) == (alice, "Alice Example", "Runs once.")
    event = AuditEvent.objects.get(action="campaign.mark")
    assert (event.actor, event.space, event.detail["post"]) == (alice, "growth", said.pk)
    mark(by=alice, item=item, state="open")
    using.follow([said.pk])
    assert states(campaign)["a.md"] == "done"


def test_posts_are_marked_by_who_answers_for_them_alone(
    growth: Space, used: Used, alice: User, bob: User, carol: User, dana: User, mallory: User, admin: User
) -> None:
    post = used(growth, "a.md", authors=(alice, mallory))
    campaign = start(bob)
    item = item_of(campaign, post)
    for user in (bob, carol, mallory):  # mallory wrote it, and writes there no more
        with pytest.raises(UserError) as refused:
            mark(by=user, item=item, state="done")
        assert refused.value.code == "not-a-keeper"
    for user in (alice, dana, admin):
        mark(by=user, item=item, state="done")
        assert item_of(campaign, post).by == user
        mark(by=user, item=item, state="open")


def test_it_is_changed_and_closed_by_who_opened_it_and_everybody_who_was_asked_hears(
    growth: Space, used: Used, alice: User, bob: User, dana: User, admin: User
) -> None:
    post = used(growth, "a.md", authors=(alice,))
    campaign = start(bob)
    words = {"title": "pandas two", "what": "Look.", "target": "2.1"}
    for user in (alice, dana):
        with pytest.raises(UserError) as refused:
            change_campaign(by=user, campaign=campaign, **words)
        assert refused.value.code == "not-your-campaign"
        with pytest.raises(UserError):
            close_campaign(by=user, campaign=campaign)
    change_campaign(by=bob, campaign=campaign, **words)
    close_campaign(by=admin, campaign=campaign, note="All over.")
    campaign.refresh_from_db()
    assert (campaign.title, campaign.what, campaign.target) == ("pandas two", "Look.", "2.1")
    assert (campaign.closed_by, campaign.closing_note) == (admin, "All over.")
    told = Notification.objects.get(event="campaign.closed")
    assert (told.user, told.text) == (alice, "All over.")
    again = [
        lambda: close_campaign(by=bob, campaign=campaign),
        lambda: change_campaign(by=bob, campaign=campaign, **words),
        lambda: mark(by=alice, item=item_of(campaign, post), state="done"),
    ]
    for deed in again:
        with pytest.raises(UserError) as refused:
            deed()
        assert refused.value.code == "campaign-closed"


def test_who_sees_no_post_of_it_sees_no_campaign_and_counts_say_what_they_see(
    growth: Space, finance: Space, used: Used, alice: User, bob: User, mallory: User, dana: User
) -> None:
    open_one = used(growth, "a.md", authors=(alice,))
    used(finance, "b.md", authors=(alice,))
    both, closed = start(bob), start(bob, space=finance)
    assert set(Campaign.objects.visible_to(mallory)) == {both}
    assert set(Campaign.objects.visible_to(alice)) == {both, closed}
    seen = CampaignItem.objects.visible_to(mallory).filter(campaign__in=[both, closed])
    assert list(seen.progress("campaign")) == [{"campaign": both.pk, "every": 1, "settled": 0}]
    keeping.archive(by=dana, post=open_one, why="Old.")
    assert not Campaign.objects.visible_to(mallory).exists()
    assert CampaignItem.objects.visible_to(alice).filter(campaign=both).count() == 1
    Membership.objects.filter(user=bob).delete()
    assert set(Campaign.objects.visible_to(bob)) == {both, closed}  # their own
    assert not CampaignItem.objects.visible_to(bob).exists()


def test_opening_and_settling_take_as_many_queries_for_many(
    growth: Space, used: Used, alice: User, bob: User
) -> None:
    counts = []
    for round in range(2):
        posts = [used(growth, f"{round}{n}.md", authors=(alice,)) for n in range(2 + 6 * round)]
        with CaptureQueriesContext(connection) as opening:
            start(bob)
        Rendering.objects.update(versions={"pandas": "2.0"})
        with CaptureQueriesContext(connection) as settling:
            using.follow([post.pk for post in posts])
        counts.append((len(opening), len(settling)))
        Campaign.objects.all().delete()
        LibraryUse.objects.all().delete()
    assert counts[0] == counts[1]


def test_owners_of_no_posts_are_nobody(db: None) -> None:
    assert owners_of([]) == {}


def test_one_that_says_only_where_to_come_to_asks_who_isnt_there_and_ticks_off_who_comes(
    growth: Space, used: Used, alice: User, bob: User
) -> None:
    for path, version in (
        ("old.md", "1.4.2"),
        ("near.md", "2.0"),
        ("there.md", "2.1"),
        ("range.md", ">=2.1"),
    ):
        used(growth, path, version, authors=(alice,))
    campaign = start(bob, affected="", target="2.1")
    assert states(campaign) == {"old.md": "open", "near.md": "open"}
    used(growth, "old.md", "2.0.3", authors=(alice,))
    used(growth, "near.md", "2.2", authors=(alice,))
    assert states(campaign) == {"old.md": "open", "near.md": "done"}
    change_campaign(by=bob, campaign=campaign, title="pandas 2", what="", target="2.0")
    assert states(campaign) == {"old.md": "done", "near.md": "done"}


def test_a_new_owner_is_asked_for_what_is_open_still(
    growth: Space, used: Used, alice: User, bob: User, carol: User
) -> None:
    post, done = used(growth, "a.md", authors=(alice,)), used(growth, "b.md", authors=(alice,))
    campaign = start(bob)
    mark(by=alice, item=item_of(campaign, done), state="done")
    Post.objects.update(owner=carol)
    for _ in range(2):
        using.follow([post.pk, done.pk])
    assert asked(campaign) == {"a.md": {"alice", "carol"}, "b.md": {"alice"}}
    told = Notification.objects.get(user=carol)
    assert (told.event, told.text, told.actor) == ("campaign.opened", "a.md", bob)
