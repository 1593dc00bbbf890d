"""/api/v1/revisions/<id>/restore/ and /api/v1/posts/<id>/retry/: bring a revision back, render one again."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.post_shapes import PostSerializer, context_of, told
from api.submitted import SubmittedSerializer, accepted
from knowledge.models import Post, Revision
from knowledge.pipeline import restoring
from knowledge.pipeline.render import retry


class RestoreViewSet(Endpoint):
    queryset = Revision.objects.all()

    @extend_schema(
        summary="Make an old revision the newest",
        description="By a commit in your name, which then goes the way of every push. "
        "Of a post that was deleted, that brings it back.",
        request=None,
        responses={202: OpenApiResponse(SubmittedSerializer)},
    )
    def restore(self, request: Request, pk: int) -> Response:
        revision = self.find(Revision.objects.visible_to(self.caller).for_lists(), pk=pk)
        commit = restoring.restore(by=self.caller, revision=revision)
        return accepted(self.caller, revision.post.space, revision.post.path, commit)


class RetryViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = PostSerializer

    @extend_schema(
        summary="Render a post's newest revision once more",
        description="Where that failed; otherwise nothing is done. Its `rendering` says how far it is.",
        request=None,
        responses={202: OpenApiResponse(PostSerializer)},
    )
    def retry(self, request: Request, post: int) -> Response:
        visible: Any = Post.objects.visible_to(self.caller).live().posts()
        retry(by=self.caller, post=self.find(visible.select_related("space"), pk=post))
        found = self.find(told(visible, self.caller), pk=post)
        return Response(PostSerializer(found, context=context_of(self.caller)).data, 202)
