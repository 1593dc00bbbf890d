"""The lists of the feed: which posts stand in each, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field

from knowledge.models import User
from knowledge.models.card_facts import as_cards
from knowledge.models.interests import Interests
from knowledge.models.post_queryset import PostQuerySet
from portal.paging import SIZE, Page, moment, newest_page, page_of, popular_page

FOR_YOU, NEW, POPULAR, ATTENTION = "for-you", "new", "popular", "attention"
WORDS = {FOR_YOU: "For you", NEW: "New", POPULAR: "Popular", ATTENTION: "Needs attention"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of the list called `here`. `follows`: the reader follows anything, or is a member."""

    here: str
    page: Page
    follows: bool = False
    why: dict[int, str] = field(default_factory=dict)


def feed_of(user: User, posts: PostQuerySet, asked: str, before: str, *, is_narrowed: bool) -> Feed:
    """Who asks for none of the lists gets what is for them, if that is anything; filters are of all posts."""
    if asked in FEEDS:
        return FEEDS[asked](user, posts, before)
    if not is_narrowed and (found := _for_you(user, posts, before)).page.posts:
        return found
    return _new(user, posts, before)


def _for_you(user: User, posts: PostQuerySet, before: str) -> Feed:
    interests = Interests.of(user)
    if not interests:
        return Feed(FOR_YOU, Page([], "", is_first=True))
    newest = interests.newest(posts, older_than=moment(before), count=SIZE + 1)
    page = newest_page(as_cards(newest), before)
    return Feed(FOR_YOU, page, follows=True, why={post.pk: interests.why(post) for post in page.posts})


def _new(user: User, posts: PostQuerySet, before: str) -> Feed:
    return Feed(NEW, page_of(posts, before))


def _popular(user: User, posts: PostQuerySet, before: str) -> Feed:
    return Feed(POPULAR, popular_page(posts, before))


FEEDS: dict[str, Callable[[User, PostQuerySet, str], Feed]] = {
    FOR_YOU: _for_you,
    NEW: _new,
    POPULAR: _popular,
}
