"""From a moved branch to posts and revisions."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from knowledge import storage
from knowledge.documents import READERS, Document
from knowledge.git import Repository
from knowledge.models import Post, Push, Rendering, Revision, Space, User
from knowledge.pipeline import ingest
from knowledge.rendering import RENDERER_VERSION
from tests.knowledge.pipeline.desk import HEADED, NOON, NOTE, Desk, paths, reconcile, render_all


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
        assert [found["code"] for found in report["late.md"].pop("findings")] == ["missing-tldr"]
        assert report["late.md"] == {
            "path": "late.md",
            "change": "added",
            "post": desk.post("late.md").pk,
            "introduces": False,
            "review": None,
            "is_held": False,
            "title": "Deliveries",
            "faults": [],
            "blocked_by": [],
            "failure": None,
        }
        assert report["bad.ipynb"]["failure"]["code"] == "truncated-notebook"

    def test_an_empty_repository_is_nothing_to_do(self, desk: Desk) -> None:
        ingest.reconcile(desk.space.pk)
        assert not Push.objects.exists()

    def test_a_space_that_is_gone_is_nothing_to_do(self, db: None) -> None:
        ingest.reconcile(0)
        assert not Push.objects.exists()

    def test_renderings_are_asked_for_after_the_commit(
        self, desk: Desk, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        desk.push({"late.md": NOTE})
        with django_capture_on_commit_callbacks() as callbacks:
            reconcile(desk)
        assert [callback.args for callback in callbacks] == [(1,)]  # type: ignore[attr-defined]


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

        monkeypatch.setitem(READERS, ".md", replace(READERS[".md"], read=breaks))
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
