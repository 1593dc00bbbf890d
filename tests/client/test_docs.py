"""What the documentation shows for programs is run: every curl, and the Python of the client's page."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from api.urls import v1
from knowledge.models import Collection, Review, User
from knowledge.observing import Observed
from knowledge.pipeline import decisions
from knowledge.pipeline.campaigning import open_campaign
from knowledge.pipeline.watching import observe
from portal.views import helper
from tests.cast import MakePost, Roles
from tests.client import things
from tests.client.conftest import DOCUMENT, World

DOCS = Path(__file__).resolve().parents[2] / "docs"
HERE = "http://127.0.0.1:8000"
# Before the commands of a file: each fails the whole, and each that ran says so.
BEFORE = """
set -euo pipefail
curl() {
  echo "ran: $*" >> ran
  command curl -sS --fail-with-body --max-time 30 "$@" || { echo "failed: $*" >&2; return 1; }
}
"""


def blocks(file: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text(), re.DOTALL | re.MULTILINE)


def curls(file: Path) -> list[str]:
    # What takes another program's results through jq runs where both are.
    found = [block for block in blocks(file, "sh") if "jq " not in block]
    has_any = any("curl " in block for block in found)
    return [block for block in found if re.search(r"curl |^export ", block, re.MULTILINE)] if has_any else []


def run(world: World, commands: list[str], folder: Path, token: str, **names: object) -> list[str]:
    """The commands as a shell runs them, in a folder with retention.ipynb; the curls that ran."""
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "retention.ipynb").write_text(json.dumps(notebook))
    script = BEFORE + "\n".join(commands).replace(HERE, world.url)
    script = re.sub(r"^export ALMANAC_TOKEN=.*$", "", script, flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "ALMANAC_TOKEN": token}
        | {name: str(it) for name, it in names.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr[-2_000:]
    return (folder / "ran").read_text().splitlines()


def test_every_curl_of_the_documentation_runs(
    world: World, make_post: MakePost, roles: Roles, alice: User, dana: User, tmp_path: Path
) -> None:
    token = world.token(dana, "admin")
    post, revision = world.post, world.post.published_revision
    assert revision
    asked = make_post(world.growth, "asked.md", source=b"asked", status="in_review", review_state="open")
    review = Review.objects.create(post=asked, revision=asked.revisions.get())
    thread = post.threads.create(revision=revision, started_by=dana)
    comment = thread.comments.create(author=dana, author_name="Dana", body="Look.")
    collection = Collection.objects.create(space=world.growth, title="First")
    dataset = post.dataset_uses.get().dataset
    observe(by=dana, dataset=dataset, seen=Observed("plain", False, summary="No customer"))
    campaign = open_campaign(by=dana, library="pandas", affected="<2", title="pandas")
    used = decisions.use(by=dana, insight=world.growth.insights.get(), what="Budget")
    ids = {"POST": post.pk, "REVISION": revision.pk, "OLDER": post.revisions.get(number=1).pk,
           "REVIEW": review.pk, "THREAD": thread.pk,
           "COMMENT": comment.pk, "COLLECTION": collection.pk,
           "DECISION": used.pk, "CAMPAIGN": campaign.pk,
           "INVESTIGATION": dataset.investigations.get().pk}  # fmt: skip
    ids |= things.of_spaces(world.growth, post, roles) | things.of_a_person(world.growth, post, dana, alice)
    ids["HELD"] = things.held(world.growth, make_post)
    documented = {file: curls(file) for file in sorted(DOCS.glob("*.md")) if curls(file)}
    assert {"api.md", "curl.md", "insights.md"} <= {file.name for file in documented}
    ran = []
    for file, commands in documented.items():
        (tmp_path / file.stem).mkdir()
        ran += run(world, commands, tmp_path / file.stem, token, **ids)
    assert len(ran) == sum(
        len(re.findall(r"\bcurl ", text)) for texts in documented.values() for text in texts
    )


def operation(curl: str) -> tuple[str, str]:
    """Its method, and the route where it leads."""
    words = shlex.split(curl)
    address = next(word for word in words if word.startswith("$ALMANAC")).removeprefix("$ALMANAC")
    sends = {"-d", "-F"} & set(words) and "-G" not in words
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if sends else "GET"
    return method, resolve(urlsplit(re.sub(r"\$\w+", "1", address)).path).route


def test_every_operation_of_the_api_has_its_curl() -> None:
    lines = "\n".join(blocks(DOCS / "curl.md", "sh")).splitlines()
    shown = {operation(line) for line in lines if line.startswith("curl ")}
    there = {
        (method.upper(), f"api/v1/{each.pattern}")
        for each in v1
        for method in getattr(each.callback, "actions", {"get": ""})
        if method != "head"
    }
    missing = [" ".join(each) for each in sorted(there - shown)]
    assert not missing, "\n".join(missing)


def test_the_page_of_the_client_runs_as_it_is(
    world: World,
    alice: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ALMANAC_URL", world.url)
    monkeypatch.setenv("ALMANAC_TOKEN", world.token(alice))
    monkeypatch.chdir(tmp_path)
    cells = [{"cell_type": "markdown", "metadata": {}, "source": DOCUMENT}]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    Path("retention.ipynb").write_text(json.dumps(notebook))
    names: dict[str, Any] = {}
    with world.at_work():
        for block in blocks(DOCS / "client.md", "python"):
            exec(compile(block, "docs/client.md", "exec"), names)
    printed = capsys.readouterr().out
    for words in (
        "Quarterly churn: 0.143 ratio as of 2026-06-30",
        "2026-03-31 0.151",
        "1 posts",
        "Churn fell in spring.",
        "retention/retention.ipynb",
        "not-found",
    ):
        assert words in printed
    wheel = re.search(r"http://PORTAL/client/(\S+\.whl)", (DOCS / "client.md").read_text())
    assert wheel
    assert wheel[1] == helper.client_name()


def test_the_page_for_assistants_has_configurations_that_can_be_read_and_python_that_runs(
    world: World, alice: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for block in blocks(DOCS / "assistants.md", "json"):
        assert "almanac" in json.dumps(json.loads(block))
    monkeypatch.setenv("ALMANAC_URL", world.url)
    monkeypatch.setenv("ALMANAC_TOKEN", world.token(alice, "read"))
    (code,) = blocks(DOCS / "assistants.md", "python")
    exec(compile(code, "docs/assistants.md", "exec"), {})
    assert capsys.readouterr().out == "0.143 2026-06-30\n"
