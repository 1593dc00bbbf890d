"""Branches of a space and /api/v1/previews/: documents as branches would make them. For its members."""

from typing import Any

from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
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
    HeadingSerializer,
)
from knowledge.models import Branch, Post, Preview, Rendering, Space, User
from knowledge.permissions import can_preview, can_see_findings
from knowledge.pipeline.linting import blocking_among, findings_of, is_kept_back
from knowledge.policy import Policies
from portal.fragments import fragment_of

CHANGES = Preview.Change.choices
LINES = 100  # of what a branch says beside its previews


class BranchLineSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    change = serializers.CharField(help_text="removed, or unchanged: for what is said of it.")
    faults = FaultSerializer(many=True)


class BranchSerializer(serializers.ModelSerializer[Branch]):
    pushed_by = serializers.CharField(source="pushed_by.username", default=None, allow_null=True)
    has_room = serializers.BooleanField(help_text="Whether it has previews: the branches that moved last do.")
    previews = serializers.IntegerField(source="documents", help_text="How many documents it changes.")
    said = serializers.SerializerMethodField(help_text="Of documents that make no preview.")

    class Meta:
        model = Branch
        fields = ["name", "commit", "pushed_by", "pushed_at", "has_room", "previews", "said"]

    @extend_schema_field(BranchLineSerializer(many=True))
    def get_said(self, branch: Branch) -> Any:
        lines = [line for line in branch.report if not line.get("preview")]
        return BranchLineSerializer(lines[:LINES], many=True).data


class PreviewSerializer(serializers.ModelSerializer[Preview]):
    branch = serializers.CharField(source="branch.name")
    change = serializers.ChoiceField(CHANGES)
    rendering = serializers.ChoiceField(RENDERING_STATES, source="rendering.state")
    failure = FailureSerializer(source="rendering.failure", allow_null=True)
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Preview
        fields = [
            "id",
            "branch",
            "path",
            "old_path",
            "change",
            "title",
            "commit",
            "rendering",
            "failure",
            "url",
        ]

    def get_url(self, preview: Preview) -> str:
        return absolute(preview.get_absolute_url())


class WholePreviewSerializer(PreviewSerializer):
    post = serializers.SerializerMethodField(help_text="The post that it would change; null for a new one.")
    asks_approval = serializers.SerializerMethodField(help_text="Whether it waits for approval once merged.")
    header = serializers.SerializerMethodField(help_text="As written.")
    faults = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField(
        help_text="What lint found in it; null for those who may not write to the space."
    )
    blocked_by = serializers.SerializerMethodField(
        help_text="Codes of those that would keep it from being published."
    )
    text = serializers.SerializerMethodField(
        help_text="The whole as plain text; null until it is ready, and where findings keep it from you."
    )
    headings = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField(help_text="In how many its HTML comes.")

    class Meta(PreviewSerializer.Meta):
        fields = [
            *PreviewSerializer.Meta.fields, "author_name", "committed_at", "post", "asks_approval", "header",
            "faults", "findings", "blocked_by", "text", "headings", "parts",
        ]  # fmt: skip

    def get_post(self, preview: Preview) -> int | None:
        path = preview.old_path or preview.path
        seen = Post.objects.visible_to(self.context["caller"]).at(preview.branch.space.slug, path)
        return seen.live().values_list("pk", flat=True).first()

    def get_asks_approval(self, preview: Preview) -> bool:
        return Policies(preview.branch.space).at(preview.path).is_required

    def get_header(self, preview: Preview) -> dict[str, Any]:
        is_shown = self.context["may_mend"] or self.context["is_readable"]
        return preview.header if is_shown else {}

    @extend_schema_field(FaultSerializer(many=True))
    def get_faults(self, preview: Preview) -> Any:
        return FaultSerializer(preview.faults if self.context["may_mend"] else [], many=True).data

    @extend_schema_field(FindingSerializer(many=True, allow_null=True))
    def get_findings(self, preview: Preview) -> list[dict[str, Any]] | None:
        return findings_of(preview) if self.context["may_mend"] else None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(FINDING_CODES)))
    def get_blocked_by(self, preview: Preview) -> list[str]:
        if not self.context["may_mend"]:
            return []
        return blocking_among(preview.branch.space, findings_of(preview))

    def get_text(self, preview: Preview) -> str | None:
        return preview.rendering.text if self.context["is_readable"] else None

    @extend_schema_field(HeadingSerializer(many=True))
    def get_headings(self, preview: Preview) -> Any:
        found = preview.rendering.headings if self.context["is_readable"] else []
        return HeadingSerializer(found, many=True).data

    def get_parts(self, preview: Preview) -> int:
        return preview.rendering.parts.count() if self.context["is_readable"] else 0


class PreviewHtmlSerializer(serializers.Serializer[Any]):
    part = serializers.IntegerField(help_text="From 0.")
    parts = serializers.IntegerField(help_text="How many there are: long documents come in several.")
    html = serializers.CharField(help_text="As its page shows it, cleaned of all that could run.")
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class BranchViewSet(Endpoint):
    queryset = Branch.objects.all()
    serializer_class = BranchSerializer

    @extend_schema(summary="List the branches of a space, and what they would change")
    def list(self, request: Request, space: str) -> Response:
        branches = Branch.objects.there().filter(space=previewed(self, space))
        return self.page(
            branches.select_related("pushed_by").annotate(documents=Count("previews")), BranchSerializer
        )


class SpacePreviewViewSet(Endpoint):
    queryset = Preview.objects.all()
    serializer_class = PreviewSerializer

    @extend_schema(
        summary="List documents as branches of a space would make them",
        parameters=[OpenApiParameter("branch", OpenApiTypes.STR, description="Of this branch alone.")],
    )
    def list(self, request: Request, space: str) -> Response:
        found = Preview.objects.for_lists().filter(
            branch__space=previewed(self, space), branch__ended_at=None
        )
        if branch := request.query_params.get("branch", "").replace("\x00", ""):
            found = found.filter(branch__name=branch)
        return self.page(found.select_related("branch__space", "rendering"), PreviewSerializer)


class PreviewViewSet(Endpoint):
    queryset = Preview.objects.all()
    serializer_class = PreviewSerializer

    @extend_schema(summary="Show a document as a branch would make it", responses=WholePreviewSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        found = self.find(self._visible().defer("branch__report", "rendering__passages"), pk=pk)
        may_mend = can_see_findings(found.branch.space, self.caller)
        context = {
            "caller": self.caller,
            "may_mend": may_mend,
            "is_readable": is_readable(found, self.caller),
        }
        return Response(WholePreviewSerializer(found, context=context).data)

    @extend_schema(
        summary="Read a document as a branch would make it as cleaned HTML, part by part",
        parameters=[OpenApiParameter("part", OpenApiTypes.INT, description="From 0, the first.")],
        responses=PreviewHtmlSerializer,
    )
    def html(self, request: Request, pk: int) -> Response:
        found = self.find(Preview.objects.visible_to(self.caller).for_reading(), pk=pk)
        asked = request.query_params.get("part", "0")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else -1
        fragment = fragment_of(found, number) if is_readable(found, self.caller) else None
        if fragment is None:
            raise NotFound()
        parts, address = len(fragment.lengths), absolute(f"/api/v1/previews/{pk}/html/?part=")
        told = {
            "part": number,
            "parts": parts,
            "html": str(fragment.html),
            "next": f"{address}{number + 1}" if number + 1 < parts else None,
            "previous": f"{address}{number - 1}" if number else None,
        }
        return Response(told)

    def _visible(self) -> QuerySet[Preview]:
        return Preview.objects.visible_to(self.caller).select_related("branch__space", "rendering")


def previewed(endpoint: Endpoint, slug: str) -> Space:
    """Or 404: only members know of branches."""
    found = endpoint.find(Space.objects.visible_to(endpoint.caller), slug=slug)
    if not can_preview(found, endpoint.caller):
        raise NotFound()
    return found


def is_readable(preview: Preview, user: User) -> bool:
    if preview.rendering.state != Rendering.State.READY:
        return False
    return can_see_findings(preview.branch.space, user) or not is_kept_back(preview)
