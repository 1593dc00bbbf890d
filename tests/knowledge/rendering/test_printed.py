"""Printed text and tracebacks: what is folded, and under which words."""

import re

import pytest

from knowledge.rendering.printed import error_html, folded, printed


def error(name: str, value: str, *traceback: str) -> dict[str, object]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": list(traceback)}


def summary(name: str, value: str, *traceback: str) -> str:
    found = re.search("<summary>(.*?)</summary>", error_html(error(name, value, *traceback)))
    assert found
    return found[1]


def test_printed_text_is_escaped_and_keeps_its_columns():
    assert printed("a  <b>\n", "stream stdout") == '<pre class="stream stdout">a  &lt;b&gt;\n</pre>'


@pytest.mark.parametrize("text", ["", " \n", "\x1b[31m\x1b[0m", "\x07"])
def test_what_prints_nothing_leaves_nothing(text):
    assert printed(text, "result") == ""


def test_long_text_is_folded_whole_and_says_how_long_it_is():
    html = printed("row\n" * 1_200 + "last", "result")
    assert html.startswith('<div class="long"><pre class="result">row\n')
    assert html.endswith('last</pre><details class="all"><summary>All 1,201 lines</summary></details></div>')


def test_forty_lines_are_not_long():
    assert folded("x", 40, "lines") == "x"
    assert folded("x", 41, "rows") != "x"


@pytest.mark.parametrize(
    ("name", "value", "traceback", "shown"),
    [
        ("ValueError", "no <b>", ("at 1",), "ValueError: no &lt;b&gt;"),
        ("ValueError", "", ("at 1",), "ValueError"),
        ("TypeError", "ignored", ("\x1b[31mTypeError\x1b[0m: can't add",), "TypeError: can't add"),
        (
            "KeyError",
            "'b'",
            ("KeyError: 'a'\n\nDuring handling …\n\nKeyError: 'b'\nnote: which?",),
            "KeyError: 'b'",
        ),
        (
            "SyntaxError",
            "invalid syntax (x.py, line 1)",
            ("  ^\nSyntaxError: invalid syntax\n",),
            "SyntaxError: invalid syntax",
        ),
        (
            "ERROR",
            "Error in f2(): deep error\n",
            ("Error in f2(): deep error\nTraceback:\n",),
            "Error in f2(): deep error",
        ),
        (
            "ERROR",
            "\x1b[33mError\x1b[39m in `mutate()`:\nCaused by error:\n! object 'y' not found",
            (),
            "Error in `mutate()`: ! object 'y' not found",
        ),
        ("UndefVarError", "UndefVarError: x not defined", ("Stacktrace:",), "UndefVarError: x not defined"),
        ("org.acme.ReplException", "Unresolved: dfW", ("at 30",), "ReplException: Unresolved: dfW"),
        ("", "", ("at 1\nit broke\n\n",), "it broke"),
        ("", "", (), "Error"),
    ],
)
def test_a_traceback_is_folded_under_the_line_that_says_what_went_wrong(name, value, traceback, shown):
    assert summary(name, value, *traceback) == shown


def test_a_traceback_keeps_its_colours_and_an_error_without_one_its_message():
    html = error_html(error("E", "no", "\x1b[31mat 1\x1b[0m", "E: no"))
    assert html.endswith('<pre><span class="ansi-red-fg">at 1</span>\nE: no</pre></details>')
    assert error_html(error("E", "a\nb")).endswith("<pre>E: a\nb</pre></details>")


def test_a_summary_is_one_line_of_bearable_length():
    assert len(summary("E", "x" * 100_000)) == 300
