"""Documents that are renamed, removed, ignored, and that return."""

from knowledge.models import FormerPath, Post
from tests.knowledge.pipeline.desk import NOTE, Desk, paths, reconcile, render_all


class TestMoving:
    def test_a_renamed_document_keeps_its_history_and_its_address_forwards(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        before = desk.post("late.md")
        desk.publish({"late.md": None, "logistics/late.md": NOTE})
        after = desk.post("logistics/late.md")
        assert after == before
        assert after.revisions.count() == 1
        assert FormerPath.objects.get().post == after
        assert FormerPath.objects.get().path == "late.md"

    def test_a_rename_with_an_edit_is_one_revision_at_the_new_path(self, desk: Desk) -> None:
        text = "\n".join(f"Line {n} of a text that is long enough." for n in range(30))
        desk.publish({"late.md": text})
        desk.publish({"late.md": None, "mondays.md": text + "\nMore."})
        post = desk.post("mondays.md")
        assert [r.path for r in post.revisions.order_by("number")] == ["late.md", "mondays.md"]

    def test_a_new_document_takes_over_an_old_address(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        desk.publish({"late.md": None, "mondays.md": NOTE})
        desk.publish({"late.md": "Something else."})
        assert desk.post("late.md") != desk.post("mondays.md")
        assert not FormerPath.objects.exists()

    def test_back_and_forth_leaves_one_forward(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        desk.publish({"late.md": None, "mondays.md": NOTE})
        desk.publish({"mondays.md": None, "late.md": NOTE})
        assert list(FormerPath.objects.values_list("path", flat=True)) == ["mondays.md"]

    def test_two_documents_that_change_places_are_two_changed_ones_as_git_sees_it(self, desk: Desk) -> None:
        desk.publish({"a.md": "first", "b.md": "second"})
        first = desk.post("a.md")
        desk.publish({"a.md": "second", "b.md": "first"})
        assert desk.post("a.md") == first
        assert first.revisions.count() == 2

    def test_the_same_bytes_under_another_suffix_are_another_document_to_read(self, desk: Desk) -> None:
        desk.publish({"late.ipynb": NOTE})
        assert desk.post("late.ipynb").status == "draft"
        desk.publish({"late.ipynb": None, "late.md": NOTE})
        post = desk.post("late.md")
        assert (post.status, post.title, post.revisions.count()) == ("published", "Deliveries", 2)

    def test_a_chain_of_renames_is_followed(self, desk: Desk) -> None:
        desk.publish({"a.md": "first " * 9, "b.md": "second " * 9})
        first, second = desk.post("a.md"), desk.post("b.md")
        desk.push({"b.md": None, "c.md": "second " * 9})
        desk.push({"a.md": None, "b.md": "first " * 9})
        reconcile(desk)
        assert (desk.post("b.md"), desk.post("c.md")) == (first, second)
        assert list(FormerPath.objects.values_list("path", "post")) == [("a.md", first.pk)]

    def test_a_readme_that_is_moved_away_becomes_a_post(self, desk: Desk) -> None:
        desk.publish({"README.md": NOTE})
        desk.publish({"README.md": None, "deliveries.md": NOTE})
        assert desk.post("deliveries.md").kind == "post"


class TestRemoving:
    def test_a_deleted_document_leaves_a_post_that_says_so(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        commit = desk.publish({"late.md": None})
        post = desk.post("late.md")
        assert (post.status, post.deleted_commit) == ("deleted", commit)
        assert post.deleted_at

    def test_a_document_that_returns_is_the_same_post(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        before = desk.post("late.md")
        desk.publish({"late.md": None})
        desk.publish({"late.md": NOTE})
        after = desk.post("late.md")
        assert (after, after.status, after.deleted_at) == (before, "published", None)
        assert after.revisions.count() == 1

    def test_one_that_returns_changed_keeps_counting(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        desk.publish({"late.md": None})
        desk.publish({"late.md": "Quite another text."})
        assert list(desk.post("late.md").revisions.values_list("number", flat=True)) == [2, 1]

    def test_what_finishes_after_the_deletion_stays_deleted(self, desk: Desk) -> None:
        desk.push({"late.md": NOTE})
        reconcile(desk)
        desk.push({"late.md": None})
        reconcile(desk)
        render_all()
        post = desk.post("late.md")
        assert (post.status, post.published_revision) == ("deleted", post.latest_revision)


class TestIgnoring:
    def test_hidden_folders_and_ignored_paths_make_no_posts(self, desk: Desk) -> None:
        desk.publish(
            {
                ".almanacignore": "drafts/\n*-scratch.ipynb\n",
                "drafts/idea.md": NOTE,
                "x-scratch.ipynb": "{}",
                ".github/contributing.md": NOTE,
                "late.md": NOTE,
            }
        )
        assert paths() == {"late.md"}

    def test_a_checkpoint_of_jupyters_is_shown_and_told_of(self, desk: Desk) -> None:
        path = "a/.ipynb_checkpoints/late-checkpoint.ipynb"
        desk.publish({path: '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}'})
        made = desk.post(path).latest_revision
        assert made
        assert [fault["code"] for fault in made.faults] == ["checkpoint"]
        desk.publish({".almanacignore": ".ipynb_checkpoints/"})
        assert paths(status="deleted") == {path}

    def test_a_document_that_becomes_ignored_is_deleted_and_returns_with_the_rule(self, desk: Desk) -> None:
        desk.publish({"drafts/idea.md": NOTE, "late.md": "x"})
        post = desk.post("drafts/idea.md")
        desk.publish({".almanacignore": "drafts/\n"})
        assert paths(status="deleted") == {"drafts/idea.md"}
        desk.publish({".almanacignore": None})
        assert desk.post("drafts/idea.md") == post
        assert paths(status="published") == {"drafts/idea.md", "late.md"}
        assert post.revisions.count() == 1

    def test_moving_into_an_ignored_folder_deletes_and_out_of_it_brings_back(self, desk: Desk) -> None:
        desk.publish({".almanacignore": "drafts/\n", "late.md": NOTE})
        desk.publish({"late.md": None, "drafts/late.md": NOTE})
        assert paths(status="deleted") == {"late.md"}
        desk.publish({"drafts/late.md": None, "late.md": NOTE})
        assert paths(status="published") == {"late.md"}

    def test_a_changed_document_and_a_changed_rule_come_in_one_push(self, desk: Desk) -> None:
        desk.publish({"a.md": "one", "b.md": "one"})
        desk.publish({".almanacignore": "b.md\n", "a.md": "two", "c.md": "new"})
        assert desk.post("a.md").revisions.count() == 2
        assert paths(status="published") == {"a.md", "c.md"}

    def test_a_rename_and_a_changed_rule_come_in_one_push(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        post = desk.post("late.md")
        desk.publish({".almanacignore": "drafts/\n", "late.md": None, "logistics/late.md": NOTE})
        assert desk.post("logistics/late.md") == post
        assert Post.objects.count() == 1

    def test_a_line_that_is_no_pattern_is_reported_and_passed_over(self, desk: Desk) -> None:
        desk.push({".almanacignore": "drafts/\n!\n", "drafts/x.md": NOTE, "late.md": NOTE})
        report = reconcile(desk).report
        assert report[0]["path"] == ".almanacignore"
        assert report[0]["faults"][0]["line"] == 2
        assert paths() == {"late.md"}
