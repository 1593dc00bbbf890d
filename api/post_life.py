"""/api/v1/posts/<id>/life/: whether a post still holds, who answers for it, and what becomes of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.parsers import JSONParser
from api.post_shapes import ArchivedSerializer
from api.related import NeighbourSerializer
from knowledge.documents.header import header_of
from knowledge.models import Confirmation, Post
from knowledge.permissions import can_keep
from knowledge.pipeline import keeping, superseding
from knowledge.pipeline.keepers import keepers

SHOWN = 50


class ConfirmationSerializer(serializers.ModelSerializer[Confirmation]):
    by = serializers.CharField(source="by_name")
    revision = serializers.IntegerField(source="revision.number", help_text="What readers saw then.")

    class Meta:
        model = Confirmation
        fields = ["by", "revision", "note", "at"]


class LifeSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(source="pk")
    status = serializers.ChoiceField(Post.Status.choices)
    due_on = serializers.DateField(allow_null=True, help_text="When it is to be looked at again.")
    review_by = serializers.DateField(allow_null=True)
    refresh_days = serializers.IntegerField(allow_null=True, help_text="And after so many days again.")
    header_says = serializers.SerializerMethodField(
        help_text="Whether its header says when; then it can't be changed here."
    )
    attention_since = serializers.DateTimeField(allow_null=True, help_text="When that day had passed.")
    keepers = serializers.SerializerMethodField(help_text="User names of who answers for it.")
    is_yours = serializers.SerializerMethodField(help_text="Whether you may do what is to be done.")
    confirmations = serializers.SerializerMethodField(help_text="Who said when that it still holds.")
    archived = serializers.SerializerMethodField()
    superseded_by = serializers.SerializerMethodField(help_text="What took its place, if you can see that.")
    supersedes = serializers.SerializerMethodField(help_text="In whose place it is, of posts you can see.")

    def get_header_says(self, post: Post) -> bool:
        published = post.published_revision
        return bool(published and keeping.says_when(header_of(published.header)))

    def get_keepers(self, post: Post) -> list[str]:
        return sorted(user.username for user in keepers(post))

    def get_is_yours(self, post: Post) -> bool:
        return can_keep(post, self.context["caller"])

    @extend_schema_field(ConfirmationSerializer(many=True))
    def get_confirmations(self, post: Post) -> Any:
        said = post.confirmations.select_related("revision").defer("revision__header")[:SHOWN]
        return ConfirmationSerializer(said, many=True).data

    @extend_schema_field(ArchivedSerializer(allow_null=True))
    def get_archived(self, post: Post) -> dict[str, Any] | None:
        return dict(ArchivedSerializer(post).data) if post.archived_at else None

    @extend_schema_field(NeighbourSerializer(allow_null=True))
    def get_superseded_by(self, post: Post) -> dict[str, Any] | None:
        seen = Post.objects.visible_to(self.context["caller"]).live().select_related("space")
        found = seen.filter(pk=post.superseded_by_id or 0).first()
        return dict(NeighbourSerializer(found).data) if found else None

    @extend_schema_field(NeighbourSerializer(many=True))
    def get_supersedes(self, post: Post) -> Any:
        return NeighbourSerializer(superseding.superseded(post, self.context["caller"]), many=True).data


class LookAgainSerializer(serializers.Serializer[Any]):
    """What isn't sent stays; null takes it back."""

    review_by = serializers.DateField(required=False, allow_null=True)
    refresh_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=3_650, help_text="Again after so many days."
    )

    def validate_review_by(self, day: date | None) -> date | None:
        if day and day <= timezone.localdate():
            raise serializers.ValidationError("Choose a day that is still to come.")
        return day


class HoldsSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=500, required=False, default="", allow_blank=True, help_text="What you looked at."
    )


class WhySerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=500, help_text="Readers see it above the post.")


class SuccessorSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        max_length=1_000, allow_blank=True,
        help_text="The path in its space, or the address, of what takes its place; empty: nothing.",
    )  # fmt: skip


class PostLifeViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = LifeSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="Show a post's life")
    def retrieve(self, request: Request, post: int) -> Response:
        return self._told(post)

    @extend_schema(summary="Set when to look at a post again", request=LookAgainSerializer)
    def partial_update(self, request: Request, post: int) -> Response:
        sent, found = self.sent(LookAgainSerializer, request.data), self._find(post)
        now = {"review_by": found.review_by, "refresh_days": found.refresh_days}
        keeping.look_again(by=self.caller, post=found, **(now | sent))
        return self._told(post)

    @extend_schema(summary="Say that a post still holds", request=HoldsSerializer)
    def confirm(self, request: Request, post: int) -> Response:
        return self._do(keeping.still_true, HoldsSerializer, post)

    @extend_schema(
        summary="Archive a post",
        description="Out of feeds and lists. Whoever has its address still reads it.",
        request=WhySerializer,
    )
    def archive(self, request: Request, post: int) -> Response:
        return self._do(keeping.archive, WhySerializer, post)

    @extend_schema(summary="Take a post out of the archive", request=None)
    def unarchive(self, request: Request, post: int) -> Response:
        keeping.unarchive(by=self.caller, post=self._find(post))
        return self._told(post)

    @extend_schema(
        summary="Put another post in the place of a post",
        request=SuccessorSerializer,
    )
    def supersede(self, request: Request, post: int) -> Response:
        return self._do(superseding.supersede, SuccessorSerializer, post)

    def _do(
        self, verb: Callable[..., object], serializer: type[serializers.Serializer[Any]], post: int
    ) -> Response:
        sent = self.sent(serializer, self.request.data)
        verb(by=self.caller, post=self._find(post), **sent)
        return self._told(post)

    def _find(self, post: int) -> Post:
        related = ("space", "archived_by", "published_revision", "owner")
        return self.find(
            Post.objects.visible_to(self.caller).live().posts().select_related(*related), pk=post
        )

    def _told(self, post: int) -> Response:
        return Response(LifeSerializer(self._find(post), context={"caller": self.caller}).data)
