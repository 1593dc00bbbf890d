"""How static files are collected: under names that carry their hash, and the style sheet as one file."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'@import url\("([\w./-]+)"\);\n?')
BUNDLE = "almanac.css"
Found = dict[str, tuple[Any, str]]  # collected name -> the storage it was found in, its name there


class BundlingStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """One request for the style sheet, one small source file per component, and no build step."""

    def post_process(self, paths: Found, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if BUNDLE in paths and not dry_run:
            self._bundle(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def stored_name(self, name: str) -> str:
        """Where nothing was collected (in tests), files keep their own names."""
        return str(super().stored_name(name)) if self.hashed_files else name

    def _bundle(self, paths: Found) -> None:
        """Put the parts in place of the @import lines. Parts in folders may not refer to files by url()."""
        content = IMPORT.sub(lambda line: _read(paths, line[1]), _read(paths, BUNDLE))
        self.delete(BUNDLE)
        self.save(BUNDLE, ContentFile(content.encode()))
        paths[BUNDLE] = (self, BUNDLE)


def _read(paths: Found, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
