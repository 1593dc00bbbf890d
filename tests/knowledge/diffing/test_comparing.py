"""What is shown of a cell that changed."""

import pytest

from knowledge.diffing import Difference, compare
from knowledge.diffing.difference import TableChange, TextChange
from knowledge.diffing.wire import NoDifference, packed, unpacked
from knowledge.documents import DocumentError
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, as_bytes
from tests.knowledge.notebooks import code, display, notebook, stream, text

A, B = "<tr><td>a</td><td>1</td></tr>", "<tr><td>b</td><td>2</td></tr>"


def edited(*names: str) -> Difference:
    new = base()
    for name in names:
        EDITS[name](new)
    return compare("a.ipynb", as_bytes(base()), "a.ipynb", as_bytes(new))


def outputs(old, new) -> Difference:
    return compare("a.ipynb", notebook(code("show(x)", *old)), "a.ipynb", notebook(code("show(x)", *new)))


def source_of(difference: Difference) -> TextChange:
    source = difference.changed[0].source
    assert source
    return source


def table_of(difference: Difference) -> TableChange:
    table = difference.changed[0].outputs[0].table
    assert table
    return table


def words(spans) -> list[tuple[str, str]]:
    return [(word.op, word.text) for word in spans if word.op != "same"]


def test_a_line_has_marks_on_the_words_that_changed():
    line = next(line for line in source_of(edited("a line of code")).lines if line.op == "changed")
    assert (line.old_number, line.new_number) == (3, 3)
    assert [span.text for span in line.new if span.is_marked] == ["-2026"]
    assert not any(span.is_marked for span in line.old)


def test_prose_is_compared_as_it_is_read_and_word_by_word():
    row = edited("a word of the text").changed[0]
    changed = [block for block in row.prose if block.op == "changed"]
    assert [words(block.words) for block in changed] == [[("removed", "five"), ("added", "six")]]
    assert "**" not in "".join(word.text for block in row.prose for word in block.words)


def test_another_way_to_write_the_same_markdown_changes_the_source_alone():
    difference = compare(
        "a.ipynb", notebook(text("It is *so* good.")), "a.ipynb", notebook(text("It is _so_ good."))
    )
    assert difference.changed[0].source
    assert not difference.changed[0].prose


def test_a_table_is_compared_cell_by_cell():
    table = table_of(edited("a table's value"))
    assert table.changed_cells == 1
    changed = [cell for row in table.rows for cell in row.cells if cell.op == "changed"]
    assert [(cell.old, cell.new) for cell in changed] == [("99", "101")]


@pytest.mark.parametrize(
    ("new", "ops"),
    [
        (f"{A}<tr><td>new</td><td>5</td></tr>{B}", ["same", "added", "same"]),
        (B, ["removed", "same"]),
    ],
)
def test_rows_of_a_table_that_come_and_go_are_whole(new, ops):
    difference = outputs(*([display(text_html=f"<table>{rows}</table>")] for rows in (A + B, new)))
    assert [row.op for row in table_of(difference).rows] == ops


def test_a_column_more_changes_no_other_cell():
    def table(*rows):
        head, *body = ("".join(f"<{tag}>{cell}</{tag}>" for cell in row) for tag, row in rows)
        return display(
            text_html=f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in body)}</table>"
        )

    old = table(("th", "ac"), ("td", "13"))
    new = table(("th", "abc"), ("td", "123"))
    changed = table_of(outputs([old], [new]))
    assert [cell.op for cell in changed.rows[1].cells] == ["same", "added", "same"]


def test_figures_come_as_a_pair_by_what_their_bytes_are():
    change = edited("a figure").changed[0].outputs[0]
    widths = [picture and picture.width for picture in (change.old_picture, change.new_picture)]
    assert (change.kind, widths) == ("image", [400, 410])


def test_interactive_figures_are_told_to_differ_by_their_place_in_the_cell():
    change = edited("an interactive figure").changed[0].outputs[0]
    assert (change.kind, change.label, change.old_drawn, change.new_drawn) == ("drawn", "Plotly figure", 0, 0)


def test_the_header_is_compared_in_words():
    facts = edited("the title", "a tag of the header").header
    assert [(fact.name, words(fact.words)) for fact in facts] == [
        ("title", [("added", "most ")]),
        ("tags", [("added", ", monday")]),
    ]


def test_the_order_is_that_of_the_new_document_with_the_removed_before_the_new():
    new = base()
    del new["cells"][4]
    EDITS["a text inserted"](new)
    new["cells"].insert(4, new["cells"].pop(3))
    difference = compare("a.ipynb", as_bytes(base()), "a.ipynb", as_bytes(new))
    assert [row.op for row in difference.changed] == ["removed", "added"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Figure at 0x7f1122334455>", "<Figure at 0x7faabbccddee>"),
        ("0.1\r0.2\r1.0", "0.3\r1.0"),
        ("\x1b[31mred\x1b[0m", "\x1b[32mred\x1b[0m"),
    ],
)
def test_what_changes_with_every_run_is_no_change(old, new):
    assert outputs([stream(old)], [stream(new)]).is_empty


def test_long_stretches_that_are_the_same_are_folded():
    lines = [f"row_{number} = {number}" for number in range(100)]
    new = [*lines[:50], "row_50 = 'fifty'", *lines[51:]]
    difference = compare(
        "a.ipynb", notebook(code("\n".join(lines))), "a.ipynb", notebook(code("\n".join(new)))
    )
    shown = source_of(difference).lines
    assert len(shown) == 9
    assert [line.hidden for line in shown if line.op == "fold"] == [47, 46]


@pytest.mark.parametrize("suffix", ["md", "rmd", "org", "html"])
def test_texts_of_other_formats_are_compared_too(suffix):
    body = "{}" if suffix != "html" else "<html><body><p>{}</p></body></html>"
    old, new = (body.format(f"They are {word} on Mondays.").encode() for word in ("late", "early"))
    assert [row.op for row in compare(f"a.{suffix}", old, f"a.{suffix}", new).changed] == ["changed"]
    assert compare(f"a.{suffix}", old, f"a.{suffix}", old).is_empty


def test_what_cannot_be_read_is_refused():
    with pytest.raises(DocumentError):
        compare("a.ipynb", b"{", "a.ipynb", notebook())


def test_a_difference_survives_being_sent_and_stored():
    difference = edited("a table's value", "a figure", "the title", "a word of the text", "one removed")
    assert unpacked(packed(difference)) == difference


@pytest.mark.parametrize("sent", [None, [], {}, {"rows": 1}, {"rows": [{"op": "exploded"}]}])
def test_what_is_no_difference_is_not_taken_for_one(sent):
    with pytest.raises(NoDifference):
        unpacked(sent)
