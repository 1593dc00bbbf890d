"""docs/api.md tells what is there: addresses that lead somewhere, examples with the right fields."""

import json
import re
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from api.missing import MissingView
from api.post_shapes import PostSerializer
from api.submitted import SubmittedSerializer
from knowledge.errors import WORDINGS

TEXT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
PLACES = {
    "id": "1",
    "number": "1",
    "post": "1",
    "tag": "price",
    "space": "growth",
    "name": "late",
    "slug": "growth",
    "library": "pandas",
    "username": "alice",
    "commit": "c" * 40,
}


def leads_somewhere(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return getattr(view, "cls", None) is not MissingView


def addresses() -> list[str]:
    table = [f"/api/v1{path}" for path in re.findall(r"(?:GET|POST|PATCH|DELETE) (/[\w<>/]+)", TEXT)]
    written = re.findall(r"http://127\.0\.0\.1:8000(/api/[\w/]+/)", TEXT)
    return [re.sub(r"<(\w+)>", lambda place: PLACES[place[1]], path) for path in table + written]


@pytest.mark.parametrize("path", sorted(set(addresses())))
def test_every_address_in_the_text_leads_somewhere(path: str) -> None:
    assert leads_somewhere(path)


def test_an_address_that_is_not_there_would_be_noticed() -> None:
    assert not leads_somewhere("/api/v1/nonsense/")


def test_the_examples_have_the_fields_that_are_answered() -> None:
    listed, submitted, _, problem = EXAMPLES
    assert list(listed["results"][0]) == PostSerializer.Meta.fields
    assert set(submitted) == set(SubmittedSerializer().fields)
    wording = WORDINGS[problem["code"]]
    assert problem["detail"] == wording.message.format(space="growth")
    assert problem["hint"] == wording.hint.format(maintainers="dana")
