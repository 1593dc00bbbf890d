"""A builder of knowledge-repos, in the forms that its own tools leave behind."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

Content = str | bytes | None
Files = Mapping[str, Content]

DAY = datetime(2019, 3, 4, 10, 0, tzinfo=UTC)
SALLY = ("Sally Smarts", "sally@meridian.example")
WES = ("Wes Wisdom", "wes@meridian.example")
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def post(
    title: str = "Late on Mondays", *, body: str = "They are late.", uuid: str = "", **header: object
) -> dict[str, Content]:
    """The files of a post, by path within its folder."""
    settings = {
        "title": title,
        "authors": "[sally]",
        "tags": "[Logistics, monday]",
        "created_at": "2019-03-04 00:00:00",
        "updated_at": "2019-03-05 00:00:00",
        "tldr": "One in five.",
    } | {name: str(value) for name, value in header.items()}
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items() if value)
    files: dict[str, Content] = {"knowledge.md": f"---\n{lines}---\n\n{body}\n", "REVISION": "1"}
    if uuid:
        files["UUID"] = uuid
    return files


def at(folder: str, files: Files) -> dict[str, Content]:
    return {f"{folder}/{path}": content for path, content in files.items()}


class GitPortal:
    """A git repository as knowledge-repo keeps it; each commit a day after the one before."""

    def __init__(self, path: Path, *, branch: str = "master") -> None:
        self.path, self.branch = path, branch
        self.git = pygit2.init_repository(str(path), bare=True, initial_head=branch)
        self.files: dict[str, pygit2.Oid] = {}
        self.modes: dict[str, FileMode] = {}
        self.days = 0

    def commit(
        self,
        changes: Files,
        message: str = "Write",
        *,
        author: tuple[str, str] = SALLY,
        branch: str = "",
        merging: str = "",
    ) -> str:
        """Commit `changes` (None removes) to the published branch, or onto a branch that starts there."""
        files = dict(self.files)
        for path, content in changes.items():
            if content is None:
                del files[path]
            else:
                files[path] = self.git.create_blob(content.encode() if isinstance(content, str) else content)
        when = DAY + timedelta(days=self.days)
        self.days += 1
        signature = pygit2.Signature(*author, int(when.timestamp()), 60)
        head = self.git.references.get(f"refs/heads/{self.branch}")
        parents = [str(head.target)] if head else []
        made = self.git.create_commit(
            f"refs/heads/{branch}" if branch else f"refs/heads/{self.branch}",
            signature,
            signature,
            message,
            self._tree(files),
            parents + ([merging] if merging else []),
        )
        if not branch:
            self.files = files
        return str(made)

    def _tree(self, files: Mapping[str, pygit2.Oid]) -> pygit2.Oid:
        index = pygit2.Index()
        for path, blob in files.items():
            index.add(pygit2.IndexEntry(path, blob, self.modes.get(path, FileMode.BLOB)))
        return index.write_tree(self.git)


def write_folder(root: Path, files: Files) -> Path:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else (content or "").encode())
    return root


def write_zip(path: Path, files: Files) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content or "")
    return path
