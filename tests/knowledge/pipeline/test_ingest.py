"""From a moved branch to posts and revisions."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from knowledge import storage
from knowledge.documents import READERS, Document
from knowledge.git import Repository
from knowledge.models import FormerPath, Post, Push, Rendering, Revision, Space, User
from knowledge.pipeline import ingest
from knowledge.rendering import RENDERER_VERSION
from tests.knowledge.pipeline.desk import NOON, Desk, render_all

NOTE = "# Deliveries\n\nThey are late on Mondays.\n"
HEADED = """---
title: Late on Mondays
subtitle: A look at deliveries
tldr: One in five.
authors: [bob, Nobody Known]
tags: [Logistics, monday, logistics]
created_at: 2026-03-01
updated_at: 2026-04-01
---

They are late.
"""


def paths(**columns: object) -> set[str]:
    return set(Post.objects.filter(**columns).values_list("path", flat=True))


def reconcile(desk: Desk) -> Push:
    ingest.reconcile(desk.space.pk)
    push = Push.objects.filter(space=desk.space).first()
    assert push is not None
    return push


class TestAFirstPush:
    def test_documents_become_posts_and_other_files_do_not(self, desk: Desk) -> None:
        commit = desk.push({"late.md": NOTE, "data.csv": "a,b", "deep/er/trip.markdown": "x"})
        push = reconcile(desk)
        assert paths() == {"late.md", "deep/er/trip.markdown"}
        desk.space.refresh_from_db()
        assert desk.space.ingested_commit == push.new_commit == commit

    def test_each_document_is_a_revision_with_its_source_and_a_queued_rendering(self, desk: Desk) -> None:
        commit = desk.push({"late.md": NOTE}, message="Look at Mondays")
        push = reconcile(desk)
        revision = Revision.objects.select_related("rendering").get()
        assert storage.read(revision.source_digest) == NOTE.encode()
        assert (revision.number, revision.commit, revision.push) == (1, commit, push)
        assert (revision.author_name, revision.message) == ("Alice Example", "Look at Mondays")
        assert revision.committed_at == NOON
        assert revision.rendering.state == "queued"
        assert revision.rendering.renderer_version == RENDERER_VERSION

    def test_the_pusher_is_told_by_the_branchs_log(self, desk: Desk, bob: User) -> None:
        desk.push({"late.md": NOTE}, by="bob")
        push = reconcile(desk)
        assert push.pushed_by == Revision.objects.get().pushed_by == bob

    def test_a_post_is_a_draft_with_its_latest_facts_until_it_is_rendered(self, desk: Desk) -> None:
        desk.push({"late.md": HEADED})
        reconcile(desk)
        post = desk.post("late.md")
        assert (post.status, post.title, post.tldr) == ("draft", "Late on Mondays", "One in five.")
        assert post.shown_revision == post.latest_revision
        assert post.published_revision is None

    def test_the_report_names_each_document(self, desk: Desk) -> None:
        desk.push({"late.md": NOTE, "bad.ipynb": "{"})
        report = {line["path"]: line for line in reconcile(desk).report}
        assert report["late.md"] == {
            "path": "late.md",
            "change": "added",
            "post": desk.post("late.md").pk,
            "title": "Deliveries",
            "faults": [],
            "failure": None,
        }
        assert report["bad.ipynb"]["failure"]["code"] == "truncated-notebook"

    def test_an_empty_repository_is_nothing_to_do(self, desk: Desk) -> None:
        ingest.reconcile(desk.space.pk)
        assert not Push.objects.exists()

    def test_a_space_that_is_gone_is_nothing_to_do(self, db: None) -> None:
        ingest.reconcile(0)

    def test_renderings_are_asked_for_after_the_commit(
        self, desk: Desk, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        desk.push({"late.md": NOTE})
        with django_capture_on_commit_callbacks() as callbacks:
            reconcile(desk)
        assert [callback.args for callback in callbacks] == [([Rendering.objects.get().pk],)]  # type: ignore[attr-defined]


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

    def test_a_readme_introduces_its_folder_unless_it_has_a_header(self, desk: Desk) -> None:
        desk.publish({"README.md": "# Us", "sub/readme.md": "# Sub", "post/README.md": HEADED})
        assert paths(kind="introduction") == {"README.md", "sub/readme.md"}
        assert paths(kind="post") == {"post/README.md"}

    def test_faults_of_a_header_are_kept_with_their_line(self, desk: Desk) -> None:
        desk.push({"late.md": "---\ntitle: [\n---\ntext\n"})
        report = reconcile(desk).report
        revision = Revision.objects.get()
        assert revision.faults == report[0]["faults"]
        assert revision.faults[0]["line"]


class TestALaterPush:
    def test_a_changed_document_is_a_new_revision_and_an_unchanged_one_is_not(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE, "other.md": NOTE})
        desk.push({"late.md": NOTE + "\nMore.", "other.md": NOTE})
        push = reconcile(desk)
        assert [(line["path"], line["change"]) for line in push.report] == [("late.md", "changed")]
        assert desk.post("late.md").revisions.count() == 2
        assert desk.post("other.md").revisions.count() == 1

    def test_nothing_new_makes_no_push(self, desk: Desk) -> None:
        desk.publish({"late.md": NOTE})
        ingest.reconcile(desk.space.pk)
        assert Push.objects.count() == 1

    def test_two_pushes_before_the_ingest_are_two_steps_with_their_pushers(
        self, desk: Desk, alice: User, bob: User
    ) -> None:
        desk.push({"late.md": "one"}, by="alice")
        desk.push({"late.md": "two"}, by="bob")
        reconcile(desk)
        pushers = Push.objects.order_by("pk").values_list("pushed_by__username", flat=True)
        assert list(pushers) == ["alice", "bob"]
        assert [storage.read(r.source_digest) for r in Revision.objects.order_by("number")] == [
            b"one",
            b"two",
        ]

    def test_a_push_of_several_commits_is_one_revision_by_the_last_author(self, desk: Desk) -> None:
        desk.commit({"late.md": "one"}, author=("Bob", "bob@meridian.example"))
        desk.commit({"other.md": "x"}, author=("Carol", "carol@meridian.example"), message="Other")
        desk.move_branch(desk.commit({"late.md": "two"}, message="Better"))
        reconcile(desk)
        revision = desk.post("late.md").revisions.get()
        assert (revision.author_name, revision.message) == ("Alice Example", "Better")
        assert desk.post("other.md").revisions.get().message == "Other"

    def test_going_back_to_older_bytes_is_published_at_once(self, desk: Desk) -> None:
        desk.publish({"late.md": "one"})
        desk.publish({"late.md": "two"})
        desk.push({"late.md": "one"})
        reconcile(desk)
        post = desk.post("late.md")
        assert post.published_revision == post.latest_revision
        assert post.published_revision is not None
        assert post.published_revision.number == 3
        assert post.published_revision.published_at

    def test_other_branches_make_no_posts(self, desk: Desk) -> None:
        desk.space.default_branch = "draft"
        desk.push({"late.md": NOTE})
        ingest.reconcile(desk.space.pk)  # reads the row, which says main
        assert not Post.objects.exists()


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
                ".ipynb_checkpoints/late-checkpoint.ipynb": "{}",
                "late.md": NOTE,
            }
        )
        assert paths() == {"late.md"}

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


class TestWhatCanNotBeRead:
    def test_a_broken_document_is_a_failed_post_beside_the_good_ones(self, desk: Desk) -> None:
        desk.publish({"bad.ipynb": '{"cells": [', "late.md": NOTE})
        bad = desk.post("bad.ipynb")
        assert bad.latest_revision is not None
        assert bad.latest_revision.rendering.state == "failed"
        assert bad.latest_revision.rendering.failure_hint
        assert (bad.status, bad.title) == ("draft", "Bad")
        assert desk.post("late.md").status == "published"

    def test_the_last_good_version_stays_up(self, desk: Desk) -> None:
        desk.publish({"late.md": "# Good"})
        desk.publish({"late.md": "   \n"})
        post = desk.post("late.md")
        assert post.latest_revision is not None
        assert post.published_revision is not None
        assert (post.latest_revision.number, post.published_revision.number) == (2, 1)
        assert (post.title, post.status) == ("Good", "published")

    def test_a_document_over_the_limit_fails_with_its_size_and_is_not_copied(
        self, desk: Desk, settings
    ) -> None:
        settings.DOCUMENT_MAX_BYTES = 20
        desk.publish({"late.md": NOTE})
        revision = Revision.objects.select_related("rendering").get()
        assert revision.rendering.failure_code == "document-too-large"
        assert not storage.exists(revision.source_digest)

    def test_a_reader_that_breaks_stops_nothing(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def breaks(source: bytes) -> Document:
            raise RecursionError(len(source))

        monkeypatch.setitem(READERS, ".md", breaks)
        desk.push({"late.md": NOTE})
        reconcile(desk)
        assert desk.post("late.md").title == "Late"
        render_all()
        assert desk.post("late.md").status == "published"

    def test_a_source_known_from_elsewhere_is_not_rendered_again(self, desk: Desk, finance: Space) -> None:
        desk.publish({"late.md": NOTE})
        other = Desk(finance)
        other.push({"copy.md": NOTE})
        ingest.reconcile(finance.pk)
        assert Rendering.objects.count() == 1
        assert other.post("copy.md").status == "published"


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


class TestWaiting:
    def test_the_push_is_returned_when_it_is_there(self, desk: Desk) -> None:
        commit = desk.push({"late.md": NOTE})
        push = reconcile(desk)
        assert ingest.wait_for_push(desk.space, commit, seconds=1) == push

    def test_none_when_it_does_not_come(self, desk: Desk) -> None:
        assert ingest.wait_for_push(desk.space, "0" * 40, seconds=0.02) is None


class TestARestoredRepository:
    def test_posts_follow_a_history_that_git_no_longer_knows(self, desk: Desk) -> None:
        desk.publish({"kept.md": "same", "gone.md": "x", "changed.md": "one"})
        Space.objects.update(ingested_commit="f" * 40)
        desk.push({"gone.md": None, "changed.md": "two", "new.md": "n"})
        reconcile(desk)
        render_all()
        assert paths(status="published") == {"kept.md", "changed.md", "new.md"}
        assert paths(status="deleted") == {"gone.md"}
        assert desk.post("kept.md").revisions.count() == 1
        assert Repository("growth").head("main") == Push.objects.first().new_commit  # type: ignore[union-attr]


def test_the_number_of_queries_does_not_depend_on_the_number_of_documents(desk: Desk) -> None:
    counts = []
    for size in (2, 60):
        desk.push({f"{size}/{n}.md": f"# Finding {n} of {size}\n" for n in range(size)})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reconcile(desk)
        render_all()
        desk.push({f"{size}/{n}.md": f"# Better finding {n} of {size}\n" for n in range(size)})
        with CaptureQueriesContext(connection) as more:
            reconcile(desk)
        counts.append((len(queries), len(more)))
    assert counts[0] == counts[1]
    assert max(counts[1]) < 45
