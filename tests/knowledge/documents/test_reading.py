"""Reading documents: leniently, and where that ends."""

import json

import pytest

from knowledge.documents import SUFFIXES, DocumentError, is_document, read_document
from tests.knowledge.notebooks import FIXTURES, code, display, notebook, raw, stream, text


def read(source: bytes):
    return read_document("post.ipynb", source)


def refused(path: str, source: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(path, source)
    return caught.value


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.ipynb", True),
        ("b/C.MD", True),
        ("x.markdown", True),
        ("README", False),
        ("a.csv", False),
        ("a.kp", True),
        ("posts/a.kp/knowledge.md", True),
        ("posts/a.kp/orig_src/a.ipynb", False),
        ("posts/a.kp/README.md", False),
        ("posts/a.kp/images/knowledge.md", False),
        ("a.KP/knowledge.md", True),
        (".md", False),
    ],
)
def test_documents_are_told_by_their_suffix(path, expected):
    assert is_document(path) is expected


def test_another_kind_of_file_is_refused_by_naming_what_can_be_shown():
    error = refused("a.xlsx", b"x")
    assert error.code == "unknown-format"
    assert all(suffix in error.hint for suffix in SUFFIXES)


@pytest.mark.parametrize(
    ("source", "code", "line"),
    [
        (b"", "empty-document", None),
        (b" \n", "empty-document", None),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "lfs-pointer", None),
        (b'{"cells": [\n{"cell_type"', "truncated-notebook", 2),
        (b'{"cells": [],\n "a": "no end', "truncated-notebook", 2),
        (b'{"cells": [],\n oops}', "not-json", 2),
        (b"[1]", "not-a-notebook", None),
        (b'{"a": 1}', "not-a-notebook", None),
        (b'{"worksheets": 1}', "not-a-notebook", None),
        (b"[" * 100_000, "too-deep", None),
        (b"x" * (64 * 1024 * 1024 + 1), "document-too-large", None),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_line(source, code, line):
    error = refused("a.ipynb", source)
    assert (error.code, error.line) == (code, line)


def test_the_language_comes_from_the_notebook_in_lower_case():
    assert read(notebook(language="R")).language == "r"
    assert read(json.dumps({"nbformat": 4, "cells": [], "metadata": {}}).encode()).language == ""
    kernel = {"kernelspec": {"language": "Julia"}}
    assert read(json.dumps({"nbformat": 4, "cells": [], "metadata": kernel}).encode()).language == "julia"


@pytest.mark.parametrize(
    ("cells", "title"),
    [
        ([raw("---\ntitle: Header\n---"), text("# Heading")], "Header"),
        ([text("Words"), code("# no"), text("a\n\n## The *found* [one](x) `y` ##")], "The found one y"),
        ([text("Setext\n======")], "Setext"),
        ([text("<h1 align='center'>HTML</h1>")], "HTML"),
        ([text("```\n# comment\n```\nFirst line")], "First line"),
        ([text("> quoted **line**\nmore")], "quoted line"),
        ([text("snake_case_name stays")], "snake_case_name stays"),
        ([text("\n**Chapter 4: lines**\n\n_Code for it._"), text("# Setup")], "Chapter 4: lines"),
        ([text("**Note** the heading"), text("# Setup")], "Setup"),
        ([text("![plot.png](attachment:plot.png)\n\nWords")], "Words"),
        ([text("[![badge](b.svg)](https://x.example)")], ""),
        ([code("x")], ""),
        ([], ""),
    ],
)
def test_a_notebook_takes_its_title_from_header_heading_or_first_line(cells, title):
    assert read(notebook(*cells)).title == title


def test_a_markdown_file_takes_its_title_from_header_or_heading_only():
    assert read_document("a.md", b"# One\n\ntext").title == "One"
    assert read_document("a.md", b"just text").title == ""


def test_cells_come_in_one_shape_whatever_they_were():
    odd = [
        {"cell_type": "code", "source": ["a\n", "b", None], "outputs": None},
        {"cell_type": "markdown", "source": None, "metadata": [], "id": "has space"},
        {"cell_type": "poem", "source": "x", "metadata": {}},
        "no cell",
        {
            "cell_type": "code",
            "metadata": {},
            "source": 7,
            "outputs": [{"output_type": "display_data"}, 3, None],
        },
    ]
    document = read(notebook(*odd))
    first, second, third, last = document.content.cells
    assert (first["source"], first["outputs"], first["metadata"]) == ("a\nb", [], {})
    assert second["source"] == ""
    assert third["cell_type"] == "raw"
    assert last["outputs"] == [{"output_type": "display_data", "data": {}, "metadata": {}}]
    assert [fault.code for fault in document.faults] == ["repaired-notebook"]


def test_ids_of_cells_are_unique_and_stay_where_they_can():
    twice = {**text("a"), "id": "same"}
    ids = [cell["id"] for cell in read(notebook(twice, twice, text("b"))).content.cells]
    assert ids[0] == "same"
    assert len(set(ids)) == 3


def test_cells_without_ids_keep_their_names_when_others_are_inserted():
    def ids(*cells):
        return [cell["id"] for cell in read(notebook(*cells)).content.cells]

    first, second = text("a"), code("b")
    assert ids(first, second) == [ids(text("new"), first, second)[at] for at in (1, 2)]
    assert ids(first, first, second)[2] == ids(first, second)[1]
    assert ids(first, first)[1] == ids(first)[0] + "-2"


def test_multi_line_outputs_are_joined_and_json_is_left_alone():
    output = display(text_html=["<b>", "x</b>"], **{"application/json": [1, "a"]})
    (cell,) = read(notebook(code("1", output, stream(["a", "b"])))).content.cells
    assert cell["outputs"][0]["data"] == {"text/html": "<b>x</b>", "application/json": [1, "a"]}
    assert cell["outputs"][1]["text"] == "ab"


def test_text_that_no_database_takes_is_cleaned_wherever_it_stands():
    cell = b'{"cell_type":"raw","source":"a\\u0000\\udfff\\ud83d\\ude00"}'
    document = read(b'{"nbformat":4,"metadata":{"\\u0000":"\\ud800"},"cells":[' + cell + b"]}")
    assert document.content.cells[0]["source"] == "a\ufffd\ufffd😀"
    assert document.content.metadata == {"\ufffd": "\ufffd"}


@pytest.mark.parametrize("spelled", ["\ufdd0", "\\ufdd0", "\\uFdD0"])
def test_the_character_that_rendering_keeps_for_itself_is_taken_out(spelled):
    source = '{"nbformat":4,"metadata":{},"cells":[{"cell_type":"raw","source":"a?b"}]}'.replace("?", spelled)
    assert read(source.encode()).content.cells[0]["source"] == "ab"
    assert read_document("a.md", b"# a\xef\xb7\x90b").title == "ab"


def test_windows_text_is_read_and_said():
    document = read_document("a.md", "# Café".encode("cp1252"))
    assert document.title == "Café"
    assert [(fault.code, fault.line) for fault in document.faults] == [("not-utf-8", 1)]


def test_an_old_notebook_is_brought_to_todays_form():
    document = read((FIXTURES / "hostile" / "nbformat-test3.ipynb").read_bytes())
    kinds = {cell["cell_type"] for cell in document.content.cells}
    assert kinds <= {"code", "markdown", "raw"}
    assert document.title == "nbconvert latex test"
    outputs = [output["output_type"] for cell in document.content.cells for output in cell.get("outputs", [])]
    assert outputs
    assert set(outputs) <= {"stream", "error", "display_data"}


def test_an_old_notebook_with_gaps_is_repaired_not_refused():
    sheet = {"cells": [{"cell_type": "heading", "level": "x", "source": "T"}, {"cell_type": "code"}, 5]}
    old = {"nbformat": 3, "worksheets": [sheet, 7, {"cells": None}]}
    document = read(json.dumps(old).encode())
    assert document.title == "T"
    assert len(document.content.cells) == 2


def test_old_notebooks_read_the_same_twice():
    source = (FIXTURES / "hostile" / "nbformat-test3.ipynb").read_bytes()
    assert read(source) == read(source)


class TestWhatWouldKeepAReaderBusy:
    """Documents are first read in the worker itself: no few bytes may cost it minutes, or its memory."""

    def test_ids_that_collide_with_what_they_would_be_renamed_to_end(self):
        (name,) = [cell["id"] for cell in read(notebook(text("a"))).content.cells]
        taken = [{**text("b"), "id": f"{name}-{number}"} for number in range(2, 5)]
        ids = [cell["id"] for cell in read(notebook(*taken, text("a"), text("a"), text("a"))).content.cells]
        assert ids[3:] == [name, f"{name}-5", f"{name}-6"]

    def test_many_cells_alike_take_no_square_of_their_number(self):
        document = read(b'{"nbformat": 4, "cells": [' + b'{"cell_type": "raw"},' * 40_000 + b"{}]}")
        assert len({cell["id"] for cell in document.content.cells}) == 40_001

    def test_of_many_repairs_some_are_told(self):
        document = read(b'{"nbformat": 4, "cells": [' + b"{}," * 20_000 + b"{}]}")
        assert len(document.content.cells) == 20_001
        assert len(document.faults[0].message) < 2_000

    @pytest.mark.parametrize(
        "source",
        [
            b'{"nbformat": 4, "cells": [' + b"0," * 50_000 + b"0]}",
            b'{"nbformat": 3, "worksheets": [{"cells": [' + b"0," * 50_000 + b"0]}]}",
            b'{"nbformat": 4, "cells": [], "x": [' + b"[]," * 1_000_000 + b"[]]}",
        ],
    )
    def test_more_parts_than_anybody_wrote_are_refused(self, source):
        assert refused("a.ipynb", source).code == "too-intricate"

    def test_brackets_in_text_are_text(self):
        escaped = b'"' + b'[[\\"{' * 400_000 + b'\\\\"'
        assert read(b'{"nbformat": 4, "cells": [], "x": ' + escaped + b"}").format == "ipynb"

    def test_a_title_is_looked_for_at_the_beginning_alone(self):
        filler = "<h1>" * 100 + "\n"
        late = notebook(*(text(filler * 250) for _ in range(6)), text("# Late"))
        assert read(late).title != "Late"


def test_lines_of_old_notebooks_that_lack_their_ends_are_kept_apart():
    cells = [
        {"cell_type": "markdown", "source": ["put your", "cursor in"]},
        {
            "cell_type": "code",
            "input": ["a = 1", "b = 2"],
            "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["one", "two"]}],
        },
        {"cell_type": "markdown", "source": ["with\n", "ends"]},
    ]
    document = read(json.dumps({"nbformat": 2, "worksheets": [{"cells": cells}]}).encode())
    words, lines, ended = document.content.cells
    assert words["source"] == "put your\ncursor in"
    assert lines["source"] == "a = 1\nb = 2"
    assert lines["outputs"][0]["text"] == "one\ntwo"
    assert ended["source"] == "with\nends"
