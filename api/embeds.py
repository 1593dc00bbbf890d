"""/api/v1/embeds/: addresses at which something of a space is open to everybody; made, listed and closed."""

from typing import Any

from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.models import Embed, Insight, Post, Revision, Scope
from knowledge.models.embed import EmbedQuerySet
from knowledge.pipeline.embeds import embed_insight, embed_output, revoke_embed
from knowledge.serving.outputs import outputs


class EmbedSerializer(serializers.ModelSerializer[Embed]):
    space = serializers.CharField(source="space.slug")
    insight = serializers.CharField(
        source="insight.name", default=None, allow_null=True, help_text="Its name in the space."
    )
    post = serializers.IntegerField(
        source="post_id", allow_null=True, help_text="Whose output at `anchor` it shows."
    )
    made_by = serializers.CharField(source="user.username")
    is_open = serializers.BooleanField(help_text="Whether its maker still writes in the space.")
    url = serializers.SerializerMethodField(
        help_text="A key: of your own alone, and null for tokens without the scope `admin`."
    )

    class Meta:
        model = Embed
        fields = ["id", "space", "insight", "post", "anchor", "made_by", "is_open", "url", "created_at"]

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_url(self, embed: Embed) -> str | None:
        request = self.context["request"]
        may = request.auth is None or request.auth.allows(Scope.ADMIN)
        return absolute(f"/embed/{embed.token}") if may and embed.user_id == request.user.pk else None


class NewEmbedSerializer(serializers.Serializer[Any]):
    """An insight by `space` and `name`, or an output of a post by `post` and `output`."""

    space = serializers.CharField(max_length=64, required=False)
    name = serializers.CharField(max_length=100, required=False)
    post = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    output = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, help_text="Its number in `/posts/<id>/outputs/`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs) not in ({"space", "name"}, {"post", "output"}):
            raise ValidationError("Send space and name of an insight, or a post and the number of an output.")
        return attrs


@extend_schema_view(
    list=extend_schema(
        summary="List your open addresses and those of the spaces you maintain",
        parameters=[OpenApiParameter("space", OpenApiTypes.STR, description="Of this space alone.")],
    ),
    retrieve=extend_schema(summary="Show an open address"),
)
class EmbedViewSet(Endpoint):
    write_scope = Scope.ADMIN  # whoever has the address needs no account
    queryset = Embed.objects.all()
    serializer_class = EmbedSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        rows = self._mine()
        if space := request.query_params.get("space", "").replace("\x00", ""):
            rows = rows.of_space(space)
        return self.page(rows, EmbedSerializer, {"request": request})

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._shown(pk))

    @extend_schema(
        summary="Open an insight, or an output of a post, to everybody",
        description="The address that you have for it, made if need be.",
        request=NewEmbedSerializer,
        responses={201: EmbedSerializer},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(NewEmbedSerializer, request.data)
        if "name" in sent:
            seen = Insight.objects.visible_to(self.caller).select_related("space")
            insight = self.find(seen, space__slug=sent["space"], name=sent["name"])
            made = embed_insight(by=self.caller, insight=insight)
        else:
            posts = Post.objects.visible_to(self.caller).live().select_related("space")
            post = self.find(posts, pk=sent["post"])
            made = embed_output(by=self.caller, post=post, anchor=self._anchor(post, sent["output"]))
        address = absolute(f"/api/v1/embeds/{made.pk}/")
        return Response(self._shown(made.pk), 201, headers={"Location": address})

    @extend_schema(summary="Close an open address", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        revoke_embed(by=self.caller, pk=self.find(self._mine(), pk=pk).pk)
        return Response(status=204)

    def _mine(self) -> EmbedQuerySet:
        return Embed.objects.visible_to(self.caller)

    def _shown(self, pk: int) -> dict[str, Any]:
        return dict(EmbedSerializer(self.find(self._mine(), pk=pk), context={"request": self.request}).data)

    def _anchor(self, post: Post, number: int) -> str:
        """Of an output as it is published: its number may be another's in the next revision."""
        visible = Revision.objects.visible_to(self.caller).for_readers().select_related("rendering")
        shown = self.find(visible, post=post, pk=F("post__published_revision"))
        parts = shown.rendering.parts.order_by("number").values_list("html", flat=True).iterator(10)
        found = next((each for each in outputs(parts) if each.number == number), None)
        if found is None:
            raise NotFound()
        return found.anchor
