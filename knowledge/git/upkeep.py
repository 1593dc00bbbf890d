"""Keeping a repository quick and unblocked: for a quiet hour, while people go on pushing."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from knowledge.git import places

HOUR = 3_600
LOCK_SECONDS = HOUR  # git holds a lock for moments
INCOMING_SECONDS = 24 * HOUR  # a push may take hours to arrive


def tidy(slug: str) -> bool:
    """Remove what killed processes left behind, then pack. False where git could not; its log is kept by git.

    A lock that outlived its process would refuse every push from then on. Objects that no branch and no log
    reaches go after two weeks, as git does it; the logs themselves, which tell every push, are kept.
    """
    for path in _abandoned(places.repository_path(slug)):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return places.run("gc", "--quiet", slug=slug).returncode == 0


def _abandoned(repository: Path) -> Iterator[Path]:
    now = time.time()
    limits = {"*.lock": LOCK_SECONDS, "objects/tmp_objdir-incoming-*": INCOMING_SECONDS}
    for pattern, seconds in limits.items():
        matches = repository.rglob(pattern) if "/" not in pattern else repository.glob(pattern)
        for path in list(matches):
            if path.exists() and now - path.stat().st_mtime > seconds:
                yield path
