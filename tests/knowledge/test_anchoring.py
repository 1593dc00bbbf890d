"""Where places of one revision are in another."""

from hashlib import blake2b
from typing import Any

import pytest

from knowledge.anchoring import Anchor, Cell, Place, Places, find, first_line


def cell(source, id=""):
    digest = blake2b(source.encode(), digest_size=8).hexdigest()
    return Cell(id, digest, source.splitlines())


LOAD = 'orders = pd.read_csv("orders.csv")\norders.head()'
PLOT = "orders.plot()\nplt.title('Orders by week')\nplt.show()"
WORDS = "## What we found\n\nPeople come back."


def anchor(source, at=0, id="", line=0):
    quote = source.splitlines()[line - 1] if line else first_line(source)
    return Anchor(at, id, cell(source).hash, line, quote)


def test_a_cell_is_found_by_its_id_wherever_it_went_and_whatever_it_says():
    cells = [cell("# new", "n1"), cell("something else", "b"), cell(LOAD, "a")]
    assert find(anchor(LOAD, 0, "b"), cells) == Place(1)


def test_without_an_id_it_is_found_by_its_content():
    assert find(anchor(PLOT, 1), [cell(WORDS), cell(LOAD), cell(PLOT)]) == Place(2)


def test_of_cells_alike_the_nearest_is_meant():
    cells = [cell("x = 1"), cell(LOAD), cell("y"), cell("x = 1")]
    assert find(anchor("x = 1", 2), cells) == Place(3)
    assert find(anchor("x = 1", 0), cells) == Place(0)


def test_one_that_changed_a_little_is_found_by_likeness():
    changed = LOAD.replace("orders.csv", "orders-2026.csv")
    assert find(anchor(LOAD, 0), [cell(WORDS), cell(changed), cell(PLOT)]) == Place(1)


def test_one_that_is_gone_is_outdated():
    assert find(anchor(LOAD, 0), [cell(WORDS), cell("import this")]) is None
    assert find(anchor(LOAD, 0), []) is None


def test_a_line_moves_with_its_cell():
    longer = "import matplotlib\n\n" + PLOT
    assert find(anchor(PLOT, 0, "p", line=2), [cell(longer, "p")]) == Place(0, 4)


def test_a_line_that_changed_a_little_is_found_near_where_it_was():
    changed = PLOT.replace("by week", "by month")
    assert find(anchor(PLOT, 0, "p", line=2), [cell(changed, "p")]) == Place(0, 2)


def test_a_line_that_is_gone_is_outdated_though_its_cell_is_there():
    assert find(anchor(PLOT, 0, "p", line=2), [cell("nothing\nof it", "p")]) is None


def test_of_a_cell_that_is_known_by_its_beginning_alone_a_line_is_the_whole():
    beginning = Cell("p", "other", ["orders.plot()"], is_whole=False)
    assert find(anchor(PLOT, 0, "p", line=3), [beginning]) == Place(0, 0)


@pytest.mark.parametrize("quote", ["", " ", "x" * 5000, "\ud800", "é" * 400])
def test_whatever_an_anchor_says_it_is_looked_for(quote):
    places = Places([cell("a\n" * 5000), cell("x" * 10_000)])
    for anchor_ in (Anchor(9**9, "", "", 0, quote), Anchor(0, "", "", 9**9, quote)):
        found = places.of(anchor_)
        assert found is None or found.cell in {0, 1}


def test_few_cells_are_looked_through_in_the_longest_notebooks():
    class Counted(list[Cell]):
        looked_at = 0

        def __getitem__(self, place: Any) -> Any:
            self.looked_at += 1
            return super().__getitem__(place)

    cells = Counted(cell(f"line {number} of many\nand more", f"c{number}") for number in range(5000))
    places = Places(cells)
    for number in range(500):
        places.of(Anchor(number, "", "gone", 0, f"lime {number} of several"))
    assert 0 < cells.looked_at < 500 * 50


def test_looking_for_lines_that_are_gone_comes_to_an_end():
    letters = "abcdefghij" * 30
    lines = "\n".join(letters[at:] + letters[:at] for at in range(10))
    places = Places([cell(f"{lines}\n" * 20, f"c{number}") for number in range(50)])
    for number in range(50):
        places.of(Anchor(number, "", "gone", 1, letters[::-1]))
    assert places.effort < 0
    assert places.of(Anchor(0, "", "gone", 1, letters)) == Place(0, 1)
