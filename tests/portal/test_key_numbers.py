"""Numbers as people write them."""

import pytest

from portal.key_numbers import spoken


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.41283, "0.4128"),
        (48_210, "48,210"),
        (999_999, "999,999"),
        (43_210_123, "43.21 M"),
        (999_600_000, "999.6 M"),
        (-999_960_000, "-1 G"),
        (4e15, "4,000 T"),
        (1.2345e19, "1.234e+19"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_told_in_the_unit_that_it_rounds_to(value: float, said: str) -> None:
    assert spoken(value) == said.replace(" ", "\N{NO-BREAK SPACE}")
