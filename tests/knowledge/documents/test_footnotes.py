"""Footnotes whose text and note stand in different cells."""

import time

from knowledge.documents import Notebook, read_document
from knowledge.documents.footnotes import beside_their_calls
from tests.knowledge.notebooks import notebook, text


def test_a_note_goes_to_the_cell_that_calls_it() -> None:
    first, last = beside_their_calls(["Sales fell[^1].", "The end.\n\n[^1]: By half.\n"])
    assert first == "Sales fell[^1].\n\n[^1]: By half.\n"
    assert "By half" not in last


def test_a_note_of_several_paragraphs_goes_whole() -> None:
    first, _ = beside_their_calls(["See[^a].", "[^a]: One,\nstill one.\n\n    Two.\n\nNo note."])
    assert first.endswith("[^a]: One,\nstill one.\n\n    Two.\n")


def test_one_that_two_cells_call_is_copied_and_one_that_nobody_calls_stays() -> None:
    texts = beside_their_calls(["a[^n]", "b[^n]", "[^n]: Both.\n[^x]: Nobody."])
    assert [text.count("Both.") for text in texts] == [1, 1, 0]
    assert "Nobody." in texts[2]


def test_texts_without_notes_are_left_as_they_are() -> None:
    texts = ["a [link]: b", "no [^call] here has a note"]
    assert beside_their_calls(texts) == texts


def test_a_cell_keeps_its_own_note_whatever_others_call_theirs() -> None:
    texts = beside_their_calls(["a[^1]\n\n[^1]: Mine.", "b[^1]", "[^1]: Lent."])
    assert texts == ["a[^1]\n\n[^1]: Mine.", "b[^1]\n\n[^1]: Lent.\n", ""]


def test_notes_that_notes_call_come_along() -> None:
    first, last = beside_their_calls(["a[^a]", "[^a]: See[^b].\n\n[^b]: Deep[^a]."])
    assert first == "a[^a]\n\n[^a]: See[^b].\n\n[^b]: Deep[^a].\n"
    assert last.strip() == ""


def test_what_code_shows_of_notes_is_code() -> None:
    texts = ["```\na[^1]\n[^1]: In code.\n```", "`[^1]` and [^2]", "[^2]: Two.\n\n[^1]: One."]
    fenced, called, defined = beside_their_calls(texts)
    assert fenced == texts[0]
    assert called.endswith("[^2]: Two.\n")
    assert "One." not in called
    assert defined.strip() == "[^1]: One."


def test_a_long_note_that_many_cells_call_is_not_copied_without_an_end() -> None:
    texts = beside_their_calls([*["a[^1]"] * 100, f"[^1]: {'long ' * 20_000}"])
    assert sum(map(len, texts)) < 1_000_000


def test_many_notes_cost_no_more_than_their_length() -> None:
    text = "".join(f"[^{number}]: note\n\n" for number in range(20_000))
    assert len(beside_their_calls(["[^1]", text])) == 2


def test_r_markdown_keeps_notes_at_its_end() -> None:
    source = b"Sales fell[^1].\n\n```{r}\nx <- 1\n```\n\nThe end.\n\n[^1]: By half.\n"
    content = read_document("a.Rmd", source).content
    assert isinstance(content, Notebook)
    assert "By half" in content.cells[0]["source"]


def test_a_notebook_keeps_notes_in_a_cell_of_their_own() -> None:
    content = read_document("a.ipynb", notebook(text("Sales fell[^1]."), text("[^1]: By half."))).content
    assert isinstance(content, Notebook)
    assert content.cells[0]["source"] == "Sales fell[^1].\n\n[^1]: By half.\n"


def test_notes_that_call_notes_without_end_cost_no_more_than_what_people_write():
    chain = "\n\n".join(f"[^{number}]: see [^{number + 1}]" for number in range(20_000))
    started = time.process_time()
    beside_their_calls(["called [^0]"] * 2_000 + [chain])
    assert time.process_time() - started < 4
