"""What the API tells of one post: all that its page says beside the document."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.links import absolute
from api.post_shapes import PostSerializer
from api.related import NeighbourSerializer
from api.revisions import FaultSerializer, RevisionSerializer
from knowledge.models import Bookmark, Collection, Dataset, DatasetUse, LibraryUse, Like, Post, Revision
from knowledge.models.library_use import library_address
from knowledge.pipeline.superseding import superseded

REVISIONS_SHOWN = 100
COLLECTIONS_SHOWN = 50


class UsedDatasetSerializer(serializers.ModelSerializer[Dataset]):
    title = serializers.CharField(source="label")
    api = serializers.SerializerMethodField(help_text="It, by the API.")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Dataset
        fields = ["name", "title", "api", "url"]

    def get_api(self, dataset: Dataset) -> str:
        return absolute(f"/api/v1/datasets/{dataset.quoted}/")

    def get_url(self, dataset: Dataset) -> str:
        return absolute(dataset.get_absolute_url())


class UsedLibrarySerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="library")
    version = serializers.SerializerMethodField(help_text="As it says; null: it doesn't.")
    api = serializers.SerializerMethodField(help_text="It, by the API.")

    def get_version(self, use: LibraryUse) -> str | None:
        return use.version or None

    def get_api(self, use: LibraryUse) -> str:
        return absolute(f"/api/v1{library_address(use.library)}/")


class PostLinksSerializer(serializers.Serializer[Any]):
    self = serializers.CharField()
    page = serializers.CharField()
    permalink = serializers.CharField(help_text="Stays when the document is renamed.")
    revisions = serializers.CharField()
    source = serializers.CharField(  # type: ignore[assignment]  # DRF takes declared fields off the class
        allow_null=True, help_text="The original file of `revision`."
    )
    space = serializers.CharField()
    git = serializers.CharField()


class RestsOnSerializer(serializers.Serializer[Any]):
    """What readers see, that is: its published revision."""

    datasets = serializers.SerializerMethodField()
    libraries = serializers.SerializerMethodField()

    @extend_schema_field(UsedDatasetSerializer(many=True))
    def get_datasets(self, post: Post) -> Any:
        uses = DatasetUse.objects.filter(post=post).select_related("dataset").order_by("dataset__name")
        return UsedDatasetSerializer([use.dataset for use in uses], many=True).data

    @extend_schema_field(UsedLibrarySerializer(many=True))
    def get_libraries(self, post: Post) -> Any:
        uses = LibraryUse.objects.filter(post=post).order_by("library")
        return UsedLibrarySerializer(uses, many=True).data


class HoldingSerializer(serializers.ModelSerializer[Collection]):
    space = serializers.CharField(source="space.slug", default=None, allow_null=True)
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Collection
        fields = ["id", "space", "title", "url"]

    def get_url(self, collection: Collection) -> str:
        return absolute(collection.get_absolute_url())


class PostDetailSerializer(PostSerializer):
    header = serializers.SerializerMethodField(help_text="As written; empty until there is one to read.")
    faults = serializers.SerializerMethodField(
        help_text="Of the latest revision; empty for those who may not write to the space."
    )
    links = serializers.SerializerMethodField()
    revisions = serializers.SerializerMethodField(help_text=f"The newest {REVISIONS_SHOWN}.")
    rests_on = RestsOnSerializer(source="*")
    supersedes = serializers.SerializerMethodField(help_text="In whose place it is, of posts you can see.")
    collections = serializers.SerializerMethodField(
        help_text=f"Those with it, changed last; at most {COLLECTIONS_SHOWN}."
    )
    liked = serializers.SerializerMethodField(help_text="By you.")
    bookmarked = serializers.SerializerMethodField(help_text="By you.")

    class Meta(PostSerializer.Meta):
        fields = [
            *PostSerializer.Meta.fields, "header", "faults", "links", "revisions", "rests_on", "supersedes",
            "collections", "liked", "bookmarked",
        ]  # fmt: skip

    def get_header(self, post: Post) -> dict[str, Any]:
        shown = post.shown_revision
        return shown.header if shown and not shown.blocked_by else {}

    @extend_schema_field(FaultSerializer(many=True))
    def get_faults(self, post: Post) -> list[dict[str, Any]]:
        latest = self.latest(post) if post.space_id in self.context["mending"] else None
        return list(FaultSerializer(latest.faults if latest else [], many=True).data)

    @extend_schema_field(PostLinksSerializer)
    def get_links(self, post: Post) -> dict[str, str | None]:
        address, shown = absolute(f"/api/v1/posts/{post.pk}/"), post.published_revision or self.latest(post)
        return {
            "self": address,
            "page": absolute(post.get_absolute_url()),
            "permalink": absolute(f"/p/{post.pk}"),
            "revisions": f"{address}revisions/",
            "source": absolute(f"/api/v1/revisions/{shown.pk}/source/") if shown else None,
            "space": absolute(f"/api/v1/spaces/{post.space.slug}/"),
            "git": absolute(f"/git/{post.space.slug}.git"),
        }

    @extend_schema_field(RevisionSerializer(many=True))
    def get_revisions(self, post: Post) -> list[dict[str, Any]]:
        visible = Revision.objects.visible_to(self.context["caller"]).of(post)
        newest = visible.for_lists()[:REVISIONS_SHOWN]
        return list(RevisionSerializer(newest, many=True).data)

    @extend_schema_field(NeighbourSerializer(many=True))
    def get_supersedes(self, post: Post) -> Any:
        return NeighbourSerializer(superseded(post, self.context["caller"]), many=True).data

    @extend_schema_field(HoldingSerializer(many=True))
    def get_collections(self, post: Post) -> Any:
        holding = Collection.objects.visible_to(self.context["caller"]).showing(post)
        newest = holding.select_related("space").order_by("-updated_at", "-pk")[:COLLECTIONS_SHOWN]
        return HoldingSerializer(newest, many=True).data

    def get_liked(self, post: Post) -> bool:
        return Like.objects.filter(post=post, user=self.context["caller"]).exists()

    def get_bookmarked(self, post: Post) -> bool:
        return Bookmark.objects.filter(post=post, user=self.context["caller"]).exists()
