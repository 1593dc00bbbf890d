"""The reader of Word documents, through mammoth: what they mean as HTML, not how they looked."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from knowledge.documents.archive import Archive
from knowledge.documents.decoding import one_line, storable
from knowledge.documents.document import JSON, Document, Markup
from knowledge.documents.faults import Fault, fault, refusal
from knowledge.documents.head import Head
from knowledge.documents.header import header_of
from knowledge.documents.word_formulas import with_latex

_TEXT = "word/document.xml"
_MAX_XML = 30_000_000  # bytes, all of it: as a tree it takes twenty times as much
_MAX_ELEMENTS = 200_000  # some thousand pages; mammoth takes a second for ten thousand
_XML = re.compile(r"\.(?:xml|rels)$", re.IGNORECASE)
_PICTURES = re.compile(r"word/media/.*\.(?:emf|wmf|tiff?)$", re.IGNORECASE)
_FORMULA = re.compile(rb"o\0?M\0?a\0?t\0?h")  # in UTF-8 or UTF-16
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
_HEADING_STYLES = re.compile(r"title|heading [1-3]", re.IGNORECASE)
_SHOWN = {
    "title": "title",
    "creator": "authors",
    "created": "created_at",
    "modified": "updated_at",
    "keywords": "tags",
}
_LEFT_OUT = {"chart": "charts", "relIds": "diagrams", "OLEObject": "embedded objects"}
_MAX_TITLE = 500
# What mammoth and XML's parsers say of XML that is no Word document's.
_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, OSError, ParseError, expat.ExpatError)
_TEMPLATE_AUTHOR = "python-docx"
_TEMPLATE_DATE = "2013-12-23T23:15:00Z"


def read_docx(source: bytes) -> Document:
    """`content` is the Markup, with the pictures. Imports mammoth late, for it is large."""
    import mammoth

    head, pictures = docx_head(source), _Pictures()
    try:
        made = mammoth.convert_to_html(
            _with_formulas(source),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(pictures.keep),
        )
    except RecursionError:
        raise refusal("too-deep") from None
    except _MALFORMED as error:
        raise refusal("bad-docx", reason=type(error).__name__) from error
    return Document(
        format="docx",
        header=head.header,
        title=head.title,
        language="",
        faults=head.faults,
        content=Markup(storable(made.value), pictures.files),
    )


def _with_formulas(source: bytes) -> io.BytesIO:
    """The document with its formulas as text, which is all that mammoth reads."""
    archive = Archive(source)
    text = archive.read(_TEXT)
    if not _FORMULA.search(text):
        return io.BytesIO(source)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr(_TEXT, with_latex(text))
        for name in archive.names():
            if name != _TEXT:
                new.writestr(name, archive.read(name))
    made.seek(0)
    return made


class _Pictures:
    """The pictures of a document as they come, each under a name of its own."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def keep(self, picture: Any) -> dict[str, str]:
        name = f"picture-{len(self.files) + 1}.{str(picture.content_type).rpartition('/')[2]}"
        with picture.open() as file:
            self.files[name] = file.read()
        return {"src": name}


def docx_head(source: bytes) -> Head:
    """Read through once, without building a tree. Raises DocumentError for what is no Word document."""
    archive = Archive(source)
    parts = dict(_parts(archive))
    if _TEXT not in parts:
        raise refusal("bad-docx", reason=f"it holds no {_TEXT}")
    properties = _Properties.of(parts.get("docProps/core.xml", b""))
    body = _Body(_Styles.of(parts.get("word/styles.xml", b"")))
    body.read(parts[_TEXT])
    header = header_of(properties)
    return Head(header, header.title or body.title, tuple(_left_out(body.counts, archive)))


def _parts(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """The XML in it, all of it looked at: none may declare entities, which unfold without end."""
    names = [name for name in archive.names() if _XML.search(name)]
    if sum(archive.size(name) for name in names) > _MAX_XML:
        raise refusal("zip-too-large", limit=_MAX_XML // 1_000_000)
    for name in names:
        data = archive.read(name)
        _parse(data)
        yield name, data


def _left_out(counts: Counter[str], archive: Archive) -> Iterator[Fault]:
    pictures = sum(bool(_PICTURES.match(name)) for name in archive.names())
    found = [f"{counts[name]} {words}" for name, words in _LEFT_OUT.items() if counts[name]]
    if pictures:
        found.append(f"{pictures} pictures of a kind that browsers don't draw (EMF, WMF, TIFF)")
    if found:
        yield fault("docx-left-out", what=", ".join(found))


Opened = Callable[[str, dict[str, str]], None]
Closed = Callable[[str], None]
Said = Callable[[str], None]


def _parse(
    data: bytes, opened: Opened | None = None, closed: Closed | None = None, said: Said | None = None
) -> None:
    """Tells each element by its name without prefix. Raises DocumentError for what is no XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    if opened:
        parser.StartElementHandler = lambda name, given: opened(name.rpartition(":")[2], given)
    if closed:
        parser.EndElementHandler = lambda name: closed(name.rpartition(":")[2])
    if said:
        parser.CharacterDataHandler = said
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise refusal("bad-docx", reason=str(error)[:200]) from None


def _refuse(*_: object) -> None:
    raise refusal("bad-docx", reason="its XML declares a document type, which Word never writes")


class _Properties(dict[str, JSON]):
    """What the document says of itself, under the names that headers have for it."""

    @classmethod
    def of(cls, data: bytes) -> "_Properties":
        found = cls()
        words: list[str] = []

        def closed(name: str) -> None:
            text = one_line("".join(words))[:2_000]
            if name in _SHOWN and text:
                found[_SHOWN[name]] = text
            words.clear()

        if data:
            _parse(data, closed=closed, said=words.append)
        found._forget_the_template()
        return found

    def _forget_the_template(self) -> None:
        """A document that python-docx made says who and when its empty template was made by."""
        if self.get("authors") == _TEMPLATE_AUTHOR:
            del self["authors"]
        for field in ("created_at", "updated_at"):
            if self.get(field) == _TEMPLATE_DATE:
                del self[field]


class _Styles(dict[str, str]):
    """The names of styles by their ids: Word's own are in English in every language, their ids are not."""

    @classmethod
    def of(cls, data: bytes) -> "_Styles":
        found, current = cls(), [""]

        def opened(name: str, given: dict[str, str]) -> None:
            if name == "style":
                current[0] = given.get("w:styleId", "")
            elif name == "name":
                found.setdefault(current[0], given.get("w:val", ""))

        if data:
            _parse(data, opened)
        return found


class _Body:
    """The first heading of the text, and how often it holds what is left out."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.title = ""
        self.counts: Counter[str] = Counter()
        self._words: list[str] = []
        self._is_heading = self._is_text = False
        self._elements = 0

    def read(self, data: bytes) -> None:
        _parse(data, self._opened, self._closed, self._said)

    def _opened(self, name: str, given: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise refusal("too-intricate", limit=_MAX_ELEMENTS, what="elements of text")
        if name in _LEFT_OUT:
            self.counts[name] += 1
        elif name == "p":
            self._words, self._is_heading = [], False
        elif name == "pStyle":
            style = given.get("w:val", "")
            self._is_heading = bool(_HEADING_STYLES.fullmatch(self.styles.get(style, style)))
        self._is_text = name == "t"

    def _closed(self, name: str) -> None:
        self._is_text = False
        if name == "p" and self._is_heading and not self.title:
            self.title = one_line("".join(self._words))[:_MAX_TITLE]

    def _said(self, text: str) -> None:
        if self._is_text and self._is_heading and not self.title:
            self._words.append(text)
