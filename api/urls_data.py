"""The addresses of datasets, of libraries, of what rests on them, and of what is looked into."""

from typing import Any

from django.urls import path

from api.campaigns import CampaignItemViewSet, CampaignViewSet
from api.datasets import DatasetViewSet
from api.investigations import InvestigationPostViewSet, InvestigationViewSet
from api.libraries import LibraryViewSet
from api.resting import DatasetInsightViewSet, DatasetPostViewSet, LibraryInsightViewSet, LibraryPostViewSet

# What has more words behind the name is first: a name may hold anything, and so has to come last.
LIST: dict[str, Any] = {"get": "list"}
SHOW: dict[str, Any] = {"get": "retrieve"}

data = [
    path("datasets/<path:name>/posts/", DatasetPostViewSet.as_view(LIST), name="dataset-posts"),
    path(
        "datasets/<path:name>/insights/",
        DatasetInsightViewSet.as_view(LIST),
        name="dataset-insights",
    ),
    path("investigations/", InvestigationViewSet.as_view(LIST), name="investigations"),
    path("investigations/<int:pk>/", InvestigationViewSet.as_view(SHOW), name="investigation"),
    path(
        "investigations/<int:pk>/posts/",
        InvestigationPostViewSet.as_view(LIST),
        name="investigation-posts",
    ),
    path("libraries/<path:library>/posts/", LibraryPostViewSet.as_view(LIST), name="library-posts"),
    path(
        "libraries/<path:library>/insights/",
        LibraryInsightViewSet.as_view(LIST),
        name="library-insights",
    ),
    path("libraries/", LibraryViewSet.as_view(LIST), name="libraries"),
    path(
        "libraries/<path:library>/impact/", LibraryViewSet.as_view({"get": "impact"}), name="library-impact"
    ),
    path("libraries/<path:library>/", LibraryViewSet.as_view(SHOW), name="library"),
    path("campaigns/", CampaignViewSet.as_view(LIST | {"post": "create"}), name="campaigns"),
    path(
        "campaigns/<int:pk>/",
        CampaignViewSet.as_view(SHOW | {"patch": "partial_update"}),
        name="campaign",
    ),
    path("campaigns/<int:pk>/items/", CampaignItemViewSet.as_view(LIST), name="campaign-items"),
    path(
        "campaigns/<int:pk>/items/<int:post>/",
        CampaignItemViewSet.as_view({"patch": "partial_update"}),
        name="campaign-item",
    ),
    path("datasets/", DatasetViewSet.as_view(LIST), name="datasets"),
    path(
        "datasets/observations/",
        DatasetViewSet.as_view({"post": "observe_many"}),
        name="dataset-observations-of-many",
    ),
    path(
        "datasets/<path:name>/observations/",
        DatasetViewSet.as_view({"get": "observations", "post": "observe"}),
        name="dataset-observations",
    ),
    path(
        "datasets/<path:name>/investigations/",
        DatasetViewSet.as_view({"get": "investigations"}),
        name="dataset-investigations",
    ),
    path(
        "datasets/<path:name>/investigations/<str:investigation>/close/",
        DatasetViewSet.as_view({"post": "close"}),
        name="dataset-investigation-close",
    ),
    path(
        "datasets/<path:name>/",
        DatasetViewSet.as_view(SHOW | {"patch": "partial_update"}),
        name="dataset",
    ),
]
