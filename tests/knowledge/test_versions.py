"""Which versions an upgrade concerns, as documents say them."""

import pytest

from knowledge.versions import concerns, is_left, is_range, newest_first


@pytest.mark.parametrize(
    ("affected", "version"),
    [
        ("<2", "1.4.2"),
        ("<2", ">=1.5,<2"),
        ("<2", ">=1.5"),  # 1.5 is one of them
        ("<2", "==1.4+cu118"),
        ("<2", "1.0rc1"),
        ("1.4", "1.4.0"),
        ("1.4.*", "1.4.7"),
        (">=1.4,<1.6", "~=1.5"),
        ("^1.2", "^1.2"),
        ("latest", "latest"),
        ("", "anything"),
    ],
)
def test_it_is_concerned(affected: str, version: str) -> None:
    assert concerns(affected, version)


@pytest.mark.parametrize(
    ("affected", "version"),
    [
        ("<2", "2.0"),
        ("<2", ">=2"),
        ("<2", "2.0rc1"),
        ("<2", "==2.*"),
        ("<2", "^1.2"),  # by no rule that is known here
        ("<2", "weird"),
        ("1.4", "1.4.1"),
        ("^1.2", "1.2"),
        ("<2", ""),
        ("", ""),
        ("===1", "1"),
        ("<2", "===1"),
        ("<" + "9" * 99, "\N{SUPERSCRIPT TWO}"),
        ("<2,", "\x00"),
    ],
)
def test_it_is_not(affected: str, version: str) -> None:
    assert not concerns(affected, version)


def test_what_is_no_range_is_said_to_be_none() -> None:
    assert is_range("<2")
    assert is_range("1.4")
    assert is_range("")
    assert not is_range("^1.2")
    assert not is_range("===1")
    assert not is_range("<<")


def test_the_newest_come_first_and_what_is_not_known_last() -> None:
    assert newest_first(["1.9", "", ">=2,<3", "weird", "1.10", "2.1rc1"]) == [
        "2.1rc1",
        ">=2,<3",
        "1.10",
        "1.9",
        "weird",
        "",
    ]


@pytest.mark.parametrize(
    ("affected", "target", "left", "there"),
    [
        (
            "",
            "2.1",
            ("1.4", "2.0", ">=2,<3", "<2", "latest"),
            ("2.1", "2.1rc1", "3", ">=2.1", "==2.*, >=2.5"),
        ),
        ("<2", "2.1", ("1.4", "2.0"), ("2.1",)),
        ("<2", "2.1+cu118", ("1.4", "2.0"), ("2.1", "2.2+cpu")),
        (">=1.5", "2.1", ("1.5", "2.0"), ("2.1", "3")),
        (">=2", "1.26", ("2.0", ">=1.26"), ("1.26", "1.20", "<2")),  # a way back
        ("<2", "", ("1.4",), ("2.0",)),
        ("<2", "the new one", ("1.4",), ("2.0",)),
        ("latest", "2.1", ("latest",), ("2.0",)),
        ("", "", ("1.4", "latest"), ()),
    ],
)
def test_what_is_left_to_do_goes_by_where_to_come_to(
    affected: str, target: str, left: tuple[str, ...], there: tuple[str, ...]
) -> None:
    assert [is_left(affected, target, version) for version in (*left, *there, "")] == [
        *(True for _ in left), *(False for _ in there), True,
    ]  # fmt: skip
