"""What a post shows of itself: by its header, else by its text and commit; and to whom."""

from datetime import UTC, datetime

import pytest

from knowledge.models import Post, Revision, User
from tests.knowledge.pipeline.desk import HEADED, NOON, NOTE, Desk, paths, reconcile, render_all


class TestFacts:
    def test_the_header_tells_them(self, desk: Desk, bob: User) -> None:
        desk.publish({"late.md": HEADED})
        post = desk.post("late.md")
        assert (post.title, post.subtitle) == ("Late on Mondays", "A look at deliveries")
        assert post.tags == ["logistics", "monday"]
        assert post.created_at == datetime(2026, 3, 1, tzinfo=UTC)
        assert post.updated_at == datetime(2026, 4, 1, tzinfo=UTC)
        assert [(each.name, each.user) for each in post.authorships.all()] == [
            ("Bob Example", bob),
            ("Nobody Known", None),
        ]

    def test_without_a_header_the_first_heading_and_the_commit_tell_them(
        self, desk: Desk, alice: User
    ) -> None:
        desk.publish({"late.md": NOTE}, author=("A. E.", "ALICE@meridian.example"))
        post = desk.post("late.md")
        assert (post.title, post.created_at, post.updated_at) == ("Deliveries", NOON, NOON)
        assert [(each.name, each.user) for each in post.authorships.all()] == [("Alice Example", alice)]

    def test_without_a_heading_the_file_name_is_the_title(self, desk: Desk) -> None:
        desk.publish({"2026/04-free_delivery.md": "Just text."})
        assert desk.post("2026/04-free_delivery.md").title == "04 free delivery"

    def test_an_unknown_commit_author_is_shown_by_name(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE}, author=("Zoe", "zoe@elsewhere.example"))
        assert [(a.name, a.user) for a in desk.post("late.md").authorships.all()] == [("Zoe", None)]

    def test_a_person_in_two_spellings_is_one_author(self, desk: Desk, bob: User) -> None:
        desk.publish({"late.md": f"---\nauthors: [bob, Zoe, {bob.email}]\n---\nText"})
        assert [each.name for each in desk.post("late.md").authorships.all()] == ["Bob Example", "Zoe"]

    def test_a_readme_introduces_its_folder_unless_it_has_a_header(self, desk: Desk) -> None:
        desk.publish({"README.md": "# Us", "sub/readme.md": "# Sub", "post/README.md": HEADED})
        assert paths(kind="introduction") == {"README.md", "sub/readme.md"}
        assert paths(kind="post") == {"post/README.md"}

    def test_the_report_tells_a_readme_that_makes_no_post_from_one_that_does(self, desk: Desk) -> None:
        def introduces(change: str | None) -> bool:
            desk.publish({"README.md": change})
            return bool(reconcile(desk).report[0]["introduces"])

        assert [introduces(change) for change in ("# Us", HEADED, "# We", None)] == [True, False, True, True]

    def test_faults_of_a_header_are_kept_with_their_line(self, desk: Desk) -> None:
        desk.push({"late.md": "---\ntitle: [\n---\ntext\n"})
        report = reconcile(desk).report
        revision = Revision.objects.get()
        assert revision.faults == report[0]["faults"]
        assert revision.faults[0]["line"]


class TestPrivacy:
    PRIVATE = "---\ntitle: T\nprivate: true\nallowed_groups: [board, staff]\n---\n"

    def test_a_private_post_is_private_from_the_first_moment(self, desk: Desk, mallory: User) -> None:
        desk.push({"late.md": self.PRIVATE})
        reconcile(desk)
        post = desk.post("late.md")
        assert (post.private, post.allowed_groups) == (True, ["board", "staff"])
        assert not Post.objects.visible_to(mallory).exists()

    def test_hiding_takes_effect_before_the_revision_is_rendered(self, desk: Desk) -> None:
        desk.publish({"late.md": "# Open"})
        desk.push({"late.md": self.PRIVATE})
        reconcile(desk)
        assert desk.post("late.md").private
        assert desk.post("late.md").title == "Open"

    def test_fewer_groups_take_effect_at_once_and_more_do_not(self, desk: Desk) -> None:
        desk.publish({"late.md": self.PRIVATE})
        desk.push({"late.md": self.PRIVATE.replace("[board, staff]", "[board, everyone]")})
        reconcile(desk)
        assert desk.post("late.md").allowed_groups == ["board"]
        render_all()
        assert desk.post("late.md").allowed_groups == ["board", "everyone"]

    def test_opening_waits_for_the_rendering(self, desk: Desk) -> None:
        desk.publish({"late.md": self.PRIVATE})
        desk.push({"late.md": "# Open"})
        reconcile(desk)
        assert desk.post("late.md").private
        render_all()
        assert not desk.post("late.md").private

    @pytest.mark.parametrize("broken", ["---\ntitle: T\n\ntext", "---\ntitle: [\n---\n", ""])
    def test_a_header_that_can_not_be_read_opens_nothing(self, desk: Desk, broken: str) -> None:
        desk.publish({"late.md": self.PRIVATE})
        desk.publish({"late.md": broken})
        assert desk.post("late.md").private

    def test_a_draft_that_can_no_longer_be_read_stays_private(self, desk: Desk) -> None:
        desk.push({"late.md": self.PRIVATE})
        desk.push({"late.md": ""})
        reconcile(desk)
        assert desk.post("late.md").private
