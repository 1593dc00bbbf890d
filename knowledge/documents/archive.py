"""Zip files that are documents, read without trusting what they say of themselves."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from knowledge.documents.faults import refusal

MAX_ENTRIES = 5_000
MAX_BYTES = 150_000_000  # unpacked, all of it
# Encrypted files are a RuntimeError, unknown kinds of compression a NotImplementedError.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError)
_PIECE = 1 << 20


class Archive:
    """The files of a zip, by path. Raises DocumentError for what is no zip, or unfolds to too much."""

    def __init__(self, source: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise refusal("bad-zip", reason=_reason(error)) from None
        if len(entries) > MAX_ENTRIES:
            raise refusal("zip-too-many", limit=MAX_ENTRIES)
        if sum(entry.file_size for entry in entries) > MAX_BYTES:
            raise refusal("zip-too-large", limit=MAX_BYTES // 1_000_000)
        self._entries: Mapping[str, zipfile.ZipInfo] = {
            entry.filename: entry for entry in entries if not entry.is_dir()
        }
        self._room = MAX_BYTES

    def names(self) -> Iterable[str]:
        return self._entries.keys()

    def size(self, name: str) -> int:
        """As the directory says; reading holds it to that."""
        return self._entries[name].file_size

    def read(self, name: str) -> bytes:
        """Counted while it unfolds, for the directory may lie. Raises KeyError for what isn't there."""
        entry = self._entries[name]
        data = bytearray()
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(_PIECE):
                    data += piece
                    self._room -= len(piece)
                    if self._room < 0:
                        raise refusal("zip-too-large", limit=MAX_BYTES // 1_000_000)
        except _BROKEN as error:
            raise refusal("bad-zip", reason=_reason(error)) from None
        return bytes(data)


def _reason(error: Exception) -> str:
    words = str(error).strip().rstrip(".")[:200]
    return words[:1].lower() + words[1:] if words else type(error).__name__
