"""What the API tells of posts, field by field."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.functional import SimpleLazyObject
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import absolute
from api.revisions import RENDERING_STATES, FailureSerializer
from knowledge.models import Authorship, Post, Revision, Space, User
from knowledge.models.approvals import approvers
from knowledge.models.card_facts import likes_count
from knowledge.models.post_queryset import PostQuerySet
from knowledge.trust import WORDS, Trust
from knowledge.trusted import trust_in_post

TRUST = [(word, label) for word, (label, _, _) in WORDS.items()]


def told(posts: PostQuerySet, caller: User) -> PostQuerySet:
    """With all that a row shows to the caller, in two queries."""
    seen = Post.objects.visible_to(caller).live().filter(pk=OuterRef("superseded_by"))
    return (
        posts.for_cards()
        .select_related("owner", "archived_by")
        .annotate(approvers=approvers(), likes_count=likes_count(), successor=Subquery(seen.values("pk")))
    )


def context_of(caller: User) -> dict[str, Any]:
    """For PostSerializer: whose answer it is, and the spaces of which they are told what.

    `spaces`: of what is held. `mending`, asked if need be: what to mend, as can_see_findings has it.
    """
    spaces = Space.objects.open_to(caller)
    mending = spaces if caller.is_superuser else spaces.writable_by(caller)
    return {
        "caller": caller,
        "spaces": set(spaces.values_list("pk", flat=True)),
        "mending": SimpleLazyObject(lambda: set(mending.values_list("pk", flat=True))),
    }


class AuthorSerializer(serializers.ModelSerializer[Authorship]):
    username = serializers.CharField(
        source="user.username", default=None, allow_null=True, help_text="null for names unknown here."
    )

    class Meta:
        model = Authorship
        fields = ["name", "username"]


class ArchivedSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(source="archived_at")
    by = serializers.CharField(source="archived_by.username", default=None, allow_null=True)
    why = serializers.CharField(source="archived_why")


class DataNoteSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        ["suspect", "late"], help_text="It failed a check; or was not checked for longer than expected."
    )
    name = serializers.CharField()
    since = serializers.DateTimeField()
    who = serializers.CharField(default="", help_text="Who looks into it; may be empty.")
    dataset = serializers.SerializerMethodField(help_text="By the API.")

    def get_dataset(self, note: dict[str, Any]) -> str:
        return absolute(f"/api/v1/datasets/~{note['dataset']}/")


class TrustedSerializer(serializers.ModelSerializer[Post]):
    """Of posts that come with their `approvers`."""

    trust = serializers.SerializerMethodField(
        help_text="Whether it can be relied on, in a word; null before it is published."
    )
    trust_reasons = serializers.SerializerMethodField(help_text="What weighs most is first.")
    trust_next = serializers.SerializerMethodField(help_text="What to do; empty where nothing is to be done.")

    @extend_schema_field(serializers.ChoiceField(TRUST, allow_null=True))
    def get_trust(self, post: Post) -> str | None:
        trust = self.trusted(post)
        return trust.word if trust else None

    def get_trust_reasons(self, post: Post) -> list[str]:
        trust = self.trusted(post)
        return list(trust.reasons) if trust else []

    def get_trust_next(self, post: Post) -> str:
        trust = self.trusted(post)
        return trust.next if trust else ""

    def trusted(self, post: Post) -> Trust | None:
        if post.published_revision_id is None:
            return None
        return trust_in_post(post, approvers=vars(post)["approvers"])


class PostSerializer(TrustedSerializer):
    space = serializers.CharField(source="space.slug")
    authors = AuthorSerializer(source="authorships", many=True)
    tags = serializers.ListField(child=serializers.CharField())
    rendering = serializers.SerializerMethodField(help_text="Of the latest revision.")
    failure = serializers.SerializerMethodField(help_text="Why the latest revision could not be rendered.")
    url = serializers.SerializerMethodField(help_text="Its page.")
    revision = serializers.IntegerField(
        source="shown_revision.number",
        default=None,
        allow_null=True,
        help_text="What readers see: the published revision; before the first, the latest.",
    )
    latest_revision = serializers.SerializerMethodField(
        help_text="Its number. One that waits for approval is for members of the space to know of."
    )

    approvers = serializers.ListField(
        child=serializers.CharField(), help_text="Names of who approved what readers see."
    )
    owner = serializers.CharField(
        source="owner.username", default=None, allow_null=True, help_text="Who answers for it, if it says so."
    )
    likes = serializers.IntegerField(source="likes_count")
    due_on = serializers.DateField(help_text="When it is to be looked at again.", allow_null=True)
    superseded_by = serializers.IntegerField(
        source="successor", allow_null=True, help_text="The post that took its place, if you can see that."
    )
    archived = serializers.SerializerMethodField()
    data_notes = DataNoteSerializer(many=True, help_text="What is known to be wrong with its data.")

    class Meta:
        model = Post
        fields = [
            "id", "space", "path", "title", "subtitle", "tldr", "authors", "tags", "status", "rendering",
            "failure", "url", "revision", "latest_revision", "created_at", "updated_at", "published_at",
            "trust", "trust_reasons", "trust_next", "approvers", "owner", "likes", "due_on", "superseded_by",
            "archived", "data_notes",
        ]  # fmt: skip

    def get_url(self, post: Post) -> str:
        return absolute(post.get_absolute_url())

    @extend_schema_field(serializers.ChoiceField(RENDERING_STATES, allow_null=True))
    def get_rendering(self, post: Post) -> str | None:
        latest = self.latest(post)
        return latest.rendering.state if latest else None

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, post: Post) -> dict[str, str] | None:
        latest = self.latest(post)
        return latest.rendering.failure if latest else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_latest_revision(self, post: Post) -> int | None:
        latest = self.latest(post)
        return latest.number if latest else None

    @extend_schema_field(ArchivedSerializer(allow_null=True))
    def get_archived(self, post: Post) -> dict[str, Any] | None:
        return dict(ArchivedSerializer(post).data) if post.archived_at else None

    def latest(self, post: Post) -> Revision | None:
        """The newest that the caller may know of; `context` is of `context_of`."""
        latest, space = post.latest_revision, post.space_id
        if latest and latest.is_held and space not in self.context["spaces"]:
            return post.published_revision
        if latest and latest.blocked_by and space not in self.context["mending"]:
            return post.published_revision
        return latest
