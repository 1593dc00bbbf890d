"""Content-addressed blobs: sources, figures and output documents, each under the SHA-256 of its bytes.

They lie in the storage named "blobs": a local folder by default, S3 through django-storages. A key is
`ab/<sha256>`; what is there is whole, and never changes.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.core.files import File
from django.core.files.storage import FileSystemStorage, storages


def key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"


def put(chunks: Iterable[bytes]) -> str:
    """Store the bytes, however many, and return their SHA-256. Holds one chunk in memory at a time."""
    storage = storages["blobs"]
    folder = _incoming(Path(storage.location)) if isinstance(storage, FileSystemStorage) else None
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            digest = _write(chunks, file)
            if not storage.exists(key(digest)):
                _keep(file, digest)
        finally:
            with suppress(FileNotFoundError):
                Path(file.name).unlink()
    return digest


def put_bytes(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return digest if exists(digest) else put([data])


def digest_of(chunks: Iterable[bytes]) -> str:
    """The digest that `put` would store them under, without storing them."""
    sha = hashlib.sha256()
    for chunk in chunks:
        sha.update(chunk)
    return sha.hexdigest()


def open_blob(digest: str) -> IO[bytes]:
    """Raises FileNotFoundError where there is no such blob."""
    return storages["blobs"].open(key(digest))


def read(digest: str) -> bytes:
    with open_blob(digest) as blob:
        return blob.read()


def exists(digest: str) -> bool:
    return storages["blobs"].exists(key(digest))


def size(digest: str) -> int:
    """In bytes. Raises FileNotFoundError where there is no such blob."""
    return storages["blobs"].size(key(digest))


def _incoming(root: Path) -> Path:
    """Beside the blobs, so that a finished file moves into place in one step."""
    folder = root / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write(chunks: Iterable[bytes], file: IO[bytes]) -> str:
    digest = digest_of(_written(chunks, file))
    file.flush()
    return digest


def _written(chunks: Iterable[bytes], file: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        file.write(chunk)
        yield chunk


def _keep(file: IO[bytes], digest: str) -> None:
    """FileSystemStorage.save would write under the final name, where a crash leaves a truncated blob."""
    storage = storages["blobs"]
    if isinstance(storage, FileSystemStorage):
        target = Path(storage.path(key(digest)))
        target.parent.mkdir(exist_ok=True)
        Path(file.name).replace(target)
    else:
        file.seek(0)
        storage.save(key(digest), File(file))
