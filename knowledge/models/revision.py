"""Revisions: the versions of a post."""

import re
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse

from knowledge.models.post import Post
from knowledge.models.push import Push
from knowledge.models.rendering import Rendering, large
from knowledge.models.source import Source
from knowledge.models.space import Membership, Role
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RevisionQuerySet(models.QuerySet["Revision"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of visible posts; what may not be published yet only to members of the space.

        What is kept back for what was found in it (a secret, say), only to those who may write there.
        """
        visible = self.filter(post__in=Post.objects.visible_to(user))
        if not user.is_authenticated or user.is_superuser:
            return visible
        member = Membership.objects.filter(user=user)
        writing = member.filter(role__in=Role.at_least(Role.AUTHOR)).values("space")
        free = Q(is_held=False) | Q(post__space__in=member.values("space"))
        return visible.filter(free, Q(blocked_by=[]) | Q(post__space__in=writing))

    def for_readers(self) -> Self:
        """What was published, and nothing holds back since."""
        return self.filter(published_at__isnull=False, is_held=False, blocked_by=[])

    def for_lists(self) -> Self:
        """With what a list shows of each, in one query and without the rendered content."""
        return self.select_related("post__space", "rendering").defer(*large())

    def of(self, post: Post, *, before: int | None = None) -> Self:
        """The revisions of a post, newest first, from number `before` down without it."""
        revisions = self.filter(post=post).order_by("-number")
        return revisions if before is None else revisions.filter(number__lt=before)

    def with_contents(self) -> Self:
        """With the lists of what the rendering brought with it, and what a permanent address is made of."""
        wanted = ("path", "number", "commit", "post__path", "post__published_revision", "post__space__slug")
        related = self.select_related("post__space", "rendering")
        return related.only(*wanted, "rendering__assets", "rendering__outputs")

    def for_reading(self) -> Self:
        """With all that the page of a post shows of one, but the document itself."""
        return self.select_related("rendering").defer(*large(), "rendering__assets", "rendering__outputs")

    def at(self, space: str, path: str, mark: str) -> Self:
        """What `path@mark` names, likeliest first; `mark` is a number (7, r7) or 7 to 40 digits of a commit.

        An address stays good when its post moves on; a new document that took the path comes first.
        """
        number, commit = re.fullmatch(r"r?(\d{1,9})", mark), re.fullmatch(r"[0-9a-f]{7,40}", mark)
        if not (number or commit):
            return self.none()
        marked = Q(number=int(number[1])) if number else Q()
        if commit:
            marked |= Q(commit__startswith=mark)
        here = Case(
            When(~Q(post__status=Post.Status.DELETED), post__path=path, then=Value(0)), default=Value(1)
        )
        placed = Q(path=path) | Q(post__path=path)
        return self.filter(marked, placed, post__space__slug=space).order_by(here, "-number")


class Revision(Source):
    """`number` counts up from 1 within the post, in the order in which the branch moved."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    push = models.ForeignKey(Push, models.SET_NULL, null=True, blank=True, related_name="revisions")
    path = models.CharField(max_length=1000, help_text="Where the document lay in this revision.")
    commit = models.CharField(max_length=40, help_text="The commit of the branch at which it was ingested.")
    rendering = models.ForeignKey(Rendering, models.PROTECT, related_name="revisions")

    writers = ArrayField(
        models.CharField(max_length=320),
        default=list,
        blank=True,
        help_text="All who wrote it since the revision before, as commits spell them.",
    )
    pushed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.TextField(blank=True, help_text="The commit's message.")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    is_held = models.BooleanField(
        default=False, help_text="It may not be published yet, and is for members of the space only."
    )

    blocked_by = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        help_text="Codes of its findings that keep it from being published; it is for who may write only.",
    )
    passed_at = models.DateTimeField(null=True, blank=True, help_text="When it was let through anyway.")
    passed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    passed_note = models.CharField(max_length=500, blank=True, help_text="Why.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="revisions_are_numbered"),
            models.CheckConstraint(
                condition=Q(passed_at=None, passed_by=None, passed_note="")
                | (Q(passed_at__isnull=False, blocked_by=[]) & ~Q(passed_note="")),
                name="who_lets_a_revision_through_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["commit"]),
            models.Index(fields=["post"], name="revision_blocked", condition=~Q(blocked_by=[])),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}@{self.number}"

    def get_absolute_url(self) -> str:
        """The permanent address of this revision."""
        return reverse("post", args=[self.post.space.slug, f"{self.path}@{self.number}"])

    @property
    def own_insights(self) -> list[dict[str, Any]]:
        """What its rendering publishes, but for what its faults say is another post's (claims.refuse)."""
        refused = {each["name"] for each in self.faults if each.get("name")}
        return [each for each in self.rendering.insights if each.get("name") not in refused]

    @property
    def drawn(self) -> tuple[str, int, str]:
        """git's name, size and SHA-256 of the bytes that its rendering draws: its own, or the knitted file's.

        The size of a knitted file isn't kept, and is given as 0.
        """
        if self.knitted_blob:
            return self.knitted_blob, 0, self.rendering.source_digest
        return self.blob, self.size, self.source_digest
