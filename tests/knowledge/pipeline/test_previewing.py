"""What branches make of documents: previews, brought up to date by the one function that everybody calls."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.git import Repository
from knowledge.models import Branch, Post, Preview, Push, Rendering, Review, Space, User
from knowledge.pipeline import ingest, previewing, sweep, upkeep
from tests.knowledge.pipeline.conftest import Messages
from tests.knowledge.pipeline.desk import NOTE, Desk, render_all


def previews(desk: Desk, name: str = "draft") -> dict[str, str]:
    """The previews of a branch once it is taken in: their changes, by path."""
    ingest.reconcile(desk.space.pk)
    return dict(Preview.objects.filter(branch__name=name).values_list("path", "change"))


def said(name: str = "draft") -> list[str]:
    """The faults that the branch's report names."""
    return [fault["code"] for line in Branch.objects.get(name=name).report for fault in line["faults"]]


class TestWhatDiffers:
    def test_added_changed_and_moved_documents_are_previewed(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A", "b.md": NOTE, "same.md": "# Same", "gone.md": "# Gone", "x.csv": "1"})
        changes = {"a.md": "# A2", "b.md": None, "c/b.md": NOTE, "n.md": "# N", "gone.md": None, "x.csv": "2"}
        desk.branch_off("draft", changes)
        assert previews(desk) == {"a.md": "changed", "c/b.md": "moved", "n.md": "added"}
        assert Preview.objects.get(path="c/b.md").old_path == "b.md"
        report = Branch.objects.get().report
        assert [line["path"] for line in report if line["change"] == "removed"] == ["gone.md"]

    def test_posts_and_pushes_stay_as_they_were(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A"})
        desk.branch_off("draft", {"a.md": "# A2", "b.md": "# B"})
        assert len(previews(desk)) == 2
        render_all()
        assert Post.objects.get().title == "A"
        assert Post.objects.get().revisions.count() == Push.objects.count() == 1

    def test_the_report_names_the_open_review_of_the_post(self, desk: Desk, bob: User) -> None:
        Space.objects.update(review_policy="required")
        desk.publish({"a.md": "# A"})
        desk.branch_off("draft", {"a.md": "# A2", "b.md": "# B"})
        previews(desk)
        lines = {line["path"]: line["review"] for line in Branch.objects.get().report}
        assert lines == {"a.md": Review.objects.get().pk, "b.md": None}
        assert not Review.objects.filter(revision__title="A2").exists()

    def test_what_main_got_meanwhile_is_not_the_branchs(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A", "b.md": "# B"})
        desk.branch_off("draft", {"a.md": "# A2"})
        desk.publish({"b.md": "# B2"})
        assert previews(desk) == {"a.md": "changed"}

    def test_what_main_got_from_elsewhere_differs_no_more(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A"})
        desk.branch_off("draft", {"a.md": "# A2", "b.md": "# B"})
        assert len(previews(desk)) == 2
        kept = Preview.objects.get(path="b.md")
        desk.publish({"a.md": "# A2"})
        assert previews(desk) == {"b.md": "added"}
        assert Preview.objects.get() == kept

    def test_a_branch_without_a_common_commit_is_previewed_as_a_whole(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A", "b.md": "# B"})
        desk.branch_off("other", {"a.md": "# A", "b.md": "# B2"}, alone=True)
        assert previews(desk, "other") == {"b.md": "changed", "a.md": "changed"}

    def test_so_is_any_branch_of_a_space_without_posts(self, desk: Desk) -> None:
        desk.branch_off("draft", {"a.md": "# A", "x.csv": "1"})
        assert previews(desk) == {"a.md": "added"}

    def test_its_own_almanacignore_counts(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A", "old/b.md": "# B", ".almanacignore": "old/\n"})
        desk.branch_off("draft", {".almanacignore": "drafts/\n", "drafts/c.md": "# C", "d.md": "# D"})
        assert previews(desk) == {"d.md": "added", "old/b.md": "added"}

    def test_a_knitted_file_is_shown_in_its_place(self, desk: Desk) -> None:
        desk.publish({"a.Rmd": "# A"})
        desk.branch_off("draft", {"a.html": "<h1>Knitted</h1>"})
        assert previews(desk) == {"a.Rmd": "changed"}
        assert Preview.objects.get().knitted_path == "a.html"

    def test_what_can_not_be_read_says_why(self, desk: Desk) -> None:
        desk.branch_off("draft", {"broken.ipynb": "{"})
        assert previews(desk) == {"broken.ipynb": "added"}
        assert Preview.objects.get().rendering.state == "failed"
        assert Branch.objects.get().report[0]["failure"]["code"]


class TestMoving:
    def test_the_newest_state_counts(self, desk: Desk, bob: User) -> None:
        desk.publish({"a.md": "# A"})
        for number in range(3):
            desk.branch_off("draft", {f"{number}.md": f"# {number}"}, by="bob")
        assert previews(desk) == {"2.md": "added"}
        assert Branch.objects.get().pushed_by == bob

    def test_what_stays_the_same_in_another_commit_is_not_read_again(self, desk: Desk) -> None:
        desk.branch_off("draft", {"a.md": "# A", "b.md": "# B"})
        previews(desk)
        first = Preview.objects.get(path="a.md")
        commit = desk.branch_off("draft", {"a.md": "# A", "b.md": "# B2"})
        previews(desk)
        second = Preview.objects.get(path="a.md")
        assert second.pk != first.pk
        assert (second.commit, second.rendering_id) == (commit, first.rendering_id)

    def test_a_deleted_branch_ends_and_one_that_returns_is_the_same(self, desk: Desk) -> None:
        desk.branch_off("draft", {"a.md": "# A"})
        previews(desk)
        desk.drop("draft")
        assert previews(desk) == {}
        branch = Branch.objects.get()
        assert branch.ended_at
        desk.branch_off("draft", {"a.md": "# A"})
        assert previews(desk) == {"a.md": "added"}
        assert Branch.objects.get() == branch
        assert Branch.objects.get().ended_at is None

    def test_merging_costs_no_second_rendering_and_ends_the_previews(self, desk: Desk) -> None:
        desk.publish({"a.md": "# A"})
        commit = desk.branch_off("draft", {"a.md": "# A2"})
        previews(desk)
        render_all()
        count = Rendering.objects.count()
        desk.move_branch(commit)
        assert previews(desk) == {}
        assert Rendering.objects.count() == count
        assert Post.objects.get().title == "A2"
        assert Branch.objects.get().ended_at is None

    def test_nothing_is_done_twice(self, desk: Desk, django_assert_num_queries: Any) -> None:
        desk.branch_off("draft", {"a.md": "# A"})
        previews(desk)
        with django_assert_num_queries(3):  # the space twice, its branches
            ingest.reconcile(desk.space.pk)

    def test_the_number_of_queries_does_not_grow_with_the_documents(
        self, desk: Desk, django_assert_max_num_queries: Any
    ) -> None:
        for number in (1, 30):
            desk.branch_off(f"b{number}", {f"{number}-{n}.md": f"# {number} {n}" for n in range(number)})
            with django_assert_max_num_queries(28):
                ingest.reconcile(desk.space.pk)
        assert Preview.objects.count() == 31

    def test_tags_make_none(self, desk: Desk) -> None:
        commit = desk.branch_off("draft", {"a.md": "# A"})
        desk.drop("draft")
        desk.git.references.create("refs/tags/v1", commit)
        assert previews(desk) == {}
        assert not Branch.objects.exists()


class TestLimits:
    def test_of_a_branch_so_many_documents_are_previewed(self, desk: Desk, settings: Any) -> None:
        settings.PREVIEW_MAX_DOCUMENTS = 2
        desk.branch_off("draft", {f"{n}.md": f"# {n}" for n in range(5)})
        assert len(previews(desk)) == 2
        assert said() == ["too-many-previews"]
        assert Branch.objects.get().report[-1]["faults"][0]["message"].startswith("3 more documents differ")

    def test_of_a_space_the_branches_that_moved_last(self, desk: Desk, settings: Any) -> None:
        settings.PREVIEW_MAX_BRANCHES = 2
        for number in range(3):
            desk.branch_off(f"b{number}", {f"{number}.md": "# B"})
            previews(desk)
            Branch.objects.filter(name=f"b{number}").update(
                pushed_at=timezone.now() - timedelta(days=9 - number)
            )
        assert {preview.branch.name for preview in Preview.objects.all()} == {"b1", "b2"}
        assert said("b0") == ["too-many-branches"]
        desk.drop("b2")
        previews(desk)
        assert {preview.branch.name for preview in Preview.objects.all()} == {"b0", "b1"}

    def test_a_branch_that_makes_trouble_keeps_no_other_waiting(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.branch_off("a", {"a.md": "# A"})
        desk.branch_off("b", {"b.md": "# B"})
        steps = Repository.steps

        def stumble(repository: Repository, branch: str, since: str) -> Any:
            if branch == "a":
                raise OSError("unreadable")
            return steps(repository, branch, since)

        monkeypatch.setattr(Repository, "steps", stumble)
        assert previews(desk, "b") == {"b.md": "added"}
        assert [each.name for each in previewing.behind(desk.space, Branch.objects.all())] == ["a"]


class TestMending:
    def test_the_sweeper_has_a_branch_taken_in_that_was_missed(self, desk: Desk, messages: Messages) -> None:
        desk.branch_off("draft", {"a.md": "# A"})
        sweep.reconcile_behind()
        assert messages("ingest") == [[desk.space.pk]]
        previews(desk)
        sweep.reconcile_behind()
        assert messages("ingest") == []

    @pytest.mark.parametrize("moves", ["drop", "main"])
    def test_and_one_that_went_or_that_main_came_up_to(
        self, desk: Desk, messages: Messages, moves: str
    ) -> None:
        desk.publish({"x.md": "# X"})
        desk.branch_off("draft", {"a.md": "# A"})
        previews(desk)
        messages("ingest")
        if moves == "drop":
            desk.drop("draft")
        else:
            desk.push({"b.md": "# B"})
        sweep.reconcile_behind()
        assert messages("ingest") == [[desk.space.pk]]

    def test_workers_are_woken_for_what_waits(
        self, desk: Desk, messages: Messages, django_capture_on_commit_callbacks: Any
    ) -> None:
        desk.branch_off("draft", {"a.md": "# A", "b.md": "# B"})
        with django_capture_on_commit_callbacks(execute=True):
            previews(desk)
        assert len(messages("render")) == 2

    def test_branches_that_ended_are_forgotten_after_a_month(self, desk: Desk) -> None:
        desk.branch_off("draft", {"a.md": "# A"})
        previews(desk)
        desk.drop("draft")
        previews(desk)
        upkeep.forget_old_rows()
        assert Branch.objects.exists()
        Branch.objects.update(ended_at=timezone.now() - timedelta(days=31))
        upkeep.forget_old_rows()
        assert not Branch.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_a_branch_up_to_date_at_once_the_newest_state_is_left(desk: Desk) -> None:
    desk.publish({"x.md": "# X"})

    def push(number: int) -> None:
        try:
            desk_of_mine = Desk(desk.space)
            desk_of_mine.branch_off("draft", {"a.md": f"# {number}", f"{number}.md": "# N"})
            ingest.reconcile(desk.space.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(push, range(12)))
    head = Repository("growth").head("draft")
    assert Branch.objects.get().commit == head
    assert set(Preview.objects.values_list("commit", flat=True)) == {head}
    assert Preview.objects.count() == 2
