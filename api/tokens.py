"""/api/v1/me/tokens/: one's own access tokens. A new one is made by who is signed in, not by a token."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from api.people import TokenSerializer
from knowledge.models import AccessToken, Scope
from knowledge.pipeline.tokens import issue_token, revoke_token

MOST_DAYS = 3_650


class OwnTokenSerializer(TokenSerializer):
    class Meta(TokenSerializer.Meta):
        fields = ["id", *TokenSerializer.Meta.fields]


class MadeTokenSerializer(OwnTokenSerializer):
    secret = serializers.CharField(help_text="Said this once.")

    class Meta(OwnTokenSerializer.Meta):
        fields = [*OwnTokenSerializer.Meta.fields, "secret"]


class NewTokenSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100, help_text="What will use it.")
    scope = serializers.ChoiceField(Scope.choices)
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, allow_null=True, default=90, help_text="null: until it is revoked."
    )


@extend_schema_view(
    list=extend_schema(summary="List your access tokens that are not revoked, the newest first"),
    retrieve=extend_schema(summary="Show one of your access tokens"),
)
class OwnTokenViewSet(Endpoint):
    write_scope = Scope.ADMIN
    queryset = AccessToken.objects.all()
    serializer_class = OwnTokenSerializer
    parser_classes = [JSONParser]

    def list(self, request: Request) -> Response:
        return self.page(self._mine(), OwnTokenSerializer)

    def retrieve(self, request: Request, token: int) -> Response:
        return Response(OwnTokenSerializer(self.find(self._mine(), pk=token)).data)

    @extend_schema(
        summary="Make an access token",
        description="For a signed-in browser alone. With a token it is refused (`session-needed`): who finds "
        "one could keep what it opens after it is revoked. The answer alone holds the secret.",
        request=NewTokenSerializer,
        responses={201: MadeTokenSerializer},
    )
    def create(self, request: Request) -> Response:
        if isinstance(request.auth, AccessToken):
            raise PermissionDenied("A token can't make another one.", "session-needed")
        fields = self.sent(NewTokenSerializer, request.data)
        made, secret = issue_token(
            by=self.caller, name=fields["name"], scope=Scope(fields["scope"]), days=fields["days"]
        )
        vars(made)["secret"] = secret
        address = absolute(f"/api/v1/me/tokens/{made.pk}/")
        return Response(MadeTokenSerializer(made).data, 201, headers={"Location": address})

    @extend_schema(summary="Revoke one of your access tokens, at once", responses={204: None})
    def destroy(self, request: Request, token: int) -> Response:
        revoke_token(by=self.caller, token=self.find(self._mine(), pk=token))
        return Response(status=204)

    def _mine(self) -> QuerySet[AccessToken]:
        return AccessToken.objects.filter(user=self.caller, revoked_at=None)
