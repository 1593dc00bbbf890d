"""/api/v1/posts/<id>/compare/ and /since/: what differs between two revisions of a post."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.comparison_shapes import RevisionComparisonSerializer, SinceSerializer, cells_of
from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.diffing.wire import unpacked
from knowledge.models import Comparison, Post, Revision
from knowledge.pipeline.compare import request_comparison
from knowledge.pipeline.visiting import put_away, would_note
from portal.since import Since, since_of


class ComparisonFilters(serializers.Serializer[Any]):
    old = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Its number; without it the one before."
    )
    new = serializers.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, help_text="Without it the newest."
    )


class SeenSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, help_text="Of the revision up to which you know.")


class CompareViewSet(Endpoint):
    queryset = Revision.objects.all()
    serializer_class = RevisionComparisonSerializer
    pagination_class = None

    @extend_schema(
        summary="Compare two revisions of a post",
        description="Worked out by a worker when it is asked for first: ask again until `state` is ready.",
        parameters=[ComparisonFilters],
        responses=RevisionComparisonSerializer,
    )
    def retrieve(self, request: Request, post: int) -> Response:
        wanted = self.sent(ComparisonFilters, request.query_params)
        found = self.find(Post.objects.visible_to(self.caller), pk=post)
        old, new = self._pair(found, wanted.get("old"), wanted.get("new"))
        comparison = request_comparison(old=old, new=new)
        is_ready = comparison.state == Comparison.State.READY
        failure = None
        if comparison.state == Comparison.State.FAILED:
            failure = {
                "code": comparison.failure_code,
                "message": comparison.failure_message,
                "hint": comparison.failure_hint,
            }
        told = {
            "old": old.number,
            "new": new.number,
            "state": comparison.state,
            "failure": failure,
            "difference": cells_of(unpacked(comparison.result), old, new) if is_ready else None,
        }
        return Response(RevisionComparisonSerializer(told).data)

    def _pair(self, post: Post, old: int | None, new: int | None) -> tuple[Revision, Revision]:
        visible = Revision.objects.visible_to(self.caller).of(post).for_lists()
        newer = visible.filter(number=new).first() if new else visible.first()
        if newer is None:
            raise NotFound("It has no such revision.")
        older = visible.filter(number=old) if old else visible.filter(number__lt=newer.number)
        if (found := older.first()) is None:
            raise NotFound("It has no such revision, or none before.")
        return found, newer


class SinceViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = SinceSerializer
    parser_classes = [JSONParser]
    pagination_class = None

    @extend_schema(
        summary="Show what changed in a post since you read it",
        description="Since you opened its page. To ask here counts as no reading. Nobody else is told.",
        responses=SinceSerializer,
    )
    def retrieve(self, request: Request, post: int) -> Response:
        return self._told(self._find(post))

    @extend_schema(
        summary="Put away what changed up to a revision",
        request=SeenSerializer,
        responses=SinceSerializer,
    )
    def put_away(self, request: Request, post: int) -> Response:
        number, found = self.sent(SeenSerializer, request.data)["number"], self._find(post)
        put_away(by=self.caller, post=found, number=min(number, 2**31 - 1))
        return self._told(found)

    def _find(self, post: int) -> Post:
        posts = Post.objects.visible_to(self.caller).live().posts().exclude(published_revision=None)
        return self.find(posts.select_related("space", "published_revision"), pk=post)

    def _told(self, post: Post) -> Response:
        revision = post.published_revision
        visit = None
        if revision:
            revision.post = post
            visit = would_note(by=self.caller, revision=revision)
        since = since_of(self.caller, post, visit)
        page = absolute(post.get_absolute_url())
        return Response(SinceSerializer(_shaped(post, since), context={"page": page}).data)


def _shaped(post: Post, since: Since | None) -> dict[str, Any]:
    if since is None:
        return {"post": post.pk, "state": "none", "kinds": []}
    return {
        "post": post.pk,
        "old": since.old.number,
        "new": since.new.number,
        "read_at": since.read_at,
        "state": since.comparison.state if since.comparison else Comparison.State.READY,
        "words": since.told.words if since.told else "",
        "kinds": since.told.kinds if since.told else [],
        "notices": since.told.notices if since.told else (),
    }
