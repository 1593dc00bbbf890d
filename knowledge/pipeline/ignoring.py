"""Which files of a repository are documents to show: `.almanacignore`, in gitignore syntax, at its root.

Hidden folders (`.github`, `.vscode`) and those that tools fill are left out, unless a line such as
`!.github/` brings them back. Those of Jupyter's checkpoints are not: no notebook that was pushed goes missing
without a word. Their posts say what to do.
"""

from dataclasses import asdict
from typing import Any

from pathspec import GitIgnoreSpec

from knowledge.documents import Fault, is_document
from knowledge.git import Repository
from knowledge.pipeline import toolmade

FILE_NAME = ".almanacignore"
CHECKPOINTS = ".ipynb_checkpoints"
HIDDEN_FOLDERS = [".*/", f"!{CHECKPOINTS}/"]
TOOL_FOLDERS = [f"**/{name}/" for name in toolmade.FOLDERS]
MAX_BYTES = 64_000
MAX_LINE = 300


class Rules:
    """The rules of one commit. `faults` names the lines that are no patterns, and are passed over."""

    def __init__(self, text: str = "") -> None:
        self.faults: list[Fault] = []
        lines = [line for number, line in enumerate(text.splitlines(), 1) if self._is_pattern(number, line)]
        self._spec = _compile([*HIDDEN_FOLDERS, *TOOL_FOLDERS, *lines])
        self._own = _compile(lines)

    @classmethod
    def at(cls, repository: Repository, commit: str) -> "Rules":
        entry = repository.find(commit, FILE_NAME)
        if entry is None:
            return cls()
        return cls(repository.read(entry.blob)[:MAX_BYTES].decode(errors="replace"))

    def show(self, path: str) -> bool:
        return is_document(path) and not self._spec.match_file(path)

    def says(self, path: str) -> bool | None:
        """Whether the file itself shows or hides `path`; None where it doesn't speak of it."""
        hides = self._own.check_file(path).include
        return None if hides is None else not hides

    def report(self) -> list[dict[str, Any]]:
        """The line of a push's report about the file itself; none where nothing is wrong with it."""
        if not self.faults:
            return []
        faults = [asdict(fault) for fault in self.faults]
        return [
            {
                "path": FILE_NAME,
                "change": "changed",
                "post": None,
                "title": "",
                "faults": faults,
                "failure": None,
            }
        ]

    def _is_pattern(self, number: int, line: str) -> bool:
        try:
            if len(line) > MAX_LINE:
                raise ValueError("it is too long")
            _compile([line])
        except Exception as error:  # noqa: BLE001 (three libraries, each with errors of its own)
            self.faults.append(
                Fault(
                    "bad-ignore-line",
                    f"Line {number} of {FILE_NAME} is not a pattern: {error}.",
                    "Write it as in a .gitignore file; until then it is passed over.",
                    number,
                )
            )
            return False
        return True


def _compile(lines: list[str]) -> GitIgnoreSpec:
    """By RE2, which takes linear time: a pattern of stars can keep Python's own engine busy for hours."""
    return GitIgnoreSpec.from_lines(lines, backend="re2")
