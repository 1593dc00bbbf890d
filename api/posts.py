"""/api/v1/posts/: find posts, read what is known of them, submit new ones."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.pagination import ByPopularity
from api.revisions import RENDERING_STATES, FailureSerializer, FaultSerializer, RevisionSerializer
from knowledge.models import Authorship, Post, Revision, Space, User
from knowledge.pipeline.submit import submit

MULTIPART_OVERHEAD = 1_000_000  # bytes that a form may add to its file
REVISIONS_SHOWN = 100


class AuthorSerializer(serializers.ModelSerializer[Authorship]):
    username = serializers.CharField(
        source="user.username", default=None, allow_null=True, help_text="null for names unknown here."
    )

    class Meta:
        model = Authorship
        fields = ["name", "username"]


class PostSerializer(serializers.ModelSerializer[Post]):
    space = serializers.CharField(source="space.slug")
    authors = AuthorSerializer(source="authorships", many=True)
    tags = serializers.ListField(child=serializers.CharField())
    rendering = serializers.SerializerMethodField(help_text="Of the latest revision.")
    failure = serializers.SerializerMethodField(help_text="Why the latest revision could not be rendered.")
    url = serializers.SerializerMethodField(help_text="Its page.")
    revision = serializers.IntegerField(
        source="shown_revision.number",
        default=None,
        allow_null=True,
        help_text="What readers see: the published revision; before the first, the latest.",
    )
    latest_revision = serializers.SerializerMethodField(
        help_text="Its number. One that waits for approval is for members of the space to know of."
    )

    class Meta:
        model = Post
        fields = [
            "id", "space", "path", "title", "subtitle", "tldr", "authors", "tags", "status", "rendering",
            "failure", "url", "revision", "latest_revision", "created_at", "updated_at", "published_at",
        ]  # fmt: skip

    def get_url(self, post: Post) -> str:
        return absolute(post.get_absolute_url())

    @extend_schema_field(serializers.ChoiceField(RENDERING_STATES, allow_null=True))
    def get_rendering(self, post: Post) -> str | None:
        latest = self.latest(post)
        return latest.rendering.state if latest else None

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, post: Post) -> dict[str, str] | None:
        latest = self.latest(post)
        return latest.rendering.failure if latest else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_latest_revision(self, post: Post) -> int | None:
        latest = self.latest(post)
        return latest.number if latest else None

    def latest(self, post: Post) -> Revision | None:
        """The newest that the caller may know of; `context` is of `context_of`."""
        latest, space = post.latest_revision, post.space_id
        if latest and latest.is_held and space not in self.context["spaces"]:
            return post.published_revision
        if latest and latest.blocked_by and space not in self.context["mending"]:
            return post.published_revision
        return latest


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


class PostDetailSerializer(PostSerializer):
    header = serializers.SerializerMethodField(help_text="As written; empty until there is one to read.")
    faults = serializers.SerializerMethodField(
        help_text="Of the latest revision; empty for those who may not write to the space."
    )
    links = serializers.SerializerMethodField()
    revisions = serializers.SerializerMethodField(help_text=f"The newest {REVISIONS_SHOWN}.")

    class Meta(PostSerializer.Meta):
        fields = [*PostSerializer.Meta.fields, "header", "faults", "links", "revisions"]

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


class PostFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False, help_text="The address of a space, such as growth.")
    path = serializers.CharField(required=False, help_text="The path in its repository, exactly.")
    tag = serializers.CharField(required=False)
    author = serializers.CharField(required=False, help_text="A user name, or a name as headers spell it.")
    status = serializers.ChoiceField(
        Post.Status.choices, required=False, help_text="Without it: all but deleted ones."
    )
    rendering = serializers.ChoiceField(RENDERING_STATES, required=False, help_text="Of the latest revision.")
    sort = serializers.ChoiceField(
        ["new", "popular"],
        default="new",
        error_messages={"invalid_choice": "Sort by new or popular."},
        help_text="new: the newest first. popular: those that were read lately, the most read first.",
    )


class SubmissionSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, help_text="The document.")
    space = serializers.CharField(max_length=64)
    path = serializers.CharField(
        max_length=1000,
        required=False,
        help_text="Where it goes in the repository. Nothing, or a folder and a slash: the file's own name.",
    )
    message = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SubmittedSerializer(serializers.Serializer[Any]):
    commit = serializers.CharField()
    space = serializers.CharField()
    path = serializers.CharField()
    watch = serializers.CharField(help_text="Where to watch it become a post; also in the Location header.")
    page = serializers.CharField(help_text="The same for people.")
    post = serializers.CharField(allow_null=True, help_text="The post that it changes; null for a new one.")


def matching(posts: QuerySet[Post], wanted: dict[str, Any]) -> QuerySet[Post]:
    """The posts that `PostFilters` asks for."""
    plain = {"space": "space__slug", "path": "path", "status": "status"}
    posts = posts.filter(**{column: wanted[name] for name, column in plain.items() if name in wanted})
    if "status" not in wanted:
        posts = posts.exclude(status=Post.Status.DELETED)
    if "rendering" in wanted:
        posts = posts.filter(latest_revision__rendering__state=wanted["rendering"])
    if "tag" in wanted:
        posts = posts.tagged(wanted["tag"])  # type: ignore[attr-defined]
    if "author" in wanted:
        posts = posts.by_author(wanted["author"])  # type: ignore[attr-defined]
    return posts


def context_of(caller: User) -> dict[str, Any]:
    """For PostSerializer: whose answer it is, and the spaces of which they are told what.

    `spaces`: of what is held. `mending`, asked if need be: what to mend, as can_see_findings has it.
    """
    spaces = Space.objects.open_to(caller)
    mending = spaces if caller.is_superuser else spaces.writable_by(caller)
    return {
        "caller": caller,
        "spaces": set(spaces.values_list("pk", flat=True)),
        "mending": SimpleLazyObject(lambda: set(mending.values_list("pk", flat=True))),
    }


class PostViewSet(Endpoint):
    queryset = Post.objects.all()
    serializer_class = PostSerializer
    parser_classes = [MultiPartParser]

    @property
    def body_limit(self) -> int:
        return settings.FILE_MAX_BYTES + MULTIPART_OVERHEAD

    @extend_schema(summary="Find posts", parameters=[PostFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(PostFilters, request.query_params)
        posts = Post.objects.visible_to(self.caller).posts().for_cards()
        if wanted["sort"] == "popular":
            self.pagination_class = ByPopularity
        return self.page(matching(posts, wanted), PostSerializer, context_of(self.caller))

    @extend_schema(summary="Show a post", responses=PostDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        posts = Post.objects.visible_to(self.caller).posts().for_cards()
        return Response(PostDetailSerializer(self.find(posts, pk=pk), context=context_of(self.caller)).data)

    @extend_schema(
        summary="Submit a document",
        description="Commits the file to the space's repository in your name. Rendering follows: watch it.",
        request={"multipart/form-data": SubmissionSerializer},
        responses={202: OpenApiResponse(SubmittedSerializer)},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(SubmissionSerializer, request.data)
        space = self.find(Space.objects.visible_to(self.caller), slug=sent["space"])
        path = sent.get("path", "")
        if not path or path.endswith("/"):
            path += sent["file"].name
        commit = submit(
            by=self.caller,
            space=space,
            path=path,
            file=sent["file"],
            message=sent["message"],
            documents_only=True,
        )
        return self._accepted(space, path, commit)

    def _accepted(self, space: Space, path: str, commit: str) -> Response:
        watch = absolute(f"/api/v1/spaces/{space.slug}/pushes/{commit}/")
        live = Post.objects.visible_to(self.caller).exclude(status=Post.Status.DELETED)
        known = live.filter(space=space, path=path).values_list("pk", flat=True).first()
        body = {
            "commit": commit,
            "space": space.slug,
            "path": path,
            "watch": watch,
            "page": absolute(f"/s/{space.slug}/-/pushes/{commit}"),
            "post": absolute(f"/api/v1/posts/{known}/") if known else None,
        }
        return Response(body, 202, headers={"Location": watch})
