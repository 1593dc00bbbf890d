"""/api/v1/subscriptions/: what the caller follows."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.errors import UserError
from knowledge.models import Collection, Dataset, Insight, Post, Space, Subscription, User
from knowledge.models.subscription import Target
from knowledge.models.tag_use import current_tag
from knowledge.pipeline.following import clean_query, follow, unfollow

KINDS = Subscription.Kind.choices
TARGET_HELP = (
    "A tag, a user name, a space's address, the id of a post or a collection, a dataset's name,"
    " an insight's space/name."
)


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    kind = serializers.ChoiceField(KINDS)
    target = serializers.SerializerMethodField(help_text=TARGET_HELP)
    name = serializers.CharField(source="label", read_only=True, help_text="The same in words.")
    url = serializers.SerializerMethodField(help_text="This subscription.")

    class Meta:
        model = Subscription
        fields = ["id", "kind", "target", "name", "created_at", "url"]

    def get_target(self, subscription: Subscription) -> str:
        target = subscription.target
        if isinstance(target, Space):
            return target.slug
        if isinstance(target, User):
            return target.username
        if isinstance(target, Dataset):
            return target.name
        if isinstance(target, Insight):
            return target.address
        return str(target.pk) if isinstance(target, (Post, Collection)) else target

    def get_url(self, subscription: Subscription) -> str:
        return absolute(f"/api/v1/subscriptions/{subscription.pk}/")


class NewSubscriptionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(KINDS)
    target = serializers.CharField(max_length=400, help_text=TARGET_HELP)


@extend_schema_view(
    list=extend_schema(summary="List what you follow"),
    retrieve=extend_schema(summary="Show something that you follow"),
)
class SubscriptionViewSet(Endpoint):
    queryset = Subscription.objects.all()
    serializer_class = SubscriptionSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        return self.page(self._mine(), SubscriptionSerializer)

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(SubscriptionSerializer(self.find(self._mine(), pk=pk)).data)

    @extend_schema(
        summary="Follow a tag, a person, a space, a post, a collection, a dataset or an insight, or a search",
        request=NewSubscriptionSerializer,
        responses={201: SubscriptionSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = self.sent(NewSubscriptionSerializer, request.data)
        target = self._target(fields["kind"], fields["target"])
        made = follow(by=self.caller, kind=fields["kind"], target=target)
        shown = self._mine().get(pk=made.pk)
        address = absolute(f"/api/v1/subscriptions/{made.pk}/")
        return Response(SubscriptionSerializer(shown).data, 201, headers={"Location": address})

    @extend_schema(summary="Stop following", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        found = self.find(self._mine(), pk=pk)
        unfollow(by=self.caller, kind=found.kind, target=found.target)
        return Response(status=204)

    def _mine(self) -> QuerySet[Subscription]:
        return Subscription.objects.filter(user=self.caller).visible_to(self.caller).for_lists()

    def _target(self, kind: str, name: str) -> Target:
        """What `name` means to the caller; verbs refuse what isn't there."""
        found: Target | None = current_tag(self.caller, name) if kind == "tag" else None
        number = int(name) if name.isascii() and name.isdigit() and len(name) < 19 else 0
        if kind == "search":
            found = clean_query(name)
        if kind == "author":
            found = User.objects.filter(username=name).first()
        elif kind == "space":
            found = Space.objects.visible_to(self.caller).filter(slug=name).first()
        elif kind == "post":
            found = Post.objects.visible_to(self.caller).filter(pk=number).first()
        elif kind == "collection":
            found = Collection.objects.visible_to(self.caller).filter(pk=number).first()
        elif kind == "dataset":
            found = Dataset.objects.visible_to(self.caller).called(name).first()
        elif kind == "insight":
            found = Insight.objects.visible_to(self.caller).named(name).first()
        if not found:
            raise UserError("nothing-to-follow")
        return found
