"""A `.kp` zip as knowledge-repo writes it: `knowledge.md`, `images/` and the rest at its root."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

import pygit2
from django.conf import settings

from knowledge.pipeline.importing.posts import DOCUMENT, MAX_BYTES, MAX_FILES, SourceFile, SourcePost

Opener = Callable[[], zipfile.ZipFile]


def unpack(path: str, opener: Opener) -> SourcePost:
    """The post in a zip, its files read once for their names in git. What can't be is told as its problem."""
    try:
        with opener() as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            problem = _problem(members)
            inside = _folder([info.filename for info in members])
            files = () if problem else tuple(_file(archive, info, opener, inside) for info in members)
            return SourcePost(path, files, problem)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return SourcePost(path, (), "It is no zip, or a damaged one. Make it again with knowledge-repo.")


def of_bytes(path: str, read: Callable[[], bytes]) -> SourcePost:
    return unpack(path, lambda: zipfile.ZipFile(io.BytesIO(read())))


def _problem(members: list[zipfile.ZipInfo]) -> str:
    names = [info.filename for info in members]
    if len(names) > MAX_FILES:
        return f"It has {len(names):,} files; {MAX_FILES:,} are the most."
    if sum(info.file_size for info in members) > MAX_BYTES:
        return f"Unpacked it has more than {MAX_BYTES / 1_000_000:g} MB."
    if len(set(names)) != len(names):
        return "It holds two files of one name."
    for info in members:
        if stat.S_ISLNK(info.external_attr >> 16):
            return f"{info.filename!r} is a symbolic link."
        if info.flag_bits & 0x1:
            return f"{info.filename!r} is encrypted."
        if info.file_size > settings.FILE_MAX_BYTES:
            return f"{info.filename!r} has more than {settings.FILE_MAX_BYTES / 1_000_000:g} MB."
    return ""


def _folder(names: list[str]) -> str:
    """ "" for a zip as knowledge-repo makes it; "post.kp/" for one of a whole folder."""
    first = names[0].partition("/")[0] + "/" if names else ""
    is_whole = f"{first}{DOCUMENT}" in names and all(name.startswith(first) for name in names)
    return first if is_whole else ""


def _file(archive: zipfile.ZipFile, info: zipfile.ZipInfo, opener: Opener, inside: str) -> SourceFile:
    data = archive.read(info)  # checked against its CRC, and never more than it says
    name = info.filename.removeprefix(inside)
    return SourceFile(name, str(pygit2.hash(data)), len(data), partial(_read, opener, info.filename))


def _read(opener: Opener, name: str) -> bytes:
    with opener() as archive:
        return archive.read(name)
