"""The OpenAPI document is valid, complete, and kept by what is answered."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from api.urls import v1
from knowledge.models import (
    AccessToken,
    Branch,
    Collection,
    Embed,
    Preview,
    Push,
    Rendering,
    Review,
    Space,
    User,
    Webhook,
)
from knowledge.observing import Observed
from knowledge.pipeline import ledger, resting, using
from knowledge.pipeline.asking import ask
from knowledge.pipeline.campaigning import open_campaign
from knowledge.pipeline.index import index_posts, request_index
from knowledge.pipeline.notify import tell
from knowledge.pipeline.watching import observe
from knowledge.pipeline.webhooks import call_once
from tests.api.conftest import Call
from tests.cast import MakePost


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("schema") / "schema.json"
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(path)
    )
    return json.loads(path.read_text())


def test_the_document_is_openapi_31_and_valid_without_a_warning(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.0"


def test_every_address_is_described(schema: dict[str, Any]) -> None:
    described = {path.replace("{", "<").replace("}", ">") for path in schema["paths"]}
    for pattern in v1:
        route = "/api/v1/" + str(pattern.pattern)
        for ours, shown in {"int:": "", "slug:": "", "str:": "", "path:": "", "<pk>": "<id>"}.items():
            route = route.replace(ours, shown)
        assert route in described or pattern.name == "schema", route


def test_every_operation_tells_how_it_fails(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["responses"].keys() >= {"400", "401", "403", "429"}, (method, path)


def test_every_answer_keeps_to_its_description(
    schema: dict[str, Any], growth: Space, make_post: MakePost, alice: User, admin: User, api: Call
) -> None:
    failed = {
        "state": Rendering.State.FAILED,
        "failure_code": "x",
        "failure_message": "y",
        "failure_hint": "z",
    }
    fault = {"code": "header", "message": "m", "hint": "h", "line": 3, "cell": None}
    table = '<div class="table-scroll" id="fig-1-1"><table><tr><td>1</td></tr></table></div>'
    make_post(growth, "a.md", source=b"a", tags=["price"], authors=(alice, "Jo"), html=table)
    post = make_post(growth, "b.md", source=b"b", rendering=failed, revision={"faults": [fault]})
    line = {
        "path": "b.md",
        "change": "added",
        "post": post.pk,
        "title": "B",
        "faults": [fault],
        "failure": None,
    }
    push = Push.objects.create(space=growth, new_commit="c" * 40, pushed_at=timezone.now(), report=[line])
    post.revisions.update(push=push)
    ready = growth.posts.get(path="a.md")
    review = Review.objects.create(post=ready, revision=ready.revisions.get())
    review.verdicts.create(revision=review.revision, reviewer=alice, reviewer_name="alice", kind="comment")
    subscription = alice.subscriptions.create(kind="post", post=ready)
    webhook = Webhook.objects.create(user=alice, url="https://hooks.example/", secret="s")
    embed = Embed.objects.create(user=alice, post=ready, anchor="fig-1-1")
    call = call_once(by=alice, webhook=webhook)
    thread = ready.threads.create(revision=review.revision, started_by=alice)
    said = thread.comments.create(author=alice, author_name="Alice", body="Look.")
    people = [(alice, "author")]
    tell(event="comment.created", post=ready, by=admin, people=people, detail={"comment": said.pk})
    question = ask(by=alice, title="Are we late?", why="Shifts.")
    question.answers.create(post=ready, revision=review.revision)
    collection = Collection.objects.create(space=growth, title="Start here")
    collection.items.create(post=ready, position=1)
    names: dict[str, Any] = {
        "post": str(ready.pk),
        "number": "1",
        "space": "growth",
        "username": "alice",
        "tag": "price",
    }
    names |= {"name": "price", "form": "json", "library": "pandas", "call": call.pk}
    names["token"] = AccessToken.objects.issue(user=alice, name="laptop", scopes=["read"])[0].pk
    revision = ready.revisions.get()
    revision.rendering.insights = [{"name": "price", "value": 1.5, "interval": [1, 2]}]
    ledger.follow([revision])
    revision.rendering.datasets = ["price"]
    resting.follow([revision])
    dataset = ready.dataset_uses.get().dataset
    observe(
        by=User.objects.get(username="alice"), dataset=dataset, seen=Observed("plain", False, summary="x")
    )
    Rendering.objects.filter(pk=revision.rendering_id).update(
        libraries=["pandas"], versions={"pandas": "1.4"}
    )
    using.follow([ready.pk])
    branch = Branch.objects.create(space=growth, name="draft", commit="c" * 40, pushed_at=timezone.now())
    preview = Preview.objects.create(
        branch=branch, path="a.md", change="changed", commit="c" * 40, blob="", size=1, title="Draft",
        rendering=revision.rendering, author_name="Alice", committed_at=timezone.now(),
    )  # fmt: skip
    campaign = open_campaign(by=admin, library="pandas", affected="<2", title="pandas 2")
    query: dict[str, dict[str, Any]] = {
        "/api/v1/search/": {"q": "finding"},
        "/api/v1/insights/series/": {"insight": "growth/price"},
    }
    query["/api/v1/posts/{post}/compare/"] = {"old": 1, "new": 1}
    request_index([ready.pk])
    index_posts()
    client, maintainer = api(alice), api(admin)
    checked = 0
    for path, methods in schema["paths"].items():
        if "get" not in methods or "application/json" not in methods["get"]["responses"]["200"]["content"]:
            continue
        pks = {"revisions": ready.latest_revision_id, "reviews": review.pk, "webhooks": webhook.pk}
        pks |= {"embeds": embed.pk}
        pks |= {"comments": said.pk, "threads": thread.pk, "collections": collection.pk}
        pks |= {"questions": question.pk, "campaigns": campaign.pk, "subscriptions": subscription.pk}
        pks |= {"notifications": alice.notifications.latest("pk").pk}
        pks |= {"previews": preview.pk}
        pks |= {"investigations": dataset.investigations.get().pk}
        pk = pks.get(path.split("/")[3], post.pk)
        caller = maintainer if path.endswith("/demand/") else client
        answer = caller.get(path.format(**names, id=pk, commit="c" * 40), query.get(path, {}))
        assert answer.status_code == 200, (path, answer.content)
        assert faults_of(schema, methods["get"], answer.json()) == [], path
        checked += 1
    assert checked >= 15


def test_flat_rows_keep_to_it_too(schema: dict[str, Any], alice: User, api: Call) -> None:
    rows = api(alice).get("/api/v1/insights/", {"format": "rows"}).json()
    assert rows == []
    assert faults_of(schema, schema["paths"]["/api/v1/insights/"]["get"], rows) == []


def faults_of(schema: dict[str, Any], operation: dict[str, Any], body: Any, status: str = "200") -> list[str]:
    answer = operation["responses"][status]
    if "$ref" in answer:
        answer = schema["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    shape = next(iter(answer["content"].values()))["schema"]
    whole = {"components": schema["components"], **shape}
    return [f"{fault.json_path}: {fault.message}" for fault in Draft202012Validator(whole).iter_errors(body)]


def test_a_failure_keeps_to_its_description(schema: dict[str, Any], client: Client, db: None) -> None:
    body = client.get("/api/v1/me/").json()
    assert faults_of(schema, schema["paths"]["/api/v1/me/"]["get"], body, "401") == []


def test_the_document_and_its_page_need_no_sign_in(client: Client, db: None) -> None:
    assert client.get("/api/v1/schema/").status_code == 200
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert "/api/v1/posts/{id}/" in page.content.decode()


def test_the_page_loads_nothing_from_elsewhere(client: Client, db: None) -> None:
    page = client.get("/api/docs/").content.decode()
    assert 'src="http' not in page
    assert "cdn" not in page.lower()
