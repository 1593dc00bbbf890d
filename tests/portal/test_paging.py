"""Pages of posts follow each other without gaps, repetitions or counting."""

from datetime import timedelta

import pytest

from knowledge.models import Post
from portal.paging import page_of
from tests.cast import THE_DAY


@pytest.fixture
def seven(growth, make_post):
    for number in range(7):  # two at a time share their moment
        make_post(growth, f"{number}.md", title=f"Post {number}")
        at = THE_DAY + timedelta(microseconds=number // 2)
        Post.objects.filter(path=f"{number}.md").update(published_at=at)
    return Post.objects.all()


def test_pages_hold_every_post_once_newest_first(seven):
    seen, before = [], ""
    for _ in range(4):
        page = page_of(seven, before, size=2)
        seen += [post.path for post in page.posts]
        before = page.older
    assert seen == ["6.md", "5.md", "4.md", "3.md", "2.md", "1.md", "0.md"]
    assert before == ""


def test_a_post_published_meanwhile_shifts_nothing(seven, growth, make_post):
    first = page_of(seven, "", size=3)
    make_post(growth, "new.md", title="New", published_at=THE_DAY + timedelta(days=1))
    assert [post.path for post in page_of(seven, first.older, size=3).posts] == ["3.md", "2.md", "1.md"]


@pytest.mark.parametrize(
    "before", ["x", "1-2", "99999999999999.000000-1", "1.000000-99999999999999999999", "’"]
)
def test_a_mark_that_is_not_ours_gives_the_first_page(seven, before):
    page = page_of(seven, before, size=3)
    assert page.is_first
    assert page.posts[0].path == "6.md"
