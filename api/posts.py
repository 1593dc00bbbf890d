"""/api/v1/posts/: find posts, read what is known of them, submit new ones."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByPopularity
from api.post_detail import PostDetailSerializer
from api.post_shapes import PostSerializer, context_of, told
from api.revisions import RENDERING_STATES
from knowledge.models import Post, Space
from knowledge.pipeline.submit import submit

MULTIPART_OVERHEAD = 1_000_000  # bytes that a form may add to its file


class PostFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False, help_text="The address of a space, such as growth.")
    path = serializers.CharField(required=False, help_text="The path in its repository, exactly.")
    tag = serializers.CharField(required=False)
    author = serializers.CharField(required=False, help_text="A user name, or a name as headers spell it.")
    status = serializers.ChoiceField(
        Post.Status.choices, required=False, help_text="Without it: all but deleted ones."
    )
    rendering = serializers.ChoiceField(RENDERING_STATES, required=False, help_text="Of the latest revision.")
    sort = serializers.ChoiceField(
        ["new", "popular"],
        default="new",
        error_messages={"invalid_choice": "Sort by new or popular."},
        help_text="new: the newest first. popular: those that were read lately, the most read first.",
    )


class SubmissionSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="The document.")
    space = serializers.CharField(max_length=64)
    path = serializers.CharField(
        max_length=1000,
        required=False,
        help_text="Where it goes in the repository. Nothing, or a folder and a slash: the file's own name.",
    )
    message = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SubmittedSerializer(serializers.Serializer[Any]):
    commit = serializers.CharField()
    space = serializers.CharField()
    path = serializers.CharField()
    watch = serializers.CharField(help_text="Where to watch it become a post; also in the Location header.")
    page = serializers.CharField(help_text="The same for people.")
    post = serializers.CharField(allow_null=True, help_text="The post that it changes; null for a new one.")


def matching(posts: QuerySet[Post], wanted: dict[str, Any]) -> QuerySet[Post]:
    """The posts that `PostFilters` asks for."""
    plain = {"space": "space__slug", "path": "path", "status": "status"}
    posts = posts.filter(**{column: wanted[name] for name, column in plain.items() if name in wanted})
    if "status" not in wanted:
        posts = posts.exclude(status=Post.Status.DELETED)
    if "rendering" in wanted:
        posts = posts.filter(latest_revision__rendering__state=wanted["rendering"])
    if "tag" in wanted:
        posts = posts.tagged(wanted["tag"])  # type: ignore[attr-defined]
    if "author" in wanted:
        posts = posts.by_author(wanted["author"])  # type: ignore[attr-defined]
    return posts


class PostViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = PostSerializer
    parser_classes = [MultiPartParser]

    @property
    def body_limit(self) -> int:
        return settings.FILE_MAX_BYTES + MULTIPART_OVERHEAD

    @extend_schema(summary="Find posts", parameters=[PostFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(PostFilters, request.query_params)
        posts = told(Post.objects.visible_to(self.caller).posts(), self.caller)
        if wanted["sort"] == "popular":
            self.pagination_class = ByPopularity
        return self.page(matching(posts, wanted), PostSerializer, context_of(self.caller))

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
        return self._accepted(space, path, commit)

    def _accepted(self, space: Space, path: str, commit: str) -> Response:
        watch = absolute(f"/api/v1/spaces/{space.slug}/pushes/{commit}/")
        live = Post.objects.visible_to(self.caller).exclude(status=Post.Status.DELETED)
        known = live.filter(space=space, path=path).values_list("pk", flat=True).first()
        body = {
            "commit": commit,
            "space": space.slug,
            "path": path,
            "watch": watch,
            "page": absolute(f"/s/{space.slug}/-/pushes/{commit}"),
            "post": absolute(f"/api/v1/posts/{known}/") if known else None,
        }
        return Response(body, 202, headers={"Location": watch})
