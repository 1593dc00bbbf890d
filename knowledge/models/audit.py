"""Who did what, when: written by every verb, changed by none. The database refuses to change or delete it."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils import timezone

from knowledge.models.space import Membership, Role, Space
from knowledge.models.user import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def record(self, action: str, *, by: User | None, **detail: Any) -> "AuditEvent":
        """`action` is noun.verb ("space.create"); `detail` names in JSON values what it was done to.

        `space`, the address of the space where it was done, or the `post` (its id) to which, shows it to the
        maintainers there.
        """
        actor_name = by.username if by else ""
        space = str(detail.get("space") or "")
        if not space and "post" in detail:
            space = Space.objects.filter(posts=detail["post"]).values_list("slug", flat=True).first() or ""
        return self.create(action=action, actor=by, actor_name=actor_name, space=space, detail=detail)

    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """All of it to superusers, to maintainers what was done in their spaces."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self.all()
        maintained = Membership.objects.filter(user=user, role=Role.MAINTAINER).values("space__slug")
        return self.filter(space__in=maintained)

    def in_space(self, space: Space) -> Self:
        return self.filter(space=space.slug)

    def narrowed(
        self, *, action: str = "", person: str = "", first: date | None = None, last: date | None = None
    ) -> Self:
        """`action` may end after its noun: "space" is all that was done to spaces. Days are the portal's."""
        found = self.filter(at__gte=_begin(first)) if first else self
        if last and last < date.max:
            found = found.filter(at__lt=_begin(last + timedelta(days=1)))
        if action:
            found = found.filter(models.Q(action=action) | models.Q(action__startswith=f"{action}."))
        return found.filter(actor_name=person) if person else found


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class AuditEvent(models.Model):
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=150, blank=True, help_text="Kept when the account goes.")
    action = models.CharField(max_length=60)
    space = models.CharField(max_length=64, blank=True, help_text="The address of the space, if it has one.")
    detail = models.JSONField(default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["space", "-id"], name="audit_space")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"
