"""Addresses at which other sites show one insight, or one figure, to readers who sign in nowhere."""

from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.crypto import get_random_string

from knowledge.models.insight import Insight
from knowledge.models.post import Post
from knowledge.models.space import Membership, Role, Space
from knowledge.models.user import User

_SIGNER = Signer(salt="almanac.embeds", sep=".")
LENGTH = 22


def _nonce() -> str:
    return get_random_string(LENGTH)


class EmbedQuerySet(models.QuerySet["Embed"]):
    def find(self, token: str) -> "Embed | None":
        """None for one that is forged, was revoked, or whose maker couldn't make it any more."""
        try:
            pk, _, nonce = _SIGNER.unsign(token).partition("-")
        except BadSignature:
            return None
        return self.open().with_state().filter(pk=int(pk), nonce=nonce).first()

    def visible_to(self, user: User) -> Self:
        """Their own, and those of spaces that they maintain, who see and close what is open there."""
        listed = self.with_state()
        if user.is_superuser:
            return listed
        maintained = Membership.objects.filter(user=user, role=Role.MAINTAINER).values("space")
        return listed.filter(Q(user=user) | Q(in_space__in=maintained))

    def of(self, user: User) -> Self:
        """Their own, the newest first."""
        return self.filter(user=user).with_state().order_by("-pk")

    def in_space(self, space: Space) -> Self:
        """The newest first."""
        return self.of_space(space.slug).with_state().order_by("-pk")

    def of_space(self, slug: str) -> Self:
        return self.filter(Q(insight__space__slug=slug) | Q(post__space__slug=slug))

    def with_state(self) -> Self:
        """With what a list shows of each, and `is_open`: whether its maker still writes in its space."""
        related = self._placed().select_related("user", "insight__space", "insight__post", "post__space")
        return related.annotate(is_open=_maker_writes())

    def open(self) -> Self:
        """Those that lead somewhere."""
        return self._placed().filter(_maker_writes())

    def _placed(self) -> Self:
        space = models.ForeignKey(Space, models.CASCADE)
        return self.alias(in_space=Coalesce("insight__space", "post__space", output_field=space))


def _maker_writes() -> Exists:
    writers = Membership.objects.filter(role__in=Role.at_least(Role.AUTHOR), user__is_active=True)
    return Exists(writers.filter(user=OuterRef("user"), space=OuterRef("in_space")))


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
    def space(self) -> Space:
        thing = self.insight or self.post
        if thing is None:
            raise ValueError(f"Embed {self.pk} is of nothing")
        return thing.space

    @property
    def token(self) -> str:
        return _SIGNER.sign(f"{self.pk}-{self.nonce}")
