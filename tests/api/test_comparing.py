"""Two revisions compared, what changed since somebody read a post, bringing one back, rendering it again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from knowledge.git import Repository, create_repository
from knowledge.models import Comparison, Post, Rendering, Space, User, Visit
from knowledge.pipeline.compare import draw_waiting
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
JSON = "application/json"


def notebook(text: str, value: str) -> bytes:
    output = {"output_type": "stream", "name": "stdout", "text": [value]}
    code = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": 1,
        "source": ["print(x)"],
        "outputs": [output],
    }
    cells = [{"cell_type": "markdown", "metadata": {}, "source": [text]}, code]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


@pytest.fixture
def post(growth: Space, make_post: MakePost, alice: User) -> Post:
    create_repository(growth.slug)
    cells = {"cells": [["a", "", "", "", 0, 0, []], ["b", "", "", "", 0, 0, []]]}
    for source in (notebook("Churn is 5 %.", "5"), notebook("Churn is 7 %.", "7")):
        post = make_post(growth, "a.ipynb", source=source, authors=(alice,), rendering=cells)
    return post


def test_two_revisions_are_compared_cell_by_cell(post: Post, api: Call, carol: User, mallory: User) -> None:
    client, address = api(carol), f"{V1}/posts/{post.pk}/compare/"
    waiting = client.get(address).json()
    assert (waiting["old"], waiting["new"], waiting["state"], waiting["difference"]) == (1, 2, "queued", None)
    draw_waiting()
    told = client.get(address, {"old": 1, "new": 2}).json()
    text, code = told["difference"]["cells"]
    assert (told["state"], text["op"], text["new"], code["outputs"][0]["kind"]) == (
        "ready",
        "changed",
        1,
        "text",
    )
    assert [(line["old"], line["new"]) for line in code["outputs"][0]["lines"]] == [("5", "7")]
    assert {"text": "7", "op": "added"} in [
        word | {"text": word["text"].strip()} for block in text["prose"] for word in block["words"]
    ]
    for query in ({"old": 9}, {"new": 1}, {"new": 9}):
        assert client.get(address, query).status_code == 404
    post.revisions.filter(number=2).update(is_held=True)
    assert api(mallory).get(address, {"old": 1, "new": 2}).status_code == 404


def test_who_read_a_post_is_told_what_changed_and_nothing_is_noted(
    post: Post, api: Call, carol: User, bob: User
) -> None:
    client, address = api(carol), f"{V1}/posts/{post.pk}/since/"
    assert client.get(address).json()["state"] == "none"
    read = timezone.now() - timedelta(days=3)
    first = post.revisions.get(number=1)
    visit = Visit.objects.create(user=carol, post=post, revision=first, came_at=read, seen_at=read)
    assert client.get(address).json()["state"] == "queued"
    draw_waiting()
    told = client.get(address).json()
    assert (told["old"], told["new"], told["state"]) == (1, 2, "ready")
    assert {kind["name"]: kind["count"] for kind in told["kinds"]} == {"Conclusions": 1, "Numbers": 1}
    assert api(bob).get(address).json()["state"] == "none"
    visit.refresh_from_db()
    assert (visit.revision, visit.before) == (first, None)


def test_what_changed_is_put_away(post: Post, api: Call, carol: User) -> None:
    old, new = post.revisions.order_by("number")
    now = timezone.now()
    known: dict[str, Any] = {"revision": new, "came_at": now, "seen_at": now}
    Visit.objects.create(user=carol, post=post, **known, before=old, before_at=now)
    client, address = api(carol), f"{V1}/posts/{post.pk}/since/"
    assert client.get(address).json()["old"] == 1
    assert client.post(address, {"number": 2}, JSON).json()["state"] == "none"
    assert Comparison.objects.count() == 1


def test_a_revision_is_brought_back_by_a_commit(post: Post, growth: Space, api: Call, alice: User) -> None:
    old, new = post.revisions.order_by("number")
    made = api(alice).post(f"{V1}/revisions/{old.pk}/restore/")
    assert (made.status_code, made.json()["path"]) == (202, "a.ipynb")
    entry = Repository(growth.slug).find(made.json()["commit"], "a.ipynb")
    assert entry
    assert b"".join(Repository(growth.slug).stream(entry.blob)) == notebook("Churn is 5 %.", "5")
    again = api(alice).post(f"{V1}/revisions/{new.pk}/restore/")
    assert (again.status_code, again.json()["code"]) == (409, "nothing-to-restore")


def test_a_rendering_that_failed_is_tried_again(post: Post, api: Call, alice: User) -> None:
    Rendering.objects.filter(revisions=post.latest_revision).update(state="failed", failure_code="x")
    answer = api(alice).post(f"{V1}/posts/{post.pk}/retry/")
    assert (answer.status_code, answer.json()["rendering"]) == (202, "queued")


def test_documents_come_with_what_they_show(growth: Space, api: Call, alice: User, carol: User) -> None:
    create_repository(growth.slug)
    files = [
        ContentFile(b"# New\n\n![](map.png)", "new.md"),
        ContentFile(b"", "none.csv"),
        ContentFile(b"\x89PNG", "map.png"),
    ]
    form = {"file": files, "folder": "/2026/", "message": "October"}
    answer = api(alice).post(f"{V1}/spaces/growth/uploads/", form)
    told = answer.json()
    rows = {row["path"]: row for row in told["files"]}
    assert list(rows) == ["2026/none.csv", "2026/map.png", "2026/new.md"]
    assert (rows["2026/none.csv"]["fault"]["code"], rows["2026/none.csv"]["commit"]) == ("empty-file", "")
    assert (answer.status_code, answer["Location"]) == (202, told["watch"])
    assert told["watch"].endswith(f"/pushes/{rows['2026/new.md']['commit']}/")
    assert Repository("growth").find(rows["2026/new.md"]["commit"], "2026/map.png")
    refused = api(carol).post(f"{V1}/spaces/growth/uploads/", {"file": ContentFile(b"x", "x.md")})
    assert refused.json()["code"] == "not-a-member"
    assert api(alice).post(f"{V1}/spaces/growth/uploads/", {"folder": "x"}).status_code == 400
