"""The reader of knowledge-repo's `.kp` posts that are zips; of folders, `knowledge.md` alone is read."""

import posixpath
import re
from dataclasses import replace

from knowledge.documents.archive import Archive
from knowledge.documents.document import Document, Prose
from knowledge.documents.faults import fault, refusal
from knowledge.documents.head import Head, text_head
from knowledge.documents.markdown import read_markdown

TEXT = "knowledge.md"
FOLDER_SUFFIX = ".kp"
_KEPT = re.compile(r"\.(?:png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
_MAX_FILE = 25_000_000


def read_kp(source: bytes) -> Document:
    """`content` is the Prose with the images that the post brings along, by their paths in it."""
    archive = Archive(source)
    root = _root(archive)
    document = read_markdown(archive.read(root + TEXT))
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    for name in archive.names():
        path = _relative(name, root)
        if not path or not _KEPT.search(path):
            continue
        if archive.size(name) > _MAX_FILE:
            left_out.append(path)
        else:
            files[path] = archive.read(name)
    faults = document.faults
    if left_out:
        faults = (
            *faults,
            fault("files-left-out", what=", ".join(left_out[:5]), limit=_MAX_FILE // 1_000_000),
        )
    text = document.content if isinstance(document.content, Prose) else Prose("")
    return replace(document, format="kp", content=replace(text, files=files), faults=faults)


def kp_head(source: bytes) -> Head:
    archive = Archive(source)
    return text_head(archive.read(_root(archive) + TEXT))


def text_of_folder(path: str) -> str:
    """The text of the post that is a folder and holds `path`; "" where there is no such folder on the way."""
    folders = path.split("/")[:-1]
    at = next((n for n, name in enumerate(folders) if name.lower().endswith(FOLDER_SUFFIX)), None)
    return "" if at is None else "/".join([*folders[: at + 1], TEXT])


def is_aside(path: str) -> bool:
    """Whether a path lies in a post that is a folder, and is not its text: then it is no document."""
    return text_of_folder(path) not in {"", path}


def _root(archive: Archive) -> str:
    """The folder in the zip where the text lies: "", or that of the post if it was zipped as a whole."""
    found = [name for name in archive.names() if posixpath.basename(name) == TEXT and name.count("/") <= 1]
    if not found:
        raise refusal("bad-kp", reason=f"it holds no {TEXT}")
    return min(found, key=len).removesuffix(TEXT)


def _relative(name: str, root: str) -> str:
    """Where the post's text finds the file; "" for what lies outside of it."""
    if not name.startswith(root):
        return ""
    path = posixpath.normpath(name[len(root) :].replace("\\", "/"))
    return "" if path.startswith(("/", "../")) or path == ".." or ":" in path else path
