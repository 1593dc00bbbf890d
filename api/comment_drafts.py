"""What is beside comments: what they said before, what one drafted in a review, how Markdown will look."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.comments import LONGEST, CommentSerializer
from api.endpoint import Endpoint
from api.parsers import JSONParser
from knowledge.models import Comment, CommentVersion, Review
from knowledge.pipeline import review_talk
from knowledge.rendering.remarks import remark

VERSIONS_SHOWN = 50
RELATED = ("author", "thread__revision", "thread__review", "thread__post__space", "thread__post__owner")


class VersionSerializer(serializers.ModelSerializer[CommentVersion]):
    html = serializers.SerializerMethodField(help_text="The same as markup that is safe to show.")

    class Meta:
        model = CommentVersion
        fields = ["body", "html", "written_at", "replaced_at"]

    def get_html(self, version: CommentVersion) -> str:
        return remark(version.body).shown({})


class CommentHistoryViewSet(Endpoint):
    queryset = CommentVersion.objects.all()
    serializer_class = VersionSerializer

    @extend_schema(
        summary="List what a comment said before it was changed, the newest first",
        description=f"The last {VERSIONS_SHOWN}. A deleted one says nothing any more.",
    )
    def list(self, request: Request, pk: int) -> Response:
        comment = self.find(Comment.objects.visible_to(self.caller).filter(is_draft=False), pk=pk)
        versions = CommentVersion.objects.none() if comment.is_deleted else comment.versions.order_by("-pk")
        rows = VersionSerializer(versions[:VERSIONS_SHOWN], many=True).data
        return Response({"results": rows, "next": None, "previous": None})


class DraftViewSet(Endpoint):
    queryset = Comment.objects.all()
    serializer_class = CommentSerializer

    @extend_schema(
        summary="List what you drafted in a review",
        description="Nobody else sees it until your verdict.",
    )
    def list(self, request: Request, pk: int) -> Response:
        drafts = Comment.objects.drafts_of(self.caller, self._review(pk))
        loaded = drafts.select_related(*RELATED).defer("thread__revision__header")
        return self.page(loaded, CommentSerializer, {"signs": {}})

    @extend_schema(summary="Take back all that you drafted in a review", responses={204: None})
    def discard(self, request: Request, pk: int) -> Response:
        review_talk.discard_drafts(by=self.caller, review=self._review(pk))
        return Response(status=204)

    def _review(self, pk: int) -> Review:
        return self.find(Review.objects.visible_to(self.caller), pk=pk)


class MarkupSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=LONGEST, help_text="In Markdown.")


class DrawnMarkupSerializer(serializers.Serializer[Any]):
    html = serializers.CharField(help_text="As comments show it: safe on any page.")


class MarkupViewSet(Endpoint):
    serializer_class = MarkupSerializer
    parser_classes = [JSONParser]

    @extend_schema(
        summary="See what the Markdown of a comment will look like",
        description="Nothing is kept. Names of people become links once it is said.",
        request=MarkupSerializer,
        responses=DrawnMarkupSerializer,
    )
    def draw(self, request: Request) -> Response:
        body = self.sent(MarkupSerializer, request.data)["body"]
        return Response({"html": remark(body).shown({})})
