"""What leaves the portal: webhooks, and a row for every mail and every call of one. The row is the job."""

import uuid
from base64 import b64encode
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from knowledge.models.notification import Notification
from knowledge.models.post import Post
from knowledge.models.revision import Revision
from knowledge.models.space import Membership, Role, Space
from knowledge.models.user import User


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of the spaces that one maintains."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.filter(Q(user=user) | Q(user=None))
        maintained = Membership.objects.filter(user=user, role=Role.MAINTAINER).values("space")
        return self.filter(Q(user=user) | Q(space__in=maintained))


class Webhook(models.Model):
    """An address that is called: of a space for what happens there, or of a person for what they are told."""

    class Kind(models.TextChoices):
        JSON = "json", "JSON, signed"
        SLACK = "slack", "Slack, Mattermost and others: {“text”: …}"

    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="webhooks")
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="webhooks")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    url = models.CharField(max_length=1000)
    secret = models.CharField(max_length=100, help_text="Signs what is sent.")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.JSON)
    events = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="None: all of them.",
    )
    active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0, help_text="Calls in a row that failed.")
    failing_since = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_called_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(space=None, user__isnull=False) | Q(space__isnull=False, user=None),
                name="webhooks_are_of_a_space_or_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.host}"

    @property
    def host(self) -> str:
        """Without what may be secret in the address."""
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def standard_secret(self) -> str:
        """The secret as Standard Webhooks spells it: its bytes in base64."""
        return f"whsec_{b64encode(self.secret.encode()).decode()}"

    def wants(self, event: str) -> bool:
        return not self.events or event in self.events


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> Self:
        return self.filter(state=Delivery.State.WAITING, due_at__lte=timezone.now())


class Delivery(models.Model):
    """`key` says what is delivered to whom: there is one row for it, ever.

    A mail that was handed over without an answer (`handed_at`, and then silence) is not sent again.
    """

    class Kind(models.TextChoices):
        MAIL = "mail", "Mail"
        DIGEST = "digest", "Digest"
        WEBHOOK = "webhook", "Webhook"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        DROPPED = "dropped", "Not wanted any more"
        FAILED = "failed", "Given up"
        UNSURE = "unsure", "Handed over, but nobody answered"

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+")
    notification = models.ForeignKey(Notification, models.CASCADE, null=True, blank=True, related_name="+")
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, blank=True, related_name="deliveries")
    event = models.CharField(max_length=40, blank=True)
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="+")
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    detail = models.JSONField(default=dict, blank=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempt_token = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="delivery_next"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"
