"""What narrows /api/v1/posts/, and the orders in which it is read."""

from typing import Any

from rest_framework import serializers

from api.post_shapes import TRUST
from api.revisions import RENDERING_STATES
from knowledge.models import Dataset, DatasetUse, LibraryUse, Post, User
from knowledge.models.post_queryset import PostQuerySet
from knowledge.models.post_states import Status
from knowledge.models.search_filters import start_of
from knowledge.pipeline import searching
from knowledge.search.grammar import MAX_LENGTH
from knowledge.trusted import trusted_as
from portal.post_table import TYPES

SORTS = ["new", "popular", "published", "updated", "title"]
TABLE_SORTS = ("published", "updated", "title")  # which only what is published has
MOST_TAGS = 20
OUT = (Status.SUPERSEDED, Status.ARCHIVED)  # published, and out of lists


class Several(serializers.ListField):
    """A parameter that may stand in the query more than once; what is wrong with it is said of its name."""

    def run_child_validation(self, data: Any) -> Any:
        try:
            return super().run_child_validation(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError(next(iter(detail.values()))) from None


class PostFilters(serializers.Serializer[Any]):
    """`after` and `before` are the search's: changed since that day, written before it."""

    space = serializers.CharField(required=False, help_text="The address of a space, such as growth.")
    path = serializers.CharField(required=False, help_text="The path in its repository, exactly.")
    folder = serializers.CharField(required=False, help_text="What lies in it, however deep.")
    tag = Several(
        child=serializers.CharField(allow_blank=True), required=False, max_length=MOST_TAGS,
        help_text="Several mean all of them.",
    )  # fmt: skip
    author = serializers.CharField(required=False, help_text="A user name, or a name as headers spell it.")
    status = serializers.ChoiceField(
        Post.Status.choices, required=False, help_text="Without it: all but deleted ones."
    )
    rendering = serializers.ChoiceField(RENDERING_STATES, required=False, help_text="Of the latest revision.")
    trust = serializers.ChoiceField(TRUST, required=False)
    q = serializers.CharField(
        max_length=MAX_LENGTH * 2,
        required=False,
        help_text="By the grammar of the search; in no order of it.",
    )
    type = serializers.ChoiceField(TYPES, required=False, help_text="How the document is written.")
    after = serializers.DateField(required=False)
    before = serializers.DateField(required=False)
    dataset = serializers.CharField(required=False, max_length=500, help_text="That they rest on.")
    library = serializers.CharField(required=False, max_length=100, help_text="That they use.")
    attention = serializers.ChoiceField(
        ["mine"], required=False, help_text="Past the day by which you were to look at them again."
    )
    sort = serializers.ChoiceField(
        SORTS,
        default="new",
        error_messages={"invalid_choice": f"Sort by {', '.join(SORTS[:-1])} or {SORTS[-1]}."},
        help_text="new: the newest first. popular: those that were read lately, the most read first. "
        "published, updated, title: what is published, as the table of all posts has it.",
    )
    dir = serializers.ChoiceField(
        ["asc", "desc"], required=False, help_text="Of `sort`; without it what people first want."
    )
    format = serializers.ChoiceField(
        ["json", "csv"], default="json", help_text="As CSV all that is published, at once."
    )


def matching(posts: PostQuerySet, wanted: dict[str, Any], caller: User) -> PostQuerySet:
    """The posts that PostFilters asks for."""
    plain = {"space": "space__slug", "path": "path", "status": "status"}
    posts = posts.filter(**{column: wanted[name] for name, column in plain.items() if name in wanted})
    if "status" not in wanted and wanted.get("trust") != "withdrawn":
        posts = posts.live()
    if tags := [tag for tag in wanted.get("tag", ()) if tag.strip()]:
        posts = posts.tagged(*tags)
    for name, narrow in _NARROWING.items():
        if name in wanted:
            posts = narrow(posts, wanted[name])
    if "attention" in wanted:
        posts = posts.asked_of(caller)
    if "dataset" in wanted:
        named = Dataset.objects.visible_to(caller).named(wanted["dataset"])
        posts = posts.filter(pk__in=DatasetUse.objects.filter(dataset__in=named).values("post"))
    if "q" in wanted:
        posts = posts.filter(pk__in=searching.search(user=caller, text=wanted["q"]).pool)
    return posts


def published(posts: PostQuerySet, wanted: dict[str, Any]) -> PostQuerySet:
    """Of them what the table of all posts lists: what is out of lists only where it was asked for."""
    if wanted.get("status") in OUT or wanted.get("trust") in OUT:
        return posts.filter(published_revision__isnull=False)
    return posts.published()


_NARROWING: dict[str, Any] = {
    "folder": lambda posts, folder: posts.filter(path__startswith=f"{folder.strip('/')}/"),
    "author": PostQuerySet.by_author,
    "rendering": lambda posts, state: posts.filter(latest_revision__rendering__state=state),
    "trust": trusted_as,
    "type": lambda posts, suffix: posts.filter(path__iendswith=f".{suffix}"),
    "after": lambda posts, day: posts.filter(updated_at__gte=start_of(day)),
    "before": lambda posts, day: posts.filter(created_at__lt=start_of(day)),
    "library": lambda posts, library: posts.filter(pk__in=LibraryUse.objects.of(library).values("post")),
}
