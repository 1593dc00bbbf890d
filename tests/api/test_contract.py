"""Whatever the OpenAPI document allows, and much that it doesn't, is answered as the document says.

Schemathesis makes the requests, always the same ones; each is sent by three kinds of callers.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from knowledge.models import AccessToken, Space, User
from portal.wsgi import application
from tests.api.operations import document
from tests.api.world import World, make_world
from tests.cast import MakePost

SAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 1}
# Parameters and fields of bodies that name something.
NAMES = {"space", "post", "review", "thread", "tag", "name"}
AnyCase = Case[Any]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def world(growth: Space, finance: Space, make_post: MakePost, alice: User, bob: User, dana: User) -> World:
    """Of the restricted space; the other one is empty but for its members."""
    return make_world(finance, make_post, author=alice, sitter=bob, keeper=dana)


@pytest.fixture
def callers(growth: Space, alice: User, mallory: User, admin: User) -> dict[str, str]:
    """Tokens of who runs the portal, a member of some spaces, an outsider to the one that holds things."""
    return {
        user.username: AccessToken.objects.issue(user=user, name="test", scopes=["admin"])[1]
        for user in (admin, alice, mallory)
    }


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def cases(operation: Any, world: World) -> Iterator[AnyCase]:
    """Some that the document allows, for what is there and for whatever the places may hold, and some not."""
    route = operation.path.removeprefix("/api/v1/")
    names = [each.name for each in operation.path_parameters]
    there = {name: world.place(route, name) for name in names}
    for mode in SAMPLES:
        for position, case in enumerate(made(operation.as_strategy(generation_mode=mode), SAMPLES[mode])):
            if mode is GenerationMode.POSITIVE and position and None not in there.values():
                case.path_parameters = there
            if mode is GenerationMode.POSITIVE and position:
                case.headers.clear()  # made-up ETags match nothing
                for part in (case.query, case.body):
                    lead_somewhere(part, world)
            yield case


def lead_somewhere(part: Any, world: World) -> None:
    """What names something names what is there; made-up cursors and fields end all lists at once."""
    if isinstance(part, dict):
        part.pop("cursor", None)
        part.pop("fields", None)
        part.update({name: world.values[name] for name in NAMES & part.keys()})


def made(strategy: Any, number: int) -> list[AnyCase]:
    """The same ones whenever it is asked."""
    found: list[AnyCase] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def collect(case: AnyCase) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # where nothing is asked, nothing can be asked wrongly
        collect()
    return found


def read_whole(environ: Any, start_response: Any) -> list[bytes]:
    """As a server does it, which closes what it read; the files of downloads among it."""
    answer = application(environ, start_response)
    body = b"".join(answer)
    answer.close()
    return [body]


def faults(case: AnyCase, token: str) -> Iterator[str]:
    with transaction.atomic():
        headers = {"Authorization": f"Token {token}", "Accept-Encoding": "identity"}
        answer = case.call(app=read_whole, headers=headers)
        transaction.set_rollback(True)
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for fault in group.exceptions:
            yield f"{case.as_curl_command()}\n{fault}"


@pytest.mark.usefixtures("_one_connection")
def test_every_answer_is_one_that_the_document_tells_of(world: World, callers: dict[str, str]) -> None:
    found, seen = [], set()
    schema = schemathesis.openapi.from_dict(document())
    schema.config.generation.update(with_security_parameters=False)  # the callers have theirs
    with override_settings(ALLOWED_HOSTS=["*"]):
        for each in schema.get_all_operations():
            operation: Any = each.ok()  # type: ignore[union-attr]  # the document is valid, as others test
            for number, case in enumerate(cases(operation, world)):
                # What the document doesn't allow is asked by one of them, in turn.
                allowed = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
                asking = list(callers.items())
                for name, token in asking if allowed else [asking[number % 3]]:
                    found += [f"{name}: {fault}" for fault in faults(case, token)]
            seen.add(operation.label)
    assert not found, f"{len(found)} faults\n\n" + "\n\n".join(found[:40])
    assert len(seen) == sum(len(methods) for methods in document()["paths"].values())
