"""Progress bars that move the cursor: what stays on the screen in the end."""

import time

import pytest

from knowledge.rendering.screen import last_state
from knowledge.rendering.terminal import terminal_html, terminal_text


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("one\ntwo\x1b[A\rONE", "ONE\ntwo"),
        ("outer 1\ninner 1\x1b[A\router 2\n\rinner 2", "outer 2\ninner 2"),
        ("half done\r\x1b[Kdone", "done"),
        ("half done\r\x1b[2Kdone", "done"),
        ("half done\x1b[5D\x1b[K", "half"),
        ("half done\x1b[4D\x1b[1K", "      one"),
        ("a\nb\nc\x1b[2F\x1b[Jz", "z"),
        ("a\x1b[3Cb", "a   b"),
        ("abc\x1b[2GX", "aXc"),
        ("old\nold\x1b[2J\x1b[Hnew", "new\n"),
        ("abc\b\b\x1b[KX", "aX"),
        ("a\x1b[99Bb\x1b[99Ac", "a c\n b"),
        ("a\x1b[999999999Gb", "a" + " " * 998 + "b"),
        ("bar\x1b]8;;https://pip.example\x1b\\\r\x1b[Klink", "link"),
    ],
)
def test_codes_that_move_the_cursor_are_carried_out(written, left):
    assert last_state(written) == left


def test_pips_bar_ends_full_and_keeps_its_colours():
    bar = (
        "\x1b[?25l     \x1b[90m━━━\x1b[0m \x1b[32m0.1/9 MB\x1b[0m\r\x1b[2K"
        "     \x1b[91m━━━\x1b[0m \x1b[32m9/9 MB\x1b[0m\n\x1b[?25h"
    )
    assert terminal_html(bar) == (
        '     <span class="ansi-red-intense-fg">━━━</span> <span class="ansi-green-fg">9/9 MB</span>\n'
    )


def test_nested_bars_of_tqdm_end_in_one_line_each():
    step = "Epoch {0}: {0}/3\n\rBatch {0}: {0}/3\x1b[A\r"
    text = "".join(step.format(each) for each in (1, 2, 3)) + "\n\n"
    assert terminal_text(text) == "Epoch 3: 3/3\nBatch 3: 3/3\n"


@pytest.mark.parametrize("bomb", ["\x1b[Ax" * 700_000, "\x1b[9999C\x1b[9999Dx" * 300_000])
def test_megabytes_of_moves_cost_seconds_at_most(bomb):
    start = time.process_time()
    terminal_html(bomb)
    assert time.process_time() - start < 4


def test_what_is_too_long_to_be_carried_out_keeps_its_end_and_says_so():
    left = last_state("a\x1b[K\n" * 200_000 + "end")
    assert left.startswith("… 5 characters left out; the source has them all …\na\na")
    assert left.endswith("a\nend")
