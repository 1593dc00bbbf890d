"""The nightly round through the repositories."""

import os
import time

from knowledge.git import create_repository, repository_path
from knowledge.models import Space
from knowledge.pipeline.upkeep import tidy_repositories


def test_a_broken_repository_does_not_keep_the_others_from_being_tidied(
    growth: Space, finance: Space
) -> None:
    create_repository(growth.slug)
    stale = repository_path(growth.slug) / "refs" / "heads" / "main.lock"
    stale.touch()
    yesterday = time.time() - 86_400
    os.utime(stale, (yesterday, yesterday))
    tidy_repositories()  # finance has no repository at all
    assert not stale.exists()
