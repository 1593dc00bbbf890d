"""What a push may bring: checked while its objects are in quarantine, refused in lines that say what to do.

Runs as a script, without Django and without site-packages (`python -I -S`), because a push waits for it.
It reads one line per ref from standard input, `old new ref`, and its limits from the environment.
A document's header is never a reason: what its author can mend later is said on the post's page.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, cast

sys.path.append(str(Path(__file__).resolve().parents[2]))

from knowledge.paths import collision_key, reason_against

NOTHING = b"0" * 40
FAULTS_SHOWN = 20
NAME_SHOWN = 200
MAX_REFS = 1_000
MAX_REF_BYTES = 200
# A commit with its message, or a folder's list: libgit2 holds each in memory.
MAX_RECORD_BYTES = 10_000_000
MB = 1_000_000

SYMBOLIC_LINK, SUBMODULE = b"120000", b"160000"


class Refused(Exception):
    """The push is refused without looking further."""


class Policy:
    """The limits of one push."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.branch = b"refs/heads/" + environment["ALMANAC_DEFAULT_BRANCH"].encode()
        self.file_bytes = int(environment["ALMANAC_FILE_MAX_BYTES"])
        self.push_bytes = int(environment["ALMANAC_PUSH_MAX_BYTES"])
        self.files = int(environment["ALMANAC_PUSH_MAX_FILES"])


class Update:
    """One ref that the push wants to move."""

    def __init__(self, line: bytes) -> None:
        self.old, self.new, self.ref = line.rstrip(b"\n").split(b" ", 2)
        self.deletes = self.new == NOTHING


def main() -> int:
    policy = Policy(os.environ)
    updates = [Update(line) for line in sys.stdin.buffer]
    faults: dict[str, None] = {}  # in order, each once
    more = 0
    try:
        for fault in faults_of(updates, policy):
            if len(faults) < FAULTS_SHOWN:
                faults[fault] = None
            else:
                more += fault not in faults
    except Refused as refused:
        faults[str(refused)] = None
    if faults:
        tell(list(faults), more)
    return 1 if faults else 0


def tell(faults: list[str], more: int) -> None:
    lines = ["Almanac can't take this push. Nothing was changed. Why:", *(f"  {fault}" for fault in faults)]
    if more:
        lines.append(f"  … and {more} more of the kind.")
    sys.stderr.buffer.write(("\n".join(lines) + "\n").encode())
    sys.stderr.buffer.flush()


def faults_of(updates: list[Update], policy: Policy) -> Iterator[str]:
    """One line each: what is at fault, the rule, and what to do."""
    if len(updates) > MAX_REFS:
        raise Refused(f"It moves {len(updates)} branches and tags; {MAX_REFS} at once is the limit.")
    for update in updates:
        yield from ref_faults(update, policy)
    tips = list({update.new: None for update in updates if not update.deletes})
    if tips:
        yield from object_faults(tips, policy)
    for tip in tips:
        yield from tree_faults(tip, policy)


# --- branches and tags ----------------------------------------------------------------------------------


def ref_faults(update: Update, policy: Policy) -> Iterator[str]:
    name, shown = update.ref.decode(errors="surrogateescape"), show(update.ref)
    if not name.startswith(("refs/heads/", "refs/tags/")):
        yield f"{shown}: only branches and tags can be pushed."
    elif reason := reason_against_ref(name):
        yield f"{shown}: {reason}"
    if update.ref == policy.branch:
        yield from default_branch_faults(update, shown.removeprefix("refs/heads/"))


def reason_against_ref(name: str) -> str | None:
    """git has its own rules for refs; these are about names that deceive."""
    short = name.split("/", 2)[2]
    if len(name.encode(errors="surrogateescape")) > MAX_REF_BYTES:
        return f"the name is longer than {MAX_REF_BYTES} bytes. Choose a shorter one."
    if re.fullmatch(r"[0-9a-f]{40}|HEAD", short) or short.startswith("-"):
        return "the name could be taken for a commit or an option. Choose another one."
    return reason_against(short)


def default_branch_faults(update: Update, branch: str) -> Iterator[str]:
    if update.deletes:
        yield f"{branch}: posts come from it, so it can't be deleted. To remove a post, delete its file."
    elif update.old != NOTHING and not descends(update.new, update.old):
        yield (
            f"{branch}: published history can't be rewritten (a forced push). "
            f"Bring your commits on top of it: git pull --rebase, then push without --force."
        )


def descends(new: bytes, old: bytes) -> bool:
    with git("merge-base", "--is-ancestor", old.decode(), new.decode()) as process:
        return process.wait() == 0


# --- objects: sizes and number --------------------------------------------------------------------------


def object_faults(tips: list[bytes], policy: Policy) -> Iterator[str]:
    """Sizes as they will be on disk when checked out, whatever little a pack made of them."""
    files = total = 0
    for kind, size, name in new_objects(tips):
        if kind != b"blob":
            if size > MAX_RECORD_BYTES:
                yield f"A {kind.decode()} has {size // MB} MB. It may have {MAX_RECORD_BYTES // MB} MB."
            continue
        files, total = files + 1, total + size
        if size > policy.file_bytes:
            yield (
                f"{show(name)}: {megabytes(size)}, and a file may have {megabytes(policy.file_bytes)}. Keep "
                "such data elsewhere, and take it out of the commits: git rm --cached, git commit --amend."
            )
        if files > policy.files:
            raise Refused(
                f"It brings more than {policy.files} new files. Push older commits first, in parts."
            )
    if total > policy.push_bytes:
        yield (
            f"It brings {megabytes(total)} of files, and a push may bring {megabytes(policy.push_bytes)}. "
            "Push older commits first, in parts, or leave data out."
        )


def new_objects(tips: list[bytes]) -> Iterator[tuple[bytes, int, bytes]]:
    """(type, bytes, a path it has) of each object that the repository doesn't have yet."""
    form = "--batch-check=%(objecttype) %(objectsize) %(rest)"
    listing = git("rev-list", "--objects", "--stdin", "--not", "--all", stdin=subprocess.PIPE)
    with listing, git("cat-file", "--buffer", form, stdin=listing.stdout) as check:
        cast("IO[bytes]", listing.stdout).close()
        with cast("IO[bytes]", listing.stdin) as wanted:
            wanted.write(b"".join(tip + b"\n" for tip in tips))
        for line in cast("IO[bytes]", check.stdout):
            kind, size, name = line.rstrip(b"\n").split(b" ", 2)
            yield kind, int(size), name
    if listing.returncode or check.returncode:
        raise Refused("git could not list what it brings. Try again; if it stays so, make a fresh clone.")


# --- trees: names and kinds -----------------------------------------------------------------------------


def tree_faults(tip: bytes, policy: Policy) -> Iterator[str]:
    """What the files at a tip are and how they are named. Reads no more than one entry over the limit."""
    keys: dict[str, str] = {}
    folders: set[str] = set()
    for number, (mode, raw) in enumerate(tree_entries(tip)):
        if number == policy.files:
            raise Refused(f"{show(tip)} holds more than {policy.files} files, which is the limit of a space.")
        path, shown = raw.decode(errors="surrogateescape"), show(raw)
        if mode == SYMBOLIC_LINK:
            yield f"{shown}: symbolic links can't be served. Put the file itself there."
        elif mode == SUBMODULE:
            yield f"{shown}: submodules can't be followed. Copy the files you need, or leave it out."
        if reason := reason_against(path):
            yield f"{shown}: {reason}"
        elif twin := namesake(path, keys, folders):
            yield (
                f"{shown}: differs from {show(twin.encode())} only in capitals or accents, and many disks "
                "can't hold both. Rename one."
            )


def namesake(path: str, keys: dict[str, str], folders: set[str]) -> str | None:
    """An earlier path that would be the same file or folder where case and composition are ignored."""
    folder = path.rpartition("/")[0]
    if folder and folder not in folders:
        if twin := namesake(folder, keys, folders):
            return twin
        folders.add(folder)
    twin = keys.setdefault(collision_key(path), path)
    return twin if twin != path else None


def tree_entries(tip: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(mode, path) of each file below a commit; Refused where `tip` is none."""
    rest = b""
    with git("ls-tree", "-r", "-z", "--full-tree", f"{tip.decode()}^{{commit}}") as process:
        output = cast("IO[bytes]", process.stdout)
        while piece := output.read(65_536):
            *lines, rest = (rest + piece).split(b"\0")
            for line in lines:
                facts, _, path = line.partition(b"\t")
                yield facts.split(b" ", 1)[0], path
    if process.returncode:
        raise Refused(f"{show(tip)} is not a commit that git can read. Push branches, and tags of commits.")


# --- helpers --------------------------------------------------------------------------------------------


def git(*arguments: str, stdin: int | IO[bytes] | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """A reading command of git. Its complaints go nowhere: the pusher gets ours."""
    command = ["git", *arguments]
    return subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def show(raw: bytes) -> str:
    """A name as one line of harmless characters."""
    text = raw.decode(errors="backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= NAME_SHOWN else text[:NAME_SHOWN] + "…"


def megabytes(size: int) -> str:
    return f"{size / MB:.3g} MB" if size < 1000 * MB else f"{size / MB / 1000:.3g} GB"


if __name__ == "__main__":
    sys.exit(main())
