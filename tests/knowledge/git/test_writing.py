import io
import threading
from collections.abc import Callable

import pytest

from knowledge.errors import UserError
from knowledge.git import Repository, create_repository, repository_path, writing
from tests.git_client import Clone

Person = Callable[..., Clone]


def commit(repository: Repository, path: str, content: bytes, by: str = "alice") -> str:
    return repository.commit_file(
        branch="main",
        path=path,
        file=io.BytesIO(content),
        author_name="Alice",
        author_email="alice@example.org",
        by=by,
        message=f"Add {path}",
    )


def test_an_upload_becomes_a_commit_in_its_authors_name() -> None:
    create_repository("growth")
    repository = Repository("growth")
    first = commit(repository, "notes/a.md", b"# A\n")
    second = commit(repository, "notes/b.md", b"# B\n", by="bob")
    assert repository.head("main") == second
    assert [entry.path for entry in repository.entries(second)] == ["notes/a.md", "notes/b.md"]
    assert [(step.old, step.by) for step in repository.steps("main", "")] == [("", "alice"), (first, "bob")]
    info = repository.last_commits("", second, ["notes/a.md"])["notes/a.md"]
    assert (info.sha, info.author_name, info.message) == (first, "Alice", "Add notes/a.md")


def test_uploading_the_same_bytes_again_makes_no_commit() -> None:
    create_repository("growth")
    repository = Repository("growth")
    assert commit(repository, "a.md", b"# A\n") == commit(repository, "a.md", b"# A\n")


@pytest.mark.parametrize("path", ["notes", "notes/a.md/deeper.md"])
def test_a_file_cannot_take_the_place_of_a_folder_or_lie_in_a_file(path: str) -> None:
    create_repository("growth")
    repository = Repository("growth")
    commit(repository, "notes/a.md", b"# A\n")
    with pytest.raises(UserError) as refused:
        commit(repository, path, b"# B\n")
    assert refused.value.code == "path-taken"


@pytest.mark.parametrize("path", ["Notes/b.md", "notes/A.md", "../b.md", "a\nb.md", ".git/config", ""])
def test_paths_that_no_push_could_bring_are_refused_to_uploads_too(path: str) -> None:
    create_repository("growth")
    repository = Repository("growth")
    commit(repository, "notes/a.md", b"# A\n")
    with pytest.raises(UserError) as refused:
        commit(repository, path, b"# B\n")
    assert refused.value.code == "bad-path"


def test_names_that_would_break_a_commit_are_mended() -> None:
    create_repository("growth")
    repository = Repository("growth")
    head = repository.commit_file(
        branch="main",
        path="a.md",
        file=io.BytesIO(b"x"),
        author_name="<Eve>\n",
        author_email="",
        by="eve",
        message="m",
    )
    assert repository.last_commits("", head, ["a.md"])["a.md"].author_name == "Eve"


def test_many_uploads_at_once_all_arrive() -> None:
    create_repository("growth")
    threads = [
        threading.Thread(target=lambda n=number: commit(Repository("growth"), f"{n}.md", b"x"))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    repository = Repository("growth")
    assert len(list(repository.entries(repository.head("main")))) == 8
    assert len(repository.steps("main", "")) == 8


def test_a_branch_that_stays_locked_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ATTEMPTS", 2)
    create_repository("growth")
    lock = repository_path("growth") / "refs/heads/main.lock"
    lock.touch()
    with pytest.raises(UserError) as refused:
        commit(Repository("growth"), "a.md", b"x")
    assert refused.value.code == "busy"
