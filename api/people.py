"""/api/v1/people/ and /api/v1/me/: who writes here, and who is calling."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByUsername
from api.parsers import JSONParser
from knowledge.models import AccessToken, Authorship, Membership, Post, Role, Scope, Space, User, prepared
from knowledge.models.writers import Told
from knowledge.models.written import AT_ONCE, Written


class PersonSerializer(serializers.ModelSerializer[User]):
    name = serializers.CharField(source="get_full_name", read_only=True)
    posts = serializers.IntegerField(read_only=True, help_text="Published posts of theirs that you can see.")
    url = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["username", "name", "posts", "url"]

    def get_url(self, person: User) -> str:
        return absolute(person.get_absolute_url())


class WritesAboutSerializer(serializers.Serializer[Any]):
    tag = serializers.CharField()
    posts = serializers.IntegerField()


class WritesInSerializer(serializers.Serializer[Any]):
    space = serializers.CharField()
    name = serializers.CharField()


class TogetherSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    name = serializers.CharField()
    posts = serializers.IntegerField()


class WholePersonSerializer(PersonSerializer):
    tags = WritesAboutSerializer(many=True, help_text="What their newest posts are about, the most first.")
    spaces = WritesInSerializer(many=True, help_text="Where they may write, of what you see.")
    together = TogetherSerializer(many=True, help_text="Whom they wrote their newest posts with.")

    class Meta(PersonSerializer.Meta):
        fields = [*PersonSerializer.Meta.fields, "tags", "spaces", "together"]


class PersonFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=150, help_text="Part of a name or user name.")
    writes = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Only who wrote something that you see.",
    )


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
    return _counted(User.objects.filter(is_active=True), user)


def writers_seen_by(user: User) -> QuerySet[User]:
    """Who wrote something that `user` sees, and be it before they came."""
    seen = Post.objects.visible_to(user).published().order_by().values("pk")
    signed = Authorship.objects.filter(user=OuterRef("pk"), published_at__isnull=False, post__in=seen)
    return _counted(User.objects.filter(Exists(signed), claimed_by=None), user)


def _counted(people: QuerySet[User], user: User) -> QuerySet[User]:
    theirs = Authorship.objects.filter(
        user=OuterRef("pk"), post__in=Post.objects.visible_to(user).published().order_by().values("pk")
    )
    counted = theirs.order_by().values("user").annotate(number=Count("post", distinct=True)).values("number")
    return people.annotate(posts=Coalesce(Subquery(counted), 0))


class PersonViewSet(Endpoint):
    queryset = User.objects.all()
    serializer_class = PersonSerializer
    pagination_class = ByUsername

    @extend_schema(summary="List the people of this portal", parameters=[PersonFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(PersonFilters, request.query_params)
        found = (writers_seen_by if wanted["writes"] else people_seen_by)(self.caller)
        if words := wanted.get("q"):
            found = found.filter(Q(name__icontains=words) | Q(username__icontains=words))
        return self.page(found, PersonSerializer)

    @extend_schema(
        summary="Show a person, by any of their names: what they write about, where, and with whom",
        description="Their posts are `/posts/?author=…`, the most read first with `sort=popular`.",
        responses=WholePersonSerializer,
    )
    def retrieve(self, request: Request, username: str) -> Response:
        before = User.objects.filter(username=username, claimed_by__isnull=False)
        account = before.values_list("claimed_by__username", flat=True).first()
        them = User.objects.filter(username=account or username)
        seen = them.filter(is_active=True) | them.filter(pk__in=writers_seen_by(self.caller).values("pk"))
        person = self.find(_counted(seen, self.caller))
        newest = Written(self.caller, person).newest(None, AT_ONCE)
        told = Told.of(*prepared.several(*Told.asked_of([pk for _, pk in newest])))
        spaces = Space.objects.visible_to(self.caller).writable_by(person).order_by("slug")
        about = {
            "tags": [{"tag": tag, "posts": number} for tag, number in told.tags],
            "spaces": [{"space": slug, "name": name} for slug, name in spaces.values_list("slug", "name")],
            "together": [
                {"username": other.username, "name": other.get_full_name(), "posts": number}
                for other, number in told.writers
                if other != person
            ],
        }
        return Response(PersonSerializer(person).data | about)


class MeChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150, allow_blank=True, help_text="As it stands under your posts.")


class MeView(Endpoint):
    serializer_class = MeSerializer
    pagination_class = None
    parser_classes = [JSONParser]

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

    @extend_schema(summary="Change your name", request=MeChangeSerializer, responses=MeSerializer)
    def partial_update(self, request: Request) -> Response:
        me = self.caller
        me.name = self.sent(MeChangeSerializer, request.data)["name"]
        me.save(update_fields=["name"])
        return self.retrieve(request)
