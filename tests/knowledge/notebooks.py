"""Small notebooks for tests, built in a line."""

import base64
import json
import struct
import zlib
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def notebook(*cells: Any, language: str = "python", **fields: Any) -> bytes:
    """The bytes of a notebook of format 4.4."""
    metadata = {"language_info": {"name": language}}
    whole = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": list(cells), **fields}
    return json.dumps(whole).encode()


def text(source: str, **fields: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, **fields}


def raw(source: str, **fields: Any) -> dict[str, Any]:
    return {"cell_type": "raw", "metadata": {}, "source": source, **fields}


def code(source: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "metadata": metadata, "execution_count": 1}
    return {**cell, "source": source, "outputs": list(outputs)}


def stream(words: str | list[str], name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": words}


def display(metadata: dict[str, Any] | None = None, /, **data: Any) -> dict[str, Any]:
    """A display of MIME types given as `text_html=...`, or under their own names in `data`."""
    named = {"text_html": "text/html", "text_plain": "text/plain", "image_png": "image/png"}
    bundle = {named.get(name, name): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": metadata or {}, "data": bundle}


def png(width: int = 400, height: int = 300) -> bytes:
    """A whole PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def png64(width: int = 400, height: int = 300) -> str:
    return base64.b64encode(png(width, height)).decode()
