"""/api/v1/questions/: open questions, asked of the company without a post."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.links import absolute
from api.parsers import JSONParser
from api.question_pages import PAGES
from knowledge.models import OpenQuestion, Post, ProposedAnswer, Space
from knowledge.models.open_question import OpenQuestionQuerySet
from knowledge.pipeline import asking, deciding
from portal.shelves import SHELVES

STATES = OpenQuestion.State.choices


class QuestionAnswerSerializer(serializers.ModelSerializer[ProposedAnswer]):
    """A post that says it answers."""

    post = serializers.IntegerField(source="post_id")
    title = serializers.CharField(source="post.title")
    url = serializers.SerializerMethodField(help_text="The post's page.")
    word = serializers.ChoiceField(["proposed", "accepted", "declined"])

    class Meta:
        model = ProposedAnswer
        fields = ["post", "title", "url", "word", "proposed_at", "declined_why"]

    def get_url(self, answer: ProposedAnswer) -> str:
        return absolute(answer.post.get_absolute_url())


class OpenQuestionSerializer(serializers.ModelSerializer[OpenQuestion]):
    state = serializers.ChoiceField(STATES)
    space = serializers.CharField(
        source="space.slug", default=None, allow_null=True, help_text="Of which it is asked; null: everybody."
    )
    asked_by = serializers.CharField(source="asked_by.username", default=None, allow_null=True)
    taken_by = serializers.SerializerMethodField(help_text="User names.")
    voted = serializers.BooleanField(source="has_my_vote", help_text="Whether you voted for it.")
    url = serializers.SerializerMethodField(help_text="Its page.")

    class Meta:
        model = OpenQuestion
        fields = [
            "id", "title", "why", "needed_by", "team", "space", "tags", "state", "votes", "voted", "asked_by",
            "asked_by_name", "asked_at", "changed_at", "moved_at", "taken_by", "reason", "url",
        ]  # fmt: skip

    def get_taken_by(self, question: OpenQuestion) -> list[str]:
        return [taking.user.username for taking in question.takings.all()]

    def get_url(self, question: OpenQuestion) -> str:
        return absolute(question.get_absolute_url())


class OpenQuestionDetailSerializer(OpenQuestionSerializer):
    answers = QuestionAnswerSerializer(many=True, help_text="By posts that you see.")
    hidden_answers = serializers.SerializerMethodField(help_text="How many more you can't see.")

    class Meta(OpenQuestionSerializer.Meta):
        fields = [*OpenQuestionSerializer.Meta.fields, "answers", "hidden_answers"]

    def get_hidden_answers(self, question: OpenQuestion) -> int:
        counting = ProposedAnswer.objects.filter(question=question, declined_at=None).count()
        return counting - sum(answer.word != "declined" for answer in question.answers.all())


class OpenQuestionFilters(serializers.Serializer[Any]):
    list = serializers.ChoiceField(
        [(name, shelf.words) for name, shelf in SHELVES.items()],
        required=False,
        help_text="A shelf of the board, in its order. Without it all, the newest first.",
    )
    state = serializers.ChoiceField(STATES, required=False)
    space = serializers.CharField(required=False, max_length=64)
    team = serializers.CharField(required=False, max_length=100)
    tag = serializers.CharField(required=False, max_length=100)


class NewOpenQuestionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, help_text="The question.")
    why = serializers.CharField(max_length=2_000, help_text="Why it matters, in plain text.")
    needed_by = serializers.DateField(required=False, allow_null=True, default=None)
    team = serializers.CharField(required=False, default="", allow_blank=True, max_length=100)
    space = serializers.CharField(
        required=False, allow_null=True, default=None, max_length=64, help_text="Of which it is asked."
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=100), required=False, default=list)


class OpenQuestionChangeSerializer(serializers.Serializer[Any]):
    """What is sent changes, the rest stays."""

    title = serializers.CharField(required=False, max_length=200)
    why = serializers.CharField(required=False, max_length=2_000)
    needed_by = serializers.DateField(required=False, allow_null=True)
    team = serializers.CharField(required=False, allow_blank=True, max_length=100)


class AcceptSerializer(serializers.Serializer[Any]):
    post = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class DeclineSerializer(AcceptSerializer):
    why = serializers.CharField(max_length=500)


class CloseSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=500)


class OpenQuestionViewSet(Endpoint):
    queryset = OpenQuestion.objects.all()
    serializer_class = OpenQuestionSerializer
    parser_classes = [JSONParser]

    @extend_schema(summary="List open questions", parameters=[OpenQuestionFilters])
    def list(self, request: Request) -> Response:
        wanted = self.sent(OpenQuestionFilters, request.query_params)
        found = self._visible()
        if name := wanted.pop("list", ""):
            found = SHELVES[name].ordered(SHELVES[name].of(found, self.caller))
            self.pagination_class = PAGES[name]
        if state := wanted.pop("state", ""):
            found = found.filter(state=state)
        return self.page(found.narrowed(**wanted), OpenQuestionSerializer)

    @extend_schema(
        summary="Show a question and the posts that answer it", responses=OpenQuestionDetailSerializer
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self._shown(pk))

    @extend_schema(
        summary="Ask everybody, or a space",
        request=NewOpenQuestionSerializer,
        responses={201: OpenQuestionDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        sent = self.sent(NewOpenQuestionSerializer, request.data)
        if slug := sent["space"]:
            sent["space"] = self.find(Space.objects.visible_to(self.caller), slug=slug)
        made = asking.ask(by=self.caller, **sent)
        address = absolute(f"/api/v1/questions/{made.pk}/")
        return Response(self._shown(made.pk), 201, headers={"Location": address})

    @extend_schema(
        summary="Change the words of a question",
        request=OpenQuestionChangeSerializer,
        responses=OpenQuestionDetailSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        sent = self.sent(OpenQuestionChangeSerializer, request.data)
        asking.change(by=self.caller, question=self._one(pk), **sent)
        return Response(self._shown(pk))

    @extend_schema(summary="Vote for a question", request=None, responses={204: None})
    def vote(self, request: Request, pk: int) -> Response:
        asking.vote(by=self.caller, question=self._one(pk))
        return Response(status=204)

    @extend_schema(summary="Take your vote back", responses={204: None})
    def unvote(self, request: Request, pk: int) -> Response:
        asking.vote(by=self.caller, question=self._one(pk), is_on=False)
        return Response(status=204)

    @extend_schema(summary="Say that you work on a question", request=None, responses={204: None})
    def take(self, request: Request, pk: int) -> Response:
        asking.take(by=self.caller, question=self._one(pk))
        return Response(status=204)

    @extend_schema(summary="Give a question back", responses={204: None})
    def give_back(self, request: Request, pk: int) -> Response:
        asking.give_back(by=self.caller, question=self._one(pk))
        return Response(status=204)

    @extend_schema(
        summary="Say that a post answers your question",
        request=AcceptSerializer,
        responses=OpenQuestionDetailSerializer,
    )
    def accept(self, request: Request, pk: int) -> Response:
        post = self._post(self.sent(AcceptSerializer, request.data)["post"])
        deciding.accept(by=self.caller, question=self._one(pk), post=post)
        return Response(self._shown(pk))

    @extend_schema(
        summary="Say why a post doesn't answer your question",
        request=DeclineSerializer,
        responses=OpenQuestionDetailSerializer,
    )
    def decline(self, request: Request, pk: int) -> Response:
        sent = self.sent(DeclineSerializer, request.data)
        question = self._one(pk)
        deciding.decline(by=self.caller, question=question, post=self._post(sent["post"]), why=sent["why"])
        return Response(self._shown(pk))

    @extend_schema(summary="Withdraw your question", request=None, responses=OpenQuestionDetailSerializer)
    def withdraw(self, request: Request, pk: int) -> Response:
        deciding.withdraw(by=self.caller, question=self._one(pk))
        return Response(self._shown(pk))

    @extend_schema(
        summary="Close a question (maintainers)",
        request=CloseSerializer,
        responses=OpenQuestionDetailSerializer,
    )
    def close(self, request: Request, pk: int) -> Response:
        why = self.sent(CloseSerializer, request.data)["why"]
        deciding.close(by=self.caller, question=self._one(pk), why=why)
        return Response(self._shown(pk))

    @extend_schema(summary="Open a question again", request=None, responses=OpenQuestionDetailSerializer)
    def reopen(self, request: Request, pk: int) -> Response:
        deciding.reopen(by=self.caller, question=self._one(pk))
        return Response(self._shown(pk))

    def _visible(self) -> OpenQuestionQuerySet:
        return OpenQuestion.objects.visible_to(self.caller).for_lists(self.caller)

    def _one(self, pk: int) -> OpenQuestion:
        return self.find(self._visible(), pk=pk)

    def _post(self, pk: int) -> Post:
        return self.find(Post.objects.visible_to(self.caller), pk=pk)

    def _shown(self, pk: int) -> dict[str, Any]:
        seen = ProposedAnswer.objects.visible_to(self.caller).select_related("post__space").order_by("pk")
        found = self.find(self._visible().prefetch_related(Prefetch("answers", seen)), pk=pk)
        return dict(OpenQuestionDetailSerializer(found).data)
