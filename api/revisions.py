"""/api/v1/revisions/: the versions of posts, their text and their source."""

from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByNumber
from api.parsers import JSONParser
from knowledge import storage
from knowledge.linting import CODES
from knowledge.models import Rendering, Revision, User
from knowledge.permissions import can_see_findings
from knowledge.pipeline.linting import findings_of
from knowledge.pipeline.passing import pass_findings

RENDERING_STATES = Rendering.State.choices
FINDING_CODES = list(CODES.items())


class FailureSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    message = serializers.CharField(help_text="What happened.")
    hint = serializers.CharField(help_text="What to do.")


class FaultSerializer(FailureSerializer):
    line = serializers.IntegerField(allow_null=True, default=None)
    cell = serializers.IntegerField(allow_null=True, default=None)


class FindingSerializer(FaultSerializer):
    anchor = serializers.CharField(help_text="The cell's id; `#cell-` and this leads to it on the page.")


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    post = serializers.IntegerField(source="post_id")
    author = serializers.CharField(source="author_name", help_text="The commit's author.")
    rendering = serializers.ChoiceField(RENDERING_STATES, source="rendering.state")
    failure = FailureSerializer(source="rendering.failure", allow_null=True)
    url = serializers.SerializerMethodField(help_text="Its permanent page.")

    class Meta:
        model = Revision
        fields = [
            "id", "post", "number", "title", "path", "commit", "author", "message", "size", "rendering",
            "failure", "url", "committed_at", "created_at", "published_at",
        ]  # fmt: skip

    def get_url(self, revision: Revision) -> str:
        return absolute(revision.get_absolute_url())


class RevisionLinksSerializer(serializers.Serializer[Any]):
    self = serializers.CharField()
    post = serializers.CharField()
    content = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields off the class


class RevisionDetailSerializer(RevisionSerializer):
    header = serializers.DictField(help_text="As written.")
    faults = serializers.SerializerMethodField(help_text="Empty for those who may not write to the space.")
    findings = serializers.SerializerMethodField(
        help_text="What lint found in it; null for those who may not write to the space."
    )
    blocked_by = serializers.ListField(
        child=serializers.ChoiceField(FINDING_CODES),
        help_text="Codes of the findings that keep it from being published.",
    )
    links = serializers.SerializerMethodField()

    class Meta(RevisionSerializer.Meta):
        fields = [
            *RevisionSerializer.Meta.fields,
            "source_digest",
            "header",
            "faults",
            "findings",
            "blocked_by",
            "links",
        ]

    @extend_schema_field(FaultSerializer(many=True))
    def get_faults(self, revision: Revision) -> list[dict[str, Any]]:
        told = revision.faults if self._is_told(revision) else []
        return list(FaultSerializer(told, many=True).data)

    @extend_schema_field(FindingSerializer(many=True, allow_null=True))
    def get_findings(self, revision: Revision) -> list[dict[str, Any]] | None:
        return findings_of(revision) if self._is_told(revision) else None

    def _is_told(self, revision: Revision) -> bool:
        return can_see_findings(revision.post.space, self.context["caller"])

    @extend_schema_field(RevisionLinksSerializer)
    def get_links(self, revision: Revision) -> dict[str, str]:
        address = absolute(f"/api/v1/revisions/{revision.pk}/")
        return {
            "self": address,
            "post": absolute(f"/api/v1/posts/{revision.post_id}/"),
            "content": f"{address}content/",
            "source": f"{address}source/",
        }


class HeadingSerializer(serializers.Serializer[Any]):
    level = serializers.IntegerField()
    text = serializers.CharField()
    anchor = serializers.CharField()


class ContentSerializer(serializers.Serializer[Any]):
    """What rendering made of a revision, for reading by programs; people read its page."""

    revision = serializers.IntegerField(source="number")
    title = serializers.CharField()
    summary = serializers.CharField(source="rendering.summary", help_text="The first paragraph.")
    text = serializers.CharField(source="rendering.text", help_text="The whole as plain text.")
    words = serializers.IntegerField(source="rendering.words")
    headings = HeadingSerializer(source="rendering.headings", many=True)
    notices = serializers.ListField(child=serializers.CharField(), source="rendering.notices")


class RevisionFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False)
    commit = serializers.RegexField(r"^[0-9a-f]{7,40}$", required=False, help_text="7 letters at least.")
    rendering = serializers.ChoiceField(RENDERING_STATES, required=False)


class PassSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=1_000, help_text="Why it may be published all the same.")


class RevisionViewSet(Endpoint):
    queryset = Revision.objects.all()
    serializer_class = RevisionSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List revisions", parameters=[RevisionFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(RevisionFilters, request.query_params)
        columns = {
            "space": "post__space__slug",
            "commit": "commit__startswith",
            "rendering": "rendering__state",
        }
        revisions = Revision.objects.visible_to(self.caller).for_lists()
        revisions = revisions.filter(**{columns[name]: value for name, value in wanted.items()})
        return self.page(revisions, RevisionSerializer)

    @extend_schema(summary="Show a revision", responses=RevisionDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        revisions = Revision.objects.visible_to(self.caller).for_lists()
        return Response(_shown(self.find(revisions, pk=pk), self.caller))

    @extend_schema(summary="Read a revision as plain text", responses=ContentSerializer)
    def content(self, request: Request, pk: int) -> Response:
        revisions = (
            Revision.objects.visible_to(self.caller).select_related("rendering").defer("rendering__passages")
        )
        revision = self.find(revisions, pk=pk)
        if revision.rendering.state != Rendering.State.READY:
            raise NotFound(f"Nothing to read yet: this revision is {revision.rendering.state}.")
        return Response(ContentSerializer(revision).data)

    @extend_schema(
        summary="Let a revision through in spite of what was found in it",
        description="For maintainers of its space.",
        request=PassSerializer,
        responses=RevisionDetailSerializer,
    )
    def let_through(self, request: Request, pk: int) -> Response:
        note = self.sent(PassSerializer, request.data)["note"]
        revisions = Revision.objects.visible_to(self.caller).for_lists()
        pass_findings(by=self.caller, revision=self.find(revisions, pk=pk), note=note)
        return Response(_shown(self.find(revisions, pk=pk), self.caller))

    @extend_schema(
        summary="Download a revision's source",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def source(self, request: Request, pk: int) -> HttpResponseBase:
        """The file as it was pushed, byte for byte."""
        revision = self.find(Revision.objects.visible_to(self.caller), pk=pk)
        etag = quote_etag(revision.source_digest)
        if unchanged := get_conditional_response(request._request, etag=etag):
            return unchanged
        if not storage.exists(revision.source_digest):
            raise NotFound("The file was over the size limit and was not kept; find it in the repository.")
        answer = FileResponse(
            storage.open_blob(revision.source_digest),
            as_attachment=True,
            filename=revision.path.rpartition("/")[2],
            content_type="application/octet-stream",
        )
        answer["ETag"] = etag
        return answer


class PostRevisionViewSet(Endpoint):
    """The same, found from their post."""

    queryset = Revision.objects.all()
    serializer_class = RevisionSerializer
    pagination_class = ByNumber

    @extend_schema(summary="List a post's revisions")
    def list(self, request: Request, post: int) -> Response:
        revisions = Revision.objects.visible_to(self.caller).for_lists().filter(post=post)
        if not revisions.exists():
            raise NotFound()
        return self.page(revisions, RevisionSerializer)

    @extend_schema(summary="Show a post's revision", responses=RevisionDetailSerializer)
    def retrieve(self, request: Request, post: int, number: int) -> Response:
        revisions = Revision.objects.visible_to(self.caller).for_lists()
        return Response(_shown(self.find(revisions, post=post, number=number), self.caller))


def _shown(revision: Revision, caller: User) -> dict[str, Any]:
    return dict(RevisionDetailSerializer(revision, context={"caller": caller}).data)
