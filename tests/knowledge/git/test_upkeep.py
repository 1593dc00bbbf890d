import os
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.git import Repository, repository_path
from knowledge.git.upkeep import tidy
from tests.git_client import Clone

Person = Callable[..., Clone]


def aged(path: Path, hours: float) -> None:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))


def test_a_lock_of_a_dead_process_stops_pushes_until_it_is_tidied_away(person: Person) -> None:
    alice = person()
    alice.commit({"a.md": "1"})
    alice.push()
    lock = repository_path("growth") / "refs/heads/main.lock"
    lock.touch()
    alice.commit({"a.md": "2"})
    assert alice.push().code == 1
    tidy("growth")
    assert lock.exists()  # it may be somebody's, still
    aged(lock, 2)
    assert tidy("growth")
    assert alice.push().code == 0


def test_what_broken_off_pushes_left_goes_after_a_day(person: Person) -> None:
    person()
    objects = repository_path("growth") / "objects"
    for name, hours in (("tmp_objdir-incoming-old", 25), ("tmp_objdir-incoming-new", 1)):
        (objects / name).mkdir()
        (objects / name / "pack").touch()
        aged(objects / name, hours)
    tidy("growth")
    assert [path.name for path in objects.glob("tmp_*")] == ["tmp_objdir-incoming-new"]


def test_packing_keeps_every_push_in_the_log(person: Person) -> None:
    alice = person()
    heads = []
    for number in range(3):
        heads.append(alice.commit({"a.md": str(number)}))
        alice.push()
    assert tidy("growth")
    repository = Repository("growth")
    assert list((repository.path / "objects/pack").glob("*.pack"))
    assert [step.new for step in repository.steps("main", "")] == heads
    assert repository.find(heads[0], "a.md") is not None
