"""A document's HTML for a file that asks nobody for anything: its images in it, its links absolute."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

from django.conf import settings

from knowledge import storage
from knowledge.rendering.images import EXTENSIONS, sniff
from portal.content_links import file_url, resolve
from portal.inlining import inlined
from portal.taking.libraries import data_url
from portal.taking.taken import Taken

IMAGE_BYTES = 16_000_000
BESIDE_BYTES = 40_000_000  # of all images that lie beside the document
# A document may show one image, or take one file into its frames, any number of times. Each time is counted.
IMAGES_BYTES = 80_000_000
FRAMES_BYTES = 150_000_000
LEFT_OUT = "Left out: with it this file would be too large. The post has it at its address."
_IMAGES_LEFT_OUT = "Some images are left out: with all of them this file would be too large."
_CHEMISTRY = re.compile(r"\\(?:ce|pu)\s*\{")
_TAG = re.compile(r'<[a-z][a-z0-9]*(?:\s+[a-zA-Z-]+(?:="[^"]*")?)+\s*/?>')
_MARKER = re.compile(r'\s(src|href)="almanac-(asset|output|file):([^"]*)"')
_ALT = re.compile(r'\salt="([^"]+)"')
_ROOTED = re.compile(r'\s(src|href)="(/[^"]*)"')
_FRAME = re.compile(
    r'<iframe\b[^>]*\ssrc="almanac-output:(\d{1,6})"[^>]*>\s*</iframe>'
    r'(?:<figcaption><a href="almanac-output:\1">[^<]*</a></figcaption>)?'
)


@dataclass
class Offline:
    """Turns the parts of a document one by one, and remembers what they need at the end of the file.

    `frames` are the numbers of the output documents that are shown in frames, in the order of the document.
    """

    taken: Taken
    frames: dict[int, None] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)
    has_math: bool = False
    has_chemistry: bool = False
    has_tables: bool = False
    _left: int = BESIDE_BYTES
    _room: int = field(default_factory=lambda: IMAGES_BYTES)

    @property
    def left_out(self) -> str:
        """What to say at the end of the document, if anything."""
        return f'<p class="notice">{_IMAGES_LEFT_OUT}</p>' if self._room < 0 else ""

    def html(self, part: str) -> str:
        self.letters |= set(part)
        self.has_math = self.has_math or 'class="math"' in part
        self.has_chemistry = self.has_chemistry or (self.has_math and bool(_CHEMISTRY.search(part)))
        self.has_tables = self.has_tables or '<div class="table-scroll" id=' in part
        html = _FRAME.sub(self._output, part) if "almanac-output:" in part else part
        return _TAG.sub(self._tag, html)

    def _output(self, frame: re.Match[str]) -> str:
        """A frame to be filled by static/portal/js/taken.js; what is no page becomes a link that saves it."""
        outputs, number = self.taken.revision.rendering.outputs, int(frame[1])
        output = outputs[number] if number < len(outputs) else None
        if output is None or not storage.exists(output["digest"]):
            return '<p class="notice">This output is missing.</p>'
        media_type = output.get("type", "text/html")
        if media_type != "text/html":
            return self._saved(output["digest"], media_type, output.get("label", "Output"))
        self.frames[number] = None
        return frame[0].replace(f'src="almanac-output:{number}"', f'data-frame="{number}"')

    def _saved(self, digest: str, media_type: str, label: str) -> str:
        name = f"{self.taken.name}.{media_type.rpartition('/')[2]}"
        url = data_url(media_type, storage.read(digest))
        return (
            f'<p><a href="{escape(url)}" download="{escape(name)}">{escape(label)}: save it as a file</a></p>'
        )

    def _tag(self, found: re.Match[str]) -> str:
        tag = found[0]
        if "almanac-" in tag:
            tag = resolve(_MARKER.sub(self._marker, tag), self.taken.place)
        if '="/' in tag:
            tag = _ROOTED.sub(self._rooted, tag)
        return _missing(tag) if tag.startswith("<img") and ' src="' not in tag else tag

    def _marker(self, marker: re.Match[str]) -> str:
        attribute, kind, rest = marker[1], marker[2], unescape(marker[3])
        if kind == "asset":
            url = self._asset(rest.partition(".")[0])
        elif kind == "file" and attribute == "src":
            url = self._image_beside(rest)
        else:
            url = f"{settings.SITE_URL}{file_url(self.taken.place, rest) or ''}" if kind == "file" else ""
        return f' {attribute}="{escape(url)}"' if url else ""

    def _asset(self, digest: str) -> str:
        media_type = self.taken.revision.rendering.assets.get(digest, {}).get("type", "")
        known = media_type in EXTENSIONS or media_type.startswith(("audio/", "video/"))
        if not known or not storage.exists(digest) or self._room < 0:
            return ""
        self._room -= storage.size(digest)
        return data_url(media_type, storage.read(digest)) if self._room >= 0 else ""

    def _image_beside(self, address: str) -> str:
        path = self.taken.beside.path_of(unquote(address.partition("#")[0].partition("?")[0]))
        size = self.taken.beside.size(path) if path else None
        if path is None or size is None or size > min(IMAGE_BYTES, self._left):
            return ""
        self._left -= size
        data = b"".join(self.taken.beside.stream(path))
        image = sniff(data)
        if image is None and path.lower().endswith(".svg"):
            return data_url("image/svg+xml", data)  # as an image it runs nothing and loads nothing
        return data_url(image.media_type, data) if image else ""

    def _rooted(self, link: re.Match[str]) -> str:
        """What leads into the portal leads there from anywhere; nothing is loaded from it."""
        if link[1] == "src" or link[2].startswith("//"):
            return ""
        return f' href="{escape(settings.SITE_URL)}{link[2]}"'

    def documents(self) -> Iterator[tuple[int, str]]:
        """The number and the text of each document in `frames`; a word in place of what would be too much."""
        room = FRAMES_BYTES
        for number in self.frames:
            document = _output_text(self.taken, number) if room > 0 else ""
            room -= len(document)
            yield number, document if room > 0 else LEFT_OUT


def _missing(image: str) -> str:
    """What stands for an image that isn't in the file: a word, as on the portal, in place of a torn frame."""
    alt = _ALT.search(image)
    return f'<span class="notice">Image missing{f": {alt[1]}" if alt else ""}</span>'


def _output_text(taken: Taken, number: int) -> str:
    """An output document with the files that it takes from beside it; libraries stay named by markers."""
    document = storage.read(taken.revision.rendering.outputs[number]["digest"])
    return inlined(document, taken.place, taken.reader, settings.SITE_URL).decode(errors="replace")
