"""The addresses of what rests on datasets and libraries, and of what is looked into."""

from django.urls import path

from api.investigations import InvestigationPostViewSet, InvestigationViewSet
from api.resting import DatasetInsightViewSet, DatasetPostViewSet, LibraryInsightViewSet, LibraryPostViewSet

# Before the names that may hold anything.
data = [
    path("datasets/<path:name>/posts/", DatasetPostViewSet.as_view({"get": "list"}), name="dataset-posts"),
    path(
        "datasets/<path:name>/insights/",
        DatasetInsightViewSet.as_view({"get": "list"}),
        name="dataset-insights",
    ),
    path("investigations/", InvestigationViewSet.as_view({"get": "list"}), name="investigations"),
    path("investigations/<int:pk>/", InvestigationViewSet.as_view({"get": "retrieve"}), name="investigation"),
    path(
        "investigations/<int:pk>/posts/",
        InvestigationPostViewSet.as_view({"get": "list"}),
        name="investigation-posts",
    ),
    path(
        "libraries/<path:library>/posts/", LibraryPostViewSet.as_view({"get": "list"}), name="library-posts"
    ),
    path(
        "libraries/<path:library>/insights/",
        LibraryInsightViewSet.as_view({"get": "list"}),
        name="library-insights",
    ),
]
