"""/api/v1/posts/: find posts, read what is known of them, submit new ones."""

from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.pagination import CursorPagination, InOrder, Oldest
from api.post_detail import PostDetailSerializer
from api.post_filters import TABLE_SORTS, PostFilters, matching, published
from api.post_shapes import PostSerializer, context_of, told
from api.submitted import SubmittedSerializer, accepted
from knowledge.models import Post, Space
from knowledge.models.post_orders import ORDERS
from knowledge.models.post_queryset import PostQuerySet
from knowledge.pipeline.submit import submit
from portal.post_table import Wanted, csv_of

MULTIPART_OVERHEAD = 1_000_000  # bytes that a form may add to its file


class SubmissionSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="The document.")
    space = serializers.CharField(max_length=64)
    path = serializers.CharField(
        max_length=1000,
        required=False,
        help_text="Where it goes in the repository. Nothing, or a folder and a slash: the file's own name.",
    )
    message = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


def _is_down(order: str, way: str | None) -> bool:
    return ORDERS[order][1] if way is None else way == "desc"


def as_csv(posts: PostQuerySet, order: str, *, descending: bool) -> StreamingHttpResponse:
    """The table of all posts, a row at a time."""
    lines = csv_of(posts, Wanted(order=order, descending=descending))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, "posts.csv") or ""
    return response


class PostViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = PostSerializer
    parser_classes = [MultiPartParser]

    @property
    def body_limit(self) -> int:
        return settings.FILE_MAX_BYTES + MULTIPART_OVERHEAD

    @extend_schema(
        summary="Find posts; as CSV with `format=csv`",
        parameters=[PostFilters],
        responses={
            (200, "application/json"): PostSerializer(many=True),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR),
        },
    )
    def list(self, request: Request) -> Any:
        wanted = self.sent(PostFilters, request.query_params)
        posts = matching(Post.objects.visible_to(self.caller).posts(), wanted, self.caller)
        order, way = wanted["sort"], wanted.get("dir")
        if wanted["format"] == "csv":
            order = "published" if order == "new" else order
            return as_csv(published(posts, wanted), order, descending=_is_down(order, way))
        if order == "new":
            self.pagination_class = Oldest if way == "asc" else CursorPagination
        else:
            self._paginator = InOrder(order, descending=_is_down(order, way))
            posts = published(posts, wanted) if order in TABLE_SORTS else posts
        return self.page(told(posts, self.caller), PostSerializer, context_of(self.caller))

    @extend_schema(summary="Show a post", responses=PostDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        posts = told(Post.objects.visible_to(self.caller).posts(), self.caller)
        found, context = self.find(posts, pk=pk), context_of(self.caller)
        return Response(PostDetailSerializer(found, context=context).data)

    @extend_schema(
        summary="Submit a document",
        description="Commits the file to the space's repository in your name. Rendering follows: watch it.",
        request={"multipart/form-data": SubmissionSerializer},
        responses={202: OpenApiResponse(SubmittedSerializer)},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(SubmissionSerializer, request.data)
        space = self.find(Space.objects.visible_to(self.caller), slug=sent["space"])
        path = sent.get("path", "")
        if not path or path.endswith("/"):
            path += sent["file"].name
        commit = submit(
            by=self.caller,
            space=space,
            path=path,
            file=sent["file"],
            message=sent["message"],
            documents_only=True,
        )
        return accepted(self.caller, space, path, commit)
