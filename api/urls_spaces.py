"""More addresses of spaces: what they ask of reviews, and what their branches would change."""

from django.urls import path

from api.policies import PolicyViewSet
from api.previews import BranchViewSet, PreviewViewSet, SpacePreviewViewSet

of_spaces = [
    path(
        "spaces/<slug:space>/policy/",
        PolicyViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="policy",
    ),
    path("spaces/<slug:space>/branches/", BranchViewSet.as_view({"get": "list"}), name="branches"),
    path("spaces/<slug:space>/previews/", SpacePreviewViewSet.as_view({"get": "list"}), name="previews"),
    path("previews/<int:pk>/", PreviewViewSet.as_view({"get": "retrieve"}), name="preview"),
    path("previews/<int:pk>/html/", PreviewViewSet.as_view({"get": "html"}), name="preview-html"),
]
