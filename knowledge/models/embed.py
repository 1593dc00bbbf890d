"""Addresses at which other sites show one insight, or one figure, to readers who sign in nowhere."""

from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string

from knowledge.models.insight import Insight
from knowledge.models.post import Post
from knowledge.models.user import User

_SIGNER = Signer(salt="almanac.embeds", sep=".")
LENGTH = 22


def _nonce() -> str:
    return get_random_string(LENGTH)


class EmbedQuerySet(models.QuerySet["Embed"]):
    def find(self, token: str) -> "Embed | None":
        """None for one that is forged, was revoked, or is of a closed account."""
        try:
            pk, _, nonce = _SIGNER.unsign(token).partition("-")
        except BadSignature:
            return None
        found = self.filter(pk=int(pk), nonce=nonce, user__is_active=True)
        return found.select_related("user", "insight__space", "post__space").first()

    def of(self, user: User) -> Self:
        """Their own, with what a list shows of each, the newest first."""
        return self.filter(user=user).select_related("insight__space", "post__space").order_by("-pk")


class Embed(models.Model):
    """It shows what its maker sees, and nothing else: addresses are signed, and each is of one thing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="embeds")
    insight = models.ForeignKey(Insight, models.CASCADE, null=True, related_name="embeds")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="embeds")
    anchor = models.CharField(
        max_length=200,
        blank=True,
        help_text="Of the post's output: its number could be another's in the next revision.",
    )
    nonce = models.CharField(max_length=LENGTH, default=_nonce)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EmbedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(insight__isnull=False, post=None, anchor="")
                | (Q(insight=None, post__isnull=False) & ~Q(anchor="")),
                name="an_embed_is_of_one_thing",
            ),
            models.UniqueConstraint(fields=["user", "insight"], name="one_embed_of_an_insight"),
            models.UniqueConstraint(fields=["user", "post", "anchor"], name="one_embed_of_an_output"),
        ]

    def __str__(self) -> str:
        return f"embed {self.pk} of {self.user_id}"

    @property
    def token(self) -> str:
        return _SIGNER.sign(f"{self.pk}-{self.nonce}")
