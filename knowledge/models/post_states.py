"""What a post can be. See knowledge/life.py for what leads from one state to another."""

from django.db import models


class Kind(models.TextChoices):
    POST = "post", "Post"
    INTRODUCTION = "introduction", "Introduction of its folder"


class Status(models.TextChoices):
    DRAFT = "draft", "Not published yet"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    PUBLISHED = "published", "Published"
    NEEDS_ATTENTION = "needs_attention", "Needs attention"
    SUPERSEDED = "superseded", "Superseded"
    ARCHIVED = "archived", "Archived"
    DELETED = "deleted", "Deleted from the repository"


# What feeds and lists show; a newer revision may be in review, or somebody asked to look at it, meanwhile.
LISTED = (
    Status.PUBLISHED,
    Status.IN_REVIEW,
    Status.CHANGES_REQUESTED,
    Status.NEEDS_ATTENTION,
)
