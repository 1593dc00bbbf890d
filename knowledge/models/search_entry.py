"""What search keeps of posts: vectors to match, passages to quote, and the words there are."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Lookup, Q, Value
from django.db.models.functions import Now

from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.space import Space

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


@SearchVectorField.register_lookup
class Matches(_Lookup):
    """`vector__matches="'churn' & 'tag:pricing'"`: a tsquery as knowledge.search writes it."""

    lookup_name = "matches"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*params, self.rhs)


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def stale(self) -> Self:
        return self.filter(stale_since__isnull=False).order_by("stale_since")


class SearchEntry(models.Model):
    """One a post that was ever published. The row is also the job: see knowledge/pipeline/index.py."""

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="search_entry")
    words = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=20, blank=True)
    format = models.CharField(max_length=20, blank=True, db_default="", help_text="Of the document.")
    signed = ArrayField(
        models.CharField(max_length=400),
        default=list,
        db_default=Value([], output_field=ArrayField(models.CharField(max_length=400))),
        help_text="Each author as facets count them: what the grammar calls them, a tab, their name.",
    )
    indexed_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True, db_default=Now())
    told = models.ForeignKey(
        Revision,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of which those who saved a search were told.",
    )

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["stale_since"], name="search_stale", condition=Q(stale_since__isnull=False))
        ]

    def __str__(self) -> str:
        return f"entry of post {self.post_id}"


# What is new waits in a list until some hundred posts do: see knowledge/pipeline/index.py.
_WAITING: dict[str, Any] = {"fastupdate": True, "gin_pending_list_limit": 4096}  # kB


class SearchVector(models.Model):
    """Short rows, changed only with what they hold: matching reads thousands of them.

    `space`, `is_listed` and `is_closed` (private, or held) are the post's, so that matching passes over what
    the reader can't see without reading posts. A trigger of the database keeps them true; who is shown
    something is decided by PostQuerySet.visible_to all the same.
    """

    post = models.OneToOneField(Post, models.CASCADE, primary_key=True, related_name="+")
    space = models.ForeignKey(Space, models.CASCADE, related_name="+", db_index=False)
    is_listed = models.BooleanField()
    is_closed = models.BooleanField()
    vector = SearchVectorField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"vector of post {self.post_id}"


class SearchHead(SearchVector):
    """What names a post: its title, summary, tags, headings, authors. See knowledge/search/entry.py."""

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="search_head", **_WAITING)]


class SearchBody(SearchVector):
    """Everything in it."""

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="search_body", **_WAITING),
            GinIndex(
                fields=["vector"],
                name="search_body_away",
                **_WAITING,
                condition=Q(is_listed=False),
            ),
        ]


class SearchPassages(models.Model):
    """What can be quoted of a post: apart from its entry, so that matching reads short rows."""

    entry = models.OneToOneField(SearchEntry, models.CASCADE, primary_key=True, related_name="quotable")
    packed = models.TextField(default="", help_text="knowledge.search.quotable.Quotable.packed")

    def __str__(self) -> str:
        return f"passages of post {self.entry_id}"


class SearchWord(models.Model):
    """A word that stands in posts, restricted ones too: never shown but in a query that finds something.

    `posts` is how many posts have its `lexeme`, as of the last count; `keys` are those of
    knowledge/search/spelling.py.
    """

    word = models.CharField(max_length=80, primary_key=True)
    lexeme = models.CharField(max_length=80, db_index=True)
    posts = models.PositiveIntegerField(default=1)
    keys = ArrayField(models.IntegerField(), default=list)

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="search_word_keys", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class SearchLanguage(models.Model):
    """A language that posts are written in: how many are, and of how many words, as of the last count."""

    language = models.CharField(max_length=20, primary_key=True)
    posts = models.PositiveIntegerField(default=0)
    words = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.language}: {self.posts}"
