"""An archive written while it is sent: nothing of it is kept, neither in memory nor on disk."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_SMALL_ALREADY = {".png", ".jpg", ".gif", ".webp", ".zip", ".gz", ".parquet", ".xlsx", ".pdf", ".mp4", ".mp3"}
_PIECE = 65_536
_FIRST_YEAR = 1980  # of what a zip can tell


class _Pipe:
    """What a ZipFile has written and nobody has taken yet. It can't seek, and ZipFile then doesn't."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], changed: datetime) -> Iterator[bytes]:
    """The zip of `files` (name, pieces of content), all dated `changed`."""
    pipe = _Pipe()
    with ZipFile(cast("IO[bytes]", pipe), "w") as archive:
        for name, content in files:
            with archive.open(_entry(name, changed), "w", force_zip64=True) as file:
                for piece in content:
                    file.write(piece)
                    yield pipe.take()
        yield pipe.take()
    yield pipe.take()


def _entry(name: str, changed: datetime) -> ZipInfo:
    moment = changed.timetuple()[:6] if changed.year >= _FIRST_YEAR else (_FIRST_YEAR, 1, 1, 0, 0, 0)
    entry = ZipInfo(name, date_time=moment)
    is_small = PurePosixPath(name).suffix.lower() in _SMALL_ALREADY
    entry.compress_type = ZIP_STORED if is_small else ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def in_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """What is left in `file`, which is closed after it."""
    with file:
        while piece := file.read(_PIECE):
            yield piece
