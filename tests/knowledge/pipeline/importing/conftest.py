from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.git import create_repository
from knowledge.models import Space, User
from knowledge.pipeline.importing import Report, import_repository
from tests.knowledge.pipeline.desk import render_all
from tests.knowledge.pipeline.importing.old_portal import GitPortal

Import = Callable[..., Report]


@pytest.fixture
def portal(tmp_path: Path) -> GitPortal:
    return GitPortal(tmp_path / "knowledge.git")


@pytest.fixture
def bring(growth: Space, dana: User, portal: GitPortal) -> Import:
    """Import into growth, by dana, from `portal` unless another path is given; and render."""
    create_repository("growth")

    def run(path: Path | None = None, **options: Any) -> Report:
        report = import_repository(by=dana, path=path or portal.path, slug="growth", **options)
        render_all()
        return report

    return run


def outcomes(report: Report) -> dict[str, str]:
    return {line.path: line.outcome for line in report.lines}


def notes(report: Report, path: str) -> set[str]:
    """The codes of what is said of one post."""
    return {note.code for line in report.lines if line.path == path for note in line.notes}
