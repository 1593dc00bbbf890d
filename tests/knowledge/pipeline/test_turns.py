"""Whose turn it is: small pushes pass large ones, and slow documents let others pass."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from knowledge.models import Rendering, Revision, Space
from knowledge.pipeline import ingest, turns
from knowledge.pipeline.claiming import claim, claim_next
from knowledge.pipeline.rebuild import rebuild
from tests.cast import THE_DAY
from tests.knowledge.pipeline.desk import Desk


@pytest.fixture(autouse=True)
def leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is decided by how long a busy machine takes between two pushes."""
    monkeypatch.setattr(turns, "STEP", timedelta(minutes=1))
    monkeypatch.setattr(turns, "SLOW_COSTS", timedelta(hours=1))
    monkeypatch.setattr(turns, "SET_BACK_MOST", timedelta(hours=6))


@pytest.fixture
def other(finance: Space) -> Desk:
    return Desk(finance)


def push(desk: Desk, *names: str) -> None:
    """Documents of growing size, whose first words are their names."""
    desk.push({f"{name}.md": f"# {name}\n" + "word\n" * size for size, name in enumerate(names)})
    ingest.reconcile(desk.space.pk)


def rendering(name: str) -> Rendering:
    return Revision.objects.get(path=f"{name}.md").rendering


def line() -> list[str]:
    """The names of those that wait, in the order in which they would be drawn."""
    paths = dict(Revision.objects.values_list("source_digest", "path"))
    claimed = []
    while attempt := claim_next(is_slow=False):
        claimed.append(paths[attempt.source_digest].removesuffix(".md"))
    return claimed


class TestTheOrder:
    def test_the_smallest_of_a_push_come_first(self, desk: Desk) -> None:
        desk.push({"a.md": "# A\n" * 500, "b.md": "# B", "c.md": "# C\n" * 50})
        ingest.reconcile(desk.space.pk)
        assert line() == ["b", "c", "a"]

    def test_a_small_push_passes_the_rest_of_a_large_one_of_another_space(
        self, desk: Desk, other: Desk
    ) -> None:
        push(desk, "a", "b", "c", "d")
        push(other, "small")
        assert line() == ["a", "small", "b", "c", "d"]

    def test_a_space_gets_no_further_ahead_by_many_pushes(self, desk: Desk, other: Desk) -> None:
        for name in "abcd":
            push(desk, name)
        push(other, "small")
        assert line() == ["a", "small", "b", "c", "d"]

    def test_what_has_waited_for_long_is_not_passed_any_more(self, desk: Desk, other: Desk) -> None:
        push(desk, "a", "b", "c", "d")
        Rendering.objects.update(due_at=timezone.now())
        push(other, "small")
        assert line()[-1] == "small"

    def test_what_is_rebuilt_lets_every_push_pass(self, desk: Desk, other: Desk) -> None:
        push(desk, "old")
        Rendering.objects.update(renderer_version="0", state="ready")
        rebuild(desk.space)
        push(other, "a", "b", "c")
        assert line() == ["a", "b", "c", "old"]

    def test_what_is_rebuilt_and_pushed_anew_is_due_at_once(self, desk: Desk, other: Desk) -> None:
        push(desk, "old")
        Rendering.objects.update(due_at=turns.unhurried())
        push(other, "old")
        assert rendering_of(other).due_at <= timezone.now()

    def test_what_is_due_keeps_its_turn_when_a_later_push_has_it_too(self, desk: Desk, other: Desk) -> None:
        push(desk, "old")
        before = rendering_of(desk).due_at
        push(other, "old")
        assert rendering_of(other).due_at == before


def rendering_of(desk: Desk) -> Rendering:
    return Revision.objects.get(post__space=desk.space).rendering


class TestSlowOnes:
    def test_the_rest_of_its_push_lets_later_ones_pass(self, desk: Desk, other: Desk) -> None:
        push(desk, "bomb", "b", "c")
        claim(rendering("bomb").pk)
        turns.set_back(rendering("bomb").pk)
        push(other, "x", "y", "z")
        assert line() == ["x", "y", "z", "b", "c"]

    def test_a_later_push_to_the_same_space_passes_it_too(self, desk: Desk) -> None:
        push(desk, "bomb", "b", "c")
        claim(rendering("bomb").pk)
        turns.set_back(rendering("bomb").pk)
        push(desk, "bomb", "b", "c", "later")
        assert line() == ["later", "b", "c"]

    def test_nobody_is_set_back_for_longer_than_so_much(self, desk: Desk) -> None:
        push(desk, "bomb", "b")
        for _ in range(100):
            turns.set_back(rendering("bomb").pk)
        most = timezone.now() + turns.SET_BACK_MOST + turns.SLOW_COSTS
        assert rendering("b").due_at < most

    def test_those_in_line_for_slow_ones_keep_their_turn(self, desk: Desk) -> None:
        push(desk, "bomb", "b")
        Rendering.objects.update(is_slow=True)
        before = rendering("b").due_at
        turns.set_back(rendering("bomb").pk)
        assert rendering("b").due_at == before

    def test_so_does_the_rest_of_its_branch(self, desk: Desk, other: Desk) -> None:
        desk.branch_off("draft", {f"{name}.md": name for name in ("bomb", "b", "c")})
        ingest.reconcile(desk.space.pk)
        drawn = Rendering.objects.get(previews__path="bomb.md").pk
        claim(drawn)
        turns.set_back(drawn)
        push(other, "x", "y")
        waiting = Rendering.objects.filter(state="queued").order_by("due_at")
        assert [row.revisions.exists() for row in waiting] == [True, True, False, False]

    def test_a_rendering_that_no_push_waits_for_sets_nobody_back(self, desk: Desk) -> None:
        push(desk, "b")
        before = rendering("b").due_at
        turns.set_back(Rendering.objects.create(source_digest="0" * 64, format="md").pk)
        assert rendering("b").due_at == before


class TestGivingWay:
    def test_it_is_to_those_who_are_due_earlier(self, desk: Desk) -> None:
        push(desk, "a")
        due = rendering("a").due_at
        assert turns.is_anyone_due_before(due + turns.STEP)
        assert not turns.is_anyone_due_before(due)

    def test_it_is_not_to_those_who_are_being_drawn_or_have_a_line_of_their_own(self, desk: Desk) -> None:
        push(desk, "drawn", "slow")
        claim(rendering("drawn").pk)
        Rendering.objects.filter(pk=rendering("slow").pk).update(is_slow=True)
        assert not turns.is_anyone_due_before(turns.unhurried())


def test_the_next_of_very_many_is_found_by_an_index(db: None) -> None:
    Rendering.objects.bulk_create(
        Rendering(source_digest=f"{number:064}", format="md") for number in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_rendering")
    waiting = Rendering.objects.waiting(is_slow=False)
    for rows in (waiting.order_by("due_at", "pk")[:1], waiting.filter(due_at__lt=THE_DAY)):
        assert "rendering_next" in rows.explain()
