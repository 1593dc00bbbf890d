"""/api/v1/tags/: what posts are about, and what that is called."""

from collections import Counter
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.errors import UserError
from knowledge.models import Post, Scope, Tag, TagSynonym, TagUse, User, prepared
from knowledge.models.listing import OFTEN, TAGGED, TAGGED_OFTEN
from knowledge.models.tag import clean_tag, tag_address
from knowledge.models.tag_use import current_tag
from knowledge.models.writers import RECENT, Told
from knowledge.pipeline import tagging

ONE = ("description", "name", "merge_into", "synonyms")


class TagSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    posts = serializers.IntegerField(help_text="Published posts with it that you can see.")
    description = serializers.CharField(help_text="What it means; may be empty.")
    synonyms = serializers.ListField(child=serializers.CharField(), help_text="Its other names.")
    keeper = serializers.CharField(allow_null=True, help_text="The user name of who says what it means.")
    url = serializers.CharField()


class WriterSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    posts = serializers.IntegerField()


class BesideSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField()
    posts = serializers.IntegerField()


class WholeTagSerializer(TagSerializer):
    writers = WriterSerializer(many=True, help_text="Who wrote the newest posts with it, the most first.")
    beside = BesideSerializer(many=True, help_text="What else these are about.")


class TagChangeSerializer(serializers.Serializer[Any]):
    """One change at a time; `keeper` goes with `description`."""

    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    keeper = serializers.CharField(
        max_length=150, required=False, allow_null=True, help_text="Without it, it stays; null: nobody."
    )
    name = serializers.CharField(max_length=100, required=False, help_text="Rename it to this.")
    merge_into = serializers.CharField(max_length=100, required=False, help_text="Merge it into this tag.")
    synonyms = serializers.ListField(
        child=serializers.CharField(max_length=100),
        max_length=100,
        required=False,
        help_text="All of its other names; posts of tags among them move here.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len([name for name in ONE if name in attrs]) != 1:
            raise serializers.ValidationError(f"Send one of {', '.join(ONE)}.")
        return attrs


@extend_schema_view(
    list=extend_schema(
        summary="List the tags in use",
        parameters=[OpenApiParameter("name", OpenApiTypes.STR, description="This one, by any of its names.")],
    )
)
class TagViewSet(Endpoint):
    """Tags are few: the list always comes whole, in the form of the other lists."""

    write_scope = Scope.ADMIN
    queryset = Post.objects.all()
    serializer_class = TagSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        asked = clean_tag(request.query_params.get("name", ""))
        name = current_tag(self.caller, asked) if asked else ""
        counts = TagUse.objects.seen_by(self.caller, tag=name)
        rows = _rows(Counter({name: counts[name]}) if name else counts)
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(
        summary="Show a tag, by any of its names; who writes about it, and what beside it",
        responses=WholeTagSerializer,
    )
    def retrieve(self, request: Request, tag: str) -> Response:
        shown = self._shown(current_tag(self.caller, tag))
        posts = TAGGED_OFTEN if shown["posts"] > OFTEN else TAGGED
        newest = posts.of(self.caller, tags=[shown["name"]]).newest(None, RECENT)
        told = Told.of(*prepared.several(*Told.asked_of([pk for _, pk in newest])))
        shown["writers"] = [
            {"username": person.username, "name": person.get_full_name(), "posts": number}
            for person, number in told.writers
        ]
        beside = [each for each in told.tags if each[0] != shown["name"]]
        return Response(shown | {"beside": [{"tag": name, "posts": number} for name, number in beside]})

    @extend_schema(
        summary="Say what a tag means; rename it, merge it, give it other names",
        description="What it means is for its keeper and superusers to say, names are for superusers.",
        request=TagChangeSerializer,
        responses=TagSerializer,
    )
    def partial_update(self, request: Request, tag: str) -> Response:
        name = self._shown(current_tag(self.caller, tag))["name"]
        fields = self.sent(TagChangeSerializer, request.data)
        if "description" in fields:
            keeper = self._keeper(name, fields)
            tagging.describe(by=self.caller, tag=name, description=fields["description"], keeper=keeper)
        elif "synonyms" in fields:
            tagging.set_synonyms(by=self.caller, tag=name, names=fields["synonyms"])
        elif "name" in fields:
            tagging.rename(by=self.caller, tag=name, to=fields["name"])
        else:
            tagging.merge(by=self.caller, tag=name, into=fields["merge_into"])
        return Response(self._shown(current_tag(self.caller, fields.get("name") or name)))

    def _keeper(self, tag: str, fields: dict[str, Any]) -> User | None:
        if "keeper" not in fields:
            found = Tag.objects.filter(name=tag).select_related("keeper").first()
            return found.keeper if found else None
        if not (username := (fields["keeper"] or "").replace("\x00", "")):
            return None
        if user := User.objects.filter(username=username, is_active=True).first():
            return user
        raise UserError("no-such-user", user=username)

    def _shown(self, name: str) -> dict[str, Any]:
        number = TagUse.objects.seen_by(self.caller, tag=name)[name]
        if not number:
            raise NotFound()
        return dict(_rows(Counter({name: number}))[0])


def _rows(counts: Counter[str]) -> list[dict[str, Any]]:
    names = sorted(name for name, number in counts.items() if number)
    described = {tag.name: tag for tag in Tag.objects.filter(name__in=names).select_related("keeper")}
    synonyms = TagSynonym.objects.of(names)
    rows = []
    for name in names:
        tag = described.get(name)
        rows.append(
            {
                "name": name,
                "posts": counts[name],
                "description": tag.description if tag else "",
                "synonyms": synonyms.get(name, []),
                "keeper": tag.keeper.username if tag and tag.keeper else None,
                "url": absolute(tag_address(name)),
            }
        )
    return list(TagSerializer(rows, many=True).data)
