"""What is answered to whoever had something committed: where to watch it become a post."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from api.links import absolute
from knowledge.models import Post, Space, User


class SubmittedSerializer(serializers.Serializer[Any]):
    commit = serializers.CharField()
    space = serializers.CharField()
    path = serializers.CharField()
    watch = serializers.CharField(help_text="Where to watch it become a post; also in the Location header.")
    page = serializers.CharField(help_text="The same for people.")
    post = serializers.CharField(allow_null=True, help_text="The post that it changes; null for a new one.")


def accepted(caller: User, space: Space, path: str, commit: str) -> Response:
    """By SubmittedSerializer."""
    watch = absolute(f"/api/v1/spaces/{space.slug}/pushes/{commit}/")
    live = Post.objects.visible_to(caller).live()
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
