"""When two names are one dataset's, and spans of time."""

import pytest

from knowledge.observing import hours_of, in_words, key_of, mended


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Shop.Orders", "shop.orders"),
        ('"Shop"."Orders"', "shop.orders"),
        ("`project-1.Data.Orders`", "project-1.data.orders"),
        ("[dbo].[Orders]", "dbo.orders"),
        ("ORDERS", "orders"),
        ("Orders.csv", "Orders.csv"),
        ("data/Orders", "data/Orders"),
        ("s3://Lake/Orders.parquet", "s3://Lake/Orders.parquet"),
        ("C:\\Data\\Orders", "C:\\Data\\Orders"),
        ("Our orders", "Our orders"),
        (" shop.Orders ", "shop.orders"),
    ],
)
def test_tables_are_one_whatever_their_case_and_files_are_as_written(name: str, key: str) -> None:
    assert key_of(name) == key


@pytest.mark.parametrize(
    ("span", "hours"),
    [
        *[("1h", 1), ("1d", 24), ("2 weeks", 336), ("1mo", 720), ("daily", 24), ("Monthly", 720), ("d", 24)],
        *[("36H", 36), ("0d", None), ("13mo", None), ("1y", None), ("", None), ("soon", None), (24, None)],
        *[(None, None), ("1.5d", None)],
    ],
)
def test_spans(span: object, hours: int | None) -> None:
    assert hours_of(span) == hours


@pytest.mark.parametrize(
    ("hours", "words", "short"),
    [
        (1, "hour", "1h"),
        (36, "36 hours", "36h"),
        (48, "2 days", "2d"),
        (168, "week", "1w"),
        (720, "month", "1mo"),
    ],
)
def test_spans_in_words(hours: int, words: str, short: str) -> None:
    assert (in_words(hours), in_words(hours, short=True)) == (words, short)
    assert hours_of(short) == hours


def test_what_a_proxy_made_of_an_address_is_mended() -> None:
    assert mended("s3:/lake/a") == mended("s3://lake/a") == "s3://lake/a"
    assert mended("C:/data") == "C:/data"
    assert mended("/data/a:/b") == "/data/a:/b"
