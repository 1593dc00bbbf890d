"""manage.py import_knowledge_repo: what the operator types, and reads."""

import json
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Membership, Push, Role, Space, User
from tests.knowledge.pipeline.importing.old_portal import GitPortal, at, post, write_folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "repo", at("a.kp", post('"Late\\e[31m"')) | at("b/c.kp", post("Bees")))


def run(path: Path, *arguments: str, space: str = "facts") -> str:
    out = StringIO()
    call_command(
        "import_knowledge_repo", str(path), "--space", space, *arguments, stdout=out, stderr=StringIO()
    )
    return out.getvalue()


def test_it_makes_the_space_and_prints_what_became_of_each_post(
    data_dir: Path, admin: User, alice: User, repo: Path, tmp_path: Path
) -> None:
    said = run(repo, "--create", "--by", "alice", "--report", str(tmp_path / "report.json"))
    assert "new          b/c.kp  Bees\n" in said
    assert "Late" in said
    assert "\x1b" not in said
    assert "2 new. 1 commits written to facts." in said
    assert "claimed at their first sign-in: sally." in said
    assert "Comments, likes" in said
    assert Membership.objects.get().user == alice
    assert Push.objects.get().pushed_by == alice
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["totals"] == {"new": 2}
    assert report["lines"][1]["url"].endswith("/s/facts/b/c.kp/knowledge.md")
    assert report["people"] == ["sally"]


def test_whoever_maintains_the_space_imports_unless_another_is_named(growth: Space, repo: Path) -> None:
    with pytest.raises(CommandError) as refused:
        run(repo, "--by", "carol", space="growth")
    assert "can't write to growth" in str(refused.value)


def test_a_dry_run_makes_no_space(data_dir: Path, admin: User, repo: Path) -> None:
    assert "2 new. 1 commits would be written to facts." in run(repo, "--create", "--dry-run")
    assert not Space.objects.exists()


def test_a_refusal_ends_it_with_an_error_and_the_rest_is_there(
    data_dir: Path, admin: User, repo: Path
) -> None:
    write_folder(repo, {"bad.kp/x": ""})
    with pytest.raises(CommandError, match="1 posts were refused"):
        run(repo, "--create")
    assert Space.objects.get().posts.count() == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "There is no space named facts"),
        (["--create", "--by", "nobody"], "nobody named nobody"),
        (["--create", "--branch", "gone"], "no branch gone"),
    ],
)
def test_what_can_not_be_is_said(
    data_dir: Path, admin: User, tmp_path: Path, arguments: list[str], said: str
) -> None:
    portal = GitPortal(tmp_path / "git")
    portal.commit(at("a.kp", post()))
    with pytest.raises(CommandError, match=said):
        run(portal.path, *arguments)
    assert not Space.objects.exists()


def test_a_slug_that_can_not_be_is_refused_before_anything_is_read(
    data_dir: Path, admin: User, repo: Path
) -> None:
    with pytest.raises(CommandError, match="can't be the address"):
        run(repo, "--create", space="No Space")


@pytest.mark.slow
def test_500_posts_with_their_history_come_in_one_go(data_dir: Path, admin: User, tmp_path: Path) -> None:
    portal = GitPortal(tmp_path / "git")
    for start in range(0, 500, 5):
        numbers = range(start, start + 5)
        portal.commit(
            {
                path: content
                for n in numbers
                for path, content in at(f"team{n % 7}/post{n}.kp", post(f"Post {n}", uuid=f"{n}")).items()
            },
            f"Posts {start} to {start + 4}",
        )
    for n in range(0, 500, 10):
        portal.commit(at(f"team{n % 7}/post{n}.kp", post(f"Post {n}", body="More.", uuid=f"{n}")))
    started = time.monotonic()
    said = run(portal.path, "--create")
    assert time.monotonic() - started < 60
    assert "500 new. 150 commits written to facts." in said
    space = Space.objects.get()
    assert space.posts.count() == 500
    assert Push.objects.count() == 150
    assert Membership.objects.get(space=space).role == Role.MAINTAINER
    assert "500 unchanged. 0 commits written" in run(portal.path)
