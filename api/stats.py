"""/api/v1/stats/: reading figures of a post, a space, a person or a tag."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from knowledge.figures import MOST_DAYS, SUBJECTS, Figures, figures_of, subject_of
from knowledge.models import Post
from knowledge.models.reads import REACHES


class StatsFilters(serializers.Serializer[Any]):
    """One of the first four, or none for your own."""

    post = serializers.IntegerField(required=False)
    space = serializers.CharField(required=False, max_length=64)
    person = serializers.CharField(required=False, max_length=150, help_text="A user name.")
    tag = serializers.CharField(required=False, max_length=100)
    days = serializers.IntegerField(
        required=False, default=30, min_value=1, max_value=MOST_DAYS, help_text="Up to today."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(SUBJECTS.keys() & attrs.keys()) > 1:
            raise serializers.ValidationError("Name one of them: post, space, person or tag.")
        return attrs


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    views = serializers.IntegerField()
    readers = serializers.IntegerField(help_text="Of each post, so that they add up to `reads`.")


class ReachSerializer(serializers.Serializer[Any]):
    reach = serializers.IntegerField(help_text="Per cent of the document.")
    reads = serializers.IntegerField(help_text="How many came so far.")


class TopPostSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(source="post.pk")
    title = serializers.CharField(source="post.title")
    url = serializers.SerializerMethodField()
    views = serializers.IntegerField()
    reads = serializers.IntegerField(source="readers")
    finished = serializers.IntegerField()

    def get_url(self, top: Any) -> str:
        return absolute(top.post.get_absolute_url())


class SearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    reads = serializers.IntegerField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """The post was read more often than `fewer` of `others` in its space."""

    fewer = serializers.IntegerField()
    others = serializers.IntegerField()


class StatsSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(sorted(SUBJECTS), source="subject.kind")
    key = serializers.CharField(source="subject.key", help_text="Which post, space, person or tag.")
    first = serializers.DateField()
    last = serializers.DateField()
    views = serializers.IntegerField(source="sums.views")
    reads = serializers.IntegerField(help_text="A person, a post and a day are one.")
    finished = serializers.IntegerField(source="sums.finished", help_text="Reads to the end.")
    readers = serializers.IntegerField(help_text="Different people.")
    readers_since = serializers.DateField(
        allow_null=True, help_text="From when on people are known apart, if not for all of the time."
    )
    reached = serializers.SerializerMethodField()
    by_day = DaySerializer(many=True)
    posts = TopPostSerializer(source="top", many=True, help_text="What is read most; none for a post.")
    searches = serializers.SerializerMethodField(
        help_text="That led here; without names, and none before there were three readers."
    )
    comparison = ComparisonSerializer(allow_null=True)

    @extend_schema_field(ReachSerializer(many=True))
    def get_reached(self, figures: Figures) -> list[dict[str, int]]:
        return [{"reach": reach, "reads": figures.sums[f"reached_{reach}"]} for reach in REACHES]

    @extend_schema_field(SearchSerializer(many=True))
    def get_searches(self, figures: Figures) -> list[dict[str, object]]:
        return [{"query": query, "reads": reads} for query, reads in figures.searches]


class StatsViewSet(Endpoint):
    queryset = Post.objects.none()
    serializer_class = StatsSerializer

    @extend_schema(summary="Tell how much is read", parameters=[StatsFilters])
    def retrieve(self, request: Request) -> Response:
        asked = self.sent(StatsFilters, request.query_params)
        kind = next(iter(SUBJECTS.keys() & asked.keys()), "person")
        try:
            subject = subject_of(self.caller, kind, str(asked.get(kind, self.caller.username)))
        except ObjectDoesNotExist as error:
            raise NotFound() from error
        return Response(StatsSerializer(figures_of(subject, asked["days"])).data)
