"""Likes, which everybody sees the number of, and bookmarks, which are nobody else's business."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from knowledge.models.post import Post
from knowledge.models.user import User


class Like(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="likes")
    user = models.ForeignKey(User, models.CASCADE, related_name="likes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="liked_once")]

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.post_id}"


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    def of(self, user: User) -> Self:
        """The user's own, without those of posts that they can't see any more."""
        seen = Exists(Post.objects.visible_to(user).live().filter(pk=OuterRef("post")))
        return self.filter(seen, user=user)

    def newest_first(self, *, before: int | None = None) -> Self:
        found = self.order_by("-pk")
        return found if before is None else found.filter(pk__lt=before)


class Bookmark(models.Model):
    post = models.ForeignKey(Post, models.CASCADE, related_name="bookmarks")
    user = models.ForeignKey(User, models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(default=timezone.now)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "post"], name="bookmarked_once")]

    def __str__(self) -> str:
        return f"{self.user_id} keeps {self.post_id}"
