"""Uploading from the browser, and watching what becomes of it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from knowledge.git import Repository, create_repository
from knowledge.models import Push, Rendering, Space, User
from knowledge.pipeline.ingest import reconcile
from tests.cast import MakePost
from tests.portal.pages import body, signed_in
from tests.portal.test_spaces import line, pushed

UPLOAD = "/upload"
COMMIT = "c" * 40


@pytest.fixture
def hosted(growth: Space) -> Space:
    create_repository(growth.slug)
    return growth


def file(name: str, data: bytes = b"# A finding\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def send(client: Client, *files: SimpleUploadedFile, **fields: Any) -> Any:
    headers = fields.pop("headers", {})
    return client.post(UPLOAD, {"space": "growth", "file": list(files)} | fields, headers=headers)


def test_only_spaces_that_one_may_write_to_are_offered(
    growth: Space, finance: Space, alice: User, carol: User
) -> None:
    page = body(signed_in(alice).get(f"{UPLOAD}?space=finance"))
    assert '<option value="finance" selected>' in page
    assert "There is no space you may write to yet" in body(signed_in(carol).get(UPLOAD))


def test_a_file_is_committed_in_the_persons_name_and_its_push_is_shown(hosted: Space, alice: User) -> None:
    client = signed_in(alice)
    answer = send(client, file("finding.md"), folder="/2026/pricing/", message="Tell it")
    repository = Repository("growth")
    head = repository.head("main")
    assert (answer.status_code, answer["Location"]) == (302, f"/s/growth/-/pushes/{head}")
    assert repository.find(head, "2026/pricing/finding.md") is not None
    told = repository.last_commits("", head, ["2026/pricing/finding.md"])["2026/pricing/finding.md"]
    assert (told.author_name, told.author_email) == ("Alice Example", "alice@meridian.example")
    assert told.message.strip() == "Tell it"
    assert "being read" in body(client.get(answer["Location"]))
    reconcile(hosted.pk)
    page = body(client.get(answer["Location"]))
    assert "A finding" in page
    assert "1 on the way" in page


def test_of_several_files_documents_come_last_and_one_page_shows_all(hosted: Space, alice: User) -> None:
    client = signed_in(alice)
    answer = send(client, file("one.md"), file("figure.png", b"png"), file("two.md", b"# Two\n"))
    steps = Repository("growth").steps("main", "")
    names = [Repository("growth").changes(step.old, step.new)[0].path for step in steps]
    assert names == ["figure.png", "one.md", "two.md"]
    assert answer["Location"] == f"/s/growth/-/pushes/{steps[-1].new}?from={steps[0].new}"
    assert client.get(answer["Location"]).status_code == 200
    reconcile(hosted.pk)
    page = body(client.get(answer["Location"]))
    assert "A finding" in page
    assert "Two" in page
    assert "figure.png" not in page


def test_a_file_that_can_not_be_taken_says_why_and_the_others_are_kept(hosted: Space, alice: User) -> None:
    answer = send(signed_in(alice), file("good.md"), file("empty.md", b""))
    page = body(answer)
    assert answer.status_code == 400
    assert "empty.md is empty" in page
    assert "good.md</b> is committed" in page
    assert Repository("growth").find(Repository("growth").head("main"), "good.md") is not None


def test_a_script_is_answered_in_json(hosted: Space, alice: User) -> None:
    client, json = signed_in(alice), {"Accept": "application/json"}
    taken = send(client, file("good.md"), headers=json)
    head = Repository("growth").head("main")
    assert taken.json() == {"commit": head, "watch": f"/s/growth/-/pushes/{head}", "word": ""}
    refused = send(client, file("empty.md", b""), headers=json)
    assert (refused.status_code, "is empty" in refused.json()["error"]) == (400, True)
    unnamed = client.post(UPLOAD, {"space": "growth"}, headers=json)
    assert (unnamed.status_code, unnamed.json()["error"]) == (400, "Choose at least one file.")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("lib.py", b"def f(): ...\n", "lib.py is a script without a header, which makes no post."),
        ("post.kp.zip", b"PK", "what is in a zip makes no posts. Unpack it"),
    ],
)
def test_what_comes_along_and_looks_like_a_post_says_why_it_makes_none(
    hosted: Space, alice: User, name: str, data: bytes, words: str
) -> None:
    client = signed_in(alice)
    answer = send(client, file("good.md"), file(name, data))
    assert words in body(client.get(answer["Location"]))
    assert words in send(client, file(name, data), headers={"Accept": "application/json"}).json()["word"]
    script = b"# ---\n# title: Found\n# ---\n"
    assert send(client, file("a.py", script), headers={"Accept": "application/json"}).json()["word"] == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"space": "nowhere"}, "Select a valid choice"),
        ({"space": "finance"}, "Select a valid choice"),
        ({"space": "a\x00"}, "Null characters"),
        ({"folder": "../.."}, "can’t be a path|can't be a path|can&#x27;t be a path"),
        ({"folder": ".git/hooks"}, "can’t be a path|can't be a path|can&#x27;t be a path"),
        ({"folder": "a\x00b"}, "Null characters"),
        ({"message": "x" * 501}, "at most 500"),
    ],
)
def test_an_upload_that_can_not_be_is_refused_in_words(
    hosted: Space, bob: User, fields: dict[str, str], words: str
) -> None:
    answer = send(signed_in(bob), file("a.md"), **fields)
    assert answer.status_code == 400
    assert any(word in body(answer) for word in words.split("|"))
    assert Repository("growth").head("main") == ""


def test_a_reader_uploads_nothing(hosted: Space, carol: User) -> None:
    assert send(signed_in(carol), file("a.md")).status_code == 400
    assert Repository("growth").head("main") == ""


def test_unchanged_bytes_make_no_commit(hosted: Space, alice: User) -> None:
    client = signed_in(alice)
    first, again = (send(client, file("a.md"))["Location"] for _ in range(2))
    assert first == again


def test_the_page_of_a_push_renews_itself_until_all_is_done(
    growth: Space, make_post: MakePost, alice: User
) -> None:
    done = make_post(growth, "a.md", title="Done", source=b"a")
    waiting = make_post(
        growth, "b.md", title="Waiting", source=b"b", rendering={"state": Rendering.State.QUEUED}
    )
    pushed(growth, COMMIT, [line(done), line(waiting)], alice)
    client, address = signed_in(alice), f"/s/growth/-/pushes/{COMMIT}"
    assert "1 on the way" in body(client.get(address))
    part = client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in body(part)
    assert f'hx-get="{address}"' in body(part)
    Rendering.objects.update(state=Rendering.State.READY)
    finished = body(client.get(address, headers={"HX-Request": "true"}))
    assert "hx-get" not in finished
    assert "2 ready" in finished


def test_the_page_of_a_push_names_faults_and_failures_with_what_to_do(
    growth: Space, make_post: MakePost, alice: User
) -> None:
    failed = {
        "state": Rendering.State.FAILED,
        "failure_code": "x",
        "failure_message": "No notebook.",
        "failure_hint": "Save it.",
    }
    fault = {"code": "y", "message": "Unknown field.", "hint": "Take it out.", "line": 3, "cell": None}
    post = make_post(growth, "b.ipynb", rendering=failed)
    pushed(growth, COMMIT, [line(post, faults=[fault])], alice)
    page = " ".join(body(signed_in(alice).get(f"/s/growth/-/pushes/{COMMIT}")).split())
    assert "No notebook. <span>Save it.</span>" in page
    assert "Line 3:" in page
    assert "Unknown field. <span>Take it out.</span>" in page
    assert "1 failed" in page


def test_a_push_without_documents_says_so(growth: Space, alice: User) -> None:
    Push.objects.create(space=growth, new_commit=COMMIT, pushed_at=timezone.now())
    page = body(signed_in(alice).get(f"/s/growth/-/pushes/{COMMIT}"))
    assert "No document changed" in page
    assert "Posts are made of .ipynb, .md" in page


@pytest.mark.parametrize("commit", ["a" * 40, "c" * 39, "nonsense", f"{COMMIT}?from=nonsense"])
def test_a_commit_that_never_came_is_not_found(hosted: Space, alice: User, commit: str) -> None:
    Push.objects.create(space=hosted, new_commit=COMMIT, pushed_at=timezone.now())
    assert signed_in(alice).get(f"/s/growth/-/pushes/{commit}").status_code == 404
