"""Cells that a spreadsheet would compute."""

import pytest

from portal.spreadsheets import inert


@pytest.mark.parametrize("first", "=+-@\t\r\n")
def test_what_begins_as_a_formula_does_is_made_a_text(first: str) -> None:
    assert inert(f"{first}=1+1") == f"'{first}=1+1"
    assert inert(f"1{first}") == f"1{first}"
