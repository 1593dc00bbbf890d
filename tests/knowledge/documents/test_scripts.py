"""Scripts whose comments are text."""

import time

import pytest

from knowledge.documents import DocumentError, Notebook, has_header, read_document, read_head

HEADER = "# ---\n# title: Late on Mondays\n# tags: [a]\n# ---\n"


def cells(path: str, text: str):
    content = read_document(path, text.encode()).content
    assert isinstance(content, Notebook)
    return [(cell["cell_type"], cell["source"]) for cell in content.cells]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (HEADER, True),
        ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n" + HEADER, True),
        ("#' ---\n#' title: Spin\n#' ---\n", True),
        ("# ---\n# jupyter:\n#   kernelspec:\n#     name: python3\n# ---\n", True),
        ("# %% [markdown]\n# ---\n# title: Cell\n# ---\n", True),
        ('# %% [markdown]\n"""\n---\ntitle: Cell\n---\n"""\n', True),
        ('"""\n---\ntitle: Docstring\n---\n"""\n', True),
        (HEADER.replace("\n", "\r\n"), True),
        ("import os\n" + HEADER, False),
        ("# ------------------\n# title: Banner\n", False),
        ("# ---\n# Prose between rules\n# ---\n", False),
        ('"""Module docstring."""\n', False),
        ("# %%\nprint(1)\n", False),
        ("", False),
        ("x" * 3_000 + HEADER, False),
    ],
)
def test_a_script_is_a_document_if_it_begins_with_a_header(source, expected):
    assert has_header(source.encode()) is expected


def test_binary_rubbish_is_no_document():
    assert has_header(bytes(range(256)) * 20) is False


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "\n# # Heading\n#\n# Words\n\nprint(1)\n"),
        ("a.py", "\n# %% [markdown]\n# # Heading\n#\n# Words\n\n# %%\nprint(1)\n"),
        ("a.py", '\n# %% [markdown]\n"""\n# Heading\n\nWords\n"""\n\n# %%\nprint(1)\n'),
        ("a.R", "\n# # Heading\n#\n# Words\n\nprint(1)\n"),
        ("a.jl", "\n# %% [markdown]\n# # Heading\n#\n# Words\n\n# %%\nprint(1)\n"),
    ],
)
def test_light_and_percent_scripts_are_text_and_code(path, text):
    assert cells(path, HEADER + text) == [("markdown", "# Heading\n\nWords"), ("code", "print(1)")]


def test_spin_scripts_are_text_and_code_and_name_their_chunks():
    text = "#' ---\n#' title: Spin\n#' ---\n#' It's text.\n\n#+ sums, echo=FALSE\n1 + 1\n"
    document = read_document("a.R", text.encode())
    assert isinstance(document.content, Notebook)
    first, second = document.content.cells
    assert (document.title, document.language) == ("Spin", "r")
    assert (first["cell_type"], first["source"]) == ("markdown", "It's text.")
    assert (second["id"], second["source"]) == ("sums", "1 + 1")
    assert "remove_input" in second["metadata"]["tags"]


def test_markers_of_editors_are_known():
    header = HEADER.replace(
        "# tags", "# jupyter:\n#   jupytext:\n#     cell_markers: region,endregion\n# tags"
    )
    assert cells("a.py", header + "\n# region\nx = 1\n\ny = 2\n# endregion\n") == [("code", "x = 1\n\ny = 2")]


def test_the_header_is_read_as_in_all_documents():
    document = read_document("a.py", (HEADER + "\nx = 1\n").encode())
    assert (document.title, document.header.tags, document.language) == ("Late on Mondays", ("a",), "python")


def test_a_broken_line_of_the_header_is_named_as_the_file_counts_it():
    source = b"#!/usr/bin/env python\n# ---\n# title: Fine\n# tags: [open\n# ---\n"
    (fault,) = read_document("a.py", source).faults
    assert (fault.code, fault.line) == ("bad-header", 5)


def test_without_a_title_the_first_heading_counts_at_ingest_too():
    source = b"# ---\n# tags: [a]\n# ---\n\nimport x  # # no\n\n# ## What we *found*\n"
    assert read_head("a.py", source).title == read_document("a.py", source).title == "What we found"


def test_it_reads_the_same_twice():
    source = (HEADER + "\n# text\n\nx = 1\n\ny = 2\n").encode()
    assert read_document("a.py", source) == read_document("a.py", source)


@pytest.mark.parametrize("name", ["marimo", "sphinx", "../x", "quarto"])
def test_no_header_makes_jupytext_run_anything(name):
    said = (
        f"# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: {name}\n# ---\n"
    )
    assert cells("a.py", said + "\nx = 1\n") == [("code", "x = 1")]
    assert ("code", "x = 1") in cells("a.py", HEADER + said + "\nx = 1\n")


@pytest.mark.parametrize(
    ("source", "code"),
    [(HEADER + "x\n" * 20_001, "too-intricate"), (HEADER + "#" * 1_000_001, "script-too-large")],
)
def test_what_would_keep_jupytext_busy_is_refused(source, code):
    with pytest.raises(DocumentError) as refused:
        read_document("a.py", source.encode())
    assert refused.value.code == code


def test_a_second_header_with_aliases_is_text():
    assert cells("a.py", HEADER + "# ---\n# a: &a [*a]\n# ---\n\nx")[-1] == ("code", "x")


@pytest.mark.parametrize("piece", ["# ---\n# a:\n", '"""\n---\na:\n', "#!\n", "\n ", "# coding:\n"])
def test_looking_for_a_header_takes_no_time(piece):
    started = time.process_time()
    for _ in range(20):
        has_header((piece * 100_000)[:900_000].encode())
    read_head("a.py", (piece * 100_000 + "x")[-900_000:].encode())
    assert time.process_time() - started < 2
