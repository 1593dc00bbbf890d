"""What a returning reader is told: conclusions, numbers and figures, not code."""

import pytest

from knowledge.diffing import compare, news_of
from tests.knowledge.diffing.base import base
from tests.knowledge.diffing.edits import EDITS, as_bytes

TOLD = {
    "a word of the text": ["text"],
    "a line of code": [],
    "code inserted": ["number"],
    "a table's value": ["table"],
    "printed numbers": ["number"],
    "a figure": ["figure"],
    "an interactive figure": ["figure"],
    "the title": ["header"],
    "an error less": [],
    "only run again": [],
    "a cell moved down": [],
}


@pytest.mark.parametrize("name", TOLD)
def test_an_edit_is_news_by_its_kind(name):
    new = base()
    EDITS[name](new)
    difference = compare("a.ipynb", as_bytes(base()), "a.ipynb", as_bytes(new))
    assert [news.kind for news in news_of(difference)] == TOLD[name]


def test_news_say_what_it_was_and_what_it_is():
    new = base()
    EDITS["printed numbers"](new)
    difference = compare("a.ipynb", as_bytes(base()), "a.ipynb", as_bytes(new))
    [news] = news_of(difference)
    assert (news.old, news.new) == ("Mon 0.21", "Mon 0.25")
