"""Words, their stems and parts: what a text is indexed as, and what a query looks for."""

import pytest

from knowledge.search.languages import LANGUAGES, language_of, named
from knowledge.search.spelling import distance, is_correctable, keys, nearest
from knowledge.search.tsquery import mark, understood
from knowledge.search.vector import MAX_BYTES, MAX_POSITION, Vector, quoted
from knowledge.search.words import asked, fold, normal, steps, tokens
from tests.knowledge.search.test_grammar import read


def lexemes(token: str, language: str = "english") -> set[str]:
    return {lexeme for step in steps(token, language) for lexeme in step}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's 3.14, or not.", ["It", "s", "3.14", "or", "not"]),
        ("orders.customer_id = 4", ["orders.customer_id", "4"]),
        ("C++ and C# and F#, c", ["C++", "and", "C#", "and", "F#", "c"]),
        ("a-b_c", ["a", "b_c"]),
        ("naïve Größe", ["naïve", "Größe"]),
    ],
)
def test_tokens_keep_names_whole(text: str, expected: list[str]) -> None:
    assert [token[0] for token in tokens(normal(text))] == expected


@pytest.mark.parametrize(
    ("written", "found_by"),
    [
        ("read_parquet", {"read_parquet", "read", "parquet"}),
        ("orders.customer_id", {"orders.customer_id", "customer_id", "order", "custom", "id"}),
        ("readParquetFile", {"read", "parquet", "file"}),
        ("HTTPServer", {"http", "server"}),
        ("__init__", {"init"}),
        ("Churning", {"churn"}),
        ("Müller", {"muller"}),
        ("x1y2", {"x1y2"}),
    ],
)
def test_a_word_is_found_whole_and_by_its_parts(written: str, found_by: set[str]) -> None:
    assert found_by <= lexemes(written)


@pytest.mark.parametrize(
    "written", ["read_parquet", "orders.customer_id", "Churning", "Größe", "numpy", "東京都", "C++", "a1_b2"]
)
@pytest.mark.parametrize("language", ["english", "german", "unknown"])
def test_what_is_asked_as_it_is_written_is_found(written: str, language: str) -> None:
    held = lexemes(written, language)
    whole, parts = asked(written, language)
    assert not whole or whole in held
    assert all(set(step) & held for step in parts)


@pytest.mark.parametrize("token", ["_", "__", "._.", "a" * 500, "İ", "ﬁ", "ß", "_a", "a.b.c.d.e.f.g.h.i.j"])
def test_any_token_has_lexemes_of_bounded_length(token: str) -> None:
    for each in tokens(normal(token)):
        assert all(
            step and all(0 < len(lexeme.encode()) < 400 for lexeme in step)
            for step in steps(each[0], "english")
        )


def test_accents_and_case_do_not_matter() -> None:
    assert fold("ÀÉÎõü") == "aeiou"
    assert lexemes("Prévisions", "french") & lexemes("previsions", "french")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "We asked why the customers of the shop leave, and what they would like to have instead. ",
            "english",
        ),
        (
            "Wir haben gefragt, warum die Kunden den Laden verlassen und was sie sich nicht wünschen. ",
            "german",
        ),
        (
            "Nous avons demandé pourquoi les clients ne sont pas dans la boutique et ce que nous pouvons. ",
            "french",
        ),
    ],
)
def test_the_language_of_a_text_is_told_by_its_small_words(text: str, language: str) -> None:
    assert language_of(text * 2, fold) == language


def test_languages_are_known_by_their_codes() -> None:
    assert (named("de"), named("en-GB"), named("klingon")) == ("german", "english", "")
    assert all(small for small in LANGUAGES.values())


def test_positions_of_a_vector_are_those_of_its_words() -> None:
    vector = Vector("english")
    vector.add("the churn of churn", "A")
    vector.add("churn", "D")
    vector.mark(["tag:it's"])
    assert str(vector) == "'churn':2A,4A,15 'tag:it''s'"
    assert vector.words == 5


def test_what_stands_beside_each_other_is_one_lexeme_too() -> None:
    vector, other = Vector("english"), Vector("english")
    vector.add("the free trial of read_csv", "A")
    vector.add("churn", "A")
    other.add("trial, free of churn, read", "A")
    held = set(str(vector).split()) & {pair_of(two) for two in ("free trial", "trial read", "read csv")}
    assert len(held) == 2
    assert pair_of("free trial") not in str(other)


def pair_of(words: str) -> str:
    return next(part for part in understood(read(f'"{words}"'), ["english"]).clauses[0].strip("(").split())


def test_a_vector_stays_within_what_postgresql_takes() -> None:
    vector = Vector("english")
    vector.add(" ".join(f"w{number:07}x" for number in range(120_000)), "B")
    assert MAX_BYTES * 0.9 < len(str(vector)) < 2 * MAX_BYTES
    assert f":{MAX_POSITION}B" in str(vector)


def test_lexemes_are_quoted_for_postgresql() -> None:
    assert quoted("it's \\ a") == r"'it''s \\ a'"


@pytest.mark.parametrize(
    ("text", "clauses", "marks", "excluded"),
    [
        ("churn", ("'churn'",), (), ()),
        ("churn OR prices", ("('churn' | 'price')",), (), ()),
        ('"free trial"', ("('^BAj' & ('free' <1> 'trial'))",), (), ()),
        ("tag:Unit-Economics -draft", (), ("'tag:unit-economics'",), ("'draft'",)),
        ("code:churn", ("'churn':D",), (), ()),
        ("title:churn", ("'~churn'",), (), ()),
        ("the churn", ("'churn'",), (), ()),
        ("the of", ("'the'", "'of'"), (), ()),
        ("is:stale", (), (), ()),
        ("tag:a OR tag:b", (), ("('tag:a' | 'tag:b')",), ()),
    ],
)
def test_queries_are_written_for_postgresql(text, clauses, marks, excluded):
    search = understood(read(text), ["english"])
    assert (search.clauses, search.marks, search.excluded) == (clauses, marks, excluded)


def test_a_word_is_looked_for_as_each_language_would_index_it() -> None:
    (wanted,) = understood(read("houses"), ["english", "german"]).wanted
    assert set(wanted.lexemes[0]) == lexemes("houses", "english") | lexemes("houses", "german")


def test_marks_are_alike_whoever_writes_them() -> None:
    assert mark("tag", " Unit  Économics ") == "tag:unit economics"


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("churn", "churn", 0),
        ("chrun", "churn", 1),
        ("chun", "churn", 1),
        ("churnn", "churn", 1),
        ("xhurm", "churn", 2),
    ],
)
def test_distance_counts_slips(one: str, other: str, away: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == away


def test_distance_gives_up_beyond_the_most() -> None:
    assert distance("abcdef", "uvwxyz", 2) == 3
    assert distance("a", "abcdefgh", 2) == 3


@pytest.mark.parametrize("slip", ["retenton", "rettention", "retnetion", "ratention", "retantiom"])
def test_slips_share_a_key_with_what_was_meant(slip: str) -> None:
    assert set(keys(slip)) & set(keys("retention"))
    assert all(-(2**31) <= key < 2**31 for key in keys(slip))
    assert nearest(slip, {"retention": 5, "attention": 9, "return": 2})[0] == "retention"


def test_short_words_and_numbers_are_left_as_they_are() -> None:
    assert [is_correctable(word) for word in ("abc", "2026", "abcd", "a" * 41)] == [False, False, True, False]
