"""/api/v1/spaces/: the shelves, their settings and their members."""

from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import BySlug
from api.parsers import JSONParser
from api.revisions import FINDING_CODES
from knowledge.errors import UserError
from knowledge.models import Collection, Membership, Post, Role, Scope, Space, User
from knowledge.pipeline.curating import choose_front
from knowledge.pipeline.spaces import change_space, create_space, remove_member, set_member


class MemberSerializer(serializers.ModelSerializer[Membership]):
    username = serializers.CharField(source="user.username", read_only=True)
    name = serializers.CharField(source="user.get_full_name", read_only=True)

    class Meta:
        model = Membership
        fields = ["username", "name", "role"]


class SpaceSerializer(serializers.ModelSerializer[Space]):
    posts = serializers.IntegerField(
        source="posts_seen", read_only=True, help_text="Published posts that you can see."
    )
    url = serializers.SerializerMethodField(help_text="Its page.")
    git_url = serializers.SerializerMethodField(help_text="Where to push to and clone from.")
    role = serializers.ChoiceField(Role.choices, read_only=True, allow_null=True, help_text="Yours.")
    front = serializers.IntegerField(
        source="front_id",
        read_only=True,
        allow_null=True,
        help_text="The collection its page begins with.",
    )

    class Meta:
        model = Space
        fields = [
            "slug", "name", "description", "visibility", "blocking_findings", "default_branch", "role",
            "front", "posts", "url", "git_url", "created_at",
        ]  # fmt: skip

    def get_url(self, space: Space) -> str:
        return absolute(space.get_absolute_url())

    def get_git_url(self, space: Space) -> str:
        return absolute(f"/git/{space.slug}.git")


class NewSpaceSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField(max_length=64, help_text="Its address. It can't be changed later.")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    description = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    visibility = serializers.ChoiceField(Space.Visibility.choices, default=Space.Visibility.INTERNAL)


class SpaceChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, required=False)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(Space.Visibility.choices, required=False)
    blocking_findings = serializers.ListField(
        child=serializers.ChoiceField(FINDING_CODES),
        required=False,
        help_text="What keeps a revision from being published.",
    )
    front = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        allow_null=True,
        required=False,
        help_text="The id of a collection of the space or of the portal; null for none.",
    )


CHANGEABLE = ("name", "description", "visibility", "blocking_findings")


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)


def spaces_seen_by(user: User) -> QuerySet[Space]:
    """With the caller's role and the number of published posts that the caller can see."""
    role = Membership.objects.filter(space=OuterRef("pk"), user=user).values("role")
    return Space.objects.visible_to(user).annotate(
        posts_seen=Post.objects.visible_to(user).published().per_space(), role=Subquery(role)
    )


@extend_schema_view(
    list=extend_schema(summary="List the spaces you can see"),
    retrieve=extend_schema(summary="Show a space"),
)
class SpaceViewSet(Endpoint):
    write_scope = Scope.ADMIN
    queryset = Space.objects.all()
    serializer_class = SpaceSerializer
    pagination_class = BySlug
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        return self.page(spaces_seen_by(self.caller), SpaceSerializer)

    def retrieve(self, request: Request, space: str) -> Response:
        return Response(self._shown(space))

    @extend_schema(summary="Make a space", request=NewSpaceSerializer, responses={201: SpaceSerializer})
    def create(self, request: Request) -> Response:
        fields = self.sent(NewSpaceSerializer, request.data)
        space = create_space(by=self.caller, **(fields | {"name": fields["name"] or fields["slug"]}))
        address = absolute(f"/api/v1/spaces/{space.slug}/")
        return Response(self._shown(space.slug), 201, headers={"Location": address})

    @extend_schema(
        summary="Change what a space is, who reads it and what it publishes",
        request=SpaceChangeSerializer,
        responses=SpaceSerializer,
    )
    def partial_update(self, request: Request, space: str) -> Response:
        found = self._find(space)
        unchanged = {name: getattr(found, name) for name in CHANGEABLE}
        sent = self.sent(SpaceChangeSerializer, request.data)
        front = sent.pop("front", found.front_id)
        with transaction.atomic():
            if sent or front == found.front_id:
                change_space(by=self.caller, space=found, **(unchanged | sent))
            choose_front(by=self.caller, space=found, collection=self._collection(front))
        return Response(self._shown(space))

    @extend_schema(summary="List a space's members", responses=MemberSerializer(many=True))
    def members(self, request: Request, space: str) -> Response:
        members = self._find(space).memberships.select_related("user").order_by("user__username")
        rows = MemberSerializer(members, many=True).data
        return Response({"results": rows, "next": None, "previous": None})

    @extend_schema(summary="Show a member", responses=MemberSerializer)
    def member(self, request: Request, space: str, username: str) -> Response:
        members = self._find(space).memberships.select_related("user")
        return Response(MemberSerializer(self.find(members, user__username=username)).data)

    @extend_schema(
        summary="Add a member, or change a role", request=RoleSerializer, responses=MemberSerializer
    )
    def set_member(self, request: Request, space: str, username: str) -> Response:
        role = self.sent(RoleSerializer, request.data)["role"]
        member = set_member(by=self.caller, space=self._find(space), username=username, role=Role(role))
        return Response(MemberSerializer(member).data)

    @extend_schema(summary="Remove a member", responses={204: None})
    def remove_member(self, request: Request, space: str, username: str) -> Response:
        remove_member(by=self.caller, space=self._find(space), username=username)
        return Response(status=204)

    def _collection(self, pk: int | None) -> Collection | None:
        found = Collection.objects.visible_to(self.caller).filter(pk=pk).first() if pk else None
        if pk and found is None:
            raise UserError("no-such-collection")
        return found

    def _find(self, slug: str) -> Space:
        return self.find(Space.objects.visible_to(self.caller), slug=slug)

    def _shown(self, slug: str) -> dict[str, Any]:
        return dict(SpaceSerializer(self.find(spaces_seen_by(self.caller), slug=slug)).data)
