"""Every route x method x scope x role gets what tests/api/table.py declares."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from api.examples import REQUESTS, filled
from api.urls import v1
from knowledge.models import AccessToken, Scope, Space, User
from tests.api.operations import operations, shape
from tests.api.table import ROLES, TABLE, Row
from tests.api.world import World, make_world
from tests.cast import MakePost

QUERIES = {"insights/series/": "?insight=finance/price.mean"}  # without which they say what to send
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODY, SUPERUSER = ("nobody", "nothing"), ("superuser", "admin")
SCOPES = [scope.value for scope in Scope]
ROUTES = {str(each.pattern): each for each in v1 if isinstance(each, URLPattern)}


def methods_of(route: str) -> set[str]:
    actions = getattr(ROUTES[route].callback, "actions", {"get": ""})
    return {method.upper() for method in actions} & set(METHODS)


@pytest.fixture
def world(finance: Space, make_post: MakePost, alice: User, bob: User, dana: User) -> World:
    return make_world(finance, make_post, author=alice, sitter=bob, keeper=dana)


@pytest.fixture
def clients(world: World, mallory: User, admin: User) -> dict[tuple[str, str], Client]:
    """By role and by what they come with: a token's scope, or the session of a browser."""
    found = {("nobody", "nothing"): Client()}
    for role, username in ROLES.items():
        if username is None:
            continue
        user = User.objects.get(username=username)
        for scope in SCOPES:
            _, secret = AccessToken.objects.issue(user=user, name="test", scopes=[scope])
            found[role, scope] = Client(headers={"Authorization": f"Token {secret}"})
        found[role, "session"] = browser = Client()
        browser.force_login(user)
    AccessToken.objects.update(last_used_at=timezone.now())
    return found


def body_of(route: str, method: str, world: World) -> Any:
    operation = operations().get((shape(route), method), {})
    return filled(REQUESTS.get(operation.get("operationId", ""), {}), world.values)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def status(client: Client, method: str, address: str, body: Any) -> str:
    """Whatever it changes is taken back."""
    with nullcontext() if method == "GET" else undone():
        if method == "POST" and address.endswith(("/v1/posts/", "/uploads/")):
            answer: Any = client.post(address, body | {"file": ContentFile(b"# New\n", "new.md")})
        else:
            answer = client.generic(method, address, json.dumps(body or {}), "application/json")
    if answer.streaming:
        answer.getvalue()  # reads and closes it
    return str(answer.status_code)


def expected(row: Row, role: str, scope: str) -> str:
    needed, outcomes = row
    if scope in SCOPES and (needed not in SCOPES or SCOPES.index(scope) < SCOPES.index(needed)):
        return "403"
    return outcomes.split()[list(ROLES).index(role)]


def test_every_route_and_method_is_in_the_table() -> None:
    assert {route: set(rows) for route, rows in TABLE.items()} == {
        route: methods_of(route) for route in ROUTES
    }


def test_everyone_gets_by_every_door_what_the_table_says(
    world: World, clients: dict[tuple[str, str], Client]
) -> None:
    found = list(surprises(world, clients))
    assert found == [], "\n".join(found)


def surprises(world: World, clients: dict[tuple[str, str], Client]) -> Iterator[str]:
    for number, (route, rows) in enumerate(TABLE.items()):
        address = world.address(route) + QUERIES.get(route, "")
        # A scope beyond the needed one, and reading by a session, are tried by one role, in turn.
        trying = list(ROLES)[1:][number % 6]
        for method, row in rows.items():
            body = body_of(route, method, world)
            for (role, scope), client in clients.items():
                beyond = SCOPES[SCOPES.index(row[0]) + 1 :] if row[0] in SCOPES else []
                beyond += ["session"] * (method == "GET")
                if role not in ("nobody", trying) and scope in beyond:
                    continue
                got, declared = status(client, method, address, body), expected(row, role, scope)
                if got != declared:
                    yield f"{method} {route}: {role} with {scope}: {got}, declared {declared}"


def test_other_methods_are_refused(world: World, clients: dict[tuple[str, str], Client]) -> None:
    """With 405 to who may change things, with 401 to nobody."""
    for route, rows in TABLE.items():
        for method in set(METHODS) - set(rows):
            got = [status(clients[key], method, world.address(route), None) for key in (NOBODY, SUPERUSER)]
            assert got == (["405", "405"] if route == "schema/" else ["401", "405"]), (method, route)
