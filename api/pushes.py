"""/api/v1/spaces/<space>/pushes/: what became of a push, an upload or a submission."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.revisions import (
    FINDING_CODES,
    RENDERING_STATES,
    FailureSerializer,
    FaultSerializer,
    FindingSerializer,
)
from knowledge.models import Push, Space
from knowledge.pipeline.progress import PushedDocument, is_awaited, pushed_documents

STATES = [
    ("waiting", "The commit has arrived and will be read in a moment"),
    ("rendering", "Some of its documents are still queued or rendering"),
    ("done", "Every document is ready or failed"),
]


class PushSerializer(serializers.ModelSerializer[Push]):
    commit = serializers.CharField(source="new_commit")
    previous = serializers.CharField(source="old_commit")
    pushed_by = serializers.CharField(source="pushed_by.username", default=None, allow_null=True)
    watch = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="The same for people.")

    class Meta:
        model = Push
        fields = ["commit", "previous", "pushed_by", "pushed_at", "watch", "page"]

    def get_watch(self, push: Push) -> str:
        return absolute(f"/api/v1/spaces/{push.space.slug}/pushes/{push.new_commit}/")

    def get_page(self, push: Push) -> str:
        return absolute(f"/s/{push.space.slug}/-/pushes/{push.new_commit}")


class PushedDocumentSerializer(serializers.Serializer[PushedDocument]):
    path = serializers.CharField()
    change = serializers.ChoiceField(["added", "changed", "moved", "removed", "unchanged"])
    title = serializers.CharField()
    post = serializers.IntegerField(source="post.pk", default=None, allow_null=True)
    url = serializers.SerializerMethodField()
    rendering = serializers.ChoiceField(
        RENDERING_STATES,
        source="state",
        allow_blank=True,
        help_text="Empty where nothing is rendered.",
    )
    faults = FaultSerializer(many=True, help_text="For those who may write.")
    findings = FindingSerializer(
        many=True, help_text="Those of the header at once, all when it is rendered; for those who may write."
    )
    blocked_by = serializers.ListField(
        child=serializers.ChoiceField(FINDING_CODES), help_text="For those who may write."
    )
    failure = FailureSerializer(allow_null=True)

    def get_url(self, document: PushedDocument) -> str | None:
        return absolute(document.post.get_absolute_url()) if document.post else None


class PushStateSerializer(serializers.Serializer[Any]):
    space = serializers.CharField()
    commit = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    page = serializers.CharField(help_text="The same for people.")
    documents = PushedDocumentSerializer(many=True)


class PushViewSet(Endpoint):
    queryset = Push.objects.all()
    serializer_class = PushSerializer

    @extend_schema(summary="List a space's pushes")
    def list(self, request: Request, space: str) -> Response:
        found = self.find(Space.objects.visible_to(self.caller), slug=space)
        pushes = Push.objects.filter(space=found).select_related("space", "pushed_by").defer("report")
        return self.page(pushes, PushSerializer)

    @extend_schema(summary="Watch a push", responses=PushStateSerializer)
    def retrieve(self, request: Request, space: str, commit: str) -> Response:
        found = self.find(Space.objects.visible_to(self.caller), slug=space)
        push = Push.objects.filter(space=found, new_commit=commit).first()
        if push is None and not is_awaited(found, commit):
            raise NotFound()
        documents = pushed_documents(push, self.caller) if push else []
        unfinished = any(document.is_unfinished for document in documents)
        body = {
            "space": found.slug,
            "commit": commit,
            "state": "waiting" if push is None else "rendering" if unfinished else "done",
            "page": absolute(f"/s/{found.slug}/-/pushes/{commit}"),
            "documents": documents,
        }
        return Response(PushStateSerializer(body).data)
