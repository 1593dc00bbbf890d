"""Rows that belong to a post: who wrote it, where it lay before, who said that it still holds."""

from django.db import models
from django.db.models.functions import Upper

from knowledge.models.space import Space
from knowledge.models.user import User


class Authorship(models.Model):
    """Who wrote a post, in the order of its header. `user` where the name is known here."""

    post = models.ForeignKey("knowledge.Post", models.CASCADE, related_name="authorships")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="authorships")
    published_at = models.DateTimeField(
        null=True, editable=False, help_text="The post's, for an index: triggers keep it (migration 0025)."
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="authors_have_an_order")]
        indexes = [
            models.Index(Upper("name"), "user", name="author_spelled"),
            models.Index(fields=["user", "-published_at", "-post"], name="author_newest"),
        ]

    def __str__(self) -> str:
        return self.name


class FormerPath(models.Model):
    """An address that a post had before it was renamed; it forwards until a new document takes it."""

    space = models.ForeignKey(Space, models.CASCADE, related_name="+")
    path = models.CharField(max_length=1000)
    post = models.ForeignKey("knowledge.Post", models.CASCADE, related_name="former_paths")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["space", "path"], name="one_forward_per_path")]

    def __str__(self) -> str:
        return f"{self.path} -> {self.post_id}"


class Confirmation(models.Model):
    """Somebody's word that a post is still true, at the revision that readers saw then."""

    post = models.ForeignKey("knowledge.Post", models.CASCADE, related_name="confirmations")
    revision = models.ForeignKey("knowledge.Revision", models.RESTRICT, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, help_text="Kept when the account goes.")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.post_id} at {self.at:%Y-%m-%d}"
