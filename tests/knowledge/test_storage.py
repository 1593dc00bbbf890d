"""Blobs are whole, under the digest of their bytes, once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage, storages

from knowledge import storage

CONTENT = b"what we found out"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def blobs(data_dir: Path) -> Path:
    return data_dir / "blobs"


def files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def test_bytes_come_back_under_their_digest(blobs: Path) -> None:
    assert storage.put([CONTENT[:4], CONTENT[4:]]) == DIGEST
    assert storage.read(DIGEST) == CONTENT
    assert files(blobs) == [f"{DIGEST[:2]}/{DIGEST}"]


def test_storing_the_same_bytes_again_changes_nothing(blobs: Path) -> None:
    storage.put_bytes(CONTENT)
    before = (blobs / storage.key(DIGEST)).stat().st_mtime_ns
    assert storage.put([CONTENT]) == storage.put_bytes(CONTENT) == DIGEST
    assert (blobs / storage.key(DIGEST)).stat().st_mtime_ns == before


def test_an_empty_blob_is_a_blob(blobs: Path) -> None:
    assert storage.read(storage.put([])) == b""


def test_a_source_that_breaks_off_leaves_nothing_behind(blobs: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield CONTENT
        raise ConnectionError("the other side went away")

    with pytest.raises(ConnectionError):
        storage.put(broken())
    assert files(blobs) == []


def test_a_missing_blob_is_an_error(blobs: Path) -> None:
    assert not storage.exists(DIGEST)
    with pytest.raises(FileNotFoundError):
        storage.open_blob(DIGEST)


class BucketStorage(InMemoryStorage):
    """A storage without paths that overwrites, as an S3 bucket does."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name


def test_a_storage_without_a_folder_works_by_the_same_calls(settings, data_dir: Path) -> None:
    settings.STORAGES = settings.STORAGES | {"blobs": {"BACKEND": f"{__name__}.BucketStorage"}}
    digest = storage.put(iter([CONTENT]))
    assert storage.put_bytes(CONTENT) == digest == DIGEST
    assert storage.read(digest) == CONTENT
    assert isinstance(storages["blobs"], BucketStorage)
