"""The passage that is quoted, and the words marked in it."""

import pytest

from knowledge.rendering import Passage
from knowledge.search.passages import WINDOW, Marker, Piece, opening
from knowledge.search.quotable import Quotable
from knowledge.search.scoring import Score, explain

MARKER = Marker({"churn": 2.0, "price": 1.0, "read_parquet": 3.0}, ["english"])


def passage(text: str, kind: str = "narrative", anchor: str = "c-1") -> Passage:
    return Passage(kind, anchor, text)  # type: ignore[arg-type]


def quotable(*passages: Passage) -> Quotable:
    """As it is stored and read again."""
    return Quotable(Quotable.of(passages).packed)


def found(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_found]


def test_words_are_marked_in_whatever_form_and_nothing_is_lost() -> None:
    text = "Prices of churning: pricey? CHURN's read_parquet"
    pieces = MARKER.marked(text)
    assert "".join(piece.text for piece in pieces) == text
    assert found(pieces) == ["Prices", "churning", "CHURN", "read_parquet"]


def test_accents_are_marked_too() -> None:
    marker = Marker({"mull": 1.0}, ["german"])
    assert found(marker.marked("Herr Müller, MULLER")) == ["Müller", "MULLER"]


def test_the_passage_with_most_of_what_was_looked_for_is_quoted_under_its_heading() -> None:
    heading = passage("On prices", "heading", "h-1")
    quote = MARKER.best(quotable(passage("Churn."), heading, passage("Churn and prices.", anchor="c-2")))
    assert quote is not None
    assert (quote.anchor, quote.heading, quote.text) == ("c-2", heading, "Churn and prices.")


def test_narrative_comes_before_code_that_says_the_same() -> None:
    quote = MARKER.best(
        quotable(passage("churn = 1", "code", "c-1"), passage("Of churn.", "narrative", "c-2"))
    )
    assert quote is not None
    assert quote.kind == "narrative"


@pytest.mark.parametrize("before", ["Plain.", "“Quoted” — 😀", "Müßig, naïve"])
def test_the_passage_is_found_whatever_letters_stand_before_it(before: str) -> None:
    quote = MARKER.best(quotable(passage(before), passage(f"{before} CHURN rises"), passage(f"{before} x")))
    assert quote is not None
    assert quote.text == f"{before} CHURN rises"
    assert found(quote.pieces) == ["CHURN"]


def test_a_long_passage_is_cut_around_what_was_found_at_whole_words() -> None:
    text = f"{'Nothing of it here. ' * 40}Churn rises with prices. {'And on and on. ' * 40}"
    quote = MARKER.best(quotable(passage(text)))
    assert quote is not None
    assert found(quote.pieces) == ["Churn", "prices"]
    assert len(quote.text) <= WINDOW + 4
    assert quote.text.startswith("… ")
    assert quote.text.endswith(" …")
    inside = quote.text.removeprefix("… ").removesuffix(" …")
    assert f" {inside} " in f" {text} "


def test_one_word_longer_than_the_window_is_quoted_all_the_same() -> None:
    quote = MARKER.best(quotable(passage("x" * 1000 + " churn " + "y" * 1000)))
    assert quote is not None
    assert found(quote.pieces) == ["churn"]


def test_nothing_found_is_no_quote_and_the_opening_stands_in() -> None:
    passages = quotable(passage("A title", "heading"), passage("It begins. " * 40))
    assert MARKER.best(passages) is None
    assert Marker({}, ["english"]).best(passages) is None
    begun = opening(passages)
    assert begun is not None
    assert begun.text.startswith("It begins.")
    assert begun.text.endswith(" …")
    assert opening(quotable(passage("x = 1", "code"))) is None
    assert opening(quotable()) is None
    assert MARKER.best(quotable()) is None


def test_what_can_be_quoted_comes_back_as_it_was() -> None:
    passages = [
        passage("On prices", "heading", "h-1"),
        passage("Café,\nin two lines\x00", anchor=""),
        passage("", "output", "c-2"),
        passage("a\x1eb\x1dc", "code", "c\x1e3"),
    ]
    kept = quotable(*passages)
    assert list(kept)[:3] == [passages[0], passage("Café,\nin two lines\x00", anchor=""), passages[2]]
    assert kept[3] == passage("a b c", "code", "c 3")
    assert [kept.heading_of(number) for number in range(4)] == [passages[0]] * 4
    assert quotable(passages[1], passages[0]).heading_of(0) is None
    assert kept.prose() == ["On prices", "Café,\nin two lines\x00"]
    assert (kept.is_accented, quotable(passages[0]).is_accented) == (True, False)


def test_why_is_said_in_words() -> None:
    score = Score(
        1.0, (True, True, False), {"words": 1.0, "approved": 0.05, "stale": -0.08}, ("title", "text", "")
    )
    assert explain(score, ["churn", "price", "zeppelin"]) == [
        "“churn” in its title",
        "“price” in its text, code or comments",
        "“zeppelin” nowhere in it",
        "approved by reviewers",
        "due for another look, which puts it lower",
    ]
