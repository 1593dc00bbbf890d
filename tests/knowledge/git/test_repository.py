import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from knowledge.errors import UserError
from knowledge.git import Change, Repository, create_repository, history, repository_path, writing
from knowledge.git.places import address_of, pusher_of
from tests.git_client import Clone

Person = Callable[..., Clone]


def kinds(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(change.kind, change.path, change.old_path) for change in changes]


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


def test_a_new_repository_is_bare_and_empty() -> None:
    path = create_repository("growth")
    assert path == repository_path("growth")
    assert (path / "HEAD").read_text() == "ref: refs/heads/main\n"
    assert Repository("growth").head("main") == ""
    assert [entry.name for entry in path.parent.iterdir()] == ["growth.git"]


def test_creating_an_empty_repository_twice_keeps_it() -> None:
    assert create_repository("growth") == create_repository("growth")


def test_a_repository_with_commits_is_not_given_to_a_new_space() -> None:
    create_repository("growth")
    commit(Repository("growth"), "secret.md", b"# Old\n")
    with pytest.raises(FileExistsError):
        create_repository("growth")


def test_the_log_tells_each_push_and_who_made_it(person: Person) -> None:
    alice, bob = person("alice"), person("bob.")
    first = alice.commit({"a.md": "# A\n"})
    assert alice.push().code == 0
    bob.git("pull", "-q", bob.remote, "main")
    second = bob.commit({"b.md": "# B\n"})
    assert bob.push().code == 0
    steps = Repository("growth").steps("main", "")
    assert [(step.old, step.new, step.by) for step in steps] == [
        ("", first, "alice"),
        (first, second, "bob."),
    ]
    assert abs((datetime.now(UTC) - steps[1].at).total_seconds()) < 60


def test_steps_begin_after_the_commit_that_was_ingested(person: Person) -> None:
    alice = person()
    commits = [alice.commit({"a.md": str(number)}) for number in range(3) if alice.push().code or True]
    alice.push()
    repository = Repository("growth")
    assert [step.new for step in repository.steps("main", commits[-2])] == commits[-1:]
    assert repository.steps("main", commits[-1]) == []


def test_without_a_log_the_whole_way_is_one_step(person: Person) -> None:
    alice = person()
    first, second = alice.commit({"a.md": "1"}), alice.commit({"a.md": "2"})
    alice.push()
    (repository_path("growth") / "logs/refs/heads/main").unlink()
    steps = Repository("growth").steps("main", first)
    assert [(step.old, step.new, step.by) for step in steps] == [(first, second, "")]


def test_a_log_that_does_not_lead_back_becomes_one_step_of_the_latest_pusher(person: Person) -> None:
    alice = person()
    first = alice.commit({"a.md": "1"})
    alice.push()
    second = alice.commit({"a.md": "2"})
    alice.push()
    log = repository_path("growth") / "logs/refs/heads/main"
    log.write_text(log.read_text().splitlines(keepends=True)[-1])
    steps = Repository("growth").steps("main", "")
    assert [(step.old, step.new, step.by) for step in steps] == [("", second, "alice")]
    assert first != second


@pytest.mark.parametrize("name", ["alice", "bob.", ".bob", "søren@home", "a+b", ""])
def test_user_names_survive_the_log(name: str) -> None:
    assert pusher_of(address_of(name)) == name


def test_addresses_of_strangers_are_nobody() -> None:
    assert pusher_of("alice@example.org") == ""


def test_changes_of_a_first_push_are_all_added(person: Person) -> None:
    alice = person()
    head = alice.commit({"a.md": "# A\n", "sub/b.md": "# B\n"})
    alice.push()
    changes = Repository("growth").changes("", head)
    assert kinds(changes) == [("added", "a.md", ""), ("added", "sub/b.md", "")]
    assert [change.size for change in changes] == [4, 4]
    assert Repository("growth").read(changes[0].blob) == b"# A\n"


def test_changes_tell_changed_removed_and_moved_files_apart(person: Person) -> None:
    alice = person()
    long = "".join(f"line {number}\n" for number in range(50))
    old = alice.commit({"edit.md": "1\n", "gone.md": "x\n", "same.md": long, "alike.md": long + "the end\n"})
    for path in ("gone.md", "same.md", "alike.md"):
        alice.remove(path)
    edited = long.replace("line 7", "line seven") + "the end\n"
    new = alice.commit({"edit.md": "2\n", "moved/same.md": long, "moved/alike.md": edited})
    alice.push()
    assert kinds(Repository("growth").changes(old, new)) == [
        ("changed", "edit.md", ""),
        ("removed", "gone.md", ""),
        ("moved", "moved/alike.md", "alike.md"),
        ("moved", "moved/same.md", "same.md"),
    ]


def test_a_moved_folder_of_equal_files_keeps_the_names_together(person: Person) -> None:
    alice = person()
    old = alice.commit({f"a/{name}.md": "same\n" for name in "xyz"})
    alice.git("mv", "a", "b")
    new = alice.commit()
    alice.push()
    moved = [("moved", f"b/{name}.md", f"a/{name}.md") for name in "xyz"]
    assert kinds(Repository("growth").changes(old, new)) == moved


def test_empty_files_are_never_renames_of_each_other(person: Person) -> None:
    alice = person()
    old = alice.commit({"a.md": ""})
    alice.remove("a.md")
    new = alice.commit({"b.md": ""})
    alice.push()
    assert kinds(Repository("growth").changes(old, new)) == [("removed", "a.md", ""), ("added", "b.md", "")]


def test_links_and_submodules_are_no_files(person: Person) -> None:
    create_repository("growth")
    local = Clone(repository_path("growth").parent / "local")
    blob = local.blob("../etc/passwd")
    listing = (
        f"120000 blob {blob}\tlink.md\x00100644 blob {blob}\treal.md\x00160000 commit {'1' * 40}\tmodule\x00"
    )
    head = local.commit_tree(listing)
    local.git("-c", "core.hooksPath=/nowhere", "push", str(repository_path("growth")), "main")
    repository = Repository("growth")
    assert kinds(repository.changes("", head)) == [("added", "real.md", "")]
    assert [entry.path for entry in repository.entries(head)] == ["real.md"]
    assert repository.find(head, "link.md") is None
    assert repository.find(head, "module") is None


def test_find_answers_for_files_only(person: Person) -> None:
    alice = person()
    head = alice.commit({"sub/a.md": "# A\n"})
    alice.push()
    repository = Repository("growth")
    entry = repository.find(head, "sub/a.md")
    assert entry is not None
    assert (entry.path, entry.size, entry.mode) == ("sub/a.md", 4, 0o100644)
    for path in ("", "sub", "sub/", "../a.md", "sub/b.md", "a\0b", "/sub/a.md"):
        assert repository.find(head, path) is None
    for commit_name in ("", "0" * 40, "zzz", "HEAD", entry.blob, "main~99"):
        assert repository.find(commit_name, "sub/a.md") is None


def test_large_blobs_are_streamed_whole(person: Person) -> None:
    alice = person()
    content = bytes(range(256)) * 20_000
    head = alice.commit({"big.bin": content, "small.bin": b"small"})
    alice.push()
    repository = Repository("growth")
    for path, expected in (("big.bin", content), ("small.bin", b"small")):
        entry = repository.find(head, path)
        assert entry is not None
        assert b"".join(repository.stream(entry.blob)) == expected


def test_each_file_is_put_down_to_the_commit_that_last_changed_it(person: Person) -> None:
    alice = person()
    first = alice.commit({"a.md": "1", "b.md": "1"}, "Begin")
    second = alice.commit({"b.md": "2"}, "Change b")
    third = alice.commit({"c.md": "1"}, "Add c")
    alice.remove("a.md")
    fourth = alice.commit(message="Remove a")
    alice.push()
    found = Repository("growth").last_commits("", fourth, ["a.md", "b.md", "c.md"])
    assert {path: info.sha for path, info in found.items()} == {"a.md": fourth, "b.md": second, "c.md": third}
    assert found["b.md"].message == "Change b"
    assert (found["b.md"].author_name, found["b.md"].author_email) == ("Ana Lyst", "ana@example.org")
    assert first not in {info.sha for info in found.values()}


def test_a_change_that_a_merge_threw_away_is_not_the_last_one(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    alice.git("checkout", "-q", "-b", "side")
    alice.commit({"a.md": "side"})
    alice.git("checkout", "-q", "main")
    kept = alice.commit({"a.md": "main"})
    alice.git("merge", "-q", "-s", "ours", "side", "-m", "Merge")
    head = alice.git("rev-parse", "HEAD")
    alice.push()
    assert Repository("growth").last_commits("", head, ["a.md"])["a.md"].sha == kept


def test_an_evil_merge_is_its_own_last_commit(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    alice.git("checkout", "-q", "-b", "side")
    alice.commit({"b.md": "side"})
    alice.git("checkout", "-q", "main")
    alice.commit({"c.md": "main"})
    alice.git("merge", "-q", "--no-commit", "side")
    head = alice.commit({"a.md": "by the merge"}, "Merge")
    alice.push()
    assert Repository("growth").last_commits("", head, ["a.md"])["a.md"].sha == head


def test_commits_from_impossible_times_still_have_a_date(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    tree = alice.git("rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor A <a> 99999999999999 +0000\ncommitter A <a> 1 +0000\n\nOdd\n"
    head = alice.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=text)
    alice.git("update-ref", "refs/heads/main", head)
    assert alice.push().code == 0
    assert Repository("growth").last_commits("", head, ["a.md"])["a.md"].at.year == 9999


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


@pytest.mark.slow
def test_a_history_that_unfolds_without_end_is_read_to_a_bound(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten billion files in a commit between: gone at the tip, which is all that pre-receive unfolds."""
    monkeypatch.setattr(history, "CPU_SECONDS", 1)
    alice = person()
    first = alice.commit({"a.md": "1"})
    tree = alice.git("mktree", stdin=f"100644 blob {alice.blob()}\ta\n")
    for _ in range(10):
        tree = alice.git("mktree", stdin="".join(f"040000 tree {tree}\t{name}\n" for name in range(10)))
    bomb = alice.git("commit-tree", tree, "-p", first, "-m", "Bomb")
    head = alice.git("commit-tree", f"{first}^{{tree}}", "-p", bomb, "-m", "Defused")
    alice.git("update-ref", "refs/heads/main", head)
    assert alice.push().code == 0
    assert Repository("growth").last_commits("", head, ["a.md"])["a.md"].sha == head
    assert Repository("growth").changes(first, head) == []
