"""Repositories in a folder of their own, and people who push to them past the web server."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.git import create_repository
from knowledge.git.places import environment, policy, repository_path
from tests.git_client import Clone


@pytest.fixture(autouse=True)
def _repositories(data_dir: Path) -> None:
    """Every test here has its own."""


@pytest.fixture
def person(tmp_path: Path) -> Callable[..., Clone]:
    """A clone of `growth`, made where missing, whose pushes meet the same environment as over HTTP."""

    def clone(name: str = "alice") -> Clone:
        if not repository_path("growth").exists():
            create_repository("growth")
        return Clone(tmp_path / name, str(repository_path("growth")), receive_pack=receive(tmp_path, name))

    return clone


def receive(tmp_path: Path, pusher: str) -> Path:
    """A git-receive-pack with the server's environment and no other."""
    variables = environment(pusher=pusher, **policy("main"))
    words = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in variables.items())])
    script = tmp_path / f"receive-{pusher}"
    script.write_text(f'#!/bin/sh\nexec {words} git receive-pack "$@"\n')
    script.chmod(0o755)
    return script
