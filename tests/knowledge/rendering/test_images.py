"""Images are told by their bytes, never by what they are said to be."""

import struct

import pytest

from knowledge.rendering.images import Sniffed, sniff
from knowledge.rendering.part import Part
from tests.knowledge.notebooks import png

GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + b"\x00" * 20
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
    + b"\x00" * 9
    + b"\xff\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 20, 30)
    + b"\x03"
)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\n\x00\x00\x00\x00\x00\x00\x00" + b"\x1d\x00\x00\x13\x00\x00"
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + (29 | 19 << 14).to_bytes(4, "little")
LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 30, 20)

BMP = b"BM" + b"\x00" * 12 + b"\x28\x00\x00\x00" + struct.pack("<ii", 30, -20)
AVIF = b"\x00\x00\x00\x1cftypavif" + b"\x00" * 40 + b"ispe\x00\x00\x00\x00" + struct.pack(">II", 30, 20)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (BMP, "bmp"),
        (AVIF, "avif"),
        (png(30, 20), "png"),
        (GIF, "gif"),
        (JPEG, "jpeg"),
        (WEBP, "webp"),
        (LOSSLESS, "webp"),
        (LOSSY, "webp"),
    ],
)
def test_raster_images_tell_their_kind_and_size(data, kind):
    assert sniff(data) == Sniffed(f"image/{kind}", 30, 20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg>",
        b"<html>",
        b"\x89PNG\r\n\x1a\n<script>",
        JPEG[:12],
        GIF[:8],
        WEBP[:20],
        BMP[:20],
        AVIF[:-4],
        AVIF[:30],
        b"BM" + b"\x00" * 60,
        b"%PDF",
    ],
)
def test_nothing_else_is_an_image(data):
    assert sniff(data) is None


def test_an_image_of_a_billion_pixels_is_no_asset():
    bomb = png(10, 10).replace(struct.pack(">II", 10, 10), struct.pack(">II", 60_000, 60_000))
    assert sniff(bomb) == Sniffed("image/png", 60_000, 60_000)
    assert Part().image(bomb) is None


def test_the_same_image_twice_is_one_asset():
    part = Part()
    assert part.image(png()) == part.image(png())
    assert len(part.assets) == 1


def test_the_thumbnail_is_the_first_figure_else_the_first_image_wide_enough():
    part = Part()
    part.image(png(20, 20))
    assert part.made("").image == ""
    part.image(png(200, 20))
    part.image(png(300, 20), figure=True)
    part.image(png(400, 20), figure=True)
    made = part.made("")
    assert part.assets[made.image].width == 200
    assert part.assets[made.figure].width == 300
