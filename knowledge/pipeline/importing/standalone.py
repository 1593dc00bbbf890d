"""Whether a git repository holds all that git would read for it.

Git follows files that say where the rest lies: to other repositories on this machine, such as those of spaces
that whoever made the source may not see. What it finds there would come along with the import.
"""

import os
from pathlib import Path

from knowledge.errors import UserError

_LEADING_AWAY = ("commondir", "objects/info/alternates", "objects/info/http-alternates")


def check_stands_alone(path: Path) -> None:
    """Raises UserError("borrowed-source") for one, bare or with a work tree, that leads elsewhere."""
    tree = path.resolve()
    dot_git = tree / ".git"
    if dot_git.is_file() or dot_git.is_symlink():
        raise UserError("borrowed-source", path=str(path), name=".git")
    home = dot_git if dot_git.is_dir() else tree
    found = _leading_away(home)
    if found:
        raise UserError("borrowed-source", path=str(path), name=found.relative_to(tree).as_posix())


def _leading_away(home: Path) -> Path | None:
    """The first file of a git directory that leads out of it. Hooks are never looked at, so they may."""
    for name in _LEADING_AWAY:
        if (home / name).exists():
            return home / name
    for folder, folders, files in os.walk(home):
        if Path(folder) == home and "hooks" in folders:
            folders.remove("hooks")
        for name in (*folders, *files):
            if (place := Path(folder, name)).is_symlink():
                return place
    return None
