"""A queued rendering is drawn once, by whoever claims it, and what goes wrong is counted and said."""

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from celery.signals import worker_shutting_down
from django.core.files.storage import storages
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from redis import Redis

from knowledge import storage
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Post, Rendering, User
from knowledge.pipeline import children, deliver, ingest, lanes, render, turns
from knowledge.pipeline.claiming import Attempt, claim, claim_next
from knowledge.pipeline.intake import Failure
from knowledge.pipeline.lanes import Lane
from knowledge.rendering import Heading, OutputDocument, Passage
from knowledge.rendering import Rendering as Result
from knowledge.rendering.child import RenderChild
from portal.embedded import Servers
from tests.knowledge.pipeline.conftest import Messages
from tests.knowledge.pipeline.desk import Desk, draw, render_all

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="


@pytest.fixture
def queued(desk: Desk) -> Rendering:
    desk.push({"late.md": f"# Late\n\nOn Mondays.\n\n![dot](data:image/png;base64,{PIXEL})\n"})
    ingest.reconcile(desk.space.pk)
    return Rendering.objects.get()


def claimed(rendering: Rendering) -> Attempt:
    attempt = claim(rendering.pk)
    assert attempt is not None
    return attempt


class TestDrawing:
    def test_a_rendering_becomes_ready_and_its_revision_published(
        self, desk: Desk, queued: Rendering
    ) -> None:
        draw(queued.pk)
        queued.refresh_from_db()
        assert queued.state == "ready"
        assert "On Mondays." in queued.parts.get().html
        assert queued.text
        assert queued.finished_at
        post = desk.post("late.md")
        assert (post.status, post.published_revision) == ("published", post.latest_revision)

    def test_what_can_be_found_of_it_is_kept_and_left_in_the_database_by_lists(self, desk: Desk) -> None:
        header = (
            "---\ntitle: T\ndatasets: [dwh.orders]\ninsights: [{name: n, value: 1, interval: [0, 2]}]\n---\n"
        )
        code = "import pandas\n!pip install pandas==2.1"
        desk.push({"a.md": f"{header}See [b](b.md).\n\n```python\n{code}\n```\n"})
        ingest.reconcile(desk.space.pk)
        render_all()
        kept = Rendering.objects.get()
        assert kept.passages == [["narrative", "", "See b."], ["code", "", code]]
        assert kept.versions == {"pandas": "2.1"}
        assert (kept.libraries, kept.datasets, kept.links) == (["pandas"], ["dwh.orders"], ["b.md"])
        assert [(each["name"], each["value"], each["interval"]) for each in kept.insights] == [
            ("n", 1, [0, 2])
        ]
        for posts in (Post.objects.for_cards(), Post.objects.for_reading()):
            revision = posts.get().latest_revision
            assert revision
            assert "passages" in revision.rendering.get_deferred_fields()
        assert "passages" in Rendering.objects.without_content().get().get_deferred_fields()

    def test_figures_lie_in_blob_storage(self, queued: Rendering) -> None:
        draw(queued.pk)
        queued.refresh_from_db()
        [(digest, facts)] = queued.assets.items()
        assert facts["size"] == len(storage.read(digest))
        assert queued.thumbnail in {"", digest}

    def test_one_that_is_ready_is_left_alone(self, queued: Rendering) -> None:
        draw(queued.pk)
        finished = Rendering.objects.get().finished_at
        draw(queued.pk)
        assert Rendering.objects.get().finished_at == finished

    def test_a_row_that_is_gone_is_nothing_to_do(self, db: None) -> None:
        draw(0)
        assert not Rendering.objects.exists()

    def test_only_one_of_two_claims_succeeds(self, queued: Rendering) -> None:
        assert claim(queued.pk) is not None
        assert claim(queued.pk) is None
        assert claim_next(is_slow=False) is None

    def test_an_attempt_that_was_given_up_changes_nothing_when_it_ends(self, queued: Rendering) -> None:
        attempt = claimed(queued)
        Rendering.objects.update(attempt_token=uuid.uuid4())
        render._fail(attempt, Failure("x", "x", "x"))
        assert not attempt.update(words=1)
        assert Rendering.objects.get().state == "rendering"

    def test_what_postgresql_refuses_is_cleaned_out_of_a_result(self, queued: Rendering) -> None:
        odd = "a\x00b\ud800c"
        result = Result(
            parts=(odd, odd),
            headings=(Heading(1, odd, "h-a"),),
            assets=(),
            outputs=(OutputDocument("0" * 64, b"<p>", odd, 10),),
            text=odd,
            thumbnail="",
            notices=(odd,),
            words=1,
            summary=odd,
            macros={odd: odd},
            has_slides=False,
            passages=(Passage("code", odd, odd),),
            links=(odd,),
        )
        render._finish(claimed(queued), result)
        queued.refresh_from_db()
        clean = "a\ufffdb\ufffdc"
        assert [queued.summary, *queued.notices, *(part.html for part in queued.parts.all())] == [clean] * 4
        assert queued.macros == {clean: clean}
        assert (queued.passages, queued.links) == ([["code", clean, clean]], [clean])
        assert (queued.headings[0]["text"], queued.outputs[0]["label"]) == (clean, clean)

    def test_a_beat_moves_the_heartbeat(self, queued: Rendering) -> None:
        attempt = claimed(queued)
        before = Rendering.objects.get().heartbeat_at
        render._beat(attempt)
        after = Rendering.objects.get().heartbeat_at
        assert before is not None
        assert after is not None
        assert after > before


class TestFailing:
    def test_a_document_at_fault_fails_with_its_reason(self, queued: Rendering) -> None:
        broken = storage.put_bytes(b"")
        Rendering.objects.update(source_digest=broken)
        draw(queued.pk)
        assert Rendering.objects.get().failure_code == "empty-document"

    def test_a_source_that_is_missing_fails_and_says_so(self, queued: Rendering) -> None:
        Rendering.objects.update(source_digest="0" * 64)
        draw(queued.pk)
        assert Rendering.objects.get().failure_code == "source-missing"

    @pytest.mark.parametrize("most", [2, 3])
    def test_an_attempt_that_crashes_is_repeated_and_given_up_in_the_end(
        self, queued: Rendering, most: int
    ) -> None:
        failure = Failure("render-crashed", "It crashed.", "Tell someone.")
        for number in range(1, most):
            render._count_crash(claimed(queued), failure, most=most)
            queued.refresh_from_db()
            assert (queued.state, queued.crashes) == ("queued", number)
        render._count_crash(claimed(queued), failure, most=most)
        queued.refresh_from_db()
        assert (queued.state, queued.crashes, queued.failure_code) == ("failed", most, "render-crashed")

    def test_a_document_that_takes_too_long_fails_after_two_attempts(
        self, desk: Desk, queued: Rendering, hurried: None
    ) -> None:
        draw(queued.pk)
        queued.refresh_from_db()
        assert (queued.state, queued.crashes) == ("queued", 1)
        draw(queued.pk)
        queued.refresh_from_db()
        assert (queued.state, queued.failure_code) == ("failed", "render-timeout")
        assert desk.post("late.md").status == "draft"

    def test_what_is_not_the_documents_fault_leaves_the_row_to_the_sweeper(
        self,
        queued: Rendering,
        settings: Settings,
        tmp_path_factory: pytest.TempPathFactory,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        no_folder = tmp_path_factory.mktemp("blobs") / "file"
        no_folder.write_text("in the way")
        blobs = {"BACKEND": settings.STORAGES["blobs"]["BACKEND"], "OPTIONS": {"location": no_folder}}
        settings.STORAGES = settings.STORAGES | {"blobs": blobs}
        draw(queued.pk)
        assert "NotADirectoryError" in caplog.text
        assert Rendering.objects.get().state == "rendering"


@pytest.fixture
def hurried(settings: Settings) -> Iterator[None]:
    """Render processes that have no time at all."""
    settings.RENDER_SECONDS = 0
    children.close_children()
    yield
    children.close_children()


class TestRetrying:
    def failed(self, desk: Desk) -> Post:
        desk.publish({"late.md": "# Late"})
        Rendering.objects.update(state="failed", failure_code="render-timeout", crashes=2, losses=4)
        return desk.post("late.md")

    def test_an_author_may_try_again(
        self,
        desk: Desk,
        alice: User,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        post = self.failed(desk)
        with django_capture_on_commit_callbacks() as callbacks:
            render.retry(by=alice, post=post)
        row = Rendering.objects.get()
        assert (row.state, row.crashes, row.losses, row.failure_code) == ("queued", 0, 0, "")
        assert len(callbacks) == 1
        assert AuditEvent.objects.get(action="post.retry").actor == alice

    def test_a_reader_may_not(self, desk: Desk, carol: User) -> None:
        post = self.failed(desk)
        with pytest.raises(UserError) as refused:
            render.retry(by=carol, post=post)
        assert refused.value.code == "not-a-member"
        assert Rendering.objects.get().state == "failed"

    def test_what_did_not_fail_is_left_alone(self, desk: Desk, alice: User) -> None:
        desk.publish({"late.md": "# Late"})
        render.retry(by=alice, post=desk.post("late.md"))
        assert Rendering.objects.get().state == "ready"
        assert not AuditEvent.objects.exists()

    def test_a_document_over_the_limit_is_taken_in_once_the_limit_is_raised(
        self, desk: Desk, alice: User, settings: Settings
    ) -> None:
        settings.DOCUMENT_MAX_BYTES = 3
        desk.publish({"late.md": "# Late"})
        render.retry(by=alice, post=desk.post("late.md"))
        assert Rendering.objects.get().failure_code == "document-too-large"
        settings.DOCUMENT_MAX_BYTES = 1000
        render.retry(by=alice, post=desk.post("late.md"))
        render_all()
        assert desk.post("late.md").status == "published"


class TestSlowDocuments:
    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> Lane:
        """One place for slow documents, and every document is slow."""
        lane = Lane(1)
        monkeypatch.setattr(lanes, "SLOW", lane)
        monkeypatch.setattr(render, "SLOW_SECONDS", 0)
        monkeypatch.setattr(render, "LOOK_SECONDS", 0)
        return lane

    def test_one_is_put_aside_while_all_places_are_taken_and_is_no_crash(
        self, queued: Rendering, slow: Lane
    ) -> None:
        slow.enter()
        render.draw_waiting()
        queued.refresh_from_db()
        assert (queued.state, queued.is_slow, queued.attempt_token) == ("queued", True, None)
        assert (queued.crashes, queued.losses) == (0, 0)

    def test_whoever_leaves_a_place_looks_for_one_that_was_put_aside(
        self, queued: Rendering, slow: Lane
    ) -> None:
        slow.enter()
        render.draw_waiting()
        assert slow.leave()
        render.draw_waiting()
        queued.refresh_from_db()
        assert (queued.state, queued.is_slow) == ("ready", True)

    def test_one_known_to_be_slow_is_not_tried_without_a_place(self, queued: Rendering, slow: Lane) -> None:
        Rendering.objects.update(is_slow=True)
        slow.enter()
        render.draw_waiting()
        queued.refresh_from_db()
        assert (queued.state, queued.started_at) == ("queued", None)

    def test_its_place_is_free_again_afterwards(self, queued: Rendering, slow: Lane) -> None:
        render.draw_waiting()
        assert Rendering.objects.get().state == "ready"
        assert slow.enter()

    def test_it_sets_the_rest_of_its_push_back(self, desk: Desk, slow: Lane) -> None:
        desk.push({"a.md": "# A", "b.md": "# B, longer"})
        ingest.reconcile(desk.space.pk)
        a, b = (desk.post(name).latest_revision for name in ("a.md", "b.md"))
        assert a
        assert b
        before = b.rendering.due_at
        draw(a.rendering_id)
        b.rendering.refresh_from_db()
        assert b.rendering.due_at - before == turns.SLOW_COSTS

    def test_a_worker_is_woken_for_the_place_that_it_leaves(
        self, queued: Rendering, slow: Lane, messages: Messages
    ) -> None:
        draw(queued.pk)
        assert messages("render")

    def test_one_that_yielded_leaves_a_process_that_has_not(self, queued: Rendering, slow: Lane) -> None:
        draw(queued.pk)
        with children.borrowed_child() as child:
            assert child.pid is not None
            assert os.getpriority(os.PRIO_PROCESS, child.pid) == os.getpriority(os.PRIO_PROCESS, 0)


class TestGivingWay:
    def test_one_in_work_is_put_aside_for_one_that_is_due_earlier(
        self, desk: Desk, queued: Rendering, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It keeps its turn, and is not slow for that."""
        monkeypatch.setattr(render, "LOOK_SECONDS", 0)
        Rendering.objects.update(due_at=turns.unhurried())
        desk.push({"sooner.md": "# Sooner"})
        ingest.reconcile(desk.space.pk)
        draw(queued.pk)
        again = Rendering.objects.get(pk=queued.pk)
        assert (again.state, again.is_slow, again.crashes, again.losses) == ("queued", False, 0, 0)
        render.draw_waiting()
        first, second = Rendering.objects.order_by("finished_at")
        assert (first.state, second.state, second.pk) == ("ready", "ready", queued.pk)

    def test_it_goes_on_where_the_others_are_due_later(
        self, desk: Desk, queued: Rendering, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(render, "LOOK_SECONDS", 0)
        desk.push({"later.md": "# Later"})
        ingest.reconcile(desk.space.pk)
        draw(queued.pk)
        assert Rendering.objects.get(pk=queued.pk).state == "ready"


class TestDrawingWhatWaits:
    def test_one_wake_up_draws_all(self, desk: Desk) -> None:
        desk.push({f"{n}.md": f"# {n}" for n in range(5)})
        ingest.reconcile(desk.space.pk)
        render.render_waiting()
        assert set(Rendering.objects.values_list("state", flat=True)) == {"ready"}

    def test_without_a_place_it_ends_at_once_and_has_the_others_look_again(self, queued: Rendering) -> None:
        taken = [lanes.FAST.enter() for _ in range(lanes.CORES)]
        render.draw_waiting()
        assert Rendering.objects.get().state == "queued"
        assert [lanes.FAST.leave() for _ in taken] == [True] + [False] * (lanes.CORES - 1)

    def test_one_that_goes_wrong_keeps_no_other_waiting(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        """As when its source can't be opened."""
        desk.push({"a.md": "# A", "b.md": "# B, longer"})
        ingest.reconcile(desk.space.pk)
        a = desk.post("a.md").latest_revision
        assert a
        blob = Path(storages["blobs"].path(storage.key(a.source_digest)))
        blob.unlink()
        blob.mkdir()
        render.draw_waiting()
        assert desk.post("b.md").status == "published"
        assert "left to the sweeper" in caplog.text

    def test_a_worker_that_is_stopping_takes_up_nothing_more(
        self, queued: Rendering, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(render, "_is_stopping", False)
        monkeypatch.setattr(deliver, "_is_stopping", False)
        worker_shutting_down.send(sender="worker")
        render.draw_waiting()
        assert Rendering.objects.get().state == "queued"


def test_render_processes_are_used_again(queued: Rendering) -> None:
    with children.borrowed_child() as first:
        pass
    with children.borrowed_child() as again, children.borrowed_child() as another:
        assert again is first
        assert another is not first
    assert isinstance(first, RenderChild)


def test_a_process_that_has_drawn_is_kept_for_ordinary_documents(queued: Rendering) -> None:
    children.close_children()
    draw(queued.pk)
    with children.borrowed_child() as warm, children.borrowed_child():
        pass  # and a fresh one beside it
    with children.borrowed_child(is_slow=True) as fresh, children.borrowed_child() as again:
        assert again is warm
        assert fresh.is_fresh


def test_no_more_processes_are_kept_than_there_are_cores(queued: Rendering) -> None:
    with ExitStack() as stack:
        for _ in range(lanes.CORES + 2):
            stack.enter_context(children.borrowed_child())
    assert len(children._idle) == lanes.CORES


def test_asking_for_many_stops_at_the_first_that_can_not_be_sent(
    broker_away: None, caplog: pytest.LogCaptureFixture
) -> None:
    render.request_workers(100)
    assert caplog.text.count("waits for the sweeper") == 1


def test_asking_wakes_a_worker_for_each_but_not_for_each_of_very_many(messages: Messages) -> None:
    render.request_workers(3)
    assert messages("render") == [[]] * 3
    render.request_workers(100_000)
    assert len(messages("render")) == render.WAKE_MAX


def test_a_broker_that_is_full_keeps_nothing_from_being_done(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    valkey = Redis.from_url(servers.redis_url)
    valkey.config_set("maxmemory", "1")
    try:
        render.request_workers(1)
    finally:
        valkey.config_set("maxmemory", "0")
        valkey.close()
    assert "waits for the sweeper" in caplog.text
