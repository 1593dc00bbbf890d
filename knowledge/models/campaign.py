"""Campaigns: who is asked to bring which posts over an upgrade of a library, and how far that is."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse

from knowledge import versions
from knowledge.models.post import Post
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

MOST_POSTS = 2_000


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those with a post that the user sees, and one's own."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        seen = CampaignItem.objects.visible_to(user).filter(campaign=OuterRef("pk"))
        return self.filter(Q(opened_by=user.pk) | Exists(seen))

    def running(self) -> Self:
        return self.filter(closed_at=None)


class Campaign(models.Model):
    library = models.CharField(max_length=100)
    affected = models.CharField(
        max_length=versions.LONGEST, blank=True, help_text="The versions that it is about; empty: all."
    )
    target = models.CharField(max_length=versions.LONGEST, blank=True, help_text="The version to come to.")
    title = models.CharField(max_length=200)
    what = models.TextField(blank=True, help_text="What to do. Markdown, as in comments.")
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_by_name = models.CharField(max_length=150)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.CharField(max_length=500, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="campaigns_have_a_title"),
        ]
        indexes = [models.Index(fields=["library"], name="campaign_library")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaign", args=[self.pk])


class CampaignItemQuerySet(models.QuerySet["CampaignItem"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Of posts that the user sees as published. What was archived or deleted since counts no more."""
        seen = Post.objects.visible_to(user).published().order_by()
        return self.filter(post__in=seen.values("pk"))

    def of(self, user: User) -> Self:
        """Those that the user is asked for."""
        return self.filter(owners=user.pk)

    def waiting(self) -> Self:
        return self.filter(state=CampaignItem.State.OPEN)

    def progress(self, *by: str) -> Any:
        """Rows by the columns: how many there are of `every`, and how many of those are `settled`."""
        settled = Count("pk", filter=~Q(state=CampaignItem.State.OPEN))
        return self.order_by().values(*by).annotate(every=Count("pk"), settled=settled)

    def open_first(self) -> Self:
        waits = models.Case(models.When(state=CampaignItem.State.OPEN, then=0), default=1)
        return self.order_by(waits, "post__space__name", "post__title", "pk")

    def with_posts(self) -> Self:
        """With what lists show of each, in two queries."""
        return self.select_related("post__space", "by").prefetch_related("owners")


class CampaignItem(models.Model):
    """A post of a campaign. `owners` are who is asked for it: see campaigning.owners_of."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        NOT_NEEDED = "not_needed", "Not needed"

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="items")
    post = models.ForeignKey(Post, models.CASCADE, related_name="campaign_items")
    owners = models.ManyToManyField(User, related_name="campaign_items")
    version = models.CharField(
        max_length=versions.LONGEST, blank=True, help_text="That it used when it was asked for."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True, help_text="Empty: it was seen from a revision.")
    at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    objects = CampaignItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "post"], name="a_post_once_in_a_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.post_id} {self.state}"

    @property
    def is_by_itself(self) -> bool:
        """Whether nobody set its state, but a revision that was published."""
        return self.at is not None and not self.by_name
