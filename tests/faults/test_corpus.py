"""The whole corpus in one push: every document ends as a post, or with a reason its author can act on."""

import shutil
from pathlib import Path

import pytest

from knowledge.documents import has_header, is_document, needs_header
from tests.e2e.corpus import CORPUS, MALFORMED
from tests.faults.conftest import INGESTED, UNFINISHED, Site
from tests.portal_process import wait_until

RENDERINGS = """
    SELECT
        post.path, rendering.state,
        rendering.failure_code, rendering.failure_message, rendering.failure_hint
    FROM knowledge_post post
    JOIN knowledge_space space ON space.id = post.space_id AND space.slug = %s
    JOIN knowledge_revision latest ON latest.id = post.latest_revision_id
    JOIN knowledge_rendering rendering ON rendering.id = latest.rendering_id
"""


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this checkout")
def test_every_document_of_the_corpus_ends_as_a_post_or_with_a_reason(site: Site, tmp_path: Path) -> None:
    desk = site.clone("corpus", tmp_path / "desk")
    shutil.copytree(CORPUS, desk.folder, dirs_exist_ok=True)
    head = desk.commit(message="The corpus")
    worker, before = (
        site.portal.pid("worker"),
        {name: len(site.portal.log(name)) for name in ("web", "worker")},
    )
    said = desk.push(timeout=120)
    assert said.code == 0, said.err
    wait_until(lambda: (site.value(INGESTED, "corpus"), site.value(UNFINISHED)) == (head, 0), 120, 0.5)

    outcome = {
        path: (state, code, message, hint)
        for path, state, code, message, hint in site.rows(RENDERINGS, "corpus")
    }
    tracked = desk.git("-c", "core.quotepath=off", "ls-files").splitlines()
    pushed = {
        path
        for path in tracked
        if is_document(path) and (not needs_header(path) or has_header((desk.folder / path).read_bytes()))
    }
    assert set(outcome) == pushed
    failed = {path: why for path, (state, *why) in outcome.items() if state != "ready"}
    assert {Path(path).name for path in failed} <= MALFORMED
    assert all(all(why) for why in failed.values()), failed
    assert site.portal.pid("worker") == worker
    assert "Internal Server Error" not in site.portal.log("web")[before["web"] :]
    assert "Traceback" not in site.portal.log("worker")[before["worker"] :]
    # the push named every fault of those that failed, and the table of outcomes prints
    answer = "\n".join(said.remote)
    assert all(path in answer for path in failed)
    assert "m02-truncated.ipynb" in site.portal.manage("outcomes", "--space", "corpus", "--markdown")
