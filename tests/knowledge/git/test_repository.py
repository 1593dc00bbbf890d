import io
from collections.abc import Callable

import pytest

from knowledge.git import Change, Repository, create_repository, repository_path
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


def test_branches_are_listed_without_tags(person: Person) -> None:
    alice = person()
    head = alice.commit({"a.md": "# A\n"})
    alice.git("tag", "v1")
    alice.push("main", "main:mine/draft", "v1")
    assert Repository("growth").heads() == {"main": head, "mine/draft": head}


def test_what_two_commits_have_in_common_is_told(person: Person) -> None:
    alice = person()
    base = alice.commit({"a.md": "# A\n"})
    one = alice.commit({"b.md": "# B\n"})
    alice.git("checkout", "-q", "-b", "other", base)
    two = alice.commit({"c.md": "# C\n"})
    alice.git("checkout", "-q", "--orphan", "alone")
    three = alice.commit({"d.md": "# D\n"})
    alice.push("main", "other", "alone")
    repository = Repository("growth")
    assert repository.merge_base(one, two) == base
    assert repository.merge_base(one, three) == repository.merge_base("", one) == ""


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
