"""What an import leaves beside the repository: the addresses that posts had in their old portal."""

from typing import Self

from django.db import models

from knowledge.models.post import Post
from knowledge.models.space import Space


class OldAddressQuerySet(models.QuerySet["OldAddress"]):
    def at(self, path: str) -> Self:
        """What the old portal showed at /post/<path>; spelled with or without `.kp` and what lies in it."""
        return self.filter(path=old_address(path))


class OldAddress(models.Model):
    """`path` is as `old_address` spells it. The same address may come from several old portals, by space."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="+")
    path = models.CharField(max_length=1000)
    post = models.ForeignKey(Post, models.CASCADE, related_name="old_addresses")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "old addresses"
        constraints = [models.UniqueConstraint(fields=["space", "path"], name="one_post_per_old_address")]
        indexes = [models.Index(fields=["path"])]

    def __str__(self) -> str:
        return f"/post/{self.path} -> {self.post_id}"


def old_address(path: str) -> str:
    """One spelling for `a/b`, `a/b.kp`, `a/b.kp/` and `a/b.kp/knowledge.md`."""
    return path.strip("/").removesuffix("/knowledge.md").removesuffix(".kp")
