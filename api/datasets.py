"""/api/v1/datasets/: what posts rest on, what tools that check data saw of it, and what is looked into."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.errors import UserError
from knowledge.models import AccessToken, Dataset, Investigation, Observation, User
from knowledge.models.dataset import DatasetQuerySet
from knowledge.observing import NotUnderstood, Observed, hours_of, in_words, key_of, read, read_all
from knowledge.pipeline.watching import close, observe, tend
from portal.dataset_pages import rows_of

STATES = ("suspect", "late", "good", "unknown")


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    title = serializers.CharField(source="heard_title", allow_blank=True)
    description = serializers.CharField(source="heard_description", allow_blank=True)
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    every = serializers.SerializerMethodField(help_text="How often it is to be observed, as 1d; or empty.")
    state = serializers.ChoiceField([(each, each) for each in STATES])
    suspect_since = serializers.DateTimeField(source="suspect_at", allow_null=True)
    observed_at = serializers.DateTimeField(allow_null=True, help_text="The last observation that you see.")
    posts = serializers.IntegerField(help_text="Published posts that rest on it, of those you can see.")
    insights = serializers.IntegerField(help_text="Numbers that those publish.")
    url = serializers.SerializerMethodField(help_text="Its page.")
    api_url = serializers.SerializerMethodField(help_text="This dataset, by the API.")

    class Meta:
        model = Dataset
        fields = [
            "id", "name", "title", "description", "owner", "every", "state", "suspect_since", "observed_at",
            "posts", "insights", "url", "api_url",
        ]  # fmt: skip

    def get_every(self, dataset: Dataset) -> str:
        hours = vars(dataset)["expected_hours"]
        return in_words(hours, short=True) if hours else ""

    def get_url(self, dataset: Dataset) -> str:
        return absolute(dataset.get_absolute_url())

    def get_api_url(self, dataset: Dataset) -> str:
        return absolute(f"/api/v1/datasets/{dataset.quoted}/")


class CheckSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    outcome = serializers.ChoiceField(["passed", "warned", "failed", "skipped"])
    detail = serializers.CharField(allow_blank=True)


class ObservationSerializer(serializers.ModelSerializer[Observation]):
    dataset = serializers.CharField(source="dataset.name")
    by = serializers.CharField(source="by_name")
    checks = CheckSerializer(many=True, help_text="The first 50, those that failed first.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many checks passed, warned, failed, were skipped."
    )

    class Meta:
        model = Observation
        fields = ["id", "dataset", "at", "passed", "source", "run", "summary", "checks", "counts", "by"]


class InvestigationSerializer(serializers.ModelSerializer[Investigation]):
    dataset = serializers.CharField(source="dataset.name")
    owner = serializers.CharField(source="owner.username", default=None, allow_null=True)
    closed_by = serializers.CharField(source="closed_by.username", default=None, allow_null=True)
    summary = serializers.CharField(source="told.summary", default="", help_text="What was wrong.")
    holds = serializers.ChoiceField([("", ""), *Investigation.Holds.choices], help_text="What its end says.")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Investigation
        fields = [
            "id", "dataset", "state", "summary", "owner", "opened_at", "closed_at", "closed_by", "holds",
            "note", "wrong_from", "wrong_until", "url",
        ]  # fmt: skip

    def get_url(self, found: Investigation) -> str:
        return absolute(found.get_absolute_url())


class ChangeSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)
    description = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    owner = serializers.CharField(
        max_length=150, allow_null=True, required=False, help_text="A user name; null for nobody."
    )
    every = serializers.CharField(
        max_length=20, allow_blank=True, required=False, help_text="1h, 1d, 2w, 1mo; empty: no expectation."
    )

    def validate_every(self, every: str) -> int | None:
        hours = hours_of(every)
        if every.strip() and hours is None:
            raise serializers.ValidationError("Write it as 1h, 1d, 2w or 1mo, up to a year.")
        return hours

    def validate_owner(self, owner: str | None) -> User | None:
        found = User.objects.filter(username=owner, is_active=True).first() if owner else None
        if owner and found is None:
            raise serializers.ValidationError("There is nobody of that name here.")
        return found


class ClosingSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=2_000, help_text="What came out; who was warned reads it.")
    holds = serializers.ChoiceField(Investigation.Holds.choices, allow_blank=True, default="")
    wrong_from = serializers.DateTimeField(allow_null=True, default=None)
    wrong_until = serializers.DateTimeField(allow_null=True, default=None)


class ManySerializer(serializers.Serializer[Any]):
    observations = ObservationSerializer(many=True)
    unknown = serializers.ListField(
        child=serializers.CharField(), help_text="Names of which no dataset that you see is known."
    )
    refused = serializers.ListField(
        child=serializers.CharField(), help_text="Datasets of which your observations count nowhere."
    )


PLAIN = {
    "type": "object",
    "description": "What Great Expectations, Soda, dbt or Evidently wrote, or {passed, summary, at, checks}.",
    "additionalProperties": True,
}


class DatasetViewSet(Endpoint):
    queryset = Dataset.objects.all()
    serializer_class = DatasetSerializer
    parser_classes = [JSONParser]

    @extend_schema(
        summary="List datasets that posts rest on which you see",
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, description="Part of a name or title."),
            OpenApiParameter("name", OpenApiTypes.STR, description="This one, however it is spelled."),
            OpenApiParameter("state", OpenApiTypes.STR, enum=STATES),
            OpenApiParameter("owner", OpenApiTypes.STR, description="A user name."),
        ],
    )
    def list(self, request: Request) -> Response:
        asked = {name: str(value).replace("\x00", "") for name, value in request.query_params.items()}
        found = self._visible()
        if words := asked.get("q"):
            found = found.filter(Q(name__icontains=words) | Q(title__icontains=words))
        if name := asked.get("name"):
            found = found.called(name)
        if owner := asked.get("owner"):
            found = found.filter(owner__username=owner)
        if state := asked.get("state"):
            if state not in STATES:
                raise ValidationError({"state": [f"Send one of {', '.join(STATES)}."]})
            found = found.in_state(state)
        return self.get_paginated_response(self._shown(self.paginate_queryset(found) or ()))

    @extend_schema(summary="Show a dataset")
    def retrieve(self, request: Request, name: str) -> Response:
        return Response(self._shown([self._named(name)])[0])

    @extend_schema(
        summary="Change a dataset's title, description, owner, or how often it is to be observed",
        request=ChangeSerializer,
    )
    def partial_update(self, request: Request, name: str) -> Response:
        found = self._named(name)
        fields = self.sent(ChangeSerializer, request.data)
        if "every" in fields:
            fields["every_hours"] = fields.pop("every")
        tend(by=self.caller, dataset=found, **fields)
        return Response(self._shown([self._named(f"~{found.pk}")])[0])

    @extend_schema(
        summary="List what was observed of a dataset, the newest first",
        responses=ObservationSerializer(many=True),
    )
    def observations(self, request: Request, name: str) -> Response:
        found = Observation.objects.visible_to(self.caller).filter(dataset=self._named(name))
        return self.page(found.select_related("dataset"), ObservationSerializer)

    @extend_schema(
        summary="Send what a tool observed of a dataset",
        description="What was sent before for the same run is answered with 200, and counts once.",
        request={"application/json": PLAIN},
        responses={201: ObservationSerializer, 200: ObservationSerializer},
    )
    def observe(self, request: Request, name: str) -> Response:
        dataset = self._named(name)
        try:
            seen = read(request.data)
        except NotUnderstood as error:
            raise _not_understood(error) from error
        if len(seen) > 1:
            seen = _of_this(dataset, seen)
        made, is_new = observe(by=self.caller, dataset=dataset, seen=seen[0], token=self._token)
        return Response(ObservationSerializer(made).data, 201 if is_new else 200)

    @extend_schema(
        operation_id="datasets_observations_create_many",
        summary="Send what a tool observed of several datasets, which it names",
        description="Also {result, datasets: {the tool's name: ours}, manifest: dbt's}, or {observations: "
        "[plain forms with a dataset]}.",
        request={"application/json": PLAIN},
        responses={200: ManySerializer},
    )
    def observe_many(self, request: Request) -> Response:
        try:
            found = read_all(request.data)
        except NotUnderstood as error:
            raise _not_understood(error) from error
        made, unknown, refused = [], [], []
        for seen, names in found:
            dataset = next(filter(None, (self._find(name) for name in names)), None)
            if dataset is None:
                unknown.append(names[0])
                continue
            try:
                made.append(observe(by=self.caller, dataset=dataset, seen=seen, token=self._token)[0])
            except UserError as error:
                if error.code != "not-an-observer":
                    raise
                refused.append(dataset.name)
        told = ObservationSerializer(made, many=True).data
        return Response({"observations": told, "unknown": unknown, "refused": refused})

    @extend_schema(
        summary="List what was looked into of a dataset, the newest first",
        responses=InvestigationSerializer(many=True),
    )
    def investigations(self, request: Request, name: str) -> Response:
        found = self._investigations(self._named(name))
        return self.page(found, InvestigationSerializer)

    @extend_schema(
        summary="Close an investigation, and say what came of it",
        parameters=[OpenApiParameter("investigation", OpenApiTypes.INT, OpenApiParameter.PATH)],
        request=ClosingSerializer,
        responses={200: InvestigationSerializer, 409: OpenApiResponse(description="It is closed already.")},
    )
    def close(self, request: Request, name: str, investigation: str) -> Response:
        found = self.find(self._investigations(self._named(name)), pk=investigation)
        close(by=self.caller, investigation=found, **self.sent(ClosingSerializer, request.data))
        shown = self._investigations(found.dataset).get(pk=found.pk)
        return Response(InvestigationSerializer(shown).data)

    @property
    def _token(self) -> str:
        auth = self.request.auth
        return auth.name if isinstance(auth, AccessToken) else ""

    def _visible(self) -> DatasetQuerySet:
        return Dataset.objects.visible_to(self.caller).with_state(self.caller)

    def _named(self, name: str) -> Dataset:
        return self.find(self._visible().named(name))

    def _shown(self, datasets: Iterable[Dataset]) -> Any:
        """From DatasetQuerySet.with_state. Two queries."""
        rows = rows_of(datasets, self.caller)
        for row in rows:
            vars(row.dataset).update(posts=row.posts, insights=row.insights)
        return DatasetSerializer([row.dataset for row in rows], many=True).data

    def _find(self, name: str) -> Dataset | None:
        return Dataset.objects.visible_to(self.caller).called(name).first()

    def _investigations(self, dataset: Dataset) -> Any:
        found = Investigation.objects.visible_to(self.caller).filter(dataset=dataset)
        return found.select_related("dataset", "owner", "closed_by", "observation")


def _of_this(dataset: Dataset, seen: list[Observed]) -> list[Observed]:
    """Of a result with several datasets the one that is meant."""
    words = {dataset.key, dataset.key.rpartition(".")[2], dataset.key.rpartition("/")[2]}
    named = [each for each in seen if key_of(each.dataset) in words]
    if len(named) != 1:
        names = ", ".join(sorted(each.dataset for each in seen))[:200]
        why = f"it is of several datasets ({names}); post it to /api/v1/datasets/observations/"
        raise UserError("not-a-result", why=why, docs=absolute("/api/docs/"))
    return named


def _not_understood(error: NotUnderstood) -> UserError:
    return UserError("not-a-result", why=str(error), docs=absolute("/api/docs/"))
