"""/api/v1/campaigns/: posts that are to come over an upgrade of a library, and how far that is."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByPost
from api.parsers import JSONParser
from knowledge import versions
from knowledge.errors import UserError
from knowledge.models import Campaign, CampaignItem, Space
from knowledge.models.campaign import CampaignItemQuerySet
from knowledge.pipeline import campaigning

STATES = CampaignItem.State.choices
_STATE = OpenApiParameter("state", OpenApiTypes.STR, enum=CampaignItem.State.values)


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    opened_by = serializers.CharField(
        source="opened_by.username", default=None, allow_null=True, read_only=True
    )
    affected = serializers.CharField(help_text="The versions that it is about; empty: all.")
    posts = serializers.SerializerMethodField(help_text="How many of its posts you can see.")
    settled = serializers.SerializerMethodField(help_text="How many of those are done or need nothing.")
    url = serializers.SerializerMethodField(help_text="Its page.")
    items = serializers.SerializerMethodField(help_text="Its posts, by the API.")

    class Meta:
        model = Campaign
        fields = [
            *("id", "library", "affected", "target", "title", "what", "opened_by", "opened_at", "closed_at"),
            *("closing_note", "posts", "settled", "url", "items"),
        ]

    def get_posts(self, campaign: Campaign) -> int:
        return int(self.context["progress"].get(campaign.pk, {}).get("every", 0))

    def get_settled(self, campaign: Campaign) -> int:
        return int(self.context["progress"].get(campaign.pk, {}).get("settled", 0))

    def get_url(self, campaign: Campaign) -> str:
        return absolute(campaign.get_absolute_url())

    def get_items(self, campaign: Campaign) -> str:
        return absolute(f"/api/v1/campaigns/{campaign.pk}/items/")


class ItemSerializer(serializers.ModelSerializer[CampaignItem]):
    post = serializers.IntegerField(source="post_id")
    title = serializers.CharField(source="post.title")
    space = serializers.CharField(source="post.space.slug")
    path = serializers.CharField(source="post.path")
    version = serializers.CharField(help_text="That it used when it was asked for; empty: not known.")
    owners: Any = serializers.SlugRelatedField(
        slug_field="username", many=True, read_only=True, help_text="Who is asked."
    )
    by = serializers.CharField(source="by.username", default=None, allow_null=True)
    is_by_itself = serializers.BooleanField(help_text="Whether a published revision ticked it off.")
    url = serializers.SerializerMethodField(help_text="The page of the post.")

    class Meta:
        model = CampaignItem
        fields = [
            *("post", "title", "space", "path", "version", "owners", "state", "by", "is_by_itself", "at"),
            *("note", "url"),
        ]

    def get_url(self, item: CampaignItem) -> str:
        return absolute(item.post.get_absolute_url())


class NewCampaignSerializer(serializers.Serializer[Any]):
    library = serializers.CharField(max_length=100)
    affected = serializers.CharField(
        max_length=versions.LONGEST,
        required=False,
        allow_blank=True,
        default="",
        help_text="The versions that it is about, such as `<2`; empty: all.",
    )
    target = serializers.CharField(
        max_length=versions.LONGEST,
        required=False,
        allow_blank=True,
        default="",
        help_text="The version to come to.",
    )
    title = serializers.CharField(max_length=200)
    what = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="What to do. Markdown, as in comments."
    )
    space = serializers.CharField(
        max_length=64, required=False, allow_null=True, default=None, help_text="Of its posts alone."
    )
    with_unknown = serializers.BooleanField(
        required=False, default=False, help_text="Posts too that don't say the version."
    )


class CampaignChangeSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    what = serializers.CharField(required=False, allow_blank=True)
    target = serializers.CharField(max_length=versions.LONGEST, required=False, allow_blank=True)
    closed = serializers.BooleanField(required=False, help_text="true closes it, for good.")
    note = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="What came of it; with `closed`."
    )

    def validate_closed(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("A campaign is closed for good; send true, or leave it out.")
        return value


class MarkSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(STATES)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CampaignViewSet(Endpoint):
    queryset = Campaign.objects.all()
    serializer_class = CampaignSerializer
    parser_classes = [JSONParser]

    @extend_schema(
        summary="List campaigns, the newest first",
        parameters=[
            OpenApiParameter("library", OpenApiTypes.STR),
            OpenApiParameter("closed", OpenApiTypes.BOOL, description="Closed ones alone, or running ones."),
        ],
    )
    def list(self, request: Request) -> Response:
        rows = Campaign.objects.visible_to(self.caller).select_related("opened_by")
        if library := request.query_params.get("library", "").replace("\x00", ""):
            rows = rows.filter(library=library.lower())
        if closed := request.query_params.get("closed"):
            rows = rows.filter(closed_at__isnull=closed not in {"1", "true"})
        page = self.paginate_queryset(rows) or []
        context = self._progress([each.pk for each in page])
        return self.get_paginated_response(CampaignSerializer(page, many=True, context=context).data)

    @extend_schema(summary="Show a campaign, and how far it is")
    def retrieve(self, request: Request, pk: int) -> Response:
        return self._shown(pk)

    @extend_schema(
        summary="Open a campaign: those who answer for the posts are told",
        description="For who reviews or maintains some space, of posts that they see.",
        request=NewCampaignSerializer,
        responses={201: CampaignSerializer},
    )
    def create(self, request: Request) -> Response:
        fields = self.sent(NewCampaignSerializer, request.data)
        slug = fields.pop("space")
        space = Space.objects.visible_to(self.caller).filter(slug=slug).first() if slug else None
        if slug and space is None:
            raise UserError("no-such-space", space=slug)
        made = campaigning.open_campaign(by=self.caller, space=space, **fields)
        return self._shown(made.pk, 201)

    @extend_schema(
        summary="Change the words of a campaign, or close it",
        request=CampaignChangeSerializer,
        responses=CampaignSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        found = self.find(Campaign.objects.visible_to(self.caller), pk=pk)
        fields = self.sent(CampaignChangeSerializer, request.data)
        is_closed, note = fields.pop("closed", False), fields.pop("note", "")
        if fields:
            words = {"title": found.title, "what": found.what, "target": found.target} | fields
            campaigning.change_campaign(by=self.caller, campaign=found, **words)
        if is_closed:
            campaigning.close_campaign(by=self.caller, campaign=found, note=note)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        found = self.find(Campaign.objects.visible_to(self.caller).select_related("opened_by"), pk=pk)
        headers = {"Location": absolute(f"/api/v1/campaigns/{found.pk}/")} if status == 201 else None
        shown = CampaignSerializer(found, context=self._progress([found.pk]))
        return Response(shown.data, status, headers=headers)

    def _progress(self, campaigns: Sequence[int]) -> dict[str, Any]:
        items = CampaignItem.objects.visible_to(self.caller).filter(campaign__in=campaigns)
        return {"progress": {row["campaign"]: row for row in items.progress("campaign")}}


class CampaignItemViewSet(Endpoint):
    queryset = CampaignItem.objects.all()
    serializer_class = ItemSerializer
    parser_classes = [JSONParser]
    pagination_class = ByPost

    @extend_schema(
        summary="List the posts of a campaign",
        parameters=[
            _STATE,
            OpenApiParameter("mine", OpenApiTypes.BOOL, description="Those that you are asked for."),
            OpenApiParameter("space", OpenApiTypes.STR),
        ],
    )
    def list(self, request: Request, pk: int) -> Response:
        asked = request.query_params
        items = self._items(pk)
        if state := asked.get("state"):
            if state not in CampaignItem.State.values:
                raise ValidationError({"state": [f"Send one of {', '.join(CampaignItem.State.values)}."]})
            items = items.filter(state=state)
        if asked.get("mine") in {"1", "true"}:
            items = items.of(self.caller)
        if space := asked.get("space", "").replace("\x00", ""):
            items = items.filter(post__space__slug=space)
        return self.page(items.with_posts(), ItemSerializer)

    @extend_schema(
        summary="Tick off a post of a campaign, or open it again",
        description="For who owns or wrote the post, and for maintainers of its space.",
        request=MarkSerializer,
        responses=ItemSerializer,
    )
    def partial_update(self, request: Request, pk: int, post: int) -> Response:
        items = self._items(pk)
        found = self.find(items.select_related("post__space"), post=post)
        campaigning.mark(by=self.caller, item=found, **self.sent(MarkSerializer, request.data))
        return Response(ItemSerializer(self.find(items.with_posts(), post=post)).data)

    def _items(self, pk: int) -> CampaignItemQuerySet:
        campaign = self.find(Campaign.objects.visible_to(self.caller), pk=pk)
        return CampaignItem.objects.visible_to(self.caller).filter(campaign=campaign)
