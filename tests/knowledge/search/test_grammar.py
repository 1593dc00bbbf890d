"""What somebody typed, read the way people mean it."""

from datetime import date

import pytest

from knowledge.search.grammar import MAX_LENGTH, MAX_TERMS, Query, extended, parse, term_of

TODAY = date(2026, 11, 28)


def read(text: str) -> Query:
    return parse(text, today=TODAY)


def terms(text: str) -> list[list[str]]:
    """Each clause as its terms: `-field:value`, a phrase in quotation marks."""
    return [
        [
            f"{'-' * term.is_not}{f'{term.field}:' * bool(term.field)}"
            + (f'"{term.value}"' if term.is_phrase else term.value)
            for term in clause
        ]
        for clause in read(text).clauses
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("churn retention", [["churn"], ["retention"]]),
        ('churn "free trial" -draft', [["churn"], ['"free trial"'], ["-draft"]]),
        ("“free trial”", [['"free trial"']]),
        ("churn OR attrition prices", [["churn", "attrition"], ["prices"]]),
        ("a OR b OR c", [["a", "b", "c"]]),
        ("a AND b", [["a"], ["b"]]),
        ("NOT draft", [["-draft"]]),
        ("-tag:old +new", [["-tag:old"], ["new"]]),
        ('tag:"unit economics" by:alice', [["tag:unit economics"], ["author:alice"]]),
        ("TITLE:Churn", [["title:Churn"]]),
        ('code:"read csv"', [['code:"read csv"']]),
        ("tag:a OR tag:b", [["tag:a", "tag:b"]]),
        ("orders.customer_id", [["orders.customer_id"]]),
        ("free-trial", [['"free trial"']]),
        ("https://a.example/x", [['"https a.example x"']]),
        ("is:Approved has:figures", [["is:approved"], ["has:figure"]]),
        ("status:in-review", [["status:in_review"]]),
        ("after:30d before:2026-02", [["after:2026-10-29"], ["before:2026-02-01"]]),
        ("after:yesterday year:2025", [["after:2026-11-27"], ["year:2025"]]),
        ("OR churn OR", [["churn"]]),
        ("?! -- ::", []),
        ("", []),
    ],
)
def test_is_read_as_it_is_meant(text: str, expected: list[list[str]]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('"free trial', "no partner"),
        ("colour:red", "no field “colour”"),
        ("is:nice", "none of approved"),
        ("before:soon", "no date"),
        ("year:26", "no year"),
        ("churn OR is:stale", "both have to hold"),
        ("-draft", "leave out"),
        ("a " * MAX_TERMS + "b", f"first {MAX_TERMS} words"),
        ("long " * 100, f"first {MAX_LENGTH} characters"),
    ],
)
def test_what_is_not_understood_is_told(text: str, note: str) -> None:
    assert note in " ".join(read(text).notes)


@pytest.mark.parametrize("text", ["churn", 'tag:"a b"', "before:2026", "https://a.example/"])
def test_what_is_understood_needs_no_word(text: str) -> None:
    assert read(text).notes == ()


@pytest.mark.parametrize("text", ["2026-13", "0000", "99999-01", "2026-02-30", "٢٠٢٦", "99999999d", "-1d"])
def test_dates_that_are_none_are_left_out(text: str) -> None:
    assert terms(f"after:{text}") == []


@pytest.mark.parametrize("text", ["after:9999y", "before:0001", "after:9999-12-31"])
def test_dates_far_away_are_dates(text: str) -> None:
    assert len(terms(text)) == 1


def test_a_query_can_be_written_again_without_one_of_its_terms() -> None:
    query = read('churn OR attrition NOT draft tag:"a b" "free trial"')
    assert query.without("attrition") == 'churn -draft tag:"a b" "free trial"'
    for term in query.terms:
        left = [each.value for each in query.terms if each != term]
        assert [each.value for each in read(query.without(term.written)).terms] == left


@pytest.mark.parametrize(
    "value", ["pricing", "unit economics", 'a "quoted" one', "a:b", "-a", "O'Neill", "“a”", "a/b.c"]
)
def test_a_field_written_out_is_read_back(value: str) -> None:
    (term,) = read(extended('churn "free', term_of("tag", value))).clauses[-1]
    assert (term.field, term.is_not) == ("tag", False)
    assert term.value == " ".join(value.replace('"', " ").replace("“", " ").replace("”", " ").split()).lower()
