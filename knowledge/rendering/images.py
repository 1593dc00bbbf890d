"""What kind of image some bytes are and how large, from their first bytes alone; nothing is decoded."""

import struct
from dataclasses import dataclass

_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`width` and `height` in pixels, as the image declares them."""

    media_type: str
    width: int
    height: int


EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
}


def sniff(data: bytes) -> Sniffed | None:
    """The raster image that `data` begins like, whatever it was said to be; None for anything else."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return Sniffed("image/png", *struct.unpack(">II", data[16:24]))
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data[:6] in {b"GIF87a", b"GIF89a"}:
            return Sniffed("image/gif", *struct.unpack("<HH", data[6:10]))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:2] == b"BM" and data[14:18] == b"\x28\x00\x00\x00":
            width, height = struct.unpack("<ii", data[18:26])
            return Sniffed("image/bmp", width, abs(height))  # negative where rows go down
        if data[4:12] in {b"ftypavif", b"ftypavis"}:
            return _avif(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(data: bytes) -> Sniffed | None:
    """Walks the segments up to the frame header, which has the size."""
    at = 2
    while at < min(len(data), 1_000_000):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Sniffed("image/jpeg", width, height)
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None


def _webp(data: bytes) -> Sniffed | None:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
        return Sniffed("image/webp", width, height)
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return Sniffed("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return Sniffed("image/webp", width & 0x3FFF, height & 0x3FFF)
    return None


def _avif(data: bytes) -> Sniffed | None:
    """The first property that gives an extent, among the boxes at the file's head."""
    at = data.find(b"ispe\x00\x00\x00\x00", 0, 10_000)
    if at < 0:
        return None
    return Sniffed("image/avif", *struct.unpack(">II", data[at + 8 : at + 16]))
