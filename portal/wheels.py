"""PURE: wheels of what the portal ships, as PEP 427 has them, so that pip installs it from here."""

import base64
import hashlib
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

_VERSION = re.compile(r'^__version__ = "([\d.]+)"$', re.MULTILINE)
_MADE = (2026, 1, 1, 0, 0, 0)  # the same bytes each time


@dataclass(frozen=True, slots=True)
class Wheel:
    """Of pure Python; `files` by their paths. `python` is the oldest version that it runs on."""

    project: str
    version: str
    summary: str
    python: str
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        return f"{self._base}-py3-none-any.whl"

    @property
    def _base(self) -> str:
        return f"{self.project.replace('-', '_')}-{self.version}"

    def packed(self) -> bytes:
        about = f"{self._base}.dist-info"
        files = {
            **self.files,
            f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {self.project}\nVersion: {self.version}\n"
            f"Summary: {self.summary}\nRequires-Python: >={self.python}\n".encode(),
            f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: almanac\nRoot-Is-Purelib: true\n"
            b"Tag: py3-none-any\n",
        }
        record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
        files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, _MADE), data, zipfile.ZIP_DEFLATED)
        return packed.getvalue()


def version_in(source: bytes) -> str:
    found = _VERSION.search(source.decode())
    if found is None:
        raise ValueError("The source says no version")
    return found[1]


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
