"""What cells are known by, so that what was said of one finds it in other revisions."""

from knowledge.anchoring import Anchor, Cell, Places
from knowledge.rendering import render
from knowledge.rendering.marks import hash_of
from tests.knowledge.notebooks import code, notebook, text


def marks(*cells):
    return render("post.ipynb", notebook(*cells)).cells


def test_every_cell_of_a_notebook_is_marked_by_its_name_its_content_and_its_beginning():
    first, second = marks(
        text("# Why\n\nThey leave.") | {"id": "intro"}, code("orders.plot()") | {"id": "plot"}
    )
    assert (first.name, first.kind, first.words) == ("intro", "markdown", "# Why\n\nThey leave.")
    assert (second.name, second.kind, second.is_named_here) == ("plot", "code", False)
    assert second.hash == hash_of("code", "orders.plot()")


def test_names_of_cells_that_had_none_are_ours():
    (only,) = marks(code("orders.plot()") | {"id": None})
    assert only.is_named_here
    assert only.name.startswith("n")


def test_places_count_as_in_the_file_where_the_header_is_a_cell():
    header, cell = marks(text("---\ntitle: Why\n---"), code("1") | {"id": "one"})
    assert (header.name, header.hash) == ("", "")
    assert cell.name == "one"


def test_cells_that_are_not_shown_are_marked_too():
    assert [mark.name for mark in marks(code("1", tags=["remove-cell"]) | {"id": "hidden"})] == ["hidden"]


def test_a_text_is_one_cell():
    (only,) = render("post.md", b"---\ntitle: Why\n---\n# Why\n\nThey leave.\n").cells
    assert (only.name, only.kind, only.is_named_here) == ("text", "markdown", False)
    assert only.words.startswith("# Why")


def test_blanks_at_the_ends_of_lines_change_nothing_and_the_kind_does():
    assert hash_of("code", "a  \nb\n\n") == hash_of("code", "a\nb")
    assert hash_of("code", "a") != hash_of("markdown", "a")


def test_marks_of_one_revision_find_cells_of_another():
    before = marks(text("# Why"), code("load()"), code("orders.plot()\nplt.show()"))
    after = marks(code("import this"), text("# Why"), code("orders.plot()\nplt.show()"))
    places = Places([Cell("", mark.hash, mark.words.splitlines()) for mark in after])
    wanted = before[2]
    found = places.of(Anchor(2, "", wanted.hash, 0, "orders.plot()"))
    assert found
    assert found.cell == 2
