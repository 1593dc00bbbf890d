"""A caller of the API: somebody's token, or nobody's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from knowledge.models import AccessToken, User

Call = Callable[..., Client]


@pytest.fixture
def api() -> Call:
    """`api(alice)` is a client with a token of hers; `api(alice, "read")` has that scope; `api()` none."""

    def make(user: User | None = None, scope: str = "admin", **extra: Any) -> Client:
        if user is None:
            return Client(**extra)
        _, secret = AccessToken.objects.issue(user=user, name="test", scopes=[scope])
        return Client(headers={"Authorization": f"Token {secret}"}, **extra)

    return make
