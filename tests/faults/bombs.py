"""Documents made to exhaust whoever draws them, each a few lines of code and none a secret of anyone's."""

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from tests.knowledge.notebooks import code, display, notebook, raw, stream, text

MB = 1_000_000


def _nested(opening: str, closing: str, depth: int, inside: str = "1") -> Any:
    return json.loads(opening * depth + inside + closing * depth)


def _bundle(mime: str, value: Any) -> bytes:
    return notebook(code("1", display(**{mime: value, "text/plain": "a value"})))


def _html(markup: str) -> bytes:
    return _bundle("text/html", markup)


def _png(width: int, height: int) -> str:
    """A picture of a few bytes that says it is of any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")).decode()


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_DOCX = {
    "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_RELATED}" Target="word/document.xml"/></Relationships>'
    ).encode(),
}
_ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def _docx(body: str, prologue: str = "") -> bytes:
    document = f'{prologue}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return _zip({**_DOCX, "word/document.xml": document.encode()})


def _pdf(filters: int, size: int) -> bytes:
    """One page whose content is `size` bytes of text behind so many filters."""
    content = b"BT /F1 12 Tf (word) Tj ET\n" * (size // 26)
    for _ in range(filters):
        content = zlib.compress(content, 9)
    names = b"/FlateDecode " * filters
    font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << %s >> >>" % font,
        b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(content), names, content),
    ]
    return _pdf_of(objects)


def _pdf_of(objects: list[bytes]) -> bytes:
    file, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(file)


def _pdf_of_many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3 + count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"
    pages = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return _pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", pages, *[page] * count])


def _pdf_that_contains_itself() -> bytes:
    return _pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"])


def _widgets(state: dict[str, Any], shown: str) -> bytes:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": shown, "version_major": 2}}
    kept = {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "state": state}}
    return notebook(code("1", display(**view)), metadata={"widgets": kept})


def _model(**state: Any) -> dict[str, Any]:
    return {"model_name": "BoxModel", "model_module": "@jupyter-widgets/controls", "state": state}


_ROW = {"a": 1, "b": "x"}
_FIELDS = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}]}

# By the name of the file that they would be pushed as.
BOMBS: dict[str, Callable[[], bytes]] = {
    "ansi.ipynb": lambda: notebook(code("1", stream("\x1b[31mx\x1b[0m" * (5 * MB // 10)))),
    "cursor.ipynb": lambda: notebook(
        code("1", stream("\x1b[99999999B\x1b[99999999Cx\x1b[9999999999A" * 3_000))
    ),
    "carriage-returns.ipynb": lambda: notebook(code("1", stream("\r" * 2 * MB + "50 %\r" * MB))),
    "one-line.ipynb": lambda: notebook(code("1", stream("x" * 20 * MB))),
    "tracebacks.ipynb": lambda: notebook(
        code(
            "1",
            {"output_type": "error", "ename": "E", "evalue": "v" * MB, "traceback": ["line\n" * 9] * 99_999},
        )
    ),
    "metadata-900-deep.ipynb": lambda: notebook(
        code("1", stream("words"), deep=_nested('{"a":', "}", 900)),
        metadata=_nested('{"a":', "}", 900),
    ),
    "outputs-300000.ipynb": lambda: notebook(code("1", *[display(text_plain="x")] * 300_000)),
    "streams-300000.ipynb": lambda: notebook(code("1", *[stream("x\n"), stream("y\n", "stderr")] * 150_000)),
    "cells-49000.ipynb": lambda: notebook(*[text("*word*")] * 49_000),
    "code-cells-20000.ipynb": lambda: notebook(*[code("a = 1  # comment")] * 20_000),
    "header-aliases.md": lambda: (
        "---\na: &a [x, x]\n"
        + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefghijk", "bcdefghijkl", strict=True))
        + "---\nwords"
    ).encode(),
    "header-long.md": lambda: b"---\ntags: [" + b"x, " * 500_000 + b"]\n---\nwords",
    "header-cell.ipynb": lambda: notebook(raw("---\n" + "a:\n - " * 200_000 + "\n---"), text("words")),
    "divs-100000.ipynb": lambda: _html("<div>" * 100_000),
    "formatting-nested.ipynb": lambda: _html("<b><i><font>" * 30_000 + "x"),
    "attributes.ipynb": lambda: _html("<p " + "a=b " * 500_000 + ">x</p>"),
    "html-20-mb.ipynb": lambda: _html("<p>word <b>bold</b></p>" * (20 * MB // 23)),
    "table-of-a-million.ipynb": lambda: _html(
        "<table>" + "<tr><td>1</td><td>2</td></tr>" * 500_000 + "</table>"
    ),
    "tables-unclosed.ipynb": lambda: _html("<table><tr><td>" * 30_000),
    "entities.svg.ipynb": lambda: _bundle("image/svg+xml", f"{_ENTITIES}]><svg><text>&i;</text></svg>"),
    "svg-uses.ipynb": lambda: _bundle(
        "image/svg+xml",
        "<svg>"
        + "".join(f'<g id="u{n}"><use href="#u{n - 1}"/><use href="#u{n - 1}"/></g>' for n in range(1, 60))
        + "</svg>",
    ),
    "png-of-a-billion.ipynb": lambda: _bundle("image/png", _png(2**30, 2**30)),
    "png-50-mb.ipynb": lambda: _bundle(
        "image/png", base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(35 * MB)).decode()
    ),
    "pictures-5000.ipynb": lambda: notebook(
        *[code("1", display(image_png=_png(200 + n, 200))) for n in range(5_000)]
    ),
    "attachments.ipynb": lambda: notebook(
        text(
            "![a](attachment:a0.png)" * 20_000,
            attachments={f"a{n}.png": {"image/png": _png(9, 9)} for n in range(9_000)},
        )
    ),
    "json-deep.ipynb": lambda: _bundle("application/json", _nested("[", "]", 900)),
    "json-wide.ipynb": lambda: _bundle("application/json", {f"key {n}": [n] * 5 for n in range(300_000)}),
    "geojson-deep.ipynb": lambda: _bundle(
        "application/geo+json", {"type": "Polygon", "coordinates": _nested("[", "]", 900)}
    ),
    "geojson-collections.ipynb": lambda: _bundle(
        "application/geo+json",
        _nested(
            '{"type":"GeometryCollection","geometries":[', "]}", 400, '{"type":"Point","coordinates":[1,2]}'
        ),
    ),
    "geojson-points.ipynb": lambda: _bundle(
        "application/geo+json",
        {"type": "MultiPoint", "coordinates": [[n % 180, n % 90] for n in range(500_000)]},
    ),
    "dataresource-rows.ipynb": lambda: _bundle(
        "application/vnd.dataresource+json", {"schema": _FIELDS, "data": [_ROW] * 1_000_000}
    ),
    "dataresource-columns.ipynb": lambda: _bundle(
        "application/vnd.dataresource+json",
        {
            "schema": {"fields": [{"name": f"c{n}"} for n in range(50_000)]},
            "data": [{f"c{n}": n for n in range(50_000)}],
        },
    ),
    "plotly-20-mb.ipynb": lambda: _bundle(
        "application/vnd.plotly.v1+json", {"data": [{"y": [1.5] * 5 * MB}]}
    ),
    "vega-deep.ipynb": lambda: _bundle("application/vnd.vegalite.v5+json", _nested('{"layer":[', "]}", 450)),
    "vegas-2000.ipynb": lambda: notebook(
        *[
            code("1", display(**{"application/vnd.vegalite.v5+json": {"mark": "bar", "n": n}}))
            for n in range(2_000)
        ]
    ),
    "widgets-in-a-ring.ipynb": lambda: _widgets(
        {f"m{n}": _model(children=[f"IPY_MODEL_m{(n + 1) % 9_000}"]) for n in range(9_000)}, "m0"
    ),
    "widgets-that-hold-all.ipynb": lambda: _widgets(
        {f"m{n}": _model(children=[f"IPY_MODEL_m{m}" for m in range(700)]) for n in range(700)}, "m0"
    ),
    "latex-deep.ipynb": lambda: notebook(text("$$" + r"\frac{" * 100_000 + "x" + "}{y}" * 100_000 + "$$")),
    "latex-output.ipynb": lambda: _bundle(
        "text/latex", r"\begin{align}" + r"x &= \sqrt{y} \\ " * 300_000 + r"\end{align}"
    ),
    "latex-macros.ipynb": lambda: notebook(
        text(
            "$"
            r"\newcommand{\a}{xx}"
            + "".join(
                rf"\newcommand{{\{n}}}{{\{p}\{p}}}" for p, n in zip("abcdefghij", "bcdefghijk", strict=True)
            )
            + r"\k$"
        )
    ),
    "latex-labels.ipynb": lambda: notebook(
        *[
            text("".join(rf"$$\label{{e{c}-{n}}} x$$ \ref{{e{c}-{n}}} " for n in range(400)))
            for c in range(50)
        ]
    ),
    "dollars.ipynb": lambda: notebook(text("$" * 100_000 + "x$y " * 30_000)),
    "contents.md": lambda: b"# A heading of some length\n\n" * 500 + b"[TOC]\n\n" * 10_000,
    "contents.ipynb": lambda: notebook(
        text("# A heading of some length\n\n" * 400), *[text("[TOC]\n\n" * 200)] * 200
    ),
    "footnotes.md": lambda: "".join(f"word[^{n}]\n\n[^{n}]: note\n\n" for n in range(9_000)).encode(),
    "references.md": lambda: (
        "".join(f"[r{n}]: http://a.example/{n}\n" for n in range(5_000)) + "[x][r1] " * 9_000
    ).encode(),
    "titles.md": lambda: b'[a]: https://a.example "' + b"x" * 90_000 + b'"\n\n' + b"[a] " * 1_500,
    "abbreviations.md": lambda: b"*[K]: " + b"x" * 90_000 + b"\n\n" + b"K " * 20_000,
    "markdown-brackets.md": lambda: b"[" * 50_000 + b"![" * 50_000 + b"](" * 30_000,
    "markdown-quotes.md": lambda: (b"> " * 300 + b"x\n") * 300,
    "markdown-lists.md": lambda: b"".join(b"  " * n + b"- x\n" for n in range(600)),
    "markdown-emphasis.md": lambda: b"*a **b _c __d " * 12_000,
    "markdown-fences.md": lambda: b"```python\nx = 1\n```\n\n" * 20_000,
    "markdown-mermaid.md": lambda: b"```mermaid\ngraph TD; A-->B\n```\n\n" * 5_000,
    "markdown-table.md": lambda: b"| a | b |\n|---|---|\n" + b"| 1 | 2 |\n" * 100_000,
    "markdown-html.md": lambda: b"<div><p>" * 20_000,
    "markdown-definitions.md": lambda: b"term\n: definition\n\n" * 20_000,
    "markdown-links.md": lambda: b"www." * 40_000 + b" http://" + b"a." * 40_000,
    "lexer-strings.ipynb": lambda: notebook(
        *(code(piece * 30_000) for piece in ('"\\', "f'{", "'''", "(((", "r'", "#|"))
    ),
    "lexer-r.ipynb": lambda: notebook(
        *(code(piece * 25_000) for piece in ("`", "%", "'\\", "{(")), language="R"
    ),
    "lexer-julia.ipynb": lambda: notebook(
        *(code(piece * 25_000) for piece in ('"$(', "'", "::", "#=")), language="julia"
    ),
    "lexer-cpp.ipynb": lambda: notebook(
        *(code(piece * 25_000) for piece in ("<", "a::", "#if\n", "/*")), language="c++"
    ),
    "lexer-sql.ipynb": lambda: notebook(
        *(code(piece * 25_000) for piece in ("/*", "$a$", "'", "--")), language="sql"
    ),
    "lexer-scala.ipynb": lambda: notebook(
        *(code(piece * 20_000) for piece in ('"""', 's"${', "[", "`")), language="scala"
    ),
    "fences.Rmd": lambda: b"---\ntitle: t\n---\n" + b"```{r}\nx <- 1\n```\n" * 20_000,
    "fence-options.qmd": lambda: b"---\ntitle: t\n---\n```{python " + b"a=b, " * 100_000 + b"}\n1\n```\n",
    "cells.py": lambda: b"# ---\n# title: t\n# ---\n" + b"# %%\nx = 1\n" * 30_000,
    "quotes.py": lambda: b"# ---\n# title: t\n# ---\n# %% [markdown]\n" + b'"""' * 50_001,
    "spin.R": lambda: b"#' ---\n#' title: t\n#' ---\n" + b"#' words\nx <- 1\n" * 20_000,
    "page-20-mb.html": lambda: b"<!doctype html><title>t</title><body>" + b"<div><p>words" * (20 * MB // 13),
    "paper-1-gb.pdf": lambda: _pdf(2, 300 * MB),
    "paper-filters.pdf": lambda: _pdf(60, MB),
    "paper-pages.pdf": lambda: _pdf_of_many_pages(60_000),
    "paper-in-itself.pdf": _pdf_that_contains_itself,
    "paper-broken.pdf": lambda: b"%PDF-1.7\n" + b"1 0 obj\n<< /A [" * 100_000,
    "zeros.docx": lambda: _zip({**_DOCX, "word/document.xml": bytes(400 * MB)}),
    "entities.docx": lambda: _docx("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", f"{_ENTITIES}]>"),
    "nested.docx": lambda: _docx("<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000),
    "paragraphs.docx": lambda: _docx("<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 400_000),
    "members.docx": lambda: _zip({**_DOCX, **{f"word/media/{n}.png": b"x" for n in range(60_000)}}),
    "zeros.kp": lambda: _zip({"knowledge.md": b"---\ntitle: t\n---\nwords", "images/a.png": bytes(500 * MB)}),
    "members.kp": lambda: _zip(
        {"knowledge.md": b"words", **{f"images/{n}.png": b"x" for n in range(60_000)}}
    ),
    "escape.kp": lambda: _zip(
        {"../../knowledge.md": b"out", "knowledge.md": b"words", "/etc/images/a.png": b"x"}
    ),
    "stars.org": lambda: b"#+TITLE: t\n" + b"* a\n** b\n" * 50_000,
    "nested.org": lambda: b"#+TITLE: t\n" + b"".join(b"  " * n + b"- x\n" for n in range(1_500)),
}
