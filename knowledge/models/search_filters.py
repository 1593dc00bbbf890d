"""Which posts a search is about, by what their columns say: status, dates, whose they are."""

from collections.abc import Callable
from datetime import MAXYEAR, UTC, date, datetime, time
from functools import lru_cache

from django.db.models import Exists, OuterRef, Q

from knowledge.models.authorship import Authorship
from knowledge.models.post import Post
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.post_states import Status
from knowledge.models.review import Review
from knowledge.models.search_sight import ids_of
from knowledge.models.statements import SQL
from knowledge.models.user import User
from knowledge.search.grammar import COLUMN_FIELDS, Query, Term

# Out of every list, and of a search that doesn't ask for them.
OUT = {"archived": Status.ARCHIVED, "superseded": Status.SUPERSEDED}


def searched_by(user: User, query: Query) -> PostQuerySet:
    """What `user` may find with `query`, as far as no words decide it."""
    return narrowed(Post.objects.visible_to(user), query, user)


def narrowed(among: PostQuerySet, query: Query, user: User) -> PostQuerySet:
    """The same of other posts than `user` sees."""
    posts = (
        among.live().posts().filter(published_revision__isnull=False)
        if asks_for_out(query)
        else among.published()
    )
    return _where(posts, query, user)


def asks_for_out(query: Query) -> bool:
    """Whether it asks for what is archived or superseded."""
    return any(
        term.field in {"status", "is"} and term.value in OUT and not term.is_not for term in query.terms
    )


def put_away(user: User, query: Query) -> PostQuerySet:
    """The same of what no search lists that doesn't ask for it."""
    posts = Post.objects.visible_to(user).posts().filter(published_revision__isnull=False)
    return _where(posts.filter(status__in=OUT.values()), query, user)


@lru_cache(maxsize=1_000)
def put_away_for(user: int, *, is_superuser: bool) -> SQL:
    """The same for a query of words alone, put together once."""
    return ids_of(put_away(User(pk=user, is_superuser=is_superuser), Query("")))


def _where(posts: PostQuerySet, query: Query, user: User) -> PostQuerySet:
    for clause in query.clauses:
        if clause[0].field in COLUMN_FIELDS:
            wanted = Q()
            for term in clause:
                wanted |= _condition(term, user)
            posts = posts.exclude(wanted) if clause[0].is_not else posts.filter(wanted)
    return posts


def asks_columns(query: Query) -> bool:
    return any(term.field in COLUMN_FIELDS for term in query.terms)


def _condition(term: Term, user: User) -> Q:
    return _CONDITIONS[term.field](term.value, user)


def _status(value: str, user: User) -> Q:
    return Q(status=value)


def _is(value: str, user: User) -> Q:
    if value in OUT:
        return Q(status=OUT[value])
    if value == "stale":
        return Q(attention_since__isnull=False)
    if value == "mine":
        return Q(owner=user) | Q(Exists(Authorship.objects.filter(post=OuterRef("pk"), user=user)))
    approved = Review.objects.filter(revision=OuterRef("published_revision"), state=Review.State.APPROVED)
    return Q(Exists(approved))


def _before(value: str, user: User) -> Q:
    return Q(created_at__lt=_start_of(value))


def _after(value: str, user: User) -> Q:
    return Q(updated_at__gte=_start_of(value))


def _year(value: str, user: User) -> Q:
    year = int(value)
    ends = Q(created_at__lt=_start_of(f"{year + 1}-01-01")) if year < MAXYEAR else Q()
    return Q(created_at__gte=_start_of(f"{year}-01-01")) & ends


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _start_of(day: str) -> datetime:
    return start_of(date.fromisoformat(day))


_CONDITIONS: dict[str, Callable[[str, User], Q]] = {
    "status": _status,
    "is": _is,
    "before": _before,
    "after": _after,
    "year": _year,
}
