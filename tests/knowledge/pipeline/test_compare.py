"""Comparisons: rows that are jobs, worked out by a worker's child."""

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge import storage
from knowledge.diffing.wire import unpacked
from knowledge.models import Comparison
from knowledge.pipeline import compare
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, as_bytes

State = Comparison.State


@pytest.fixture
def two(growth, make_post):
    """Two revisions of a notebook, with a word of its text changed."""
    new = base()
    EDITS["a word of the text"](new)
    post = make_post(growth, "a.ipynb", source=as_bytes(base()))
    post = make_post(growth, "a.ipynb", source=as_bytes(new))
    return list(post.revisions.select_related("rendering").order_by("number"))


def asked(two):
    return compare.request_comparison(old=two[0], new=two[1])


def test_who_asks_first_makes_the_job_and_others_find_it(two):
    comparison = asked(two)
    assert comparison.state == State.QUEUED
    assert asked(two) == comparison
    assert compare.request_comparison(old=two[1], new=two[0]) != comparison


def test_a_worker_stores_what_differs(two):
    comparison = asked(two)
    compare.draw_waiting()
    comparison.refresh_from_db()
    assert comparison.state == State.READY
    assert [row.op for row in unpacked(comparison.result).changed] == ["changed"]


def test_a_source_that_is_gone_fails_with_a_word(two):
    comparison = asked(two)
    Comparison.objects.filter(pk=comparison.pk).update(old_digest="0" * 64)
    compare.draw_waiting()
    comparison.refresh_from_db()
    assert (comparison.state, comparison.failure_code) == (State.FAILED, "source-missing")


def test_a_document_that_cannot_be_read_fails_with_its_own_words(two):
    comparison = asked(two)
    digest = storage.put_bytes(b"{")
    Comparison.objects.filter(pk=comparison.pk).update(new_digest=digest)
    compare.draw_waiting()
    comparison.refresh_from_db()
    assert comparison.state == State.FAILED
    assert comparison.failure_message


def test_what_takes_too_long_is_given_up(two, settings, monkeypatch):
    comparison = asked(two)
    monkeypatch.setattr(compare, "borrowed_child", _hurried)
    compare.draw_waiting()
    comparison.refresh_from_db()
    assert (comparison.state, comparison.failure_code) == (State.FAILED, "compare-timeout")


def _hurried(*, is_slow):
    from knowledge.rendering.child import RenderChild

    return RenderChild(seconds=0.000_1)


def test_an_attempt_that_was_given_up_changes_nothing(two):
    asked(two)
    attempt = compare.claim_next()
    assert attempt
    attempt.put_aside()
    again = compare.claim_next()
    assert again
    assert not attempt.update(state=State.FAILED, failure_code="x")
    assert again.update(crashes=1)


def test_the_sweeper_takes_back_what_fell_silent(two):
    comparison = asked(two)
    assert compare.claim_next()
    silent = timezone.now() - timedelta(seconds=60)
    Comparison.objects.filter(pk=comparison.pk).update(heartbeat_at=silent)
    compare.sweep_comparisons()
    comparison.refresh_from_db()
    assert (comparison.state, comparison.losses) == (State.QUEUED, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same(two):
    asked(two)
    claims = []

    def claim() -> None:
        from django.db import connection

        claims.append(compare.claim_next())
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in claims if one]) == 1
