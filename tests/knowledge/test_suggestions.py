"""Suggestions change their place in a file's bytes, and nothing else."""

import json
from itertools import product
from typing import Any

import pytest

from knowledge.suggestions import CannotApply, block_of, in_notebook, in_text, is_shown, suggested

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {"cell_type": "markdown", "id": "why", "metadata": {}, "source": ["# Why\n", "They é leave."]},
        {"cell_type": "code", "metadata": {}, "source": ["a = 1\n", "b = 2"], "outputs": [{"source": 3}]},
        {"cell_type": "code", "metadata": {"source": "x"}, "source": "c = 3", "outputs": []},
        {"cell_type": "raw", "metadata": {}, "source": []},
    ],
    "metadata": {"small": 1e-05},
    "nbformat": 4,
}
WAYS = [
    {"indent": indent, "separators": separators, "ensure_ascii": is_ascii}
    for indent, separators, is_ascii in product((None, 1, 4), (None, (",", ":")), (True, False))
]


@pytest.mark.parametrize("way", WAYS)
def test_a_line_of_a_cell_is_changed_and_no_other_byte(way):
    before = json.dumps(NOTEBOOK, **way)
    after = in_notebook(before.encode(), 1, ["a = 1", "b = 2"], "a = 3\nc = 4", line=1)
    expected = json.loads(before)
    expected["cells"][1]["source"] = ["a = 3\n", "c = 4\n", "b = 2"]
    assert after.decode() == json.dumps(expected, **way)


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_cell_is_changed(way):
    after = in_notebook(json.dumps(NOTEBOOK, **way).encode(), 0, ["# Why", "They é leave."], "# Ü")
    cells = json.loads(after)["cells"]
    assert cells[0]["source"] == ["# Ü"]
    assert cells[1:] == NOTEBOOK["cells"][1:]


def test_a_source_that_is_one_text_stays_one():
    after = in_notebook(json.dumps(NOTEBOOK).encode(), 2, ["c = 3"], "c = 4\nd = 5", line=1)
    assert json.loads(after)["cells"][2]["source"] == "c = 4\nd = 5"


def test_an_empty_suggestion_takes_the_line_away():
    after = in_notebook(json.dumps(NOTEBOOK).encode(), 1, ["a = 1", "b = 2"], "", line=1)
    assert json.loads(after)["cells"][1]["source"] == ["b = 2"]


def test_a_mark_at_the_beginning_of_the_file_is_kept():
    source = b"\xef\xbb\xbf" + json.dumps(NOTEBOOK).encode()
    after = in_notebook(source, 1, ["a = 1", "b = 2"], "a", line=1)
    assert after.startswith(b"\xef\xbb\xbf{")


@pytest.mark.parametrize(
    ("source", "cell", "old"),
    [
        (json.dumps(NOTEBOOK).encode(), 1, ["a = 2", "b = 2"]),
        (json.dumps(NOTEBOOK).encode(), 9, ["a"]),
        (b'{"worksheets": []}', 0, ["a"]),
        (b'{"cells": [{"source": 3}]}', 0, ["a"]),
        (b'{"cells": {}}', 0, ["a"]),
        (b'{"cells": [', 0, ["a"]),
        (b"[" * 100_000, 0, ["a"]),
        (b"\xff\xfe", 0, ["a"]),
        (b"", 0, ["a"]),
    ],
)
def test_what_reads_otherwise_is_left_alone(source, cell, old):
    with pytest.raises(CannotApply):
        in_notebook(source, cell, old, "new")


def test_a_line_of_a_text_is_found_from_its_end():
    source = b"---\ntitle: Late\n---\n\nLate\nEarly\nLate\n"
    old = ["", "Late", "Early", "Late", ""]
    assert in_text(source, [], old, "Later", line=2) == b"---\ntitle: Late\n---\n\nLater\nEarly\nLate\n"
    assert in_text(source, [], old, "Later", line=4) == b"---\ntitle: Late\n---\n\nLate\nEarly\nLater\n"
    with pytest.raises(CannotApply):
        in_text(source, ["Late"], old, "Later", line=2)


def test_all_of_a_text_is_changed_but_its_header():
    source = b"---\ntitle: Late\n---\n\nLate\nEarly\n"
    assert in_text(source, [], ["", "Late", "Early", ""], "None") == b"---\ntitle: Late\n---\n\nNone\n"


def test_a_text_is_found_before_others_that_hold_the_same():
    source = b"Late\n\n```{r}\nx\nLate\n```\n"
    assert in_text(source, ["x\nLate"], ["Late"], "Early") == b"Early\n\n```{r}\nx\nLate\n```\n"


def test_ends_of_lines_stay_as_they_are():
    def put(source, line):
        return in_text(source, [], ["a", "b", "c"], "x\ny", line=line)

    assert put(b"a\r\nb\r\nc\r\n", 2) == b"a\r\nx\r\ny\r\nc\r\n"
    assert put(b"a\r\nb\r\nc", 3) == b"a\r\nb\r\nx\ny"
    assert put(b"a\nb\r\nc\n", 1) == b"x\ny\nb\r\nc\n"


def test_of_names_that_stand_twice_the_last_is_what_readers_take():
    source = b'{"cells": [{"source": "a"}], "cells": [{"source": "a", "source": ["a"]}]}'
    changed = b'{"cells": [{"source": "a"}], "cells": [{"source": "a", "source": ["b"]}]}'
    assert in_notebook(source, 0, ["a"], "b") == changed


def test_what_no_file_can_hold_is_left_alone():
    source = '{"cells": [{"source": ["é\\n", "\\ud800"]}]}'.encode()
    with pytest.raises(CannotApply):
        in_notebook(source, 0, ["é", "\ud800"], "b", line=1)


def test_only_what_is_shown_first_is_shown():
    shown = '<pre class="suggestion"><code>a &lt; b</code></pre><pre class="suggestion"><code>c</code></pre>'
    assert is_shown("a < b", shown)
    assert is_shown("\na < b\n", shown)
    assert not is_shown("c", shown)
    assert not is_shown("c", "<p>c</p>")
    assert is_shown("c", "<pre>```suggestion\nc\n```</pre>")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Better:\n```suggestion\na = 2\n```\nThanks", "a = 2"),
        ("```suggestion\n```", ""),
        ("```Suggestion \r\na\r\n\r\nb\r\n```", "a\n\nb"),
        ("````suggestion\n```py\na\n```\n````", "```py\na\n```"),
        ("```python\na\n```", None),
        ("```suggestion\nnever closed", None),
        ("no fences", None),
    ],
)
def test_what_a_comment_suggests(body, text):
    assert suggested(body) == text


@pytest.mark.parametrize("text", ["a = 1", "```py\na\n```", "````\n", ""])
def test_what_stands_there_is_suggested_again_by_its_block(text):
    assert suggested(block_of(text)) == text
