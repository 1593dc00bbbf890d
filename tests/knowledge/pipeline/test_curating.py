"""Collections: who changes them, what they hold, and who is told."""

import pytest

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Collection, Membership, Post, Space, User
from knowledge.models.collection import lines_of
from knowledge.pipeline import curating
from knowledge.pipeline.following import follow
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import HEADED, Desk


@pytest.fixture
def posts(growth: Space, make_post: MakePost) -> list[Post]:
    return [make_post(growth, f"{n}.md", source=b"%d" % n, title=f"Post {n}") for n in range(4)]


@pytest.fixture
def collection(growth: Space, alice: User, posts: list[Post]) -> Collection:
    made = curating.make_collection(by=alice, space=growth, title=" Start \n here ", introduction="**Read.**")
    for post in posts[:3]:
        curating.add_post(by=alice, collection=made, post=post)
    return made


def shown(collection: Collection, user: User) -> list[str]:
    return [line.post.title for line in lines_of([collection.pk], user)[collection.pk] if line.post]


def told(user: User) -> list[tuple[str, str]]:
    return list(user.notifications.order_by("pk").values_list("event", "because"))


def test_posts_stand_in_the_order_that_was_chosen(
    collection: Collection, alice: User, posts: list[Post]
) -> None:
    a, b, c, d = posts
    assert collection.title == "Start here"
    curating.arrange(by=alice, collection=collection, order=[c.pk, a.pk, d.pk, c.pk, 10**9])
    assert shown(collection, alice) == ["Post 2", "Post 1", "Post 0"]  # b kept its place
    curating.remove_post(by=alice, collection=collection, post=b.pk)
    curating.add_post(by=alice, collection=collection, post=d, note=" Why \x00 ")
    curating.add_post(by=alice, collection=collection, post=c, note="again")
    assert shown(collection, alice) == ["Post 2", "Post 0", "Post 3"]
    assert [item.note for item in collection.items.all()] == ["", "", "Why"]
    assert AuditEvent.objects.filter(action="collection.arrange", space="growth").exists()


def test_who_does_not_see_a_post_moves_it_nowhere(
    collection: Collection, alice: User, dana: User, finance: Space, make_post: MakePost
) -> None:
    hidden = make_post(finance, "s.md", title="Hidden")
    curating.add_post(by=dana, collection=collection, post=hidden)
    Membership.objects.filter(space=finance, user=alice).delete()
    order = [line.added.pk for line in lines_of([collection.pk], alice)[collection.pk]]
    curating.arrange(by=alice, collection=collection, order=order[::-1])
    assert shown(collection, alice) == ["Post 2", "Post 1", "Post 0"]
    assert shown(collection, dana) == ["Post 2", "Post 1", "Post 0", "Hidden"]


def test_authors_of_its_space_change_it_and_of_the_portal_those_who_run_it(
    collection: Collection,
    growth: Space,
    posts: list[Post],
    carol: User,
    mallory: User,
    bob: User,
    admin: User,
) -> None:
    for user in (carol, mallory):
        for verb in (
            lambda user=user: curating.make_collection(by=user, space=growth, title="x"),
            lambda user=user: curating.change_collection(
                by=user, collection=collection, title="x", introduction=""
            ),
            lambda user=user: curating.add_post(by=user, collection=collection, post=posts[3]),
            lambda user=user: curating.arrange(by=user, collection=collection, order=[]),
            lambda user=user: curating.delete_collection(by=user, collection=collection),
        ):
            with pytest.raises(UserError, match="made by those who write there"):
                verb()
    with pytest.raises(UserError, match="Collections of the portal"):
        curating.make_collection(by=bob, space=None, title="x")
    assert curating.make_collection(by=admin, space=None, title="x").space is None
    curating.delete_collection(by=bob, collection=collection)
    assert Post.objects.count() == 4


def test_what_can_not_be_is_said(
    collection: Collection, finance: Space, alice: User, mallory: User, make_post: MakePost
) -> None:
    with pytest.raises(UserError, match="needs a title"):
        curating.change_collection(by=alice, collection=collection, title=" \x00", introduction="")
    with pytest.raises(UserError, match="30 kB"):
        curating.change_collection(by=alice, collection=collection, title="x", introduction="x" * 30_000)
    with pytest.raises(UserError, match="not in the collection"):
        curating.note_post(by=alice, collection=collection, post=1, note="x")
    secret = make_post(finance, "s.md")
    Membership.objects.filter(space=finance, user=alice).delete()
    with pytest.raises(UserError, match="no such post"):
        curating.add_post(by=alice, collection=collection, post=secret)


def test_what_became_of_a_post_is_seen_in_its_place(
    collection: Collection, alice: User, carol: User, mallory: User, posts: list[Post]
) -> None:
    a, b, c, d = posts
    Post.objects.filter(pk=a.pk).update(status="superseded", superseded_by=d)
    Post.objects.filter(pk=b.pk).update(status="archived")
    lines = lines_of([collection.pk], carol)[collection.pk]
    assert [(line.post, line.stands_for, line.why) for line in lines] == [
        (d, a, ""),
        (None, None, "archived"),
        (c, None, ""),
    ]
    Post.objects.filter(pk=d.pk).update(private=True)
    assert shown(collection, mallory) == ["Post 2"]
    assert "Post 3" in shown(collection, carol)
    curating.add_post(by=alice, collection=collection, post=d)  # a line of its own, so the first has none
    assert shown(collection, carol) == ["Post 2", "Post 3"]


def test_followers_are_told_of_what_is_added_and_what_is_new_in_it(
    desk: Desk, growth: Space, alice: User, carol: User, bob: User
) -> None:
    made = curating.make_collection(by=alice, space=growth, title="Mondays")
    for user in (carol, alice):
        follow(by=user, kind="collection", target=made)
    desk.publish({"late.md": HEADED})
    curating.add_post(by=alice, collection=made, post=desk.post("late.md"), note="Begin here.")
    desk.publish({"late.md": HEADED + "\nMore.\n"})
    because = "you follow the collection Mondays"
    assert told(carol) == [("post.collected", because), ("post.updated", because)]
    assert carol.notifications.get(event="post.collected").text == "Begin here."
    assert not told(bob)


def test_who_can_not_see_a_collection_any_more_hears_nothing_of_it(
    collection: Collection, finance: Space, growth: Space, dana: User, carol: User, make_post: MakePost
) -> None:
    secret = curating.make_collection(by=dana, space=finance, title="Secret plan")
    follow(by=carol, kind="collection", target=secret)
    Membership.objects.filter(space=finance, user=carol).delete()
    curating.add_post(by=dana, collection=secret, post=make_post(growth, "open.md", source=b"open"))
    assert not told(carol)
    assert not carol.subscriptions.all().visible_to(carol).exists()
    with pytest.raises(UserError, match="nothing of that name"):
        follow(by=carol, kind="collection", target=secret)


def test_a_space_begins_with_one_of_its_own_or_of_the_portal(
    collection: Collection, growth: Space, finance: Space, dana: User, alice: User
) -> None:
    curating.choose_front(by=dana, space=growth, collection=collection)
    assert Space.objects.get(slug="growth").front == collection
    with pytest.raises(UserError, match="another space"):
        curating.choose_front(by=dana, space=finance, collection=collection)
    with pytest.raises(UserError, match="Only maintainers"):
        curating.choose_front(by=alice, space=growth, collection=None)
    collection.delete()
    assert Space.objects.get(slug="growth").front is None
