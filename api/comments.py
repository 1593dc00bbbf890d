"""/api/v1/comments/ and /api/v1/threads/: what readers say of posts, and saying it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from knowledge.models import Comment, Post, Reaction, Review, Revision, Thread
from knowledge.models.comment import CommentQuerySet
from knowledge.pipeline import applying, settling, talking
from knowledge.pipeline.anchors import WHOLE, Ground

LONGEST = 20_000  # characters; talking.py counts bytes
PLACE = "In a review: the cell, from 0, of its newest revision."
QUESTIONS = [("open", "Questions that nobody answered yet"), ("answered", "Questions with an answer")]


class AnchorSerializer(serializers.ModelSerializer[Thread]):
    """Where a thread is. Cells and outputs count from 0, lines from 1."""

    kind = serializers.ChoiceField(Thread.Kind.choices)
    side = serializers.ChoiceField(Thread.Side.choices, help_text="Of the comparison that was read.")
    revision = serializers.IntegerField(source="revision.number", help_text="The one that was read.")

    class Meta:
        model = Thread
        fields = ["kind", "revision", "side", "cell", "cell_id", "line", "output", "quote"]


class ThreadSerializer(serializers.ModelSerializer[Thread]):
    post = serializers.IntegerField(source="post_id")
    review = serializers.IntegerField(
        source="review_id", allow_null=True, help_text="The one in which it was said, for its members alone."
    )
    anchor = AnchorSerializer(source="*")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = Thread
        fields = [
            "id", "post", "review", "anchor", "is_question", "answered_at", "started_at", "resolved_at",
            "url",
        ]  # fmt: skip

    def get_url(self, thread: Thread) -> str:
        return absolute(thread.get_absolute_url())


class CommentSerializer(serializers.ModelSerializer[Comment]):
    thread = ThreadSerializer()
    author = serializers.CharField(source="author.username", default=None, allow_null=True)
    body = serializers.SerializerMethodField(help_text="In Markdown; empty if it was deleted.")
    html = serializers.SerializerMethodField(help_text="The same as markup that is safe to show.")
    reactions = serializers.SerializerMethodField(help_text="How many put each sign under it.")
    url = serializers.SerializerMethodField(help_text="Its place on a page.")

    class Meta:
        model = Comment
        fields = [
            "id", "thread", "author", "author_name", "body", "html", "reactions", "created_at", "edited_at",
            "deleted_at", "applied_as", "url",
        ]  # fmt: skip

    def get_body(self, comment: Comment) -> str:
        return "" if comment.is_deleted else comment.body

    def get_html(self, comment: Comment) -> str:
        return "" if comment.is_deleted else talking.html_of(comment)

    def get_reactions(self, comment: Comment) -> dict[str, int]:
        counted: dict[str, int] = self.context["signs"].get(comment.pk, {})
        return counted

    def get_url(self, comment: Comment) -> str:
        return absolute(comment.get_absolute_url())


class CommentFilters(serializers.Serializer[Any]):
    post = serializers.IntegerField(required=False)
    review = serializers.IntegerField(required=False)
    thread = serializers.IntegerField(required=False)
    question = serializers.ChoiceField(QUESTIONS, required=False)


class NewCommentSerializer(serializers.Serializer[Any]):
    """`thread` to reply, or else `post` to begin a thread, or `review` for one among its people."""

    body = serializers.CharField(max_length=LONGEST, help_text="In Markdown.")
    thread = serializers.IntegerField(required=False)
    post = serializers.IntegerField(required=False)
    review = serializers.IntegerField(required=False)
    place = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=160,
        help_text="What it is about, as the page calls it: `cell-7`, `fig-7-1`, `h-results`.",
    )  # fmt: skip
    is_question = serializers.BooleanField(required=False, default=False, help_text="Ask the authors.")
    cell = serializers.IntegerField(required=False, min_value=0, help_text=PLACE)
    line = serializers.IntegerField(required=False, min_value=1, help_text="Of the cell, from 1.")
    output = serializers.IntegerField(required=False, min_value=0, help_text="Of the cell, from 0.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs.keys() & {"thread", "post", "review"}) != 1:
            raise serializers.ValidationError(
                {"post": "Name the post, the review, or the thread to reply in: one of them."}
            )
        return attrs


class AppliedSerializer(serializers.Serializer[Any]):
    commit = serializers.CharField()


class CommentChangeSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=LONGEST)


class ThreadChangeSerializer(serializers.Serializer[Any]):
    resolved = serializers.BooleanField(required=False)
    answered = serializers.BooleanField(required=False)


@extend_schema_view(retrieve=extend_schema(summary="Show a comment"))
class CommentViewSet(Endpoint):
    queryset = Comment.objects.all()
    serializer_class = CommentSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List comments, the newest first", parameters=[CommentFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(CommentFilters, request.query_params)
        comments = self._visible()
        if question := wanted.pop("question", ""):
            comments = comments.filter(
                thread__is_question=True, thread__answered_at__isnull=question == "open"
            )
        columns = {"post": "thread__post", "review": "thread__review", "thread": "thread"}
        found = comments.filter(**{columns[name]: value for name, value in wanted.items()})
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(_shown(page))

    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._one(pk))

    @extend_schema(
        summary="Comment on a post, ask its authors, or reply",
        request=NewCommentSerializer,
        responses={201: CommentSerializer},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(NewCommentSerializer, request.data)
        if "thread" in sent:
            related = ("post__space", "post__owner", "review__post__space")
            threads = Thread.objects.visible_to(self.caller).select_related(*related)
            thread = self.find(threads, pk=sent["thread"])
            made = talking.reply(by=self.caller, thread=thread, body=sent["body"])
        elif "review" in sent:
            made = self._begin_in_review(sent)
        else:
            made = self._begin(sent)
        address = absolute(f"/api/v1/comments/{made.pk}/")
        return Response(self._one(made.pk), 201, headers={"Location": address})

    @extend_schema(
        summary="Change what you said", request=CommentChangeSerializer, responses=CommentSerializer
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        body = self.sent(CommentChangeSerializer, request.data)["body"]
        talking.edit(by=self.caller, comment=self.find(self._visible(), pk=pk), body=body)
        return Response(self._one(pk))

    @extend_schema(summary="Delete a comment; replies to it stay", responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        talking.delete(by=self.caller, comment=self.find(self._visible(), pk=pk))
        return Response(status=204)

    @extend_schema(
        summary="Put a sign under a comment",
        description=f"One of {', '.join(Reaction.Sign.values)}.",
        request=None,
        responses={204: None},
    )
    def react(self, request: Request, pk: int, sign: str) -> Response:
        return self._react(pk, sign, is_on=True)

    @extend_schema(summary="Take your sign away", responses={204: None})
    def unreact(self, request: Request, pk: int, sign: str) -> Response:
        return self._react(pk, sign, is_on=False)

    def _react(self, pk: int, sign: str, *, is_on: bool) -> Response:
        comment = self.find(self._visible(), pk=pk)
        settling.react(by=self.caller, comment=comment, sign=sign, is_on=is_on)
        return Response(status=204)

    @extend_schema(
        summary="Apply what a comment of a review suggests",
        description="As a commit of yours, which then goes the way of every push.",
        request=None,
        responses={201: AppliedSerializer},
    )
    def apply(self, request: Request, pk: int) -> Response:
        comment = self.find(self._visible(), pk=pk)
        commit = applying.apply_suggestion(by=self.caller, comment=comment)
        return Response({"commit": commit}, 201)

    def _begin_in_review(self, sent: dict[str, Any]) -> Comment:
        reviews = Review.objects.visible_to(self.caller).select_related("post__space")
        review = self.find(reviews, pk=sent["review"])
        revisions = (
            Revision.objects.visible_to(self.caller).select_related("rendering").defer("rendering__passages")
        )
        revision = self.find(revisions, pk=review.revision_id)
        spot = WHOLE
        if "cell" in sent:
            ground = Ground(revision)
            spot = ground.at(sent["cell"], line=sent.get("line", 0), output=sent.get("output"))
        return talking.start_thread(
            by=self.caller,
            post=review.post,
            review=review,
            revision=revision,
            body=sent["body"],
            spot=spot,
        )

    def _begin(self, sent: dict[str, Any]) -> Comment:
        posts = Post.objects.visible_to(self.caller).posts().select_related("space", "owner")
        found = self.find(posts, pk=sent["post"])
        shown = found.published_revision_id or found.latest_revision_id
        revision = self.find(found.revisions.visible_to(self.caller).for_reading(), pk=shown)
        return talking.start_thread(
            by=self.caller,
            post=found,
            revision=revision,
            body=sent["body"],
            spot=Ground(revision).spot(sent["place"]),
            is_question=sent["is_question"],
        )

    def _visible(self) -> CommentQuerySet:
        related = (
            "author", "thread__revision", "thread__review", "thread__post__space", "thread__post__owner",
        )  # fmt: skip
        sent = Comment.objects.visible_to(self.caller).filter(is_draft=False)
        return sent.select_related(*related).defer("thread__revision__header")

    def _one(self, pk: int) -> dict[str, Any]:
        return _shown([self.find(self._visible(), pk=pk)])[0]


class ThreadViewSet(Endpoint):
    queryset = Thread.objects.all()
    serializer_class = ThreadSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="Show a thread")
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(ThreadSerializer(self._find(pk)).data)

    @extend_schema(
        summary="Resolve a thread or open it again; say whether a question is answered",
        request=ThreadChangeSerializer,
        responses=ThreadSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        sent = self.sent(ThreadChangeSerializer, request.data)
        thread = self._find(pk)
        if "answered" in sent:
            settling.answer(by=self.caller, thread=thread, is_answered=sent["answered"])
        if "resolved" in sent:
            (settling.resolve if sent["resolved"] else settling.reopen)(by=self.caller, thread=thread)
        return Response(ThreadSerializer(self._find(pk)).data)

    def _find(self, pk: int) -> Thread:
        threads = Thread.objects.visible_to(self.caller)
        related = ("revision", "review", "post__space", "post__owner")
        return self.find(threads.select_related(*related), pk=pk)


def _shown(comments: Iterable[Comment]) -> list[dict[str, Any]]:
    """With the signs under each, counted in one query."""
    rows = list(comments)
    counted = (
        Reaction.objects.filter(comment__in=[row.pk for row in rows])
        .order_by()
        .values_list("comment", "sign")
        .annotate(count=Count("pk"))
    )
    signs: dict[int, dict[str, int]] = {}
    for comment, sign, count in counted:
        signs.setdefault(comment, {})[sign] = count
    return list(CommentSerializer(rows, many=True, context={"signs": signs}).data)
