"""/api/v1/insights/<space>/<name>/shifts/: from which readings on it is known to be at another level."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.errors import UserError
from knowledge.models import Insight, Reading, Shift
from knowledge.models.insight_shift import NOTE
from knowledge.pipeline.limits import mark_shift, unmark_shift


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    revision = serializers.IntegerField(
        source="reading.revision_number", help_text="The number of the revision whose reading it begins with."
    )
    as_of = serializers.SerializerMethodField(help_text="The day or moment that the reading is of.")
    by = serializers.CharField(source="by_name", help_text="Who wrote it down.")

    class Meta:
        model = Shift
        fields = ["id", "revision", "as_of", "note", "by", "created_at"]

    def get_as_of(self, shift: Shift) -> str | None:
        return shift.reading.as_of or None


class NewShiftSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    note = serializers.CharField(max_length=NOTE, help_text="Why it is at another level since.")


class ShiftViewSet(Endpoint):
    queryset = Shift.objects.all()
    serializer_class = ShiftSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List the known shifts of an insight, the newest first")
    def list(self, request: Request, space: str, name: str) -> Response:
        shifts = self._shifts(self._insight(space, name))
        return self.page(shifts, ShiftSerializer)

    @extend_schema(
        summary="Say from which reading on a shift of an insight is known, and why",
        description="Its limits start again. For who answers for the post; the same again changes the note.",
        request=NewShiftSerializer,
        responses={201: ShiftSerializer},
    )
    def create(self, request: Request, space: str, name: str) -> Response:
        insight = self._insight(space, name)
        fields = self.sent(NewShiftSerializer, request.data)
        asked = self._readings(insight).filter(revision_number=fields["revision"]).select_related("insight")
        reading = asked.newest_first().first()
        if reading is None:
            raise UserError("no-such-reading", name=name, number=fields["revision"])
        made = mark_shift(by=self.caller, reading=reading, note=fields["note"])
        address = absolute(f"/api/v1/insights/{space}/{name}/shifts/{made.pk}/")
        return Response(ShiftSerializer(made).data, 201, headers={"Location": address})

    @extend_schema(summary="Take a known shift of an insight back", responses={204: None})
    def destroy(self, request: Request, space: str, name: str, pk: int) -> Response:
        unmark_shift(by=self.caller, shift=self.find(self._shifts(self._insight(space, name)), pk=pk))
        return Response(status=204)

    def _insight(self, space: str, name: str) -> Insight:
        return self.find(Insight.objects.visible_to(self.caller), space__slug=space, name=name)

    def _readings(self, insight: Insight) -> Any:
        return Reading.objects.visible_to(self.caller).filter(insight=insight)

    def _shifts(self, insight: Insight) -> QuerySet[Shift]:
        seen = self._readings(insight).order_by().values("pk")
        return insight.shifts.filter(reading__in=seen).select_related("reading", "insight").order_by("-pk")
