"""/api/v1/collections/: posts that somebody put together, in an order."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.errors import UserError
from knowledge.models import Collection, CollectionItem, Post, Space
from knowledge.models.collection import MOST_POSTS, CollectionQuerySet, Line, lines_of
from knowledge.pipeline import curating


class CollectionSerializer(serializers.ModelSerializer[Collection]):
    space = serializers.CharField(
        source="space.slug", default=None, allow_null=True, read_only=True, help_text="null: of the portal."
    )
    posts = serializers.SerializerMethodField(help_text="How many of its posts you can read.")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Collection
        fields = ["id", "space", "title", "introduction", "posts", "url", "created_at", "updated_at"]

    def get_posts(self, collection: Collection) -> int:
        return len(self.readable(collection))

    def get_url(self, collection: Collection) -> str:
        return absolute(collection.get_absolute_url())

    def readable(self, collection: Collection) -> list[Line]:
        return [line for line in self.context["lines"].get(collection.pk, ()) if line.post]


class LineSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(source="post.pk")
    title = serializers.CharField(source="post.title")
    space = serializers.CharField(source="post.space.slug")
    path = serializers.CharField(source="post.path")
    note = serializers.CharField(source="item.note", help_text="Why to read it; may be empty.")
    supersedes = serializers.IntegerField(
        source="stands_for.pk",
        default=None,
        allow_null=True,
        help_text="The post that was added, if another.",
    )
    url = serializers.SerializerMethodField()

    def get_url(self, line: Line) -> str:
        return absolute(line.post.get_absolute_url()) if line.post else ""


class WholeCollectionSerializer(CollectionSerializer):
    items = serializers.SerializerMethodField(help_text="Its posts, in order.")

    class Meta(CollectionSerializer.Meta):
        fields = [*CollectionSerializer.Meta.fields, "items"]

    @extend_schema_field(LineSerializer(many=True))
    def get_items(self, collection: Collection) -> Any:
        return LineSerializer(self.readable(collection), many=True).data


class NewCollectionSerializer(serializers.Serializer[Any]):
    space = serializers.CharField(
        max_length=64, required=False, allow_null=True, default=None, help_text="null: the portal's."
    )
    title = serializers.CharField(max_length=200)
    introduction = serializers.CharField(required=False, allow_blank=True, default="")


class CollectionChangeSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    introduction = serializers.CharField(required=False, allow_blank=True)
    order = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        max_length=MOST_POSTS,
        required=False,
        help_text="Ids of its posts, as they are to stand.",
    )


class NewItemSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, allow_blank=True)


class _Collections(Endpoint):
    queryset = Collection.objects.all()
    serializer_class = CollectionSerializer
    parser_classes = [JSONParser]

    def visible(self) -> CollectionQuerySet:
        return Collection.objects.visible_to(self.caller).select_related("space")

    def shown(self, pk: int, status: int = 200) -> Response:
        found = self.find(self.visible(), pk=pk)
        context = {"lines": lines_of([found.pk], self.caller)}
        headers = {"Location": absolute(f"/api/v1/collections/{found.pk}/")} if status == 201 else None
        return Response(WholeCollectionSerializer(found, context=context).data, status, headers=headers)


@extend_schema_view(
    list=extend_schema(
        summary="List the collections you can see",
        parameters=[
            OpenApiParameter("space", OpenApiTypes.STR, description="Of this space alone."),
            OpenApiParameter("post", OpenApiTypes.INT, description="Those that show this post."),
        ],
    ),
    retrieve=extend_schema(
        summary="Show a collection and its posts, in order", responses=WholeCollectionSerializer
    ),
)
class CollectionViewSet(_Collections):
    def list(self, request: Request) -> Response:
        rows = self.visible()
        if space := request.query_params.get("space", "").replace("\x00", ""):
            rows = rows.filter(space__slug=space)
        if post := request.query_params.get("post"):
            rows = rows.showing(self.find(Post.objects.visible_to(self.caller), pk=post))
        page = self.paginate_queryset(rows) or []
        context = {"lines": lines_of([each.pk for each in page], self.caller)}
        return self.get_paginated_response(CollectionSerializer(page, many=True, context=context).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        return self.shown(pk)

    @extend_schema(
        summary="Make a collection",
        request=NewCollectionSerializer,
        responses={201: WholeCollectionSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = self.sent(NewCollectionSerializer, request.data)
        slug = fields.pop("space")
        space = Space.objects.visible_to(self.caller).filter(slug=slug).first() if slug else None
        if slug and space is None:
            raise UserError("no-such-space", space=slug)
        made = curating.make_collection(by=self.caller, space=space, **fields)
        return self.shown(made.pk, 201)

    @extend_schema(
        summary="Change its words, or the order of its posts",
        request=CollectionChangeSerializer,
        responses=WholeCollectionSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        found = self.find(self.visible(), pk=pk)
        fields = self.sent(CollectionChangeSerializer, request.data)
        order = fields.pop("order", None)
        if fields:
            words = {"title": found.title, "introduction": found.introduction} | fields
            curating.change_collection(by=self.caller, collection=found, **words)
        if order is not None:
            curating.arrange(by=self.caller, collection=found, order=order)
        return self.shown(pk)

    @extend_schema(summary="Delete a collection; its posts stay", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        curating.delete_collection(by=self.caller, collection=self.find(self.visible(), pk=pk))
        return Response(status=204)


class CollectionItemViewSet(_Collections):
    queryset = CollectionItem.objects.all()  # type: ignore[assignment]  # the schema asks for it

    @extend_schema(
        summary="Add a post at the end of a collection",
        request=NewItemSerializer,
        responses={201: WholeCollectionSerializer},
    )
    def create(self, request: Request, pk: int) -> Response:
        found = self.find(self.visible(), pk=pk)
        fields = self.sent(NewItemSerializer, request.data)
        post = Post.objects.visible_to(self.caller).filter(pk=fields["post"]).first()
        if post is None:
            raise UserError("no-such-post")
        curating.add_post(by=self.caller, collection=found, post=post, note=fields["note"])
        return self.shown(pk, 201)

    @extend_schema(
        summary="Say why to read a post of a collection",
        request=NoteSerializer,
        responses=WholeCollectionSerializer,
    )
    def partial_update(self, request: Request, pk: int, post: int) -> Response:
        found = self.find(self.visible(), pk=pk)
        note = self.sent(NoteSerializer, request.data)["note"]
        curating.note_post(by=self.caller, collection=found, post=post, note=note)
        return self.shown(pk)

    @extend_schema(summary="Take a post out of a collection", responses={204: None})
    def destroy(self, request: Request, pk: int, post: int) -> Response:
        curating.remove_post(by=self.caller, collection=self.find(self.visible(), pk=pk), post=post)
        return Response(status=204)
