"""Following, and being told of what was published."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import Notification, Review, Space, Subscription, User, Verdict
from knowledge.models.tag import clean_tag
from knowledge.pipeline.following import follow, tell_published, unfollow
from knowledge.pipeline.people import hand_over
from knowledge.pipeline.reviewing import give_verdict
from tests.cast import MakePost, make_user
from tests.knowledge.pipeline.desk import HEADED, Desk


def told(user: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event", "because"))


def test_following_twice_is_following_once(alice: User, growth) -> None:
    assert follow(by=alice, kind="space", target=growth) == follow(by=alice, kind="space", target=growth)
    assert Subscription.objects.count() == 1
    unfollow(by=alice, kind="space", target=growth)
    assert not Subscription.objects.exists()


def test_whoever_follows_an_imported_person_follows_the_account_that_claims_them(
    alice: User, carol: User, bob: User
) -> None:
    known = make_user("jo", unclaimed=True, is_active=False)
    for user in (carol, bob):
        follow(by=user, kind="author", target=known)
    follow(by=carol, kind="author", target=alice)
    hand_over(known, alice)
    assert set(alice.followers.values_list("user__username", flat=True)) == {"carol", "bob"}
    assert follow(by=bob, kind="author", target=known).author == alice
    assert Subscription.objects.count() == 2


def test_what_one_can_not_see_can_not_be_followed(mallory: User, finance, make_post: MakePost) -> None:
    for kind, target in (("space", finance), ("post", make_post(finance)), ("tag", "")):
        with pytest.raises(UserError, match="nothing of that name"):
            follow(by=mallory, kind=kind, target=target)


def test_a_tag_is_followed_as_posts_carry_it() -> None:
    assert clean_tag("  Unit  Economics\x00 ") == "unit economics"


def test_followers_of_tag_person_space_and_post_hear_of_a_post_once(
    desk: Desk, growth, alice: User, bob: User, carol: User, dana: User, mallory: User
) -> None:
    follow(by=carol, kind="tag", target="logistics")
    follow(by=carol, kind="space", target=growth)
    follow(by=dana, kind="author", target=bob)
    follow(by=mallory, kind="space", target=growth)
    follow(by=alice, kind="space", target=growth)  # who pushes
    desk.publish({"late.md": HEADED})
    assert told(carol) == [("post.published", "you follow the tag logistics")]
    assert told(dana) == [("post.published", "you follow Bob Example")]
    assert told(mallory) == [("post.published", "you follow the space Growth")]
    assert told(alice) == []


def test_a_new_revision_is_an_update(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": "# Late\n"})
    follow(by=carol, kind="post", target=desk.post("late.md"))
    desk.publish({"late.md": "# Later\n"})
    desk.publish({"late.md": "# Latest\n"})
    assert told(carol) == [("post.updated", "you follow this post")] * 2


def test_private_posts_reach_only_those_who_see_them(desk: Desk, growth, carol: User, mallory: User) -> None:
    for user in (carol, mallory):
        follow(by=user, kind="space", target=growth)
    desk.publish({"late.md": "---\ntitle: Late\nprivate: true\n---\n\nText\n"})
    assert (len(told(carol)), told(mallory)) == (1, [])


def test_where_approval_is_needed_followers_hear_of_it_once_it_is_given(
    desk: Desk, growth, bob: User, carol: User, mallory: User
) -> None:
    growth.review_policy = Space.ReviewPolicy.REQUIRED
    growth.save()
    for user in (carol, mallory):
        follow(by=user, kind="space", target=growth)
    desk.publish({"late.md": "# Late\n"})
    assert (told(carol), told(mallory)) == ([], [])
    for expected in ("post.published", "post.updated"):
        review = Review.objects.get(state=Review.State.OPEN)
        give_verdict(by=bob, review=review, revision=review.revision_id, kind=Verdict.Kind.APPROVE)
        assert told(carol)[-1] == told(mallory)[-1] == (expected, "you follow the space Growth")
        desk.publish({"late.md": "# Later\n"})
    assert len(told(carol)) == 2


def test_introductions_and_imports_are_no_news(desk: Desk, growth, carol: User) -> None:
    follow(by=carol, kind="space", target=growth)
    desk.publish({"README.md": "# Growth\n"})
    desk.publish({"old.md": "# Old\n"}, message="Write old\n\nImported-From: " + "a" * 40 + "\n")
    assert told(carol) == []


def test_the_number_of_queries_does_not_grow_with_the_posts(growth, make_post: MakePost, carol: User) -> None:
    follow(by=carol, kind="space", target=growth)
    now = timezone.now()

    def queries(start: int, number: int) -> int:
        posts = [make_post(growth, f"{each}.md", title=f"{each}") for each in range(start, start + number)]
        revisions = [post.latest_revision for post in posts if post.latest_revision]
        with CaptureQueriesContext(connection) as captured:
            tell_published(revisions, at=now)
        return len(captured)

    assert queries(0, 2) == queries(10, 30)
    assert Notification.objects.count() == 32
