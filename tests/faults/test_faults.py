"""Parts of a running portal are killed and stopped; every accepted revision is rendered, the newest shown.

Each test waits at most RECOVERY_SECONDS for that, and raises no hand meanwhile.
"""

import json
import os
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from tests.faults.conftest import UNFINISHED, Site
from tests.portal_process import wait_until

pytestmark = pytest.mark.slow

# Each takes the time in which a worker comes back: WHOLE_CORPUS=1 kills twenty in a row.
KILLS = 20 if os.environ.get("WHOLE_CORPUS") else 8
AT_WORK = "SELECT count(*) FROM knowledge_rendering WHERE state = 'rendering' AND started_at > %s"
LEFT = AT_WORK + " AND started_at < %s"


def slow_notebook(number: int, cells: int = 150) -> str:
    """Takes a second or two to draw: much code in many colours."""
    line = "value_{0}_{1} = compute({0}, 'text {1}', [x for x in range({1})])  # step {1}"
    code: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{cell}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": f"number = {number}\n" + "\n".join(line.format(cell, step) for step in range(40)),
        }
        for cell in range(cells)
    ]
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# Finding {number}"}
    metadata = {"language_info": {"name": "python"}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [title, *code]})


def test_a_worker_killed_in_mid_render_again_and_again(site: Site, tmp_path: Path) -> None:
    desk = site.clone("killed", tmp_path / "desk")
    desk.commit({f"{number}.ipynb": slow_notebook(number) for number in range(8)})
    assert desk.push().code == 0
    hit, since = 0, datetime.now(UTC)
    for number in range(8, 8 + 3 * KILLS):
        if hit == KILLS:
            break
        if site.value(UNFINISHED) == 0:  # a fast machine has drawn them all meanwhile
            desk.commit({f"{number}.ipynb": slow_notebook(number)})
            assert desk.push().code == 0
        was_hit, since = _kill_at_work(site, since)
        hit += was_hit
    assert hit == KILLS
    site.wait_until_whole("killed")
    paths = Counter(path for _, path, _ in site.revisions("killed"))
    assert set(paths.values()) == {1}
    assert site.value("SELECT sum(losses) FROM knowledge_rendering") >= KILLS


def _kill_at_work(site: Site, since: datetime) -> tuple[bool, datetime]:
    """Kill the worker while it draws something, and see that its render processes don't outlive it.

    `since` the one before it is dead: what was begun later is its own. Returns whether it left something half
    drawn, for it may have been done that very moment, and when it died.
    """
    worker = psutil.Process(site.portal.pid("worker"))
    # It claims a document before it starts its first child.
    wait_until(lambda: bool(worker.children()) and site.value(AT_WORK, since) > 0, 60)
    children = worker.children()
    worker.kill()
    died = datetime.now(UTC)
    assert not psutil.wait_procs(children, timeout=10)[1]
    wait_until(lambda: site.portal.find("worker") not in {None, worker.pid}, 30)
    # Not before: what it had said to the database when it died may be carried out a moment later.
    return bool(site.value(LEFT, since, died) > 0), died


def test_valkey_stopped_during_pushes_and_started_empty(site: Site, tmp_path: Path) -> None:
    desk = site.clone("valkey", tmp_path / "desk")
    accepted = [desk.commit({"0.md": "# Before"})]
    assert desk.push().code == 0
    site.servers.valkey.stop()
    for number in range(1, 5):
        accepted.append(desk.commit({f"{number}.md": f"# Finding {number}", "0.md": f"# During {number}"}))
        said = desk.push()
        assert said.code == 0, said.err
    shutil.rmtree(site.servers.data_dir / "valkey")
    (site.servers.data_dir / "valkey").mkdir()
    site.servers.valkey.start()
    site.servers.valkey.settle(20)
    site.wait_until_whole("valkey")
    assert [commit for commit, path, _ in site.revisions("valkey") if path == "0.md"] == accepted


def test_postgresql_stopped_during_pushes(site: Site, tmp_path: Path) -> None:
    """Where the push was accepted it is ingested; where it was refused, it says so, and can be repeated."""
    desk = site.clone("postgresql", tmp_path / "desk")
    worker = site.portal.pid("worker")
    accepted: list[str] = []
    for number, delay in enumerate((0.0, 0.1, 0.3)):
        commit = desk.commit({f"{number}.ipynb": slow_notebook(number, cells=20)})
        with ThreadPoolExecutor(1) as threads:
            pushing = threads.submit(desk.push)
            time.sleep(delay)
            site.servers.postgres.stop()
            said = pushing.result()
        time.sleep(1)
        site.servers.postgres.start()
        site.servers.postgres.settle(60)
        if said.code == 0:
            accepted.append(commit)
        assert " 500" not in said.err
    wait_until(lambda: desk.push().code == 0, 30, interval=1)
    site.wait_until_whole("postgresql")
    assert len(site.revisions("postgresql")) == 3
    ingested = {commit for commit, _, _ in site.revisions("postgresql")}
    assert ingested >= set(accepted)
    assert site.portal.pid("worker") == worker


def test_twenty_concurrent_pushes_to_one_space(site: Site, tmp_path: Path) -> None:
    first = site.clone("crowded", tmp_path / "first")
    first.commit({"README.md": "# Crowded"})
    assert first.push().code == 0

    def push(number: int) -> None:
        desk = site.clone("crowded", tmp_path / str(number))
        desk.git("pull", "-q", desk.remote, "main")
        desk.commit({f"{number}.md": f"# Finding {number}"})
        for _ in range(60):
            if desk.push().code == 0:
                return
            desk.git("pull", "-q", "--rebase", desk.remote, "main")
        raise AssertionError(f"{number} never got through")

    with ThreadPoolExecutor(20) as threads:
        list(threads.map(push, range(20)))
    site.wait_until_whole("crowded")
    revisions = site.revisions("crowded")
    assert len(revisions) == 21
    pushed = {commit for commit, _, _ in revisions}
    assert pushed == set(site.git("crowded", "rev-list", "main").split())


def test_an_old_revision_that_finishes_after_a_newer_one(site: Site, tmp_path: Path) -> None:
    desk = site.clone("order", tmp_path / "desk")
    desk.commit({"late.ipynb": slow_notebook(0, cells=3_000)})
    assert desk.push().code == 0
    desk.commit({"late.ipynb": slow_notebook(1, cells=1)})
    assert desk.push().code == 0
    site.wait_until_whole("order")
    first, second = (
        finished
        for (finished,) in site.rows(
            """
            SELECT rendering.finished_at FROM knowledge_revision revision
            JOIN knowledge_rendering rendering ON rendering.id = revision.rendering_id
            JOIN knowledge_post post ON post.id = revision.post_id
            JOIN knowledge_space space ON space.id = post.space_id AND space.slug = 'order'
            ORDER BY revision.number
            """
        )
    )
    assert first > second
    assert [path for _, path, _ in site.revisions("order")] == ["late.ipynb"] * 2
