"""How a render child and its parent talk: frames of bytes over pipes, and nothing that could be executed.

A message is a 4-byte length, that many bytes of JSON, and the blobs that the JSON's `blobs` gives the lengths
of. Never pickle: a document that took the child over must not own the worker too, so the parent checks every
size and type, and recomputes every digest.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple
from hashlib import sha256
from typing import Any, cast, get_args

import orjson

from knowledge.extracting import Insight, insight_of
from knowledge.linting import CODES, Finding
from knowledge.rendering.images import EXTENSIONS
from knowledge.rendering.marks import KINDS
from knowledge.rendering.result import (
    Asset,
    CellMark,
    Heading,
    OutputDocument,
    Passage,
    PassageKind,
    Rendering,
)

PASSAGE_KINDS = get_args(PassageKind)
MAX_HEAD = 16_000_000
MAX_BLOBS = 1_000_000_000
_LENGTH = struct.Struct(">I")

Read = Callable[[int], bytes]


class BadMessage(Exception):
    """The other side sent what no honest one would."""


def encode(head: Mapping[str, Any], blobs: list[bytes]) -> bytes:
    """A whole message."""
    text = orjson.dumps({**head, "blobs": [len(blob) for blob in blobs]})
    return b"".join([_LENGTH.pack(len(text)), text, *blobs])


def receive(read: Read) -> tuple[dict[str, Any], list[bytes]]:
    """The next message; `read` returns exactly as many bytes as asked for, or raises. Raises BadMessage."""
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    if length > MAX_HEAD:
        raise BadMessage("head too large")
    try:
        head = orjson.loads(read(length))
        sizes = head["blobs"]
        if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > MAX_BLOBS:
            raise BadMessage("blobs too large")
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BadMessage(str(error)) from error
    return head, [read(size) for size in sizes]


def pack_rendering(rendering: Rendering) -> bytes:
    """A rendering as a message: its text, then parts, then assets, then output documents as blobs."""
    head = {
        "ok": True,
        "parts": len(rendering.parts),
        "headings": [[head.level, head.text, head.anchor, head.part] for head in rendering.headings],
        "assets": [[asset.media_type, asset.width, asset.height] for asset in rendering.assets],
        "outputs": [[output.label, output.height, output.media_type] for output in rendering.outputs],
        "thumbnail": rendering.thumbnail,
        "notices": rendering.notices,
        "words": rendering.words,
        "summary": rendering.summary,
        "macros": dict(rendering.macros),
        "has_slides": rendering.has_slides,
        "cells": [astuple(cell) for cell in rendering.cells],
        "passages": [[*passage] for passage in rendering.passages],
        "libraries": rendering.libraries,
        "versions": dict(rendering.versions),
        "datasets": rendering.datasets,
        "insights": [asdict(insight) for insight in rendering.insights],
        "links": rendering.links,
        "findings": [astuple(finding) for finding in rendering.findings],
    }
    blobs = [rendering.text.encode(), *(part.encode() for part in rendering.parts)]
    blobs += [asset.data for asset in rendering.assets]
    blobs += [output.data for output in rendering.outputs]
    return encode(head, blobs)


def unpack_rendering(head: dict[str, Any], blobs: list[bytes]) -> Rendering:
    """The rendering of a message, every field checked for its type. Raises BadMessage."""
    try:
        assets, outputs, parts = head["assets"], head["outputs"], _int(head["parts"])
        text, *rest = blobs
        images, documents = rest[parts : parts + len(assets)], rest[parts + len(assets) :]
        return Rendering(
            parts=tuple(part.decode() for part in rest[:parts]),
            headings=tuple(
                Heading(_int(level), _str(words), _str(at), _int(part))
                for level, words, at, part in head["headings"]
            ),
            assets=tuple(
                Asset(_digest(data), _image_type(kind), data, _int(width), _int(height))
                for (kind, width, height), data in zip(assets, images, strict=True)
            ),
            outputs=tuple(
                OutputDocument(_digest(data), data, _str(label), _int(height), _output_type(kind))
                for (label, height, kind), data in zip(outputs, documents, strict=True)
            ),
            text=text.decode(),
            thumbnail=_str(head["thumbnail"]),
            notices=tuple(_str(notice) for notice in head["notices"]),
            words=_int(head["words"]),
            summary=_str(head["summary"]),
            macros={_str(name): _str(body) for name, body in head["macros"].items()},
            has_slides=head["has_slides"] is True,
            cells=tuple(_cell(*fields) for fields in head["cells"]),
            passages=tuple(_passage(*fields) for fields in head["passages"]),
            libraries=_strings(head["libraries"]),
            versions={_str(name): _str(version) for name, version in head["versions"].items()},
            datasets=_strings(head["datasets"]),
            insights=tuple(map(_insight, head["insights"])),
            links=_strings(head["links"]),
            findings=tuple(_finding(*fields) for fields in head["findings"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadMessage(str(error)) from error


def _finding(
    code: object, message: object, hint: object, cell: object, line: object, anchor: object
) -> Finding:
    if code not in CODES:
        raise BadMessage(f"no code of a finding: {code!r}")
    cell, line = (None if number is None else _int(number) for number in (cell, line))
    return Finding(str(code), _str(message), _str(hint), cell, line, _str(anchor))


def _cell(
    name: object, hash_: object, kind: object, words: object, is_named_here: object, is_whole: object
) -> CellMark:
    if kind not in KINDS:
        raise BadMessage(f"no kind of cell: {kind!r}")
    return CellMark(_str(name), _str(hash_), str(kind), _str(words), is_named_here is True, is_whole is True)


def _passage(kind: object, anchor: object, text: object) -> Passage:
    if kind not in PASSAGE_KINDS:
        raise BadMessage(f"no kind of passage: {kind!r}")
    return Passage(cast(PassageKind, kind), _str(anchor), _str(text))


def _insight(said: object) -> Insight:
    """Anything but a well-formed one is refused, whatever the child says."""
    insight = insight_of(said)
    if insight is None:
        raise BadMessage("no insight")
    return insight


def _strings(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise BadMessage("no list of texts")
    return tuple(_str(value) for value in values)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def _image_type(value: object) -> str:
    if value not in EXTENSIONS:
        raise BadMessage(f"no image type: {value!r}")
    return str(value)


def _output_type(value: object) -> str:
    if value not in {"text/html", "application/pdf"}:
        raise BadMessage(f"no type of output document: {value!r}")
    return str(value)


def _int(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise BadMessage(f"no number: {value!r}")
    return value


def _str(value: object) -> str:
    if type(value) is not str or "\x00" in value:
        raise BadMessage(f"no text: {value!r}")
    return value
