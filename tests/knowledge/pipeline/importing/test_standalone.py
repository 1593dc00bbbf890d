"""A source that leads git out of itself: to repositories whose content is not its maker's to take."""

from pathlib import Path

import pygit2
import pytest

from knowledge.errors import UserError
from knowledge.models import Post
from tests.knowledge.pipeline.importing.conftest import Import
from tests.knowledge.pipeline.importing.old_portal import GitPortal, at, post


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Another repository on the same machine."""
    others = GitPortal(tmp_path / "secret.git")
    others.commit(at("a.kp", post("Secret")))
    return others.path


@pytest.fixture
def lure(tmp_path: Path) -> Path:
    return tmp_path / "lure"


def refused(bring: Import, lure: Path) -> str:
    with pytest.raises(UserError) as refusal:
        bring(lure)
    assert refusal.value.code == "borrowed-source"
    assert not Post.objects.exists()
    return str(refusal.value)


def test_a_work_tree_of_another_repository_is_refused(bring: Import, lure: Path, secret: Path) -> None:
    lure.mkdir()
    (lure / ".git").write_text(f"gitdir: {secret}\n")
    assert ".git leads elsewhere" in refused(bring, lure)


def test_a_linked_git_directory_is_refused(bring: Import, lure: Path, secret: Path) -> None:
    lure.mkdir()
    (lure / ".git").symlink_to(secret)
    assert ".git" in refused(bring, lure)


@pytest.mark.parametrize("name", ["objects", "refs"])
def test_a_linked_folder_in_a_git_directory_is_refused(
    bring: Import, lure: Path, secret: Path, name: str
) -> None:
    pygit2.init_repository(str(lure), bare=True)
    (lure / name).rename(lure / f"{name}.old")
    (lure / name).symlink_to(secret / name)
    assert name in refused(bring, lure)


def test_objects_borrowed_of_another_repository_are_refused(bring: Import, lure: Path, secret: Path) -> None:
    pygit2.init_repository(str(lure))
    (lure / ".git/objects/info/alternates").write_text(f"{secret}/objects\n")
    branch = lure / ".git/refs/heads/master"
    branch.write_bytes((secret / "refs/heads/master").read_bytes())
    assert ".git/objects/info/alternates" in refused(bring, lure)


def test_linked_hooks_do_no_harm(bring: Import, portal: GitPortal) -> None:
    portal.commit(at("a.kp", post("A")))
    (portal.path / "hooks").mkdir(exist_ok=True)
    (portal.path / "hooks/post-commit").symlink_to("/bin/false")
    assert bring().commits == 1
