"""Bombs: each is drawn in part or refused with a reason, within limits; other posts don't wait for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.rendering import limits
from knowledge.rendering.child import RenderChild
from knowledge.rendering.result import Rendering
from tests.faults.blasts import outcome
from tests.faults.bombs import BOMBS
from tests.faults.conftest import UNFINISHED, Site
from tests.faults.meanwhile import Times, bombs, ordinary, times
from tests.git_client import Clone
from tests.knowledge.rendering.structure import faults_of
from tests.portal_process import wait_until

SECONDS = 25  # of a busy machine; alone, none takes ten
MEMORY = 1_300_000_000  # of two billion that a child may have
OTHERS_MAY_TAKE = 4.0  # times as long as usual on a busy machine; `make bench` holds it to two

UNTRIED = "SELECT count(*) FROM knowledge_rendering WHERE state = 'queued' AND started_at IS NULL"


@pytest.fixture(scope="module")
def child() -> Iterator[RenderChild]:
    with RenderChild(seconds=60, memory=2_000_000_000) as child:
        yield child


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_drawn_in_part_or_refused_within_the_limits(child: RenderChild, name: str) -> None:
    came = outcome(child, name, BOMBS[name]())
    assert came.code not in {"render-crashed", "render-timeout"}, came.words
    assert came.seconds < SECONDS
    assert came.peak < MEMORY
    if came.rendering:
        check(came.rendering)


def check(rendering: Rendering) -> None:
    """What was drawn is clean, no larger than a page may be, and has all that it refers to."""
    html = "".join(rendering.parts)
    assert faults_of(html) == []
    assert len(html) < 1.5 * limits.PAGE
    assert sum(len(output.data) for output in rendering.outputs) < 1.2 * limits.OUTPUT_BYTES
    assets = set(re.findall(r'"almanac-asset:([0-9a-f]{64})\.', html))
    assert assets <= {asset.digest for asset in rendering.assets}
    outputs = [int(number) for number in re.findall(r'"almanac-output:(\d+)"', html)]
    assert max(outputs, default=-1) < len(rendering.outputs)


def pushed(desk: Clone, files: dict[str, bytes]) -> None:
    desk.commit(dict(files))
    said = desk.push(timeout=120)
    assert said.code == 0, said.err


def seen(site: Site, desk: Clone, files: dict[str, bytes], space: str, folder: str) -> Times:
    """Push the files, and wait until all of `folder` is readable."""
    pushed(desk, files)
    wait_until(lambda: times(site.servers.database_url, space, folder) is not None, 120)
    found = times(site.servers.database_url, space, folder)
    assert found
    return found


@pytest.mark.slow
def test_ordinary_posts_are_drawn_meanwhile_as_if_nothing_were(site: Site, tmp_path: Path) -> None:
    desk = site.clone("crowd", tmp_path / "desk")
    seen(site, desk, ordinary("warm", 5), "crowd", "warm")
    usual = seen(site, desk, ordinary("usual", 20), "crowd", "usual")
    both = bombs("bombs") | ordinary("meanwhile", 20)
    meanwhile = seen(site, desk, both, "crowd", "meanwhile")
    assert meanwhile.over(usual) < OTHERS_MAY_TAKE, (usual, meanwhile)


@pytest.mark.slow
def test_who_pushes_right_after_the_bombs_does_not_wait_until_all_were_tried(
    site: Site, tmp_path: Path
) -> None:
    wait_until(lambda: site.value(UNFINISHED) == 0, 300, interval=0.5)
    bomber, other = site.clone("bombed", tmp_path / "bomber"), site.clone("neighbour", tmp_path / "other")
    pushed(bomber, bombs("bombs", 1))
    for desk, space in ((other, "neighbour"), (bomber, "bombed")):
        seen(site, desk, ordinary("after", 5), space, "after")
        assert site.value(UNTRIED) > 0
