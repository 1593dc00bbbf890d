"""The contents of a document, as the page lists them."""

from typing import Any

from portal.outlines import Entry, outline


def headings(*levels: int) -> list[dict[str, Any]]:
    return [
        {"level": level, "text": str(number), "anchor": f"h-{number}", "part": 0}
        for number, level in enumerate(levels)
    ]


def shape(entries: list[Entry]) -> list[Any]:
    return [(entry.text, shape(entry.entries)) if entry.entries else entry.text for entry in entries]


def test_headings_lie_below_the_nearest_higher_one():
    found = outline(headings(1, 2, 3, 2, 1))
    assert found
    assert shape(found.entries) == [("0", [("1", ["2"]), "3"]), "4"]


def test_a_level_that_was_skipped_makes_no_empty_one():
    found = outline(headings(2, 5, 2, 3))
    assert found
    assert shape(found.entries) == [("0", ["1"]), ("2", ["3"])]


def test_a_document_that_begins_low_keeps_its_order():
    found = outline(headings(3, 2, 1, 2))
    assert found
    assert shape(found.entries) == ["0", "1", ("2", ["3"])]


def test_a_lone_title_stands_beside_its_sections():
    found = outline(headings(1, 2, 3, 2))
    assert found
    assert shape(found.entries) == ["0", ("1", ["2"]), "3"]


def test_what_lies_too_deep_is_left_out_and_what_follows_is_not():
    found = outline(headings(1, 2, 3, 4, 5, 2, 1))
    assert found
    assert shape(found.entries) == [("0", [("1", ["2"]), "5"]), "6"]


def test_one_heading_or_none_is_nothing_to_choose_from():
    assert outline(headings()) is None
    assert outline(headings(2)) is None


def test_only_long_contents_unfold_where_they_are_read():
    short, long = outline(headings(*[2] * 24)), outline(headings(*[2] * 25))
    assert short
    assert long
    assert (short.is_long, long.is_long) == (False, True)
    assert len(long.entries) == 25


def test_ten_thousand_headings_in_stairs_take_no_stack():
    assert outline(headings(*range(1, 10_001)))
