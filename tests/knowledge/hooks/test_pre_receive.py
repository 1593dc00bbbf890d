"""Every rule met by a real push, as git runs the hook."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from knowledge.git import Repository, repository_path
from knowledge.git.places import HOOKS
from knowledge.hooks import pre_receive
from tests.git_client import Clone, Said

Person = Callable[..., Clone]


def refused(said: Said) -> list[str]:
    """What the hook said, without its first line; the push must have changed nothing."""
    assert said.code == 1, said.err
    assert "pre-receive hook declined" in said.err
    assert Repository("growth").head("main") == ""
    assert said.remote[0] == "Almanac can't take this push. Nothing was changed. Why:"
    return [line.strip() for line in said.remote[1:]]


def test_an_ordinary_push_passes_without_a_word(person: Person) -> None:
    alice = person()
    alice.commit({"notes/A plot: what now? (v2).ipynb": "{", "übersicht.md": "x", "data/a b.csv": "1"})
    said = alice.push()
    assert (said.code, said.remote) == (0, [])


def test_a_file_over_the_limit_is_named_with_its_size(person: Person, settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 1_000_000
    alice = person()
    alice.commit({"data/big.csv": "0" * 3_000_000, "fits.csv": "0" * 1_000_000})
    (line,) = refused(alice.push())
    assert line.startswith("data/big.csv: 3 MB, and a file may have 1 MB.")


def test_a_large_file_of_an_earlier_commit_counts_too(person: Person, settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 1_000_000
    alice = person()
    alice.commit({"big.csv": "0" * 3_000_000})
    alice.remove("big.csv")
    alice.commit({"a.md": "# A\n"})
    (line,) = refused(alice.push())
    assert line.startswith("big.csv: 3 MB")


def test_a_delta_that_unfolds_to_a_large_file_is_measured_unfolded(
    person: Person, settings: Settings
) -> None:
    settings.FILE_MAX_BYTES = 2_000_000
    alice = person()
    half = "".join(f"{number:08}\n" for number in range(200_000))
    alice.commit({"a.csv": half})
    alice.commit({"a.csv": half * 2})
    alice.git("repack", "-adfq")
    (line,) = refused(alice.push())
    assert line.startswith("a.csv: 3.6 MB")


def test_a_push_over_the_limit_in_sum_is_refused(person: Person, settings: Settings) -> None:
    settings.PUSH_MAX_BYTES = 1_000_000
    alice = person()
    alice.commit({f"{number}.csv": str(number) * 300_000 for number in range(4)})
    (line,) = refused(alice.push())
    assert line.startswith("It brings 1.2 MB of files, and a push may bring 1 MB.")


def test_too_many_files_are_refused(person: Person, settings: Settings) -> None:
    settings.PUSH_MAX_FILES = 10
    alice = person()
    alice.commit({f"{number}.md": str(number) for number in range(11)})
    (line,) = refused(alice.push())
    assert line.startswith("It brings more than 10 new files.")


def test_a_tree_that_unfolds_without_end_is_not_unfolded(person: Person) -> None:
    """Ten levels of ten times the same folder: 10 billion files from a dozen objects."""
    alice = person()
    tree = alice.git("mktree", stdin=f"100644 blob {alice.blob()}\ta\n")
    for _ in range(10):
        tree = alice.git("mktree", stdin="".join(f"040000 tree {tree}\t{name}\n" for name in range(10)))
    alice.git("update-ref", "refs/heads/main", alice.git("commit-tree", tree, "-m", "Bomb"))
    begun = time.monotonic()
    (line,) = refused(alice.push())
    assert "holds more than 50000 files" in line
    assert time.monotonic() - begun < 10


def test_symbolic_links_are_refused(person: Person) -> None:
    alice = person()
    alice.write("a.md", "# A\n")
    (alice.folder / "link.md").symlink_to("/etc/passwd")
    alice.commit()
    assert refused(alice.push()) == ["link.md: symbolic links can't be served. Put the file itself there."]


def test_submodules_are_refused(person: Person) -> None:
    alice = person()
    alice.commit_tree(f"160000 commit {'1' * 40}\tlib\0")
    assert refused(alice.push()) == [
        "lib: submodules can't be followed. Copy the files you need, or leave it out."
    ]


@pytest.mark.parametrize(
    ("names", "twins"),
    [
        (("Plan.md", "plan.md"), ("Plan.md", "plan.md")),
        (("Data/a.csv", "data/b.csv"), ("Data", "data")),
        (("caf\u00e9.md", "cafe\u0301.md"), ("caf\u00e9.md", "cafe\u0301.md")),
    ],
)
def test_names_that_are_one_file_elsewhere_are_refused(
    person: Person, names: tuple[str, str], twins: tuple[str, str]
) -> None:
    alice = person()
    alice.git("config", "core.precomposeUnicode", "false")
    alice.commit(dict.fromkeys(names, "x"))
    (line,) = refused(alice.push())
    assert "differs from" in line
    assert all(twin in line for twin in twins)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a\nremote: all is well.md", "a\\nremote: all is well.md: The name holds a line break"),
        ("a\x1b[2J.md", "a\\x1b[2J.md: The name holds a line break or another control"),
        ("a\\b.md", "backslash"),
        ("gnp\u202efdp.md", "turn the direction of writing"),
        ("x" * 256, "255 bytes"),
    ],
)
def test_odd_names_are_refused_in_one_harmless_line(person: Person, name: str, words: str) -> None:
    alice = person()
    alice.commit_tree(f"100644 blob {alice.blob()}\t{name}\0")
    (line,) = refused(alice.push())
    assert words in line


def test_names_that_are_not_utf8_are_refused(person: Person) -> None:
    alice = person()
    alice.commit_tree(f"100644 blob {alice.blob()}\tcaf\udce9.md\0")
    assert refused(alice.push()) == ["caf\\xe9.md: The name is not UTF-8. Rename the file."]


@pytest.mark.parametrize("name", [".GIT", "git~1", ".git ", ".g\u200cit", ".git::$INDEX_ALLOCATION", ".."])
def test_look_alikes_of_dot_git_do_not_get_in(person: Person, name: str) -> None:
    """git's own check of objects stops most of them; what it lets through, ours stops."""
    alice = person()
    alice.commit_tree(f"100644 blob {alice.blob()}\t{name}\0")
    assert alice.push().code == 1
    assert Repository("growth").head("main") == ""


def test_all_faults_are_told_at_once_up_to_twenty(person: Person) -> None:
    alice = person()
    blob = alice.blob()
    alice.commit_tree("".join(f"100644 blob {blob}\ta{number:02}\\b\0" for number in range(25)))
    lines = refused(alice.push())
    assert len(lines) == 21
    assert lines[0].startswith("a00\\b: ")
    assert lines[-1] == "… and 5 more of the kind."


def test_the_default_branch_cannot_be_deleted(person: Person) -> None:
    alice = person()
    head = alice.commit({"a.md": "# A\n"})
    alice.push()
    said = alice.push("--delete", "main")
    assert said.code == 1
    assert "it can't be deleted" in said.remote[1]
    assert Repository("growth").head("main") == head


def test_the_default_branch_cannot_be_rewound_even_by_force(person: Person) -> None:
    alice = person()
    first = alice.commit({"a.md": "1"})
    head = alice.commit({"a.md": "2"})
    alice.push()
    for target in (first, alice.git("commit-tree", f"{head}^{{tree}}", "-m", "Unrelated")):
        said = alice.push("--force", f"{target}:main")
        assert said.code == 1
        assert "published history can't be rewritten" in said.remote[1]
    assert Repository("growth").head("main") == head


def test_other_branches_may_be_rewound_and_deleted(person: Person) -> None:
    alice = person()
    first = alice.commit({"a.md": "1"})
    alice.commit({"a.md": "2"})
    assert alice.push("main:draft").code == 0
    assert alice.push("--force", f"{first}:draft").code == 0
    assert alice.push("--delete", "draft").code == 0


def test_tags_pass(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    alice.git("tag", "v1")
    alice.git("tag", "-a", "v2", "-m", "Two")
    assert alice.push("main", "v1", "v2").code == 0


@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("refs/pull/1/head", "only branches and tags can be pushed"),
        ("refs/almanac", "only branches and tags can be pushed"),
        ("refs/heads/" + "1" * 40, "could be taken for a commit"),
        ("refs/heads/HEAD", "could be taken for a commit"),
        ("refs/heads/-f", "could be taken for a commit or an option"),
        ("refs/tags/a\u202eb", "turn the direction of writing"),
        ("refs/heads/" + "x" * 200, "longer than 200 bytes"),
    ],
)
def test_odd_refs_are_refused(person: Person, ref: str, words: str) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    assert words in refused(alice.push(f"main:{ref}"))[0]


@pytest.mark.parametrize("ref", ["refs/heads/../../x", "refs/heads/a.lock", "refs/heads/a..b"])
def test_refs_that_leave_their_folder_are_refused_by_git_itself(person: Person, ref: str) -> None:
    """The client won't send them, so they are put on the wire by hand."""
    alice = person()
    head = alice.commit({"a.md": "1"})
    alice.push("main:seed")
    command = f"{'0' * 40} {head} {ref}\0report-status\n".encode()
    request = f"{len(command) + 4:04x}".encode() + command + b"0000"
    done = subprocess.run(
        [*alice.receive_pack[1:], "--stateless-rpc", str(repository_path("growth"))],
        input=request,
        capture_output=True,
        check=False,
    )
    assert b"ok " not in done.stdout.replace(b"unpack ok", b"")
    assert not list(repository_path("growth").rglob("x"))


def test_a_tag_of_something_else_than_a_commit_is_refused(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    alice.git("tag", "blob", alice.blob("loose"))
    assert "is not a commit that git can read" in refused(alice.push("blob"))[0]


def test_one_bad_branch_refuses_the_whole_push(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    said = refused(alice.push("main:main", "main:refs/odd/x"))
    assert len(said) == 1
    assert "refs/odd/x" in said[0]


def test_without_its_limits_the_hook_refuses_everything(person: Person) -> None:
    alice = person()
    script = Path(alice.receive_pack[1])
    script.write_text(script.read_text().replace("ALMANAC_FILE_MAX_BYTES", "NOT_THIS"))
    alice.commit({"a.md": "1"})
    said = alice.push()
    assert said.code == 1
    assert Repository("growth").head("main") == ""


def test_the_hook_can_be_run() -> None:
    """git passes over a hook that is not executable, with a hint on stderr only."""
    assert (HOOKS / "pre-receive").stat().st_mode & 0o111 == 0o111


def test_the_hook_needs_the_standard_library_alone() -> None:
    script = f"import runpy, sys; runpy.run_path({pre_receive.__file__!r}); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    ours = {name for name in done.stdout.split() if name.partition(".")[0] in {"knowledge", "django"}}
    assert ours == {"knowledge", "knowledge.paths"}
