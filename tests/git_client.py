"""A person with plain git and an empty HOME, as tests need them."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Said:
    """What a git command answered. `remote` is what the server told, line by line."""

    code: int
    out: str
    err: str

    @property
    def remote(self) -> list[str]:
        lines = self.err.replace("\x1b[K", "").splitlines()
        return [line.removeprefix("remote: ").rstrip() for line in lines if line.startswith("remote:")]


class Clone:
    """A working copy in `folder`. Nothing of the machine's configuration of git reaches it."""

    def __init__(self, folder: Path, remote: str = "", *, receive_pack: Path | None = None) -> None:
        self.folder = folder
        self.remote = remote
        self.receive_pack = ["--receive-pack", str(receive_pack)] if receive_pack else []
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def run(self, *arguments: str, stdin: str = "", timeout: float = 60) -> Said:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=closed_environment(),
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=timeout,
            check=False,
        )
        return Said(done.returncode, done.stdout.strip(), done.stderr)

    def git(self, *arguments: str, stdin: str = "") -> str:
        """Standard output of a command that must succeed."""
        said = self.run(*arguments, stdin=stdin)
        assert said.code == 0, said.err
        return said.out

    def write(self, path: str, content: str | bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "Work") -> str:
        """Commit everything, with `files` written before, and return the commit."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def remove(self, path: str) -> None:
        target = self.folder / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    def commit_tree(self, listing: str) -> str:
        """A commit of a tree that no working copy could hold: lines for git mktree. It becomes main."""
        tree = self.git("mktree", "-z", "--missing", stdin=listing)
        commit = self.git("commit-tree", tree, "-m", "Odd")
        self.git("update-ref", "refs/heads/main", commit)
        return commit

    def blob(self, content: str = "x") -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content)

    def push(self, *arguments: str, timeout: float = 60) -> Said:
        refs = arguments or ("main",)
        return self.run("push", *self.receive_pack, self.remote, *refs, timeout=timeout)


def closed_environment() -> dict[str, str]:
    who = {"NAME": "Ana Lyst", "EMAIL": "ana@example.org"}
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()},
    }


def push_request(work: Clone, head: str) -> bytes:
    """What git sends for a first push of `head` to main."""
    command = f"{'0' * 40} {head} refs/heads/main\0 report-status side-band-64k\n".encode()
    work.git("pack-objects", "--revs", "-q", str(work.folder / "pack"), stdin=head)
    (packed,) = work.folder.glob("pack-*.pack")
    return f"{len(command) + 4:04x}".encode() + command + b"0000" + packed.read_bytes()
