"""Which posts somebody sees, and which of them a page, a list or the API is about."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, Func, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, Lower

from knowledge.models.authorship import Authorship
from knowledge.models.post_states import LISTED, Kind, Status
from knowledge.models.rendering import large
from knowledge.models.space import Membership, Role, Space
from knowledge.models.tag import TagSynonym, clean_tag
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from knowledge.models.post import Post

# What decides how a page is made; see PostQuerySet.stamps.
STAMP = (
    "pk",
    "kind",
    "published_revision",
    "published_revision__rendering__state",
    "latest_revision",
    "latest_revision__faults",
    "latest_revision__is_held",
    "review_state",
)
SHOWN = (
    *(
        "path",
        "status",
        "title",
        "subtitle",
        "tldr",
        "tags",
        "private",
        "created_at",
        "updated_at",
        "published_at",
        "due_on",
        "attention_since",
        "run_findings",
        "suspect_since",
        "data_notes",
        "archived_at",
        "archived_by__name",
        "archived_why",
        "superseded_by",
        "superseded_by__path",
        "superseded_by__title",
        "superseded_by__private",
        "superseded_by__is_held",
    ),
    *("space__name", "space__visibility"),
    *("published_revision__rendering", "published_revision__rendering__finished_at"),
)


def seen_by(user: User, post: str = "") -> Q:
    """The condition of visible_to for somebody who is no superuser; `post` leads to the post, as "post__"."""
    memberships = Membership.objects.filter(user=user).values("space")
    is_open = Q(
        (f"{post}space__visibility", Space.Visibility.INTERNAL),
        (f"{post}is_held", False),
        Q((f"{post}private", False)) | Q((f"{post}allowed_groups__overlap", user.groups.values("name"))),
    )
    return is_open | Q((f"{post}space__in", memberships))


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Everything of the spaces the user sees; private posts only to members and the groups they name.

        What was never published, and may not be yet, is for members. (readers.py asks this of many people at
        once, and has to be changed with it.)
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self.filter(seen_by(user))

    def posts(self) -> Self:
        """Posts proper: an introduction (README without a header) is shown with its folder instead."""
        return self.filter(kind=Kind.POST)

    def published(self) -> Self:
        """What feeds and lists show; a newer revision may be in review meanwhile."""
        return self.posts().filter(status__in=LISTED, published_revision__isnull=False)

    def asked_of(self, user: User) -> Self:
        """Past their day, and the user's to look at: the owner's, else the authors', then the space's."""
        keeps = Membership.objects.filter(user=user)
        writing = keeps.filter(role__in=Role.at_least(Role.AUTHOR)).values("space")
        wrote = Q(owner=user) | Q(owner=None, pk__in=Authorship.objects.filter(user=user).values("post"))
        theirs = wrote & Q(space__in=writing)
        maintained = Q(space__in=keeps.filter(role=Role.MAINTAINER).values("space"))
        orphaned = ~Q(authorships__user__is_active=True) & ~Q(owner__is_active=True)
        late = maintained & (Q(attention_stage__gte=2) | orphaned)
        return self.live().filter(theirs | late, attention_since__isnull=False, archived_at=None)

    def live(self) -> Self:
        """Everything that the repository still holds, introductions included."""
        return self.exclude(status=Status.DELETED)

    def at(self, space: str, path: str) -> Self:
        """What has, or had until it was deleted, this address."""
        return self.filter(space__slug=space, path=path)

    def below(self, space: str, folder: str) -> Self:
        """What lies in the folder, however deep; "" is the whole space."""
        return self.filter(space__slug=space, path__startswith=f"{folder}/" if folder else "")

    def in_space(self, space: str) -> Self:
        return self.filter(space__slug=space)

    def ever_at(self, space: str, *paths: str) -> Self:
        """Whose document, or what is shown in its place, lies at one of `paths`, or lay there.

        In a revision, or between two moves without one.
        """
        lay = Q(path__in=paths) | Q(former_paths__path__in=paths)
        lay |= Q(revisions__path__in=paths) | Q(revisions__knitted_path__in=paths)
        return self.filter(lay, space__slug=space).distinct()

    def introductions(self, space: str, folder: str) -> Self:
        """The README that introduces the folder ("" for the space itself), if there is one."""
        place = f"{folder}/" if folder else ""
        names = [f"{place}readme{suffix}" for suffix in (".md", ".markdown")]
        lowered = self.live().filter(space__slug=space, kind=Kind.INTRODUCTION).annotate(low=Lower("path"))
        return lowered.filter(path__startswith=place, low__in=[name.lower() for name in names])

    def tagged(self, *tags: str) -> Self:
        """With all of these tags, by whichever of their names. Asks at once what posts carry for them."""
        names = TagSynonym.objects.current(map(clean_tag, tags))
        return self.filter(tags__contains=sorted(set(names.values())))

    def by_author(self, name: str) -> Self:
        """Posts of a person, by user name or by the name that the header spells."""
        named, spelled = Q(user__username__iexact=name), Q(name__iexact=name)
        written = (Authorship.objects.filter(one).order_by().values("post") for one in (named, spelled))
        # In one condition, PostgreSQL would read what everybody wrote.
        return self.filter(pk__in=next(written).union(next(written)))

    def tag_counts(self) -> "models.QuerySet[Post, tuple[str, int]]":
        """(tag, how many of these posts have it), the most used first."""
        each = Func(F("tags"), function="unnest", output_field=models.CharField())
        counted = self.order_by().annotate(tag=each).values_list("tag").annotate(number=Count("pk"))
        return counted.order_by("-number", "tag")

    def per_space(self) -> Coalesce:
        """For annotating spaces: how many of these posts each holds."""
        theirs = self.filter(space=OuterRef("pk")).order_by().values("space")
        return Coalesce(Subquery(theirs.annotate(number=Count("pk")).values("number")), 0)

    def newest_first(self, *, older_than: tuple[datetime, int] | None = None) -> Self:
        """By first publication; `older_than` is the publication and id of the last one that was seen."""
        posts = self.order_by("-published_at", "-id")
        if older_than is None:
            return posts
        at, pk = older_than
        # The first condition alone can use the index on publication.
        return posts.filter(Q(published_at__lt=at) | Q(pk__lt=pk), published_at__lte=at)

    def popular_first(self, *, below: tuple[float, int] | None = None) -> Self:
        """Those that are read, the most read these days first; `below` are score and id of the last one seen.

        Each comes with its `popularity`.
        """
        posts = self.select_related("popularity").order_by("-popularity__score", "-popularity__pk")
        if below is None:
            return posts.filter(popularity__isnull=False)
        score, pk = below
        # The first condition alone can use the index on scores.
        lower = Q(popularity__score__lt=score) | Q(popularity__pk__lt=pk)
        return posts.filter(lower, popularity__score__lte=score)

    def also_read(self, post: "Post") -> Self:
        """What readers of `post` read too, that which they have most in common first."""
        return self.filter(read_with__post=post).order_by("-read_with__weight", "pk")

    def citing(self, post: "Post") -> Self:
        """Those that link to `post`, as readers see them; archived and superseded ones, too."""
        return self.posts().live().filter(citations__cited=post, published_revision__isnull=False)

    def with_figures_for(self, user: User) -> Self:
        """Posts whose reading figures the user may see: their own, and of spaces in which they may write.

        (permissions.can_see_figures asks it of one post.)
        """
        if user.is_superuser:
            return self
        writing = Membership.objects.filter(user=user, role__in=Role.at_least(Role.AUTHOR)).values("space")
        wrote = Authorship.objects.filter(user=user).values("post")
        return self.filter(Q(space__in=writing) | Q(pk__in=wrote) | Q(owner=user))

    def has_figures_for(self, user: User) -> bool:
        """Whether there is any such post. Asked one by one: together, all posts would be read for a "no"."""
        if user.is_superuser:
            return self.exists()
        writing = Membership.objects.filter(user=user, role__in=Role.at_least(Role.AUTHOR))
        spaces = list(writing.values_list("space", flat=True))
        wrote = Authorship.objects.filter(user=user).values("post")
        theirs = (self.filter(pk__in=wrote), self.filter(owner=user), self.filter(space__in=spaces))
        return any(posts.order_by().exists() for posts in theirs)

    def for_cards(self) -> Self:
        """With all that a card or an API row shows, in two queries."""
        return self._with_revisions(*large())

    def for_reading(self) -> Self:
        """With all that the page of a post shows but the document itself, which pages keep in memory."""
        return self._with_revisions(*large(), "rendering__assets", "rendering__outputs", "header")

    def stamps(self, user: User) -> "models.QuerySet[Post, tuple[Any, ...]]":
        """A row of plain values for each post: STAMP, and then all else that changes what its page shows.

        The last three: whether anything may have been found in it, whether `user` may write to its space, and
        whether they are a member of it.
        """
        from knowledge.models.approvals import approvers  # which knows posts
        from knowledge.models.dataset import Dataset

        person = JSONObject(name="name", username="user__username", full_name="user__name")
        authors = Authorship.objects.filter(post=OuterRef("pk")).order_by("position").values(person=person)
        called = JSONObject(title="title", by="told_by", to_all="is_told_to_all")
        titled = Dataset.objects.filter(uses__post=OuterRef("pk")).exclude(title="").order_by("pk")
        found = ~Q(published_revision__rendering__findings=[]) | Q(tldr="")
        member = Membership.objects.filter(space=OuterRef("space"), user=user)
        writing = member.filter(role__in=Role.at_least(Role.AUTHOR))
        is_member = Value(True) if user.is_superuser else Exists(member)
        return self.order_by().values_list(
            *(*STAMP, *SHOWN, ArraySubquery(authors), approvers()),
            ArraySubquery(titled.values(called=called)),
            ExpressionWrapper(found, models.BooleanField()),
            Exists(writing),
            is_member,
        )

    def _with_revisions(self, *without: str) -> Self:
        which = ("published_revision", "latest_revision")
        return (
            self.select_related("space", *(f"{revision}__rendering" for revision in which))
            .defer(*(f"{revision}__{column}" for revision in which for column in without))
            .prefetch_related(Prefetch("authorships", Authorship.objects.select_related("user")))
        )
