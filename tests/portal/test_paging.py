"""Pages of posts follow each other without gaps, repetitions or counting."""

from datetime import timedelta

import pytest

from knowledge.models import Post
from knowledge.models.listing import Plain
from portal.paging import Page, page_of
from tests.cast import THE_DAY


@pytest.fixture
def seven(growth, make_post):
    for number in range(7):  # two at a time share their moment
        make_post(growth, f"{number}.md", title=f"Post {number}")
        at = THE_DAY + timedelta(microseconds=number // 2)
        Post.objects.filter(path=f"{number}.md").update(published_at=at)
    return Post.objects.all()


def paths(page: Page) -> list[str]:
    posts = Post.objects.in_bulk(page.ids)
    return [posts[pk].path for pk in page.ids]


def test_pages_hold_every_post_once_newest_first(seven):
    seen, before = [], ""
    for _ in range(4):
        page = page_of(Plain(seven), before, size=2)
        seen += paths(page)
        before = page.older
    assert seen == ["6.md", "5.md", "4.md", "3.md", "2.md", "1.md", "0.md"]
    assert before == ""


def test_a_post_published_meanwhile_shifts_nothing(seven, growth, make_post):
    first = page_of(Plain(seven), "", size=3)
    make_post(growth, "new.md", title="New", published_at=THE_DAY + timedelta(days=1))
    assert paths(page_of(Plain(seven), first.older, size=3)) == ["3.md", "2.md", "1.md"]


@pytest.mark.parametrize(
    "before", ["x", "1-2", "99999999999999.000000-1", "1.000000-99999999999999999999", "’"]
)
def test_a_mark_that_is_not_ours_gives_the_first_page(seven, before):
    page = page_of(Plain(seven), before, size=3)
    assert page.is_first
    assert paths(page)[0] == "6.md"
