"""Every post of the corpus in Chromium: nothing empty, broken, missing or too wide, nobody else asked."""

import json
import os
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.e2e.conftest import CHROMIUM
from tests.e2e.corpus import CORPUS, MALFORMED, documents, wanted
from tests.e2e.looking import Look, look_at
from tests.e2e.notebooks import JOURNEY, PLOTLY, code, notebook, text
from tests.git_client import Clone
from tests.portal_process import Portal

CloneOf = Callable[[str, str], Clone]
NARROW, WIDE = 390, 1280
RENDER_SECONDS = 180
# One in so many is pushed and looked at: WHOLE_CORPUS=1 takes each, which takes minutes. That all of them
# become posts is in tests/faults/test_corpus.py.
EVERY = 1 if os.environ.get("WHOLE_CORPUS") else 5


def push(portal: Portal, clone: Clone, files: Mapping[str, str | bytes]) -> dict[str, str]:
    """Push files and wait until none is left to render; returns the state of each post by its path."""
    clone.commit(dict(files))
    said = clone.push(timeout=120)
    assert said.code == 0, said.err
    token = portal.errand("create_token", "alice", "--scope", "read").split()[-1]
    deadline = time.monotonic() + RENDER_SECONDS
    while time.monotonic() < deadline:
        states = dict(_states(portal, token, clone.folder.name))
        if states and not {"queued", "rendering"} & set(states.values()):
            return states
        time.sleep(1)
    raise TimeoutError(f"not rendered after {RENDER_SECONDS} s")


def _states(portal: Portal, token: str, space: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    page = f"/api/v1/posts/?space={quote(space)}"
    while page:
        answer = _get(portal, token, page)
        found += [(post["path"], post["rendering"]) for post in answer["results"]]
        page = (answer["next"] or "").removeprefix(portal.url)
    return found


def _get(portal: Portal, token: str, page: str) -> Any:
    request = urllib.request.Request(portal.url + page, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def faults(looks: list[Look]) -> str:
    """What is wrong, a line each; nothing where all is well."""
    return "\n".join(str(look) for look in looks if look.faults)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this checkout")
def test_every_document_of_the_corpus_reads_as_it_should(portal: Portal, clone_of: CloneOf) -> None:
    files = dict(list(documents(CORPUS).items())[::EVERY])
    pushed = {path.relative_to(CORPUS).as_posix() for path in CORPUS.rglob("*") if path.is_file()}
    states = push(portal, clone_of("alice", "corpus"), files)
    failed = {path for path, state in states.items() if state != "ready"}
    assert {Path(path).name for path in failed} <= MALFORMED

    posts = [wanted("corpus", path, files[path], pushed) for path in states]
    narrow = look_at(CHROMIUM or "", portal.url, "alice", posts, [NARROW])
    interactive = [post for post, look in zip(posts, narrow, strict=True) if look.drawn or look.said]
    wide = look_at(CHROMIUM or "", portal.url, "alice", interactive[::EVERY], [WIDE])
    print(f"{len(posts)} posts, {sum(look.drawn for look in narrow)} frames drawn")
    assert not faults(narrow + wide), faults(narrow + wide)


FIXTURES: dict[str, str] = {
    "plot.ipynb": JOURNEY,
    "words.md": "# Words\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n\n> [!NOTE]\n> Said.\n",
    "drawing.ipynb": notebook(code("1", {"image/svg+xml": "<svg viewBox='0 0 9 9'><circle r='3'/></svg>"})),
    "wide.ipynb": notebook(text("word" * 300), text("`" + "x" * 300 + "`"), code("y" * 300, PLOTLY)),
}


def test_a_few_made_up_posts_read_as_they_should(portal: Portal, clone_of: CloneOf) -> None:
    states = push(portal, clone_of("alice", "looked-at"), FIXTURES)
    assert set(states.values()) == {"ready"}
    posts = [wanted("looked-at", path, source.encode(), set()) for path, source in FIXTURES.items()]
    looks = look_at(CHROMIUM or "", portal.url, "bob", posts, [NARROW, WIDE])
    assert not faults(looks), faults(looks)
    assert {Path(look.address).name: look.drawn for look in looks} == {
        "plot.ipynb": 1,
        "words.md": 0,
        "drawing.ipynb": 1,
        "wide.ipynb": 1,
    }
