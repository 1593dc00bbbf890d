"""Notifications: what somebody is told, why, and by which channel."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from knowledge import events
from knowledge.models.campaign import Campaign, CampaignItem
from knowledge.models.dataset import Dataset
from knowledge.models.observation import Investigation
from knowledge.models.open_question import OpenQuestion
from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.space import Membership
from knowledge.models.subscription import Subscription
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

UNREAD_SHOWN = 99


class Preference(models.Model):
    """What a person chose for one of knowledge.events.GROUPS; without a row its default counts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="preferences")
    group = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_channel_per_group")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.group} by {self.channel}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """One's own, without those about posts, questions and reviews that one can't see any more."""
        if not user.is_authenticated:
            return self.none()
        # Looked up for each row: a set of all posts would be made for a handful of notifications.
        seen = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("post")))
        asked = Exists(OpenQuestion.objects.visible_to(user).filter(pk=OuterRef("question")))
        also = Exists(Post.objects.visible_to(user).filter(pk=OuterRef("also")))
        own = self.filter(Q(post=None) | seen, Q(also=None) | also, Q(question=None) | asked, user=user)
        own = own.filter(Q(campaign=None) | ~Exists(_kept_from(user)))
        # Of what is told of a dataset, which is seldom, both are asked.
        known = Exists(Dataset.objects.visible_to(user).filter(pk=OuterRef("dataset")))
        reached = Exists(Investigation.objects.visible_to(user).filter(pk=OuterRef("investigation")))
        own = own.filter(Q(dataset=None) | known, Q(investigation=None) | reached)
        if user.is_superuser:
            return own
        is_member = Exists(Membership.objects.filter(space=OuterRef("post__space"), user=user))
        return own.filter(is_member | ~Q(detail__has_key="review"))

    def found_for(self, user: Any) -> Self:
        """What searches that `user` saved have found, of which they were told."""
        return self.filter(user=user, subscription__kind="search", post__isnull=False).order_by()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def for_lists(self) -> Self:
        return self.select_related(
            "post__space", "question", "dataset", "actor", "revision", "subscription"
        ).defer("post__tldr", "revision__header", "revision__faults")

    def pending(self, digest: str) -> Self:
        """What goes into the next daily or weekly mail of its person. What was read by then is known."""
        return self.filter(digest=digest, mailed_at=None, read_at=None)

    def unread_count(self, user: User) -> int:
        """At most one more than UNREAD_SHOWN."""
        return self.visible_to(user).unread().order_by()[: UNREAD_SHOWN + 1].count()


def _kept_from(user: "User | AnonymousUser") -> "models.QuerySet[CampaignItem]":
    """Posts that the notification names, and the user can't see any more."""
    named = CampaignItem.objects.filter(campaign=OuterRef("campaign"), owners=user.pk)
    return named.exclude(post__in=Post.objects.visible_to(user).order_by().values("pk"))


class Notification(models.Model):
    """`key` names what it is about: nobody is told twice of the same. `detail` holds what its event says:

    `text` (an excerpt of what was said), `url` (where it leads, if not to the post), and ids.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications")
    event = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="notifications")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, blank=True, related_name="+")
    question = models.ForeignKey(
        OpenQuestion, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    dataset = models.ForeignKey(Dataset, models.CASCADE, null=True, blank=True, related_name="+")
    investigation = models.ForeignKey(Investigation, models.CASCADE, null=True, blank=True, related_name="+")
    also = models.ForeignKey(
        Post,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="Another post that it tells of.",
    )
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=30, help_text="One of knowledge.events.REASONS.")
    because = models.CharField(max_length=600, help_text="The reason in words.")
    subscription = models.ForeignKey(Subscription, models.SET_NULL, null=True, blank=True, related_name="+")
    detail = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=6, blank=True, help_text="daily or weekly: the mail it waits for.")
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    mails_now = False  # of one that was just made: whether its person is mailed at once

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "event", "key"], name="nobody_is_told_twice"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_list"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(
                fields=["digest", "created_at"],
                condition=Q(mailed_at=None, read_at=None) & ~Q(digest=""),
                name="notification_digest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.event} {self.key}"

    @property
    def title(self) -> str:
        if self.question:
            return self.question.title
        if self.dataset:
            return self.dataset.label
        return str(self.detail.get("title", "")) or (self.post.title if self.post else "")

    @property
    def sentence(self) -> str:
        return events.sentence(self.event, actor=self.actor_name, title=self.title)

    @property
    def words(self) -> tuple[str, str]:
        """The sentence before and after the title, which pages make a link of."""
        before, _, after = events.sentence(self.event, actor=self.actor_name, title="\0").partition("\0")
        return before, after

    @property
    def text(self) -> str:
        return str(self.detail.get("text", ""))

    @property
    def asks(self) -> bool:
        """Whether it waits for the person who gets it."""
        return events.EVENTS[self.event].asks

    @property
    def group(self) -> str:
        return events.EVENTS[self.event].group

    @property
    def url(self) -> str:
        """The path of the page that it leads to."""
        if url := self.detail.get("url"):
            return str(url)
        return self.post.get_absolute_url() if self.post else ""


def channels_of(users: "list[int] | set[int]") -> dict[tuple[int, str], str]:
    """What these people chose, by person and group. One query."""
    rows: Any = Preference.objects.filter(user__in=users).values_list("user", "group", "channel")
    return {(user, group): channel for user, group, channel in rows}
