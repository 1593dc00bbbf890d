"""Code in the colours of its language."""

import re
import time
from html import unescape

import pytest

from knowledge.rendering import limits
from knowledge.rendering.highlight import CLASSES, code_language, display_name, highlighted


@pytest.mark.parametrize(
    "language", ["python", "r", "julia", "c++", "polyglot-notebook", "sql", "unheard-of", ""]
)
def test_highlighting_changes_no_character(language):
    source = 'x = f"<b>{y}</b>"  # a & b\n\n\tdef\n'
    assert unescape(re.sub(r"</?span[^>]*>", "", highlighted(source, language))) == source.strip("\n")


def test_only_what_has_a_colour_gets_an_element():
    assert (
        highlighted("value = other.print if x else 'y'", "python")
        == 'value = other.print <span class="k">if</span> x <span class="k">else</span> '
        """<span class="s">'y'</span>"""
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


def parts(source, language):
    """(class, text) of what has a colour."""
    return re.findall(r'<span class="(\w+)">([^<]*)</span>', highlighted(source, language))


def test_what_notebooks_add_to_python_is_marked_and_what_follows_keeps_its_own_colours():
    source = (
        "%time f(1)\n!pip install x\nfiles = !ls\n?len\nf??\nd = %sql SELECT 2\n"
        "s = '''\n%not\n!not\n'''\nx = 5 %y"
    )
    found = parts(source, "python")
    assert [text for css, text in found if css == "magic"] == ["%time", "!", "!", "?len", "f??", "%sql"]
    assert ("mi", "1") in found
    assert ("k", "SELECT") in found
    assert ("s", "'''\n%not\n!not\n'''") in found


def test_python_names_what_it_defines_and_imports():
    found = parts("import a.b\n@once\nclass C:\n    def f(self): return None # n", "python")
    assert found == [
        ("kn", "import"),
        ("nn", "a.b"),
        ("nd", "@once"),
        ("k", "class"),
        ("nc", "C"),
        ("k", "def"),
        ("nf", "f"),
        ("bp", "self"),
        ("k", "return"),
        ("kc", "None"),
        ("c1", "# n"),
    ]


@pytest.mark.parametrize(
    ("source", "language", "magic", "coloured"),
    [
        ("%%R -i df\nlibrary(x)", "r", "%%R -i df", ("nf", "library")),
        ("%%time\n%%sql\nSELECT 1", "sql", "%%sql", ("k", "SELECT")),
        ("#!fsharp\nlet x = 1", "fsharp", "#!fsharp", ("k", "let")),
        ("%use plots\nval x = 1", "kotlin", "%use plots", ("kd", "val")),
        (":dep serde\nlet x = 1;", "rust", ":dep serde", ("kd", "let")),
    ],
)
def test_a_line_of_magic_is_marked_and_the_body_is_in_its_own_language(source, language, magic, coloured):
    found = parts(source, language)
    assert ("magic", magic) in found
    assert coloured in found


def test_what_is_a_comment_in_a_language_is_no_magic():
    assert "magic" not in highlighted("%plot it\nplot(x)", "matlab")


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"dotnet_interactive": {"language": "fsharp"}}, "fsharp"),
        ({"polyglot_notebook": {"kernelName": "pwsh"}}, "pwsh"),
        ({"vscode": {"languageId": "dotnet-interactive.csharp"}}, "csharp"),
        ({"vscode": {"languageId": "polyglot-notebook"}}, "c#"),
        ({"language": "R"}, "r"),
        ({"vscode": "odd", "language": 3, "dotnet_interactive": []}, "c#"),
    ],
)
def test_a_cell_may_say_its_language_itself(metadata, language):
    assert code_language("x", "c#", metadata) == language


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("pwsh", "PowerShell"),
        ("fsharp", "F#"),
        ("r", "R"),
        ("c++17", "C++"),
        ("idl", "IDL"),
        ("ocaml", "OCaml"),
        ("matlab", "MATLAB"),
        ("made-up", "Made-up"),
    ],
)
def test_every_kernel_has_a_name_that_people_use(language, name):
    assert display_name(language) == name


@pytest.mark.parametrize("quote", ['"', "'", '"""', "'''", 'f"', "\\", "#", "%", "!", "?", "@"])
def test_unfinished_python_takes_no_longer_than_other_code(quote):
    start = time.process_time()
    assert highlighted(quote * 30_000, "python")
    assert highlighted((quote + " ") * 20_000, "python")
    assert highlighted((quote + "\n") * 20_000, "python")
    assert time.process_time() - start < 1
