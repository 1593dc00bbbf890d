"""/api/v1/reviews/: what waits for approval, who said what of it, and saying it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.models import Post, Review, Revision, Verdict
from knowledge.models.review import ReviewQuerySet
from knowledge.pipeline import reviewing, talking
from knowledge.pipeline.anchors import Ground

LONGEST = 20_000
STATES = Review.State.choices
VERDICTS = Verdict.Kind.choices
LISTS = [
    ("mine", "Those in which your word is awaited"),
    ("yours", "Open ones of what you wrote"),
    ("stuck", "Open ones in which nobody did anything for as long as the space says"),
    ("open", "All that are open"),
]


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    revision = serializers.IntegerField(source="revision.number", help_text="The one that it was said of.")
    reviewer = serializers.CharField(source="reviewer_name")
    kind = serializers.ChoiceField(VERDICTS)
    checked = serializers.ListField(
        child=serializers.CharField(), help_text="What of the space's checklist the reviewer looked at."
    )

    class Meta:
        model = Verdict
        fields = ["id", "revision", "reviewer", "kind", "summary", "checked", "at"]


class ReviewSerializer(serializers.ModelSerializer[Review]):
    post = serializers.IntegerField(source="post_id")
    space = serializers.CharField(source="post.space.slug")
    path = serializers.CharField(source="post.path")
    title = serializers.CharField(source="revision.title")
    state = serializers.ChoiceField(STATES)
    revision = serializers.IntegerField(
        source="revision.number", help_text="The newest that was proposed: verdicts are of it."
    )
    base = serializers.IntegerField(
        source="base.number", default=None, allow_null=True, help_text="What readers saw when it began."
    )
    opened_by = serializers.CharField(source="opened_by.username", default=None, allow_null=True)
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Review
        fields = [
            "id", "post", "space", "path", "title", "state", "revision", "base", "opened_by", "opened_at",
            "moved_at", "closed_at", "url",
        ]  # fmt: skip

    def get_url(self, review: Review) -> str:
        return absolute(review.get_absolute_url())


class ReviewDetailSerializer(ReviewSerializer):
    verdicts = VerdictSerializer(many=True)
    asked = serializers.ListField(
        child=serializers.CharField(), help_text="User names of those who were asked for by name."
    )

    class Meta(ReviewSerializer.Meta):
        fields = [*ReviewSerializer.Meta.fields, "verdicts", "asked"]


class ReviewFilters(serializers.Serializer[Any]):
    space = serializers.CharField(required=False)
    post = serializers.IntegerField(required=False)
    state = serializers.ChoiceField(STATES, required=False)
    list = serializers.ChoiceField(LISTS, required=False)


class NewReviewSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField()
    reviewers = serializers.ListField(
        child=serializers.CharField(max_length=150), required=False, default=list, max_length=20
    )


class CommentOnCellSerializer(serializers.Serializer[Any]):
    """`cell` and `output` count from 0, `line` from 1 in its cell."""

    body = serializers.CharField(
        max_length=LONGEST, help_text="In Markdown; a block `suggestion` can be applied."
    )
    cell = serializers.IntegerField(min_value=0)
    line = serializers.IntegerField(required=False, min_value=0, default=0, help_text="0: the whole cell.")
    output = serializers.IntegerField(required=False, min_value=0, default=None, allow_null=True)


class NewVerdictSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        help_text="The number of the revision that you looked at; refused if a newer one was proposed since."
    )
    kind = serializers.ChoiceField(VERDICTS)
    summary = serializers.CharField(required=False, default="", allow_blank=True, max_length=LONGEST)
    checked = serializers.ListField(child=serializers.CharField(max_length=300), required=False, default=list)
    comments = CommentOnCellSerializer(
        many=True, required=False, default=list, help_text="Sent with it, together with your drafts."
    )


class AskedSerializer(serializers.Serializer[Any]):
    reviewers = serializers.ListField(child=serializers.CharField(max_length=150), max_length=20)


class ReviewViewSet(Endpoint):
    queryset = Review.objects.all()
    serializer_class = ReviewSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List reviews", parameters=[ReviewFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(ReviewFilters, request.query_params)
        reviews = self._listed(wanted.pop("list", ""))
        columns = {"space": "post__space__slug", "post": "post", "state": "state"}
        reviews = reviews.filter(**{columns[name]: value for name, value in wanted.items()})
        return self.page(reviews.for_lists(), ReviewSerializer)

    @extend_schema(summary="Show a review", responses=ReviewDetailSerializer)
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._shown(self._find(pk)))

    @extend_schema(
        summary="Ask for a review of a post's newest revision",
        request=NewReviewSerializer,
        responses={201: ReviewDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(NewReviewSerializer, request.data)
        post = self.find(Post.objects.visible_to(self.caller).live().select_related("space"), pk=sent["post"])
        review = reviewing.request_review(by=self.caller, post=post, usernames=sent["reviewers"])
        address = absolute(f"/api/v1/reviews/{review.pk}/")
        return Response(self._shown(self._find(review.pk)), 201, headers={"Location": address})

    @extend_schema(
        summary="Approve, request changes or comment",
        request=NewVerdictSerializer,
        responses={201: VerdictSerializer},
    )
    def verdict(self, request: Request, pk: int) -> Response:
        sent = self.sent(NewVerdictSerializer, request.data)
        review = self._find(pk)
        revisions = (
            Revision.objects.filter(post=review.post_id)
            .select_related("rendering")
            .defer("rendering__passages")
        )
        seen = revisions.filter(number=sent.pop("revision")).first()
        kind, comments = Verdict.Kind(sent.pop("kind")), sent.pop("comments")
        with transaction.atomic():
            if seen and comments:
                self._draft(review, seen, comments)
            made = reviewing.give_verdict(
                by=self.caller, review=review, revision=seen.pk if seen else 0, kind=kind, **sent
            )
        return Response(VerdictSerializer(made).data, 201)

    @extend_schema(summary="Ask people by name", request=AskedSerializer, responses=ReviewDetailSerializer)
    def ask(self, request: Request, pk: int) -> Response:
        names = self.sent(AskedSerializer, request.data)["reviewers"]
        reviewing.ask(by=self.caller, review=self._find(pk), usernames=names)
        return Response(self._shown(self._find(pk)))

    @extend_schema(
        summary="Withdraw a review",
        description="What is held stays held.",
        request=None,
        responses=ReviewDetailSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        reviewing.withdraw(by=self.caller, review=self._find(pk))
        return Response(self._shown(self._find(pk)))

    def _draft(self, review: Review, seen: Revision, comments: Iterable[dict[str, Any]]) -> None:
        self.find(Revision.objects.visible_to(self.caller), pk=seen.pk)  # what it quotes, they may read
        ground = Ground(seen)
        for comment in comments:
            talking.start_thread(
                by=self.caller,
                post=review.post,
                review=review,
                revision=seen,
                body=comment["body"],
                spot=ground.at(comment["cell"], line=comment["line"], output=comment["output"]),
                is_draft=True,
            )

    def _listed(self, name: str) -> ReviewQuerySet:
        visible = Review.objects.visible_to(self.caller)
        match name:
            case "mine":
                return visible.for_me(self.caller)
            case "yours":
                return visible.of_mine(self.caller)
            case "stuck":
                return visible.stuck()
            case "open":
                return visible.open()
        return visible

    def _find(self, pk: int) -> Review:
        return self.find(Review.objects.visible_to(self.caller).for_lists(), pk=pk)

    def _shown(self, review: Review) -> dict[str, Any]:
        verdicts = review.verdicts.select_related("revision")
        names = review.requests.order_by("user__username").values_list("user__username", flat=True)
        said = {"verdicts": VerdictSerializer(verdicts, many=True).data, "asked": list(names)}
        return dict(ReviewSerializer(review).data) | said
