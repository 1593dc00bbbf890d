"""A file submitted without git is a commit in its sender's name."""

from io import BytesIO

import pytest
from pytest_django import Settings

from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import AuditEvent, Push, User
from knowledge.pipeline import ingest
from knowledge.pipeline.submit import submit
from tests.knowledge.pipeline.conftest import Messages
from tests.knowledge.pipeline.desk import Desk, render_all


def send(desk: Desk, by: User, path: str = "late.md", data: bytes = b"# Late\n", **more: object) -> str:
    return submit(by=by, space=desk.space, path=path, file=BytesIO(data), **more)  # type: ignore[arg-type]


def test_it_becomes_a_post_by_its_sender(desk: Desk, alice: User) -> None:
    commit = send(desk, alice, message="From the browser")
    ingest.reconcile(desk.space.pk)
    render_all()
    post = desk.post("late.md")
    assert post.published_revision is not None
    assert post.published_revision.commit == commit
    assert post.published_revision.message == "From the browser"
    assert [each.user for each in post.authorships.all()] == [alice]
    assert Push.objects.get().pushed_by == alice


def test_a_worker_is_asked_to_take_it_in(desk: Desk, alice: User, messages: Messages) -> None:
    send(desk, alice)
    assert messages("ingest") == [[desk.space.pk]]
    assert AuditEvent.objects.get().detail["path"] == "late.md"


def test_it_is_committed_although_the_broker_is_away(desk: Desk, alice: User, broker_away: None) -> None:
    assert send(desk, alice) == Repository("growth").head("main")


def test_the_same_bytes_again_are_no_new_commit(desk: Desk, alice: User) -> None:
    assert send(desk, alice) == send(desk, alice)


def test_figures_and_data_come_along_unless_only_documents_are_wanted(desk: Desk, alice: User) -> None:
    send(desk, alice, path="figures/plot.png")
    with pytest.raises(UserError) as refused:
        send(desk, alice, path="figures/plot.png", documents_only=True)
    assert refused.value.code == "no-document"
    assert ".ipynb" in refused.value.hint


def test_readers_and_outsiders_may_not(desk: Desk, carol: User, mallory: User) -> None:
    for user in (carol, mallory):
        with pytest.raises(UserError) as refused:
            send(desk, user)
        assert refused.value.code == "not-a-member"
    assert Repository("growth").head("main") == ""


@pytest.mark.parametrize(
    ("path", "data", "code"),
    [
        ("late.md", b"", "empty-file"),
        ("late.md", b"x" * 30, "too-large"),
        ("../late.md", b"x", "bad-path"),
        ("/etc/late.md", b"x", "bad-path"),
        (".git/late.md", b"x", "bad-path"),
        ("a\nb.md", b"x", "bad-path"),
        ("taken.md/late.md", b"x", "path-taken"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_a_reason(
    desk: Desk, alice: User, settings: Settings, path: str, data: bytes, code: str
) -> None:
    settings.DOCUMENT_MAX_BYTES = 20
    desk.push({"taken.md": "x"})
    with pytest.raises(UserError) as refused:
        send(desk, alice, path=path, data=data)
    assert refused.value.code == code
    assert refused.value.hint


def test_without_a_message_the_commit_names_the_file(desk: Desk, alice: User) -> None:
    send(desk, alice, message=" \0 ")
    ingest.reconcile(desk.space.pk)
    assert desk.post("late.md").revisions.get().message == "Upload late.md"
