"""The reader of PDF. Its words are taken out of it where it is rendered: that takes a large parser."""

import re

from knowledge.documents.decoding import one_line
from knowledge.documents.document import Document, Header, Paper
from knowledge.documents.faults import fault, refusal
from knowledge.documents.head import Head
from knowledge.documents.header import header_of

_BEGINS = re.compile(rb"\s{0,1000}%PDF-\d")
_INFO_NUMBER = re.compile(rb"/Info\s{1,10}(\d{1,10})\s{1,10}\d{1,5}\s{1,10}R")
_STRING = rb"\((?:[^()\\]|\\.|\([^()\\]{0,500}\)){0,2000}+\)|<[0-9A-Fa-f\s]{0,8000}>"
_FIELD = re.compile(rb"/(Title|Author|CreationDate|Subject|Keywords)\s{0,10}(" + _STRING + rb")", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?")
_XMP_TITLE = re.compile(rb"<dc:title>\s*<rdf:Alt>\s*<rdf:li[^<>]{0,100}>([^<]{1,500})</rdf:li>")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_SHOWN = {"Title": "title", "Author": "authors", "Keywords": "tags"}
# What programs write where nobody gave the document a title.
_NO_TITLE = re.compile(
    r"(?:untitled|microsoft word - |powerpoint|slide \d|.*\.(?:docx?|tex|indd|dvi|pptx?|md)$)", re.I
)
# What programs write where nobody said who wrote it.
_NO_AUTHOR = re.compile(r"\(?(?:anonymous|unspecified|unknown)\)?", re.I)


def read_pdf(source: bytes) -> Document:
    """`content` is the Paper."""
    head = pdf_head(source)
    return Document(
        format="pdf",
        header=head.header,
        title=head.title,
        language="",
        faults=head.faults,
        content=Paper(source),
    )


def is_pdf(beginning: bytes) -> bool:
    return _BEGINS.match(beginning) is not None


def pdf_head(source: bytes) -> Head:
    """By a look at the bytes: where the facts are packed away, the file's name has to do."""
    if not is_pdf(source[:2_000]):
        raise refusal("not-a-pdf")
    encrypted = b"/Encrypt" in source[-4_000:]
    said = {} if encrypted else _said(source)
    header = header_of(said) if said else Header()
    faults = (fault("encrypted-pdf"),) if encrypted else ()
    title = header.title or ("" if encrypted else _xmp_title(source))
    return Head(header, title, faults)


def _said(source: bytes) -> dict[str, str]:
    fields = {found[1].decode(): _text(found[2]) for found in _FIELD.finditer(_information(source))}
    said = {_SHOWN[name]: text for name, text in fields.items() if name in _SHOWN and text}
    if "title" in said and _NO_TITLE.match(said["title"]):
        del said["title"]
    if "authors" in said and _NO_AUTHOR.fullmatch(said["authors"]):
        del said["authors"]
    if date := _DATE.match(fields.get("CreationDate", "")):
        said["created_at"] = "-".join((date[1], date[2] or "01", date[3] or "01"))
    return said


def _information(source: bytes) -> bytes:
    """The dictionary of facts, where the file's end says it is."""
    numbers = _INFO_NUMBER.findall(source[-200_000:]) or _INFO_NUMBER.findall(source[:200_000])
    if not numbers:
        return b""
    at = max(source.rfind(end + numbers[-1] + b" 0 obj") for end in (b"\n", b"\r", b" "))
    return source[at : at + 20_000].partition(b"endobj")[0] if at >= 0 else b""


def _xmp_title(source: bytes) -> str:
    at = source.find(b"<dc:title>")
    found = _XMP_TITLE.match(source, at) if at >= 0 else None
    return one_line(found[1].decode(errors="replace"))[:500] if found else ""


def _text(string: bytes) -> str:
    """A PDF string: UTF-16 where it says so, else Latin-1, which is near enough."""
    if string.startswith(b"<"):
        digits = b"".join(string[1:-1].split())
        data = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        data = _ESCAPE.sub(_unescaped, string[1:-1])
    if data.startswith((b"\xfe\xff", b"\xff\xfe")):
        return one_line(data.decode("utf-16", "replace"))
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "latin-1"
    return one_line(data.decode(encoding, "replace"))


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign[:1].isdigit():
        return bytes([int(sign, 8) % 256])
    return b"" if sign.endswith(b"\n") else _LETTERS.get(sign, sign)
