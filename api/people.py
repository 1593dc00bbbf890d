"""/api/v1/people/ and /api/v1/me/: who writes here, and who is calling."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByUsername
from knowledge.models import AccessToken, Authorship, Membership, Post, Role, Scope, User


class PersonSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="get_full_name", read_only=True)
    posts = serializers.IntegerField(read_only=True, help_text="Published posts of theirs that you can see.")
    url = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["username", "name", "posts", "url"]

    def get_url(self, person: User) -> str:
        return absolute(person.get_absolute_url())


class MembershipSerializer(serializers.Serializer[Any]):
    space = serializers.CharField(source="space.slug")
    role = serializers.ChoiceField(Role.choices)


class TokenSerializer(serializers.ModelSerializer[AccessToken]):
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))

    class Meta:
        model = AccessToken
        fields = ["name", "hint", "scopes", "created_at", "expires_at", "last_used_at"]


class MeSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    url = serializers.CharField()
    spaces = MembershipSerializer(many=True)
    token = TokenSerializer(
        allow_null=True, help_text="The token of this request; null for a browser's session."
    )


def people_seen_by(user: User) -> QuerySet[User]:
    """Everyone who may sign in, with the number of their published posts that `user` can see."""
    theirs = Authorship.objects.filter(
        user=OuterRef("pk"), post__in=Post.objects.visible_to(user).published().order_by().values("pk")
    )
    counted = theirs.order_by().values("user").annotate(number=Count("post", distinct=True)).values("number")
    return User.objects.filter(is_active=True).annotate(posts=Coalesce(Subquery(counted), 0))


@extend_schema_view(
    list=extend_schema(summary="List the people of this portal"),
    retrieve=extend_schema(summary="Show a person"),
)
class PersonViewSet(Endpoint):
    queryset = User.objects.all()
    serializer_class = PersonSerializer
    pagination_class = ByUsername

    def list(self, request: Request) -> Response:
        return self.page(people_seen_by(self.caller), PersonSerializer)

    def retrieve(self, request: Request, username: str) -> Response:
        return Response(PersonSerializer(self.find(people_seen_by(self.caller), username=username)).data)


class MeView(Endpoint):
    serializer_class = MeSerializer
    pagination_class = None

    @extend_schema(summary="Show who is calling, with which token")
    def retrieve(self, request: Request) -> Response:
        me = self.caller
        memberships = Membership.objects.filter(user=me).select_related("space").order_by("space__slug")
        facts = {
            "username": me.username,
            "name": me.get_full_name(),
            "email": me.email,
            "url": absolute(me.get_absolute_url()),
            "spaces": memberships,
            "token": request.auth,
        }
        return Response(MeSerializer(facts).data)
