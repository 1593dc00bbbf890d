"""No revision reaches readers unapproved where approval is needed, whichever way it comes."""

import pytest

from knowledge.errors import UserError
from knowledge.models import (
    AuditEvent,
    Membership,
    Post,
    Review,
    ReviewRequest,
    Revision,
    Role,
    Space,
    User,
    Verdict,
)
from knowledge.pipeline.reviewing import ask, give_verdict, request_review, withdraw
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all

Kind = Verdict.Kind


@pytest.fixture
def strict(desk: Desk) -> Desk:
    desk.space.review_policy = Space.ReviewPolicy.REQUIRED
    desk.space.save()
    return desk


def push(desk: Desk, files: dict[str, str | None], by: str = "alice") -> None:
    desk.push(files, by=by)
    reconcile(desk)
    render_all()


def review_of(desk: Desk, path: str = "late.md") -> Review:
    return Review.objects.select_related("post__space").get(
        post=desk.post(path), state__in=["open", "changes_requested"]
    )


def say(review: Review, by: User, kind: Kind = Kind.APPROVE, **words: str) -> None:
    review.refresh_from_db()
    give_verdict(by=by, review=review, revision=review.revision_id, kind=kind, **words)


def shown(desk: Desk, path: str = "late.md") -> tuple[str, int | None]:
    """The post's status, and the number of the revision that readers see."""
    post = desk.post(path)
    return post.status, post.published_revision.number if post.published_revision else None


class TestTheGate:
    def test_where_it_is_optional_a_revision_is_published_at_once(self, desk: Desk) -> None:
        push(desk, {"late.md": "# Late\n"})
        assert shown(desk) == ("published", 1)
        assert not Review.objects.exists()

    def test_where_it_is_required_a_revision_waits_for_approval(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        assert shown(strict) == ("in_review", None)
        say(review_of(strict), bob)
        assert shown(strict) == ("published", 1)
        assert Revision.objects.get().published_at

    def test_readers_keep_the_published_revision_while_the_next_is_reviewed(
        self, strict: Desk, bob: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        push(strict, {"late.md": "# Later\n"})
        assert shown(strict) == ("in_review", 1)
        assert list(Post.objects.published()) == [strict.post("late.md")]
        assert strict.post("late.md").title == "Late"

    def test_an_approval_is_of_one_revision(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        review = review_of(strict)
        seen = review.revision_id
        push(strict, {"late.md": "# Later\n"})
        with pytest.raises(UserError, match="Revision 2 came while you looked at revision 1"):
            give_verdict(by=bob, review=review, revision=seen, kind=Kind.APPROVE)
        assert shown(strict) == ("in_review", None)

    def test_an_approved_revision_that_comes_again_is_approved_again(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        push(strict, {"late.md": "# Later\n"})
        push(strict, {"late.md": "# Late\n"})
        assert shown(strict) == ("in_review", 1)

    def test_as_many_as_the_policy_says_have_to_approve(self, strict: Desk, bob: User, dana: User) -> None:
        Space.objects.update(approvals=2)
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        say(review_of(strict), bob)
        assert shown(strict) == ("in_review", None)
        say(review_of(strict), dana)
        assert shown(strict) == ("published", 1)

    def test_who_may_review_no_longer_counts_no_longer(self, strict: Desk, bob: User, dana: User) -> None:
        Space.objects.update(approvals=2)
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        Membership.objects.filter(user=bob).update(role=Role.READER)
        say(review_of(strict), dana)
        assert shown(strict) == ("in_review", None)

    def test_a_request_for_changes_stands_against_approvals(
        self, strict: Desk, bob: User, dana: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob, Kind.REQUEST_CHANGES)
        say(review_of(strict), dana)
        assert shown(strict) == ("changes_requested", None)
        say(review_of(strict), bob)
        assert shown(strict) == ("published", 1)

    def test_a_new_revision_puts_the_review_before_reviewers_again(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob, Kind.REQUEST_CHANGES)
        push(strict, {"late.md": "# Later\n"})
        assert shown(strict) == ("in_review", None)
        assert (Review.objects.count(), review_of(strict).revision.number) == (1, 2)

    def test_what_is_not_rendered_can_not_be_approved(self, strict: Desk, bob: User) -> None:
        strict.push({"late.md": "# Late\n"})
        reconcile(strict)
        with pytest.raises(UserError, match="can't be read yet"):
            say(review_of(strict), bob)

    def test_paths_have_policies_of_their_own(self, desk: Desk) -> None:
        Space.objects.update(review_rules="reports/ required 2\n")
        push(desk, {"reports/a.md": "# A\n", "b.md": "# B\n"})
        assert shown(desk, "reports/a.md") == ("in_review", None)
        assert shown(desk, "b.md") == ("published", 1)


class TestWaysAround:
    @pytest.fixture
    def split(self, desk: Desk) -> Desk:
        """All is free but reports/."""
        Space.objects.update(review_rules="reports/ required\n")
        return desk

    def test_what_moves_to_a_strict_path_is_taken_down_until_it_is_approved(
        self, split: Desk, bob: User
    ) -> None:
        push(split, {"late.md": "# Late\n"})
        push(split, {"late.md": None, "reports/late.md": "# Late\n"})
        assert shown(split, "reports/late.md") == ("in_review", None)
        say(review_of(split, "reports/late.md"), bob)
        assert shown(split, "reports/late.md") == ("published", 1)

    def test_moving_and_changing_at_once_is_no_way_around(self, split: Desk) -> None:
        text = "# Late\n\n" + "One line.\n" * 30
        push(split, {"late.md": text})
        push(split, {"late.md": None, "reports/late.md": text + "More.\n"})
        assert shown(split, "reports/late.md") == ("in_review", None)
        assert review_of(split, "reports/late.md").revision.number == 2

    def test_what_was_not_rendered_when_it_moved_is_held_too(self, split: Desk) -> None:
        split.push({"late.md": "# Late\n"})
        split.push({"late.md": None, "reports/late.md": "# Late\n"})
        reconcile(split)
        render_all()
        assert shown(split, "reports/late.md") == ("in_review", None)

    def test_what_was_approved_stays_where_it_moves(self, split: Desk, bob: User) -> None:
        push(split, {"reports/late.md": "# Late\n"})
        say(review_of(split, "reports/late.md"), bob)
        push(split, {"reports/late.md": None, "late.md": "# Late\n"})
        push(split, {"late.md": None, "reports/again.md": "# Late\n"})
        assert shown(split, "reports/again.md") == ("published", 1)

    def test_nobody_approves_what_they_wrote(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"}, by="bob")
        with pytest.raises(UserError, match="You wrote part of what is reviewed here"):
            say(review_of(strict), bob)

    def test_nor_what_the_header_says_they_wrote(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "---\ntitle: Late\nauthors: [Bob Example]\n---\nText\n"})
        with pytest.raises(UserError, match="You wrote part"):
            say(review_of(strict), bob)

    def test_nor_what_somebody_else_changed_after_them(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"}, by="bob")
        push(strict, {"late.md": "# Late!\n"}, by="alice")
        with pytest.raises(UserError, match="You wrote part"):
            say(review_of(strict), bob)

    def test_nor_by_withdrawing_it_and_having_somebody_else_change_a_word(
        self, strict: Desk, bob: User, alice: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"}, by="bob")
        withdraw(by=bob, review=review_of(strict))
        push(strict, {"late.md": "# Late!\n"}, by="alice")
        with pytest.raises(UserError, match="You wrote part"):
            say(review_of(strict), bob)

    def test_nor_by_an_earlier_commit_of_the_same_push(self, strict: Desk, bob: User) -> None:
        strict.commit({"late.md": "# Late\n"}, author=("Bob Example", "bob@meridian.example"))
        push(strict, {"late.md": "# Late!\n"}, by="alice")
        with pytest.raises(UserError, match="You wrote part"):
            say(review_of(strict), bob)

    def test_nor_as_co_author_of_a_commit(self, strict: Desk, bob: User) -> None:
        message = "Write\n\nCo-authored-by: Bob <bob@meridian.example>"
        strict.push({"late.md": "# Late\n"}, message=message)
        reconcile(strict)
        render_all()
        with pytest.raises(UserError, match="You wrote part"):
            say(review_of(strict), bob)

    def test_what_they_wrote_before_the_last_approval_is_no_matter(
        self, strict: Desk, bob: User, dana: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"}, by="bob")
        say(review_of(strict), dana)
        push(strict, {"late.md": "# Later\n"}, by="alice")
        say(review_of(strict), bob)
        assert shown(strict) == ("published", 2)

    def test_a_deleted_post_returns_as_readers_had_it(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        push(strict, {"late.md": "# Later\n"})
        push(strict, {"late.md": None})
        assert not Review.objects.open().exists()
        push(strict, {"late.md": "# Latest\n"})
        assert shown(strict) == ("in_review", 1)

    @pytest.mark.parametrize("name", ["alice", "carol", "mallory"])
    def test_who_is_no_reviewer_approves_nothing(self, strict: Desk, mallory: User, name: str) -> None:
        push(strict, {"late.md": "# Late\n"}, by="dana")
        with pytest.raises(UserError, match="Approving is for reviewers of growth"):
            say(review_of(strict), User.objects.get(username=name))

    def test_a_review_that_is_closed_takes_no_verdict(self, strict: Desk, bob: User, dana: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        review = review_of(strict)
        say(review, bob)
        with pytest.raises(UserError, match="This review is approved"):
            say(review, dana, Kind.REQUEST_CHANGES)


class TestAsking:
    def test_the_header_asks(self, strict: Desk, bob: User) -> None:
        push(strict, {"late.md": "---\ntitle: Late\nreviewers: [bob, carol, nobody]\n---\nText\n"})
        assert [request.user for request in ReviewRequest.objects.all()] == [bob]

    def test_a_review_can_be_asked_for_where_it_is_optional(self, desk: Desk, alice: User, bob: User) -> None:
        push(desk, {"late.md": "# Late\n"})
        review = request_review(by=alice, post=desk.post("late.md"), usernames=["bob"])
        assert shown(desk) == ("in_review", 1)
        assert list(Review.objects.for_me(bob)) == [review]
        say(review, bob)
        assert shown(desk) == ("published", 1)

    def test_only_one_is_open_at_a_time(self, strict: Desk, alice: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        with pytest.raises(UserError, match="in review already"):
            request_review(by=alice, post=strict.post("late.md"))

    def test_who_can_not_review_is_not_asked(self, strict: Desk, alice: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        with pytest.raises(UserError, match="carol can't review in growth"):
            ask(by=alice, review=review_of(strict), usernames=["carol"])

    def test_what_is_withdrawn_stays_held_and_can_be_proposed_again(
        self, strict: Desk, alice: User, bob: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        withdraw(by=alice, review=review_of(strict))
        assert shown(strict) == ("draft", None)
        review = request_review(by=alice, post=strict.post("late.md"))
        say(review, bob)
        assert shown(strict) == ("published", 1)

    def test_only_those_who_wrote_it_and_maintainers_withdraw(
        self, strict: Desk, bob: User, dana: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        with pytest.raises(UserError, match="Withdrawing a review is for those who wrote it"):
            withdraw(by=bob, review=review_of(strict))
        withdraw(by=dana, review=review_of(strict))
        assert shown(strict) == ("draft", None)

    def test_who_wrote_it_is_not_asked_so_that_others_are(self, strict: Desk, bob: User, dana: User) -> None:
        push(strict, {"late.md": "---\ntitle: Late\nreviewers: [bob]\n---\nText\n"}, by="bob")
        assert not ReviewRequest.objects.exists()
        assert list(Review.objects.for_me(dana)) == [review_of(strict)]
        with pytest.raises(UserError, match="bob can't review in growth"):
            ask(by=dana, review=review_of(strict), usernames=["bob"])


class TestTheQueue:
    def test_a_review_waits_for_reviewers_until_they_have_spoken(
        self, strict: Desk, alice: User, bob: User, carol: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        queues = {user.username: list(Review.objects.for_me(user)) for user in (alice, bob, carol)}
        assert queues == {"alice": [], "bob": [review_of(strict)], "carol": []}
        assert list(Review.objects.of_mine(alice)) == [review_of(strict)]
        say(review_of(strict), bob, Kind.REQUEST_CHANGES)
        assert list(Review.objects.for_me(bob)) == []
        push(strict, {"late.md": "# Later\n"})
        assert list(Review.objects.for_me(bob)) == [review_of(strict)]

    def test_what_nobody_touches_is_stuck(self, strict: Desk) -> None:
        push(strict, {"late.md": "# Late\n"})
        review = review_of(strict)
        assert not Review.objects.stuck().exists()
        Review.objects.update(moved_at="2026-01-01T00:00:00Z")
        assert list(Review.objects.stuck()) == [review]


class TestSight:
    def test_what_is_held_is_for_members(self, strict: Desk, carol: User, mallory: User) -> None:
        push(strict, {"late.md": "# Late\n"})
        post, revision = strict.post("late.md"), Revision.objects.get()
        assert Post.objects.visible_to(carol).filter(pk=post.pk).exists()
        assert Revision.objects.visible_to(carol).filter(pk=revision.pk).exists()
        assert not Post.objects.visible_to(mallory).exists()
        assert not Revision.objects.visible_to(mallory).exists()

    def test_others_see_what_is_published_and_not_what_is_held(
        self, strict: Desk, bob: User, mallory: User
    ) -> None:
        push(strict, {"late.md": "# Late\n"})
        say(review_of(strict), bob)
        push(strict, {"late.md": "# Later\n"})
        assert [revision.number for revision in Revision.objects.visible_to(mallory)] == [1]
        assert not Review.objects.visible_to(mallory).exists()


def test_every_step_is_written_down(strict: Desk, alice: User, bob: User) -> None:
    push(strict, {"late.md": "# Late\n"})
    say(review_of(strict), bob, Kind.REQUEST_CHANGES, summary="Please look at Mondays.")
    say(review_of(strict), bob)
    actions = list(
        AuditEvent.objects.filter(action__startswith="review.").values_list("action", "actor_name")
    )
    assert actions[::-1] == [("review.request_changes", "bob"), ("review.approve", "bob")]
