"""Addresses around posts, beside those of posts themselves: their life, content and comparisons, the feed."""

from typing import Any

from django.urls import path

from api.attention import AttentionViewSet
from api.comment_drafts import CommentHistoryViewSet, DraftViewSet, MarkupViewSet
from api.comparing import CompareViewSet, SinceViewSet
from api.contents import ContentsViewSet
from api.exports import ExportViewSet
from api.feed import FeedViewSet
from api.folders import FolderViewSet
from api.liking import BookmarkViewSet, LikeViewSet
from api.post_life import PostLifeViewSet
from api.revision_acts import RestoreViewSet, RetryViewSet
from api.suggestions import SuggestionViewSet
from api.uploads import UploadViewSet

LIST: dict[str, Any] = {"get": "list"}
SHOW: dict[str, Any] = {"get": "retrieve"}

routes = [
    *(
        path(f"posts/<int:post>/{act}/", PostLifeViewSet.as_view({"post": act}), name=f"post-{act}")
        for act in ("confirm", "archive", "unarchive", "supersede")
    ),
    path(
        "posts/<int:post>/life/",
        PostLifeViewSet.as_view(SHOW | {"patch": "partial_update"}),
        name="post-life",
    ),
    path(
        "posts/<int:post>/like/",
        LikeViewSet.as_view({"put": "like", "delete": "unlike"}),
        name="post-like",
    ),
    path(
        "posts/<int:post>/bookmark/",
        LikeViewSet.as_view({"put": "keep", "delete": "let_go"}),
        name="post-bookmark",
    ),
    path("bookmarks/", BookmarkViewSet.as_view(LIST), name="bookmarks"),
    path("posts/<int:post>/retry/", RetryViewSet.as_view({"post": "retry"}), name="post-retry"),
    path("posts/<int:post>/compare/", CompareViewSet.as_view(SHOW), name="post-compare"),
    path(
        "posts/<int:post>/since/",
        SinceViewSet.as_view(SHOW | {"post": "put_away"}),
        name="post-since",
    ),
    path("revisions/<int:pk>/html/", ContentsViewSet.as_view({"get": "html"}), name="revision-html"),
    path(
        "revisions/<int:pk>/images/<str:digest>.<str:suffix>",
        ContentsViewSet.as_view({"get": "asset"}),
        name="revision-asset",
    ),
    path(
        "revisions/<int:pk>/outputs/<int:number>",
        ContentsViewSet.as_view({"get": "output"}),
        name="revision-output",
    ),
    path(
        "revisions/<int:pk>/files/<path:path>",
        ContentsViewSet.as_view({"get": "file"}),
        name="revision-file",
    ),
    path("revisions/<int:pk>/exports/<str:form>", ExportViewSet.as_view(SHOW), name="revision-export"),
    path("revisions/<int:pk>/restore/", RestoreViewSet.as_view({"post": "restore"}), name="restore"),
    path("reviews/<int:pk>/drafts/", DraftViewSet.as_view(LIST | {"delete": "discard"}), name="drafts"),
    path("spaces/<slug:space>/folders/", FolderViewSet.as_view(SHOW), name="folders"),
    path("spaces/<slug:space>/uploads/", UploadViewSet.as_view({"post": "create"}), name="uploads"),
    path("me/attention/", AttentionViewSet.as_view(SHOW), name="attention"),
    path("comments/preview/", MarkupViewSet.as_view({"post": "draw"}), name="comment-preview"),
    path("comments/<int:pk>/history/", CommentHistoryViewSet.as_view(LIST), name="comment-history"),
    path("feed/", FeedViewSet.as_view(SHOW), name="feed"),
    path("search/suggestions/", SuggestionViewSet.as_view(SHOW), name="suggestions"),
]
