"""The lists of the feed: which posts stand in each, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from knowledge.models import User
from knowledge.models.interests import Interests
from knowledge.models.listing import EVERYTHING, Listed, Place, Plain
from knowledge.models.post_queryset import PostQuerySet
from portal.paging import Page, page_of, popular_page

FOR_YOU, NEW, POPULAR, ATTENTION = "for-you", "new", "popular", "attention"
WORDS = {FOR_YOU: "For you", NEW: "New", POPULAR: "Popular", ATTENTION: "Needs attention"}


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of the list called `here`. `follows`: the reader follows anything, or is a member."""

    here: str
    page: Page
    follows: bool = False
    why: dict[int, str] = field(default_factory=dict)


def feed_of(user: User, narrowed: PostQuerySet | None, asked: str, before: str) -> Feed:
    """Who asks for none of the lists gets what is for them, if that is anything; filters are of all posts."""
    if asked in FEEDS:
        return FEEDS[asked](user, narrowed, before)
    if narrowed is None and (found := _for_you(user, None, before)).page.ids:
        return found
    return _new(user, narrowed, before)


def _for_you(user: User, narrowed: PostQuerySet | None, before: str) -> Feed:
    interests = Interests.of(user)
    if not interests:
        return Feed(FOR_YOU, Page([], "", is_first=True))
    page = page_of(_OfInterest(interests, user, narrowed), before)
    return Feed(FOR_YOU, page, follows=True, why=interests.why(user, page.ids))


@dataclass(frozen=True, slots=True)
class _OfInterest:
    interests: Interests
    reader: User
    narrowed: PostQuerySet | None

    def newest(self, older_than: Place[datetime] | None, count: int) -> list[Place[datetime]]:
        return self.interests.newest(self.reader, older_than, count, among=self.narrowed)


def _new(user: User, narrowed: PostQuerySet | None, before: str) -> Feed:
    return Feed(NEW, page_of(_listed(user, narrowed), before))


def _popular(user: User, narrowed: PostQuerySet | None, before: str) -> Feed:
    return Feed(POPULAR, popular_page(_listed(user, narrowed), before))


def _listed(user: User, narrowed: PostQuerySet | None) -> Listed:
    return EVERYTHING.of(user) if narrowed is None else Plain(narrowed)


FEEDS: dict[str, Callable[[User, PostQuerySet | None, str], Feed]] = {
    FOR_YOU: _for_you,
    NEW: _new,
    POPULAR: _popular,
}
