"""Where repositories lie, what a new one is configured to, and the closed environment git runs in."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

import pygit2
from django.conf import settings
from pygit2.enums import ConfigLevel

HOOKS = Path(__file__).resolve().parent.parent / "hooks"
NOTHING = "0" * 40

# What the machine's or a person's git configuration says must not change what a repository holds.
for _level in (ConfigLevel.SYSTEM, ConfigLevel.XDG, ConfigLevel.GLOBAL, ConfigLevel.PROGRAMDATA):
    pygit2.settings.search_path[_level] = ""
# Volumes of containers may belong to another user; nobody but us writes below REPOSITORIES_DIR.
pygit2.settings.owner_validation = False
# A commit that was answered for must outlast a power cut.
pygit2.settings.enable_fsync_gitdir(True)

# In the repository's own file, so that libgit2 and commands typed by hand keep to it too.
KEPT_IN_REPOSITORY = {
    "core.logAllRefUpdates": "always",  # the log tells each push and who made it
    "gc.auto": "0",
    "gc.reflogExpire": "never",
    "gc.reflogExpireUnreachable": "never",
}
# By the environment, so that it holds for every repository, however old its file is.
CONFIGURATION = {
    **KEPT_IN_REPOSITORY,
    "core.hooksPath": str(HOOKS),
    "core.fsync": "committed,reference",
    "core.fsyncMethod": "batch",
    "core.bigFileThreshold": "16m",  # larger files are streamed, not held in memory
    "core.packedGitWindowSize": "16m",
    "core.packedGitLimit": "256m",
    "http.getanyfile": "false",
    "http.receivepack": "true",
    "http.uploadpack": "true",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "protocol.version": "2",
    "receive.advertisePushOptions": "false",
    "receive.autogc": "false",
    "receive.fsckObjects": "true",
    # Harmless faults of old programs, found in honest histories.
    "receive.fsck.badTimezone": "ignore",
    "receive.fsck.zeroPaddedFilemode": "ignore",
    "receive.keepAlive": "5",
    "receive.shallowUpdate": "false",
    "safe.directory": "*",
    "transfer.fsckObjects": "true",
    "uploadpack.allowFilter": "true",
}


def repository_path(slug: str) -> Path:
    return Path(settings.REPOSITORIES_DIR) / f"{slug}.git"


def create_repository(slug: str) -> Path:
    """Make the empty repository of a space, whole or not at all; one that is there and empty is kept.

    Raises FileExistsError where a repository with commits lies already: what it holds was another space's.
    """
    path = repository_path(slug)
    new = path.with_name(f".{slug}.{uuid.uuid4().hex}")
    new.parent.mkdir(parents=True, exist_ok=True)
    repository = pygit2.init_repository(str(new), bare=True, initial_head="main")
    for name, value in KEPT_IN_REPOSITORY.items():
        repository.config[name] = value
    try:
        new.rename(path)
    except OSError:
        shutil.rmtree(new)
        if pygit2.Repository(str(path)).listall_references():
            raise FileExistsError(f"{path} holds a repository with commits.") from None
    return path


def environment(*, pusher: str = "", **more: str) -> dict[str, str]:
    """All that a git process sees of the world. `pusher` is the user name that logs of refs shall tell."""
    configured = {**CONFIGURATION, "receive.maxInputSize": str(settings.PUSH_MAX_BYTES)}
    numbered: dict[str, str] = {"GIT_CONFIG_COUNT": str(len(configured))}
    for number, (name, value) in enumerate(configured.items()):
        numbered |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return {
        "PATH": os.pathsep.join([str(Path(_git()).parent), "/usr/bin", "/bin"]),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_COMMITTER_NAME": "Almanac",
        "GIT_COMMITTER_EMAIL": address_of(pusher),
        "ALMANAC_PYTHON": sys.executable,
        **numbered,
        **more,
    }


def policy(default_branch: str) -> Mapping[str, str]:
    """What the pre-receive hook enforces, as it reads it from the environment."""
    return {
        "ALMANAC_DEFAULT_BRANCH": default_branch,
        "ALMANAC_FILE_MAX_BYTES": str(settings.FILE_MAX_BYTES),
        "ALMANAC_PUSH_MAX_BYTES": str(settings.PUSH_MAX_BYTES),
        "ALMANAC_PUSH_MAX_FILES": str(settings.PUSH_MAX_FILES),
    }


def hook_can_run() -> bool:
    """git takes a push unchecked where its hook isn't executable, so somebody else has to look."""
    return os.access(HOOKS / "pre-receive", os.X_OK)


def address_of(pusher: str) -> str:
    """The address that the log of a ref carries for a pusher. git trims the name "bob." to "bob"."""
    return f"pusher+{quote(pusher, safe='')}@almanac.invalid"


def pusher_of(address: str) -> str:
    """The user name in an `address_of`, "" for any other address."""
    if not address.startswith("pusher+") or not address.endswith("@almanac.invalid"):
        return ""
    return unquote(address.removeprefix("pusher+").removesuffix("@almanac.invalid"))


def run(
    *arguments: str, slug: str, pusher: str = "", input_text: str = ""
) -> subprocess.CompletedProcess[str]:
    """A quick git command in a space's repository. Its exit status is the caller's to judge."""
    return subprocess.run(
        [_git(), *arguments],
        cwd=repository_path(slug),
        env=environment(pusher=pusher, GIT_DIR=str(repository_path(slug))),
        input=input_text,
        capture_output=True,
        text=True,
        check=False,
    )


def _git() -> str:
    git = shutil.which("git")
    if git is None:
        raise FileNotFoundError("git is not installed on this machine. Install it (2.31 or later).")
    return git
