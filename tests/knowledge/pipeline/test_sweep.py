"""The sweeper finds what lost messages, dead workers and stopped servers left lying."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Push, Rendering, Space
from knowledge.pipeline import ingest, render, sweep
from knowledge.pipeline.claiming import claim
from portal.embedded import Servers
from tests.knowledge.pipeline.conftest import Messages
from tests.knowledge.pipeline.desk import Desk


def row(**columns: Any) -> Rendering:
    count = Rendering.objects.count()
    return Rendering.objects.create(
        source_digest=f"{count:064}", format="md", renderer_version="test", **columns
    )


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def taken_up(**columns: Any) -> Rendering:
    token = "00000000-0000-4000-8000-000000000000"
    return row(state="rendering", attempt_token=token, **columns)


class TestLostWorkers:
    def test_a_silent_workers_rendering_is_queued_again_and_counted(self, db: None) -> None:
        lost = taken_up(heartbeat_at=ago(sweep.SILENT_SECONDS + 1))
        sweep.release_lost()
        lost.refresh_from_db()
        assert (lost.state, lost.losses, lost.attempt_token) == ("queued", 1, None)

    def test_a_beating_heart_is_left_alone(self, db: None) -> None:
        busy = taken_up(heartbeat_at=ago(sweep.SILENT_SECONDS - 2))
        sweep.release_lost()
        busy.refresh_from_db()
        assert (busy.state, busy.losses) == ("rendering", 0)

    def test_it_is_given_up_in_the_end_and_says_why(self, db: None) -> None:
        lost = taken_up(heartbeat_at=ago(60), losses=sweep.LOSSES_MAX)
        sweep.release_lost()
        lost.refresh_from_db()
        assert (lost.state, lost.failure_code) == ("failed", "workers-lost")
        assert lost.failure_hint

    def test_a_lost_rendering_is_woken_in_the_same_sweep(self, db: None, messages: Messages) -> None:
        taken_up(heartbeat_at=ago(60), queued_at=ago(80))
        sweep.sweep()
        assert messages("render") == [[]]

    def test_the_worker_that_was_given_up_stores_nothing(self, desk: Desk) -> None:
        desk.push({"late.md": "# Late"})
        ingest.reconcile(desk.space.pk)
        attempt = claim(Rendering.objects.get().pk)
        assert attempt is not None
        Rendering.objects.update(heartbeat_at=ago(60))
        sweep.release_lost()
        assert not attempt.update(text="from the dead")
        assert Rendering.objects.get().text == ""


class TestLostMessages:
    def test_a_worker_is_woken_for_each_that_has_waited(self, db: None, messages: Messages) -> None:
        for seconds in (1, 10, 20):
            row(queued_at=ago(seconds))
        sweep.wake_waiting()
        assert len(messages("render")) == 2

    def test_what_is_drawn_or_done_wakes_nobody(self, db: None, messages: Messages) -> None:
        taken_up(queued_at=ago(60))
        row(queued_at=ago(60), state="ready")
        sweep.wake_waiting()
        assert messages("render") == []

    def test_the_time_it_has_waited_and_its_turn_are_kept(self, db: None, messages: Messages) -> None:
        waiting = row(queued_at=ago(60), due_at=ago(50))
        sweep.wake_waiting()
        again = Rendering.objects.get()
        assert (again.queued_at, again.due_at) == (waiting.queued_at, waiting.due_at)

    def test_without_a_broker_it_is_woken_by_a_later_sweep(
        self, db: None, messages: Messages, servers: Servers
    ) -> None:
        row(queued_at=ago(60))
        servers.valkey.stop()
        try:
            sweep.wake_waiting()
        finally:
            servers.valkey.start()
            servers.valkey.settle(10)
        sweep.wake_waiting()
        assert len(messages("render")) == 1

    def test_one_sweep_wakes_no_more_than_so_many(
        self, db: None, messages: Messages, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sweep, "WAKE_MAX", 2)
        for _ in range(3):
            row(queued_at=ago(60))
        sweep.wake_waiting()
        assert len(messages("render")) == 2


class TestSpacesBehind:
    def test_a_branch_that_moved_unnoticed_is_reconciled(self, desk: Desk, messages: Messages) -> None:
        desk.push({"late.md": "# Late"})
        sweep.sweep()
        assert messages("ingest") == [[desk.space.pk]]

    def test_a_space_that_is_up_to_date_is_left_alone(self, desk: Desk, messages: Messages) -> None:
        desk.publish({"late.md": "# Late"})
        sweep.reconcile_behind()
        assert messages("ingest") == []

    def test_a_repository_that_can_not_be_opened_keeps_no_other_waiting(
        self, desk: Desk, finance: Space, messages: Messages, caplog: pytest.LogCaptureFixture
    ) -> None:
        desk.push({"late.md": "# Late"})
        sweep.reconcile_behind()
        assert messages("ingest") == [[desk.space.pk]]
        assert "finance can't be read" in caplog.text


def test_two_sweeps_do_no_harm(desk: Desk, messages: Messages) -> None:
    desk.push({"late.md": "# Late"})
    for _ in range(2):
        sweep.sweep()
    for arguments in messages("ingest"):
        ingest.reconcile_space(*arguments)
    Rendering.objects.update(queued_at=ago(60))
    for _ in range(2):
        sweep.sweep()
    for _ in messages("render"):
        render.render_waiting()
    assert Push.objects.count() == 1
    assert desk.post("late.md").status == "published"
