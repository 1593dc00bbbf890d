"""What a returning reader is told: conclusions, numbers and figures, not code."""

import time

import pytest

from knowledge.diffing import compare, news_of
from knowledge.diffing.news import rest_of
from knowledge.diffing.values import Value
from tests.knowledge.diffing.base import a_cell, base, display, image, result, stream, table
from tests.knowledge.diffing.edits import EDITS, as_bytes
from tests.knowledge.documents.files import docx, paragraph

TOLD = {
    "nothing": [],
    "a word of the text": ["conclusion"],
    "a heading": ["conclusion"],
    "an item more": ["conclusion"],
    "the first and the last": ["conclusion", "conclusion"],
    "a line of code": [],
    "code written anew": [],
    "code inserted": ["number"],
    "one removed": ["number"],
    "two removed": ["figure", "figure"],
    "a table's value": ["number"],
    "printed numbers": ["number"],
    "a figure": ["figure"],
    "a drawing": ["figure"],
    "an interactive figure": ["figure"],
    "a figure where a table was": ["number", "figure"],
    "the title": ["conclusion"],
    "a tag of the header": [],
    "a tag": [],
    "an error less": [],
    "an output more": [],
    "only run again": [],
    "white space at the ends": [],
    "a cell moved down": [],
    "a cell split": [],
    "two cells merged": [],
}
REST = {
    "nothing": [],
    "only run again": [],
    "a line of code": ["code"],
    "an error less": ["code"],
    "a cell moved down": ["order"],
    "a tag of the header": ["details"],
    "a tag": ["details"],
}
TABLE = "<table><thead>{}</thead><tbody>{}</tbody></table>"
LONG = "It was so all year. {} Nobody knows why. So it goes on for long. Ask the depot, they know best."


def difference_of(edit):
    new = base()
    edit(new)
    return compare("a.ipynb", as_bytes(base()), "a.ipynb", as_bytes(new))


def between(old, new):
    """The news between two notebooks of one cell each, or of some."""
    sides = [{**base(), "cells": side if isinstance(side, list) else [side]} for side in (old, new)]
    return news_of(compare("a.ipynb", as_bytes(sides[0]), "a.ipynb", as_bytes(sides[1])))


def text(source):
    return a_cell("markdown", source, 1)


def printing(*lines):
    return a_cell("code", "print(x)", 1, stream("\n".join(lines) + "\n"))


def showing(*rows, head=("", "orders", "share")):
    cells = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    heads = "<tr>" + "".join(f"<th>{cell}</th>" for cell in head) + "</tr>"
    return a_cell("code", "df", 1, display("text/html", TABLE.format(heads, "".join(cells))))


def values(old, new):
    return [(value.name, value.old, value.new) for news in between(old, new) for value in news.values]


def written(old, new):
    """With [what went] and {what came}."""
    signs = {"same": "{}", "removed": "[{}]", "added": "{{{}}}"}
    told = between(text(old), text(new))
    return ["".join(signs[word.op].format(word.text) for word in news.words) for news in told]


@pytest.mark.parametrize("name", TOLD)
def test_an_edit_is_news_by_its_kind(name):
    assert [news.kind for news in news_of(difference_of(EDITS[name]))] == TOLD[name]


@pytest.mark.parametrize("name", REST)
def test_what_is_no_news_is_called_by_its_kind(name):
    assert rest_of(difference_of(EDITS[name])) == REST[name]


def test_news_say_under_which_heading_they_stand():
    def edit(notebook):
        notebook["cells"][5]["outputs"] = [image(410)]
        notebook["cells"][13]["source"] = notebook["cells"][13]["source"].replace("less", "more")

    sections = [(news.kind, news.section) for news in news_of(difference_of(edit))]
    assert sections == [("figure", "What we saw"), ("conclusion", "What we suggest")]


# --- conclusions


def test_of_a_long_paragraph_the_sentence_that_changed_is_told():
    old, new = LONG.format("One in five is late."), LONG.format("One in six is late.")
    assert written(old, new) == ["One in [five]{six} is late."]


def test_between_two_changes_whole_sentences_are_left_out():
    old = "They are late. So it was. So it is. So it will be. Deliver less."
    new = "They are early. So it was. So it is. So it will be. Deliver more."
    assert written(old, new) == ["They are [late]{early}. … Deliver [less]{more}."]


def test_a_paragraph_without_an_end_is_cut_around_the_change():
    around = "and on and on " * 40
    [told] = written(f"{around}five {around}", f"{around}six {around}")
    assert told.startswith("… ")
    assert told.endswith(" …")
    assert "[five]{six}" in told
    assert len(told) < 400


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("They are late", "They are late."),
        ("they are late.", "They are late."),
        ("They are **late**.", "They are late."),
        ("They are [late](a).", "They are [late](b)."),
        ("They - we think - are late", "They, we think, are late"),
    ],
)
def test_what_reads_the_same_is_no_news(old, new):
    assert written(old, new) == []


@pytest.mark.parametrize(("old", "new"), [("It is -5.", "It is 5."), ("It is 5 %.", "It is 5 €.")])
def test_a_sign_can_change_everything(old, new):
    assert len(written(old, new)) == 1


def test_what_comes_under_a_new_heading_is_told_at_once():
    added = "## Returns\n\nThey fell.\n\n- In May\n- In June\n\n## Costs\n\nThey rose."
    assert written("It is so.", f"It is so.\n\n{added}") == [
        "{Returns · They fell. · In May · In June}",
        "{Costs · They rose.}",
    ]


def test_what_was_written_anew_is_told_as_one_change():
    old = "It is so.\n\nRain is rare.\n\nNobody minds it here."
    new = "It is so.\n\nWe should move away soon.\n\nEvery week counts for us."
    [news] = between(text(old), text(new))
    assert news.op == "changed"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("a.md", lambda said: f"# Late\n\n{said}\n".encode()),
        ("a.md", lambda said: f"# Late\n\n{'So it was all year. ' * 12_000}\n\n{said}\n".encode()),
        ("a.html", lambda said: f"<html><body><h1>Late</h1><p>{said}</p></body></html>".encode()),
        ("a.docx", lambda said: docx(paragraph("It is late.") + paragraph(said))),
        ("a.Rmd", lambda said: f"---\ntitle: A\n---\n\n{said}\n\n```{{r}}\nx\n```\n".encode()),
        ("a.qmd", lambda said: f"---\ntitle: A\n---\n\n{said}\n".encode()),
    ],
    ids=["md", "long", "html", "docx", "Rmd", "qmd"],
)
def test_what_is_read_is_a_conclusion_in_every_format(name, made):
    [news] = news_of(compare(name, made("One in five is late."), name, made("One in six is late.")))
    assert news.kind == "conclusion"
    assert [word.text for word in news.words if word.op != "same"] == ["five", "six"]


def test_a_text_too_long_to_be_compared_is_told_as_one():
    old, new = (f"# Late\n\n{f'So it was for {n} years. ' * 20_000}".encode() for n in (1, 2))
    [news] = news_of(compare("a.md", old, "a.md", new))
    assert (news.kind, news.words) == ("conclusion", ())


def test_code_in_the_text_is_no_conclusion():
    assert written("See:\n\n    x = 1", "See:\n\n    x = 2") == []


def test_of_the_header_readers_are_told_what_they_see():
    def edit(notebook):
        notebook["cells"][0]["source"] = "---\ntitle: Late\ntldr: One in six.\ntags: [a]\n---\n"

    assert [news.name for news in news_of(difference_of(edit))] == ["Title", "Summary"]


def test_a_sentence_that_a_program_wrote_is_a_conclusion():
    old, new = (display("text/markdown", f"Sales **{word}** this year.") for word in ("fell", "rose"))
    [news] = between(a_cell("code", "say()", 1, old), a_cell("code", "say()", 1, new))
    assert news.kind == "conclusion"
    [news] = between(printing("The best region is north"), printing("The best region is south"))
    assert (news.kind, news.output) == ("conclusion", 0)


# --- numbers


def test_cells_of_a_table_are_named_by_their_headings():
    old = showing(("north", 120, 0.41), ("south", 99, 0.39))
    new = showing(("north", 120, 0.42), ("south", 101, 0.39))
    assert values(old, new) == [("north · share", "0.41", "0.42"), ("south · orders", "99", "101")]


def test_a_row_is_named_by_its_words_and_its_count_is_no_number():
    old = showing((0, "north", 120), (1, "west", 77), head=("", "region", "orders"))
    new = showing((0, "north", 120), (1, "south", 99), (2, "west", 77), head=("", "region", "orders"))
    assert values(old, new) == [("south", "", "1 · 99")]


def test_a_row_that_begins_with_a_number_is_named_with_the_heading_above():
    old, new = (showing((6, 43.7, points), head=("Month", "Free", "Points")) for points in (0.3, 0.4))
    assert values(old, new) == [("Month 6 · Points", "0.3", "0.4")]


def test_a_new_column_counts_once():
    old = showing(("north", 120), ("south", 99), head=("", "orders"))
    new = showing(("north", 120, 3), ("south", 99, 4), head=("", "orders", "late"))
    [news] = between(old, new)
    assert (news.count, news.values) == (1, (Value("late", "", "new column"),))


def test_of_many_numbers_the_first_are_told_and_all_are_counted():
    old, new = (showing(*((f"row {n}", n + more, 1) for n in range(50))) for more in (100, 1100))
    [news] = between(old, new)
    assert (len(news.values), news.count) == (6, 50)


def test_rows_of_tables_in_the_text_are_numbers():
    row = "| region | orders |\n|---|---|\n| north | {} |\n| south | 99 |\n"
    [news] = between(text(row.format(120)), text(row.format(130)))
    assert (news.kind, news.values) == ("number", (Value("north", "120", "130"),))


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("Mon 0.21", "Mon 0.25", ("Mon", "0.21", "0.25")),
        ("Mean: 5.21 days", "Mean: 5.24 days", ("Mean", "5.21 days", "5.24 days")),
        ("gain = -3%", "gain = -4%", ("gain", "-3%", "-4%")),
        ("gain = -3%", "gain = 3%", ("gain", "-3%", "3%")),
        ("After one: 12 EUR (90%)", "After one: 14 EUR (91%)", ("After one", "12 EUR (90%)", "14 EUR (91%)")),
        ("total € 1,200", "total € 1,300", ("total €", "1,200", "1,300")),
        ("1 of 7, so 0.3", "2 of 7, so 0.4", ("", "1 of 7, so 0.3", "2 of 7, so 0.4")),
        ("np.float64(0.41)", "np.float64(0.42)", ("", "0.41", "0.42")),
        ("Accuracy is 92.5.", "Accuracy is 93.5.", ("Accuracy is", "92.5", "93.5")),
    ],
)
def test_a_printed_number_is_named_by_what_stands_before_it(old, new, value):
    assert values(printing(old), printing(new)) == [value]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CPU times: user 86.6 ms, sys: 1.15 ms", "CPU times: user 87.6 ms, sys: 1.20 ms"),
        ("Wall time: 3.2 s", "Wall time: 3.4 s"),
        ("0.210 seconds", "0.211 seconds"),
        ("100%|####| 10/10 [00:03<00:00, 3.2it/s]", "100%|####| 10/10 [00:02<00:00, 4.1it/s]"),
        ("1.33 s ± 55.9 ms per loop (7 runs, 1 loop each)", "1.34 s ± 57 ms per loop (7 runs, 1 loop each)"),
        ("Epoch 1/10 loss 0.31", "Epoch 1/10 loss 0.32"),
        ("2026-05-01 12:00:01 INFO begun", "2026-06-01 12:30:01 INFO begun"),
        ("Forest(max_depth=3)", "Forest(max_depth=4)"),
        ("5000 0.11002459532472425", "5000 0.11002459532472426"),
    ],
)
def test_how_long_it_took_and_what_differs_with_each_run_is_no_number(old, new):
    assert between(printing(old), printing(new)) == []


def test_a_new_result_counts_once_however_much_it_prints():
    [news] = between(a_cell("code", "x", 1), a_cell("code", "x", 1, stream("a 1\nb 2\nc 3\n")))
    assert (news.op, news.count, len(news.values)) == ("added", 1, 3)


def test_a_result_too_long_to_be_compared_is_told_as_one():
    old, new = ("\n".join(f"{n} {n + more}" for n in range(12_000)) for more in (1, 2))
    [news] = between(printing(old), printing(new))
    assert (news.kind, news.values, news.count) == ("number", (), 1)


@pytest.mark.parametrize("line", ["A(" + "=" * 90_000, "[=" * 40_000, "1 " * 40_000, "# " + " #" * 40_000])
def test_long_lines_are_told_as_quickly_as_short_ones(line):
    sides = [{**base(), "cells": [printing(f"{line} {n}"), text(f"{line}\n\n{n}")]} for n in (1, 2)]
    difference = compare("a.ipynb", as_bytes(sides[0]), "a.ipynb", as_bytes(sides[1]))
    began = time.monotonic()
    assert all(len(value.new) < 100 for news in news_of(difference) for value in news.values)
    assert time.monotonic() - began < 1


# --- figures


def test_figures_are_counted_in_their_cell():
    old = a_cell("code", "plot()", 1, image(400), result("1"), image(300))
    new = a_cell("code", "plot()", 1, image(400), result("1"), image(310))
    sides = [{**base(), "cells": [side]} for side in (old, new)]
    difference = compare("a.ipynb", as_bytes(sides[0]), "a.ipynb", as_bytes(sides[1]))
    [news] = news_of(difference)
    assert difference.rows[0].outputs[news.output].new_figure == 1


def test_a_picture_named_in_the_text_is_a_figure():
    [news] = between(text("![Sales](a.png)"), text("![Sales](b.png)"))
    assert news.kind == "figure"


def test_nothing_is_said_twice_of_a_table_and_what_stands_around_it():
    old, new = (a_cell("code", "x", 1, table(south)) for south in (99, 101))
    assert len(between(old, new)) == 1
