from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from knowledge.git import Repository, history, repository_path
from knowledge.git.places import address_of, pusher_of
from tests.git_client import Clone

Person = Callable[..., Clone]


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
