"""Which post uses which library, in which version: of what readers see, as its code and its words say it."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.urls import reverse

from knowledge import versions
from knowledge.models.insight import Insight
from knowledge.models.post import Post
from knowledge.models.space import Membership, Space

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from knowledge.models.user import User


class LibraryUseQuerySet(models.QuerySet["LibraryUse"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of what PostQuerySet.visible_to and published show the user, told without reading posts."""
        if not user.is_authenticated:
            return self.none()
        listed = self.filter(is_listed=True)
        if user.is_superuser:
            return listed
        own = Membership.objects.filter(user=user).values("space")
        internal = Space.objects.filter(visibility=Space.Visibility.INTERNAL).values("pk")
        # Looked up for each row that is closed: they are few, and all private posts together are many.
        named = Post.objects.filter(
            pk=OuterRef("post"),
            private=True,
            is_held=False,
            allowed_groups__overlap=user.groups.values("name"),
        )
        open_to_all = Q(is_closed=False) | Exists(named)
        return listed.filter(Q(space__in=own) | Q(open_to_all, space__in=internal))

    def of(self, library: str) -> Self:
        return self.filter(library=library.lower())

    def concerned(self, affected: str, target: str = "") -> Self:
        """Those whose version `affected` concerns (see versions.concerns), and that aren't at `target` yet.

        Asks at once which there are.
        """
        known = self.order_by().exclude(version="").values_list("version", flat=True).distinct()
        asked = [each for each in known if versions.concerns(affected, each)]
        return self.filter(version__in=[it for it in asked if versions.is_left(affected, target, it)])

    def unknown(self) -> Self:
        """Those of which no document says the version."""
        return self.filter(version="")

    def newest_first(self) -> Self:
        return self.order_by("-published_at", "-post")

    def most_read_first(self) -> Self:
        return self.order_by(F("post__popularity__score").desc(nulls_last=True), "-published_at", "-post")

    def most_read(self, start: int, count: int) -> "list[LibraryUse]":
        """A part of most_read_first, with_posts: those that somebody read lately, and then the newest.

        Each in the order of an index, where all of them together would have to be sorted.
        """
        read = self.filter(post__popularity__isnull=False)
        ranked = read.order_by("-post__popularity__score", "-published_at", "-post")
        found = list(ranked.values_list("pk", flat=True)[start : start + count])
        if len(found) < count:
            before = start + len(found) if found or not start else read.count()
            others = self.filter(post__popularity=None).newest_first().values_list("pk", flat=True)
            first = max(0, start - before)
            found += others[first : first + count - len(found)]
        there = {use.pk: use for use in LibraryUse.objects.filter(pk__in=found).with_posts()}
        return [there[pk] for pk in found if pk in there]

    def with_posts(self) -> Self:
        """With what lists show of each, in two queries."""
        return self.select_related("post__space", "post__owner").prefetch_related("post__authorships__user")

    def loaded(self) -> "list[LibraryUse]":
        """In their order, with_posts: loaded apart, or all that is sorted would be carried along."""
        ids = list(self.values_list("pk", flat=True))
        found = {use.pk: use for use in LibraryUse.objects.filter(pk__in=ids).with_posts()}
        return [found[pk] for pk in ids if pk in found]

    def libraries(self) -> Any:
        """Rows of `library`, and how many `posts` use it; in no order."""
        return self.order_by().values("library").annotate(posts=Count("*"))

    def versions(self) -> Any:
        """(library, version) of all that are known, in no order."""
        return self.order_by().exclude(version="").values_list("library", "version").distinct()

    def by_version(self) -> Any:
        """Rows of `version`, how many `posts` use it, and when it came with a revision `last`."""
        return self.order_by().values("version").annotate(posts=Count("*"), last=Max("published_at"))

    def insights(self) -> "models.QuerySet[Insight]":
        """Numbers that rest on them."""
        return Insight.objects.filter(post__in=self.order_by().values("post"), withdrawn_at=None)


class LibraryUse(models.Model):
    """Of the published revision. A trigger (migration 0032) has what it says of lists follow the post."""

    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="library_uses")
    space = models.ForeignKey(Space, models.CASCADE, db_index=False, related_name="+")
    library = models.CharField(max_length=100, help_text="In lower case.")
    version = models.CharField(
        max_length=versions.LONGEST, blank=True, help_text="As the document says it; empty: it doesn't."
    )
    published_at = models.DateTimeField(help_text="When the revision that uses it was published.")
    is_listed = models.BooleanField(help_text="Whether lists show the post.")
    is_closed = models.BooleanField(help_text="Whether not everyone who sees the space sees the post.")

    objects = LibraryUseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "library"], name="a_library_once_in_a_post")]
        indexes = [
            models.Index(
                fields=["library", "-published_at", "-post"],
                name="library_newest",
                condition=Q(is_listed=True),
            ),
            models.Index(
                fields=["library", "version", "-published_at", "-post"],
                name="library_version",
                condition=Q(is_listed=True),
                include=["space", "is_closed"],
            ),
            models.Index(fields=["space"], name="library_space"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.library} {self.version}".rstrip()


def library_address(library: str) -> str:
    return reverse("library", args=[library])
