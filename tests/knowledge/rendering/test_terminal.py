"""Terminal text: the state a terminal would end in, and its colours."""

import time

import pytest

from knowledge.rendering import limits
from knowledge.rendering.terminal import settled, terminal_html, terminal_text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("ends\r", "ends"),
        ("abc\b\bX", "aX"),
        ("\b\bX", "X"),
        ("plain", "plain"),
    ],
)
def test_progress_shows_its_last_state(written, shown):
    assert settled(written) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<b>&", "&lt;b&gt;&amp;"),
        ("\x1b[31mred\x1b[0m not", '<span class="ansi-red-fg">red</span> not'),
        ("\x1b[1;32mboth\x1b[m", '<span class="ansi-green-fg ansi-bold">both</span>'),
        ("\x1b[94;41mx", '<span class="ansi-red-bg ansi-blue-intense-fg">x</span>'),
        ("\x1b[38;5;9mx", '<span class="ansi-red-intense-fg">x</span>'),
        ("\x1b[38;2;200;0;0mx", '<span class="ansi-red-fg">x</span>'),
        ("\x1b[38;2;255;175;175mx", '<span class="ansi-red-fg">x</span>'),
        ("\x1b[38;5;215mx", '<span class="ansi-yellow-fg">x</span>'),
        ("\x1b[48;5;159mx", '<span class="ansi-cyan-bg">x</span>'),
        ("\x1b[38;5;244mx\x1b[39my", '<span class="ansi-black-intense-fg">x</span>y'),
        (
            "\x1b[4mu\x1b[24m\x1b[7mi\x1b[27mn",
            '<span class="ansi-underline">u</span><span class="ansi-inverse">i</span>n',
        ),
        ("\x1b[2K\x1b[1Ax\x1b[999;38;5mz", "xz"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("bell\x07 and\x00 nul", "bell and nul"),
    ],
)
def test_colours_become_classes_and_other_codes_go(written, shown):
    assert terminal_html(written) == shown


def test_plain_text_has_no_codes():
    assert terminal_text("\x1b[31ma\rb\x1b[0m") == "b"


def test_long_text_is_cut_in_the_middle_and_says_so():
    html = terminal_html("a" * limits.TERMINAL + "the end")
    assert html.startswith("aaa")
    assert html.endswith("the end")
    assert "characters left out" in html
    assert len(html) < limits.TERMINAL + 200


@pytest.mark.parametrize(
    "bomb", ["\x1b[31mx\x1b[0m" * 400_000, "\x1b[" * 2_000_000, "a\b" * 1_500_000, "ab\r" * 1_500_000]
)
def test_megabytes_of_codes_cost_about_a_second(bomb):
    start = time.process_time()
    terminal_html(bomb)
    assert time.process_time() - start < 3
