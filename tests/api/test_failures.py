"""What broke is told as a problem too; and what is open to everybody costs little."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from knowledge.models import AccessToken, User

SCHEMA = "/api/v1/schema/"


@pytest.mark.parametrize(
    ("error", "status", "code"), [(OperationalError, 503, "unavailable"), (ValueError, 500, "server-error")]
)
@pytest.mark.parametrize("address", ["/api/v1/me/", "/mcp/"])
def test_what_breaks_is_a_problem(
    alice: User, address: str, error: type[Exception], status: int, code: str
) -> None:
    def broken(*_: Any) -> None:
        raise error("the server closed the connection unexpectedly")

    _, secret = AccessToken.objects.issue(user=alice, name="x", scopes=["read"])
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    with connection.execute_wrapper(broken):
        if address == "/mcp/":
            answer = client.post(address, b"{}", "application/json")
        else:
            answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert ("Retry-After" in answer) == (status == 503)


def test_the_schema_is_made_once_and_comes_once(client: Client) -> None:
    first = client.get(SCHEMA)
    for query in ("version=%0A", "version=2&lang=de", "x=1"):
        again = client.get(f"{SCHEMA}?{query}")
        assert (again.status_code, again["ETag"]) == (200, first["ETag"])
    assert client.get(SCHEMA, headers={"If-None-Match": first["ETag"]}).status_code == 304
    json = client.get(SCHEMA, headers={"Accept": "application/json"})
    assert (json.json()["openapi"], json["Content-Type"]) == ("3.1.0", "application/json")
    assert json["ETag"] != first["ETag"]
    zipped = client.get(SCHEMA, headers={"Accept-Encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
