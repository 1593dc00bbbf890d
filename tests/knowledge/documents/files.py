"""Small files of formats that are bytes, made here so that each test says what is in them."""

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{}</cp:coreProperties>'
)
_RELATION = (
    '<Relationship Id="{}" Target="{}" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"/>'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS = f'<Relationships xmlns="{_PACKAGE}">{{}}</Relationships>'
_STYLES = (
    f'<w:styles {WORD}><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>'
    "</w:style></w:styles>"
)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return packed.getvalue()


def heading(text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body: str, *, core: str = "", more: Mapping[str, bytes | str] = MappingProxyType({})) -> bytes:
    """A Word document of these paragraphs; `more` are further parts."""
    document = _RELATION.format("r1", "word/document.xml", "officeDocument")
    files: dict[str, bytes | str] = {
        "_rels/.rels": _RELATIONS.format(document),
        "word/_rels/document.xml.rels": _RELATIONS.format(_RELATION.format("r2", "styles.xml", "styles")),
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": _STYLES,
        "docProps/core.xml": _CORE.format(core),
    }
    return zipped({**files, **more})


def pdf(text: str = "Hello", *, info: bytes = b"<< >>", trailer: bytes = b"", letters: bytes = b"") -> bytes:
    """One page with one line of text; `info` holds its facts, `letters` what its font calls them."""
    drawn = b"BT /F1 18 Tf 20 100 Td (" + text.encode() + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources 7 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>",
        info,
        b"<< /Font << /F1 5 0 R >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(letters), letters),
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 9 /Root 1 0 R /Info 6 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(made))
    return made + b"xref\n0 9\n0000000000 65535 f \n" + table + end
