"""Every example of the OpenAPI document: what is to be sent is sent, what was answered is still answered so.

After an addition record anew, and read what changed:  RECORD=1 pytest tests/api/test_examples.py
"""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from api.examples import ANSWERS, RECORDED, REQUESTS, filled
from knowledge.models import Space, User
from tests.api.conftest import Call
from tests.api.operations import document, operations, shape
from tests.api.table import ROLES, TABLE
from tests.api.world import World, make_world
from tests.cast import MakePost

# Nothing in the small world of these tests gets that far, and no token makes another.
NOT_RECORDED = {"comments_apply_create", "me_tokens_create"}
QUERIES: dict[str, dict[str, str]] = {
    "search_retrieve": {"q": "finding"},
    "search_suggestions_retrieve": {"q": "fin"},
    "insights_series_list": {"insight": "finance/price.mean"},
}


@pytest.fixture
def world(finance: Space, make_post: MakePost, alice: User, bob: User, dana: User, admin: User) -> World:
    return make_world(finance, make_post, author=alice, sitter=bob, keeper=dana)


def asked() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Route, method, who may, and the operation, of all that there is."""
    for route, rows in TABLE.items():
        for method, (_, outcomes) in rows.items():
            operation = operations().get((shape(route), method))
            able = [role for role, got in zip(ROLES, outcomes.split(), strict=True) if got.startswith("2")]
            if operation and able and operation["operationId"] not in NOT_RECORDED:
                yield route, method, ROLES["author" if "author" in able else able[-1]] or "", operation


def answered(client: Client, world: World, route: str, method: str, name: str) -> tuple[str, Any]:
    """Status and body; whatever it changes is taken back."""
    body = filled(REQUESTS.get(name, {}), world.values)
    with transaction.atomic():
        if name in ("posts_create", "spaces_uploads_create"):
            form = body | {"file": ContentFile("".join(body["file"]).encode(), "file.md")}
            answer: Any = client.post(world.address(route), form)
        else:
            sent, query = json.dumps(body), QUERIES.get(name, {})
            answer = client.generic(
                method, world.address(route), sent, "application/json", query_params=query
            )
        transaction.set_rollback(True)
    is_json = answer.get("Content-Type", "").endswith("json")
    if answer.streaming:
        answer.getvalue()  # reads and closes it
    return str(answer.status_code), answer.json() if is_json else None


def test_every_example_is_what_happens(world: World, api: Call) -> None:
    recorded, wrong = {}, []
    clients = {
        name: api(User.objects.get(username=name)) for name in ROLES.values() if name and name != "mallory"
    }
    for route, method, username, operation in asked():
        name = operation["operationId"]
        status, body = answered(clients[username], world, route, method, name)
        if status not in operation["responses"]:
            wrong.append(f"{name}: {status} {body}")
        if body is not None:
            recorded[name] = short(body)
            wrong += [f"{name}: {fault}" for fault in faults(operation, status, body)]
        if name in ANSWERS and shaped(ANSWERS[name]) != shaped(short(body)):
            wrong.append(f"{name}: what is answered looks otherwise now")
    assert not wrong, "\n".join(wrong)
    if os.environ.get("RECORD"):
        RECORDED.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")
    assert recorded.keys() == ANSWERS.keys()


def test_every_example_keeps_to_its_description() -> None:
    wrong = []
    for operation in operations().values():
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                if "example" in content:
                    wrong += faults(operation, status, content["example"])
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                wrong += checked(content["schema"], content["example"])
    assert wrong == []


def test_every_body_has_an_example() -> None:
    described = {each["operationId"] for each in operations().values() if "requestBody" in each}
    assert described == REQUESTS.keys()


def faults(operation: dict[str, Any], status: str, body: Any) -> list[str]:
    content = operation["responses"][status].get("content", {})
    return checked(content["application/json"]["schema"], body) if content else ["no body is described"]


def checked(schema: Any, body: Any) -> list[str]:
    whole = {"components": document()["components"], **schema}
    return [f"{fault.json_path}: {fault.message}" for fault in Draft202012Validator(whole).iter_errors(body)]


def short(body: Any) -> Any:
    """Of each list the first."""
    if isinstance(body, list):
        return [short(each) for each in body[:1]]
    return {name: short(value) for name, value in body.items()} if isinstance(body, dict) else body


def shaped(body: Any) -> Any:
    """Which fields there are, however deep."""
    if isinstance(body, list):
        return [shaped(each) for each in body[:1]]
    return {name: shaped(value) for name, value in body.items()} if isinstance(body, dict) else None
