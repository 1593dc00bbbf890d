"""What is offered while somebody types: posts that begin to fit, and the tags, people and spaces there are.

The last word counts as the beginning of one. What it may go on to is read from the vocabulary, which holds
words of restricted posts too: none is ever offered, they only find posts that the reader sees.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from knowledge.models import Post, SearchHead, SearchWord, Space, User
from knowledge.models.search_order import offered
from knowledge.pipeline.search_ground import ground_of, with_tags_of_today
from knowledge.pipeline.searching import in_time
from knowledge.search.grammar import Query, parse
from knowledge.search.passages import Marker, Piece
from knowledge.search.tsquery import TITLE_SIGN, Wanted, all_of, any_of, mark, understood
from knowledge.search.vector import quoted
from knowledge.search.words import fold, tokens

POSTS, OTHERS = 6, 3
ENDINGS = 12  # words that the last one may become
TAGGED = 200  # posts whose tags are looked at
SHORTEST = 2  # letters of the beginning of one


@dataclass(frozen=True, slots=True)
class SuggestedPost:
    post: Post
    title: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Suggestions:
    posts: Sequence[SuggestedPost] = ()
    tags: Sequence[str] = ()
    people: Sequence[User] = ()
    spaces: Sequence[Space] = ()


@in_time()
def suggest(*, user: User, text: str) -> Suggestions:
    """At most POSTS posts, the best first, and of each other kind at most OTHERS. Raises as `search` does."""
    query = with_tags_of_today(parse(text, today=timezone.localdate()))
    last = fold(query.text.rpartition(" ")[2])
    if not query.clauses or len(query.text) < SHORTEST:
        return Suggestions()
    people = User.objects.filter(_begins("name", query.text) | Q(username__istartswith=query.text))
    people = people.filter(is_active=True)
    spaces = Space.objects.visible_to(user).filter(_begins("name", query.text))
    return Suggestions(
        posts=_posts(user, query, last),
        tags=_tags(user, fold(query.text)),
        people=list(people.order_by("name", "username")[:OTHERS]),
        spaces=list(spaces.order_by("name")[:OTHERS]),
    )


def _posts(user: User, query: Query, last: str) -> list[SuggestedPost]:
    ground, _ = ground_of(user, query)
    search, sight = understood(query, ground.corpus.languages), ground.sight
    wanted = list(search.wanted)
    clauses = list(search.clauses)
    open_ended = _open_ended(last)
    if wanted and open_ended and wanted[-1].term == query.words[-1] and not wanted[-1].term.is_phrase:
        clauses = [clause for clause in clauses if clause != wanted[-1].anywhere]
        wanted[-1] = _widened(wanted[-1], open_ended)
        clauses.append(wanted[-1].anywhere)
    if not clauses and not search.marks:
        return []
    form = all_of([*clauses, *search.marks])
    if search.excluded:
        sight = sight.without(any_of(search.excluded))
    titled = all_of([*(one.in_title for one in wanted), *search.marks]) if wanted else ""
    head = "" if search.asks_code else form
    ids = offered(ground.posts, sight, titled=titled, head=head, form=form, limit=POSTS)
    shown = Post.objects.visible_to(user).select_related("space").in_bulk(ids)
    marker = Marker(
        {lexeme: 1.0 for one in wanted for step in one.lexemes for lexeme in step}, ground.corpus.languages
    )
    return [SuggestedPost(shown[pk], marker.marked(shown[pk].title)) for pk in ids if pk in shown]


def _open_ended(last: str) -> list[str]:
    """Lexemes of the words that begin so, the most frequent ones. One query."""
    if len(last) < SHORTEST or len(list(tokens(last))) != 1:
        return []
    words = SearchWord.objects.filter(word__startswith=last).order_by("-posts", "word")
    return list(dict.fromkeys(words.values_list("lexeme", flat=True)[:ENDINGS]))


def _widened(one: Wanted, lexemes: Sequence[str]) -> Wanted:
    """Found by any of its `lexemes` too."""
    step = tuple(dict.fromkeys([*(lexeme for each in one.lexemes for lexeme in each), *lexemes]))
    others = [quoted(lexeme) for lexeme in lexemes]
    return Wanted(
        one.term,
        (step,),
        any_of([one.anywhere, *others]),
        any_of([one.in_title, *(quoted(TITLE_SIGN + lexeme) for lexeme in lexemes)]),
        any_of([one.loose, *others]),
    )


def _tags(user: User, begins: str) -> list[str]:
    """Of the posts that the index finds by the beginning of a tag, as far as `user` sees them."""
    tagged = SearchHead.objects.filter(is_listed=True, vector__matches=f"{quoted(mark('tag', begins))}:*")
    posts = Post.objects.visible_to(user).filter(pk__in=list(tagged.values_list("pk", flat=True)[:TAGGED]))
    tags = (tag for each in posts.values_list("tags", flat=True) for tag in each)
    counts = Counter(tag for tag in tags if fold(tag).startswith(begins))
    return [tag for tag, _ in counts.most_common(OTHERS)]


def _begins(column: str, text: str) -> Q:
    return Q(**{f"{column}__istartswith": text}) | Q(**{f"{column}__icontains": f" {text}"})
