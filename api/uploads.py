"""/api/v1/spaces/<slug>/uploads/: documents and the files that they show, several at once."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.revisions import FailureSerializer
from knowledge.errors import UserError
from knowledge.models import Space
from knowledge.permissions import check_write
from portal.uploading import submit_all

MOST = 100  # files
MULTIPART_OVERHEAD = 1_000_000


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), min_length=1, max_length=MOST,
        help_text="Once for each: documents, and figures and data beside them.",
    )  # fmt: skip
    folder = serializers.CharField(
        max_length=900,
        required=False,
        allow_blank=True,
        default="",
        help_text="Where they go; empty: at the top.",
    )
    message = serializers.CharField(max_length=5_000, required=False, allow_blank=True, default="")


class UploadedSerializer(serializers.Serializer[Any]):
    path = serializers.CharField()
    commit = serializers.CharField(help_text="Empty: it was not taken.")
    fault = FailureSerializer(allow_null=True, help_text="Why it was not taken.")
    word = FailureSerializer(allow_null=True, help_text="Why it was taken and makes no post.")


class UploadsSerializer(serializers.Serializer[Any]):
    files = UploadedSerializer(many=True, help_text="In the order in which they were committed.")
    watch = serializers.CharField(
        allow_null=True, help_text="Where to watch the last become a post; null where none was taken."
    )
    page = serializers.CharField(allow_null=True, help_text="All of them, for people.")


class UploadViewSet(Endpoint):
    queryset = Space.objects.all()
    serializer_class = UploadsSerializer
    parser_classes = [MultiPartParser]

    @property
    def body_limit(self) -> int:
        return 2 * settings.FILE_MAX_BYTES + MULTIPART_OVERHEAD

    @extend_schema(
        summary="Upload documents and the files that they show",
        description="Each is a commit in your name, documents last. What can't be taken keeps no other back.",
        request={"multipart/form-data": UploadSerializer},
        responses={202: OpenApiResponse(UploadsSerializer)},
    )
    def create(self, request: Request, space: str) -> Response:
        sent = self.sent(UploadSerializer, request.data)
        shelf = self.find(Space.objects.visible_to(self.caller), slug=space)
        check_write(shelf, self.caller)
        folder = sent.pop("folder").strip().strip("/")
        uploaded = submit_all(by=self.caller, space=shelf, folder=folder, **sent)
        files = [
            {"path": each.path, "commit": each.commit, "fault": _said(each.error), "word": _said(each.word)}
            for each in uploaded
        ]
        commits = [each.commit for each in uploaded if each.commit]
        watch = absolute(f"/api/v1/spaces/{shelf.slug}/pushes/{commits[-1]}/") if commits else None
        page = absolute(f"/s/{shelf.slug}/-/pushes/{commits[-1]}?from={commits[0]}") if commits else None
        answer = Response({"files": files, "watch": watch, "page": page}, 202)
        if watch:
            answer["Location"] = watch
        return answer


def _said(error: UserError | None) -> dict[str, str] | None:
    return {"code": error.code, "message": error.message, "hint": error.hint} if error else None
