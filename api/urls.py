"""The addresses of the machine doors."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from api import docs, expanding, git, mcp
from api.audit import AuditViewSet
from api.collections import CollectionItemViewSet, CollectionViewSet
from api.comments import CommentViewSet, ThreadViewSet
from api.decisions import DecisionViewSet, OwnDecisionViewSet
from api.insight_series import InsightMetricsViewSet, InsightSeriesViewSet
from api.insight_shifts import ShiftViewSet
from api.insights import InsightViewSet
from api.missing import MissingView, with_slash
from api.outputs import OutputViewSet
from api.people import MeView, PersonViewSet
from api.post_routes import routes as post_routes
from api.posts import PostViewSet
from api.pushes import PushViewSet
from api.question_board import AlikeViewSet, DemandViewSet, QuestionCountViewSet
from api.questions import OpenQuestionViewSet
from api.related import CitedByViewSet, RelatedViewSet
from api.reviews import ReviewViewSet
from api.revisions import PostRevisionViewSet, RevisionViewSet
from api.root import RootView
from api.search import SearchViewSet
from api.spaces import SpaceViewSet
from api.stats import StatsViewSet
from api.tags import TagViewSet
from api.tokens import OwnTokenViewSet
from api.urls_data import data
from api.urls_spaces import of_spaces
from api.urls_told import told

expanding.attach()

Actions = dict[str, Any]
LIST: Actions = {"get": "list"}
SHOW: Actions = {"get": "retrieve"}

posts = [
    path("posts/", PostViewSet.as_view(LIST | {"post": "create"}), name="posts"),
    path("posts/<int:pk>/", PostViewSet.as_view(SHOW), name="post"),
    path("posts/<int:post>/outputs/", OutputViewSet.as_view(SHOW), name="post-outputs"),
    path(
        "posts/<int:post>/outputs/<int:number>.<str:form>",
        OutputViewSet.as_view({"get": "table"}),
        name="post-output",
    ),
    path("posts/<int:post>/related/", RelatedViewSet.as_view(LIST), name="post-related"),
    path("posts/<int:post>/cited_by/", CitedByViewSet.as_view(LIST), name="post-cited-by"),
    path("posts/<int:post>/revisions/", PostRevisionViewSet.as_view(LIST), name="post-revisions"),
    path("posts/<int:post>/revisions/<int:number>/", PostRevisionViewSet.as_view(SHOW), name="post-revision"),
]
revisions = [
    path("revisions/", RevisionViewSet.as_view(LIST), name="revisions"),
    path("revisions/<int:pk>/", RevisionViewSet.as_view(SHOW), name="revision"),
    path("revisions/<int:pk>/content/", RevisionViewSet.as_view({"get": "content"}), name="content"),
    path("revisions/<int:pk>/pass/", RevisionViewSet.as_view({"post": "let_through"}), name="pass"),
    path("revisions/<int:pk>/source/", RevisionViewSet.as_view({"get": "source"}), name="source"),
]
reviews = [
    path("reviews/", ReviewViewSet.as_view(LIST | {"post": "create"}), name="reviews"),
    path("reviews/<int:pk>/", ReviewViewSet.as_view(SHOW), name="review"),
    path("reviews/<int:pk>/verdicts/", ReviewViewSet.as_view({"post": "verdict"}), name="verdicts"),
    path("reviews/<int:pk>/asked/", ReviewViewSet.as_view({"post": "ask"}), name="asked"),
    path("reviews/<int:pk>/withdraw/", ReviewViewSet.as_view({"post": "withdraw"}), name="withdraw"),
]
spaces = [
    path("spaces/", SpaceViewSet.as_view(LIST | {"post": "create"}), name="spaces"),
    path("spaces/<slug:space>/", SpaceViewSet.as_view(SHOW | {"patch": "partial_update"}), name="space"),
    path("spaces/<slug:space>/members/", SpaceViewSet.as_view({"get": "members"}), name="members"),
    path(
        "spaces/<slug:space>/members/<str:username>/",
        SpaceViewSet.as_view({"get": "member", "put": "set_member", "delete": "remove_member"}),
        name="member",
    ),
    path("spaces/<slug:space>/pushes/", PushViewSet.as_view(LIST), name="pushes"),
    path("spaces/<slug:space>/pushes/<str:commit>/", PushViewSet.as_view(SHOW), name="push"),
]
people = [
    path("people/", PersonViewSet.as_view(LIST), name="people"),
    path("people/<str:username>/", PersonViewSet.as_view(SHOW), name="person"),
    path("me/", MeView.as_view(SHOW | {"patch": "partial_update"}), name="me"),
    path("me/tokens/", OwnTokenViewSet.as_view(LIST | {"post": "create"}), name="own-tokens"),
    path("me/tokens/<int:token>/", OwnTokenViewSet.as_view(SHOW | {"delete": "destroy"}), name="own-token"),
]
collections = [
    path("collections/", CollectionViewSet.as_view(LIST | {"post": "create"}), name="collections"),
    path(
        "collections/<int:pk>/",
        CollectionViewSet.as_view(SHOW | {"patch": "partial_update", "delete": "destroy"}),
        name="collection",
    ),
    path(
        "collections/<int:pk>/posts/",
        CollectionItemViewSet.as_view({"post": "create"}),
        name="collection-posts",
    ),
    path(
        "collections/<int:pk>/posts/<int:post>/",
        CollectionItemViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="collection-post",
    ),
]
talk = [
    path("comments/", CommentViewSet.as_view(LIST | {"post": "create"}), name="comments"),
    path(
        "comments/<int:pk>/",
        CommentViewSet.as_view(SHOW | {"patch": "partial_update", "delete": "destroy"}),
        name="comment",
    ),
    path(
        "comments/<int:pk>/reactions/<str:sign>/",
        CommentViewSet.as_view({"put": "react", "delete": "unreact"}),
        name="reaction",
    ),
    path("comments/<int:pk>/apply/", CommentViewSet.as_view({"post": "apply"}), name="apply"),
    path("threads/<int:pk>/", ThreadViewSet.as_view(SHOW | {"patch": "partial_update"}), name="thread"),
]
questions = [
    path("questions/counts/", QuestionCountViewSet.as_view(SHOW), name="question-counts"),
    path("questions/alike/", AlikeViewSet.as_view(LIST), name="questions-alike"),
    path("questions/demand/", DemandViewSet.as_view(LIST), name="question-demand"),
    path("questions/", OpenQuestionViewSet.as_view(LIST | {"post": "create"}), name="questions"),
    path(
        "questions/<int:pk>/",
        OpenQuestionViewSet.as_view(SHOW | {"patch": "partial_update"}),
        name="question",
    ),
    path(
        "questions/<int:pk>/vote/",
        OpenQuestionViewSet.as_view({"put": "vote", "delete": "unvote"}),
        name="question-vote",
    ),
    path(
        "questions/<int:pk>/take/",
        OpenQuestionViewSet.as_view({"put": "take", "delete": "give_back"}),
        name="question-take",
    ),
    *(
        path(f"questions/<int:pk>/{act}/", OpenQuestionViewSet.as_view({"post": act}), name=f"question-{act}")
        for act in ("accept", "decline", "withdraw", "close", "reopen")
    ),
]
insights = [
    path("insights/", InsightViewSet.as_view(LIST), name="insights"),
    path("insights/series/", InsightSeriesViewSet.as_view(LIST), name="insight-series"),
    path("insights/metrics/", InsightMetricsViewSet.as_view(SHOW), name="insight-metrics"),
    path("insights/<slug:space>/<str:name>/", InsightViewSet.as_view(SHOW), name="insight"),
    path(
        "insights/<slug:space>/<str:name>/history/",
        InsightViewSet.as_view({"get": "history"}),
        name="history",
    ),
    path(
        "insights/<slug:space>/<str:name>/shifts/",
        ShiftViewSet.as_view(LIST | {"post": "create"}),
        name="shifts",
    ),
    path(
        "insights/<slug:space>/<str:name>/shifts/<int:pk>/",
        ShiftViewSet.as_view({"delete": "destroy"}),
        name="shift",
    ),
    path(
        "insights/<slug:space>/<str:name>/decisions/",
        DecisionViewSet.as_view(LIST | {"post": "create"}),
        name="decisions",
    ),
    path(
        "insights/<slug:space>/<str:name>/decisions/<int:pk>/",
        DecisionViewSet.as_view({"delete": "destroy"}),
        name="decision",
    ),
    path("decisions/", OwnDecisionViewSet.as_view(LIST), name="own-decisions"),
]
v1 = [
    path("", RootView.as_view(SHOW), name="root"),
    *posts,
    *post_routes,
    *revisions,
    *reviews,
    *spaces,
    *of_spaces,
    *people,
    *talk,
    *questions,
    *insights,
    *data,
    *told,
    path("search/", SearchViewSet.as_view(SHOW), name="search"),
    *collections,
    path("tags/", TagViewSet.as_view(LIST), name="tags"),
    path("tags/<path:tag>/", TagViewSet.as_view(SHOW | {"patch": "partial_update"}), name="tag"),
    path("audit/", AuditViewSet.as_view(LIST), name="audit"),
    path("stats/", StatsViewSet.as_view(SHOW), name="stats"),
    path("schema/", docs.SchemaView.as_view(), name="schema"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include((v1, "api"), namespace="api")),
    path("api/docs/", docs.index, name="api-docs"),
    path("mcp/", mcp.serve, name="mcp"),
    path("mcp", mcp.serve, name="mcp-bare"),  # as programs are often told it: none follows us to the slash
    # A clone address, opened in a browser.
    path("git/<slug:space>.git", RedirectView.as_view(pattern_name="space"), name="git-page"),
    path("git/<slug:space>.git/<path:service>", git.serve, name="git"),
    re_path(r"^api/[\s\S]*[^/]\Z", with_slash, name="api-with-slash"),
    re_path(r"^api/(?:[\s\S]*/)?\Z", MissingView.as_view(), name="api-missing"),
]
