"""/api/v1/investigations/: what is looked into, of all datasets that the caller sees, and what it reaches."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.datasets import InvestigationSerializer
from api.endpoint import Endpoint
from api.resting import RestingPostSerializer, post_page
from knowledge.models import Dataset, Investigation, Post


class InvestigationFilters(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Investigation.State.choices, required=False)
    owner = serializers.CharField(
        required=False, max_length=150, help_text="The user name of who looks into it."
    )
    dataset = serializers.CharField(required=False, max_length=1_000, help_text="A name, however spelled.")


class _Investigations(Endpoint):
    queryset: QuerySet[Any] = Investigation.objects.all()

    def visible(self) -> QuerySet[Investigation]:
        datasets = Dataset.objects.visible_to(self.caller).order_by().values("pk")
        found = Investigation.objects.visible_to(self.caller).filter(dataset__in=datasets)
        return found.select_related("dataset", "owner", "closed_by", "observation")


class InvestigationViewSet(_Investigations):
    serializer_class = InvestigationSerializer

    @extend_schema(
        summary="List what is looked into and was, the newest first", parameters=[InvestigationFilters]
    )
    def list(self, request: Request) -> Response:
        wanted = self.sent(InvestigationFilters, request.query_params)
        found = self.visible()
        if state := wanted.get("state"):
            found = found.filter(state=state)
        if owner := wanted.get("owner"):
            found = found.filter(owner__username=owner)
        if name := wanted.get("dataset"):
            found = found.filter(dataset__in=Dataset.objects.called(name))
        return self.page(found, InvestigationSerializer)

    @extend_schema(summary="Show an investigation")
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(InvestigationSerializer(self.find(self.visible(), pk=pk)).data)


class InvestigationPostViewSet(_Investigations):
    """What the dataset's posts are of those that it is about."""

    queryset = Post.objects.all()
    serializer_class = RestingPostSerializer

    @extend_schema(
        summary="List the posts that an investigation reaches",
        parameters=[OpenApiParameter("space", OpenApiTypes.STR, description="Of this space alone.")],
    )
    def list(self, request: Request, pk: int) -> Response:
        found = self.find(self.visible(), pk=pk)
        return post_page(self, found.reached().visible_to(self.caller))
