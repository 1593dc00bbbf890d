"""Many at once: real threads, real transactions, on one space."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import pytest
from django.db import connection, transaction

from knowledge.errors import UserError
from knowledge.models import Post, Push, Rendering, Revision, Role, Space, User
from knowledge.pipeline import ingest, sweep
from knowledge.pipeline.publish import publish_rendered
from knowledge.pipeline.spaces import remove_member
from knowledge.pipeline.tagging import merge
from tests.knowledge.pipeline.desk import Desk, render_all

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: list[Callable[[], object]]) -> None:
    """Run all in a thread each; the first error is raised."""

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as threads:
        for done in [threads.submit(run, one) for one in work]:
            done.result()


def test_twenty_reconciles_of_one_space_make_each_revision_once(desk: Desk) -> None:
    for n in range(4):
        desk.push({"late.md": f"# Version {n}", f"{n}.md": f"# Finding {n}"})
    at_once([lambda: ingest.reconcile(desk.space.pk)] * 20)
    assert Push.objects.count() == 4
    revisions = Revision.objects.values_list("post__path", "number")
    assert Counter(revisions) == Counter(
        [("late.md", 1), ("late.md", 2), ("late.md", 3), ("late.md", 4), *((f"{n}.md", 1) for n in range(4))]
    )


def test_an_older_revision_that_waited_for_its_post_does_not_replace_the_newer(desk: Desk) -> None:
    for n in range(2):
        desk.push({"late.md": f"# Version {n}"})
    ingest.reconcile(desk.space.pk)
    Rendering.objects.update(state=Rendering.State.READY)
    first, second = (revision.rendering for revision in Revision.objects.order_by("number"))
    is_held = Event()

    def newer() -> None:
        with transaction.atomic():
            publish_rendered(second)
            is_held.set()
            time.sleep(0.3)

    def older() -> None:
        is_held.wait(5)
        with transaction.atomic():
            publish_rendered(first)

    at_once([newer, older])
    published = desk.post("late.md").published_revision
    assert published
    assert published.number == 2


def test_pushes_during_the_ingest_are_taken_in(desk: Desk) -> None:
    def push_and_reconcile(n: int) -> Callable[[], None]:
        def run() -> None:
            with pushing:
                desk.push({f"{n}.md": f"# Finding {n}"})
            ingest.reconcile(desk.space.pk)

        return run

    pushing = Lock()
    at_once([push_and_reconcile(n) for n in range(10)])
    assert Post.objects.count() == Revision.objects.count() == 10


def test_renderings_and_ingests_of_the_same_sources_leave_nothing_unpublished(
    desk: Desk, finance: Space
) -> None:
    """The same documents in two spaces, while one space's are being rendered."""
    files = {f"{n}.md": f"# Finding {n}" for n in range(12)}
    other = Desk(finance)
    desk.push(files)
    other.push(files)
    ingest.reconcile(desk.space.pk)
    at_once([render_all, render_all, lambda: ingest.reconcile(finance.pk), sweep.release_lost])
    render_all()  # what those passed over while the ingest held it
    assert Rendering.objects.count() == 12
    assert not Rendering.objects.exclude(state="ready").exists()
    assert Post.objects.published().count() == 24


def test_the_same_sources_pushed_to_two_spaces_at_once_are_rendered_once(desk: Desk, finance: Space) -> None:
    other = Desk(finance)
    names = [f"{n}.md" for n in range(30)]
    desk.push({name: f"# {name}" for name in names})
    other.push({f"x{name}": f"# {name}" for name in reversed(names)})
    at_once([lambda: ingest.reconcile(desk.space.pk), lambda: ingest.reconcile(finance.pk)] * 3)
    assert Rendering.objects.count() == 30
    assert Revision.objects.count() == 60


def test_a_worker_that_reconciles_keeps_no_sweep_waiting(desk: Desk) -> None:
    desk.push({"late.md": "# Late"})
    space = Space.objects.get(pk=desk.space.pk)
    with transaction.atomic():
        Space.objects.select_for_update(no_key=True).get(pk=space.pk)
        free: list[bool] = []
        at_once([lambda: free.append(sweep._is_free(space))])
    assert free == [False]
    assert sweep._is_free(space)


def test_a_maintainer_who_is_being_sent_away_sends_nobody_away(
    growth: Space, alice: User, bob: User, dana: User
) -> None:
    """Each of two maintainers removes the other, while a third stays: one of them comes too late."""
    growth.memberships.filter(user__in=[alice, bob]).update(role=Role.MAINTAINER)
    outcomes: list[str] = []
    ready = Barrier(2)

    def remove(by: User, other: User) -> Callable[[], None]:
        def run() -> None:
            try:
                with transaction.atomic():
                    ready.wait(5)
                    remove_member(by=by, space=growth, username=other.username)
                    time.sleep(0.1)
                outcomes.append("removed")
            except UserError as error:
                outcomes.append(error.code)

        return run

    at_once([remove(alice, bob), remove(bob, alice)])
    assert sorted(outcomes) == ["not-a-maintainer", "removed"]


def test_two_merges_the_other_way_round_leave_one_tag(desk: Desk, admin: User) -> None:
    desk.publish({"a.md": "---\ntags: [a, b]\n---\nText"})
    lost: list[str] = []

    def merging(tag: str, into: str) -> None:
        try:
            merge(by=admin, tag=tag, into=into)
        except UserError as error:
            lost.append(error.code)

    at_once([lambda: merging("a", "b"), lambda: merging("b", "a")] * 3)
    assert len(Post.objects.get().tags) == 1
    assert set(lost) == {"same-tag"}
    assert len(lost) == 5
