"""The helper for notebooks, as the portal ships it: the file itself, and a wheel that pip installs."""

import base64
import hashlib
import re
import zipfile
from functools import cache
from io import BytesIO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

MODULE = "almanac_insight.py"
_VERSION = re.compile(r'^__version__ = "([\d.]+)"$', re.MULTILINE)
_MADE = (2026, 1, 1, 0, 0, 0)  # the same bytes each time


@login_not_required  # kernels that install it are nobody
@require_safe
def module(request: object) -> HttpResponse:
    return HttpResponse(_source(), content_type="text/x-python; charset=utf-8")


@login_not_required
@require_safe
def wheel(request: object) -> HttpResponse:
    return HttpResponse(_wheel(), content_type="application/zip")


@cache
def _source() -> bytes:
    return (settings.BASE_DIR / "helper" / MODULE).read_bytes()


def wheel_name() -> str:
    return f"almanac_insight-{_version()}-py3-none-any.whl"


def _version() -> str:
    found = _VERSION.search(_source().decode())
    if found is None:
        raise ValueError(f"{MODULE} says no version")
    return found[1]


@cache
def _wheel() -> bytes:
    """As PEP 427 has it: the module, and what it is."""
    about = f"almanac_insight-{_version()}.dist-info"
    summary = "Publish numbers from notebooks to Almanac"
    files = {
        MODULE: _source(),
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: almanac-insight\nVersion: {_version()}\n"
        f"Summary: {summary}\nRequires-Python: >=3.8\n".encode(),
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


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
