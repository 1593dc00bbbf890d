"""Code in the colours of its language."""

from html import unescape
from re import sub

import pytest

from knowledge.rendering import limits
from knowledge.rendering.highlight import CLASSES, code_language, display_name, highlighted


@pytest.mark.parametrize(
    "language", ["python", "r", "julia", "c++", "polyglot-notebook", "sql", "unheard-of", ""]
)
def test_highlighting_changes_no_character(language):
    source = 'x = f"<b>{y}</b>"  # a & b\n\n\tdef\n'
    assert unescape(sub(r"</?span[^>]*>", "", highlighted(source, language))) == source.strip("\n")


def test_only_what_has_a_colour_gets_an_element():
    assert (
        highlighted("value = other.name", "python")
        == 'value <span class="o">=</span> other<span class="o">.</span>name'
    )


def test_what_a_lexer_does_not_understand_is_left_plain():
    assert "err" not in highlighted("%matplotlib inline\n!pip install x\n?x", "python")


def test_very_long_code_is_plain():
    assert "<span" not in highlighted("x = 1\n" * limits.HIGHLIGHTED, "python")


@pytest.mark.parametrize(
    ("source", "language"),
    [("%%bash\nls", "bash"), ("  %%R -i x\nx", "r"), ("%time x", "python"), ("%%time\nx", "python")],
)
def test_a_cells_magic_may_change_its_language(source, language):
    assert code_language(source, "python") == language


def test_languages_have_names_for_readers():
    assert [display_name(name) for name in ("python", "c++", "", "sql")] == ["Python", "C++", "Code", "SQL"]


def test_the_classes_that_may_be_written_are_known():
    assert {"k", "kn", "s2", "c1", "mi", "nf"} <= CLASSES
    assert "" not in CLASSES
