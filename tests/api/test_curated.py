"""Tags and collections: what the API tells of them, to whom, and what it changes."""

from typing import Any

from knowledge.models import Collection, Space, User
from knowledge.pipeline import curating, tagging
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
JSON = "application/json"


def test_tags_tell_what_they_mean_and_what_else_they_are_called(
    growth: Space, finance: Space, make_post: MakePost, admin: User, carol: User, mallory: User, api: Call
) -> None:
    make_post(growth, "a.md", tags=["pricing", ".."])
    make_post(finance, "b.md", source=b"b", tags=["pricing", "margin"])
    client = api(admin)
    told = client.patch(
        f"{V1}/tags/pricing/", {"description": "What we charge.", "keeper": "carol"}, JSON
    ).json()
    assert (told["description"], told["keeper"], told["posts"]) == ("What we charge.", "carol", 2)
    named = client.patch(f"{V1}/tags/pricing/", {"synonyms": ["prices", "Cost"]}, JSON).json()
    assert named["synonyms"] == ["cost", "prices"]
    assert client.patch(f"{V1}/tags/cost/", {"synonyms": ["prices"]}, JSON).json()["synonyms"] == ["prices"]
    theirs = {row["name"]: row["posts"] for row in api(mallory).get(f"{V1}/tags/").json()["results"]}
    assert theirs == {"pricing": 1, "..": 1}
    assert api(mallory).get(f"{V1}/tags/margin/").status_code == 404
    assert api(mallory).get(f"{V1}/tags/PRICES/").json()["name"] == "pricing"
    odd = api(mallory).get(f"{V1}/tags/", {"name": ".."}).json()["results"]
    assert odd[0]["url"] == "http://127.0.0.1:8000/tags/?tag=.."
    assert len(api(carol).get(f"{V1}/posts/?tag=prices").json()["results"]) == 2


def test_names_are_changed_by_who_may(
    growth: Space, make_post: MakePost, admin: User, dana: User, api: Call
) -> None:
    make_post(growth, "a.md", tags=["a/b", "c"])
    refused = api(dana).patch(f"{V1}/tags/c/", {"name": "d"}, JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-yours-to-name")
    client = api(admin)
    assert client.patch(f"{V1}/tags/a/b/", {"name": "ab"}, JSON).json()["synonyms"] == ["a/b"]
    taken = client.patch(f"{V1}/tags/ab/", {"name": "c"}, JSON)
    assert (taken.status_code, taken.json()["code"]) == (409, "tag-exists")
    merged = client.patch(f"{V1}/tags/ab/", {"merge_into": "c"}, JSON).json()
    assert (merged["name"], merged["synonyms"]) == ("c", ["a/b", "ab"])
    bodies: list[dict[str, Any]] = [{}, {"name": "x", "merge_into": "y"}, {"name": "\x00"}, {"name": None}]
    assert {client.patch(f"{V1}/tags/c/", body, JSON).status_code for body in bodies} == {400}


def test_a_collection_is_made_read_and_taken_apart(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    first, second = make_post(growth, "a.md"), make_post(finance, "b.md", source=b"b", title="Secret")
    client = api(alice)
    made = client.post(f"{V1}/collections/", {"space": "growth", "title": "Start here"}, JSON)
    assert made.status_code == 201
    address = made["Location"].removeprefix("http://127.0.0.1:8000")
    for post in (second, first):
        answer = client.post(f"{address}posts/", {"post": post.pk, "note": "Why."}, JSON)
    assert [item["post"] for item in answer.json()["items"]] == [second.pk, first.pk]
    order = client.patch(address, {"order": [first.pk, second.pk], "introduction": "Hello."}, JSON).json()
    assert [item["title"] for item in order["items"]] == ["A finding", "Secret"]
    theirs = api(mallory).get(address).json()
    assert (theirs["posts"], [item["post"] for item in theirs["items"]]) == (1, [first.pk])
    assert api(mallory).get(f"{V1}/collections/?space=growth").json()["results"][0]["posts"] == 1
    assert api(mallory).delete(address).status_code == 403
    assert client.patch(f"{address}posts/{first.pk}/", {"note": "Because."}, JSON).status_code == 200
    assert client.delete(f"{address}posts/{first.pk}/").status_code == 204
    assert client.get(address).json()["items"][0]["note"] == "Why."
    assert client.delete(address).status_code == 204
    assert not Collection.objects.exists()


def test_what_is_hidden_or_not_there_is_neither_shown_nor_followed(
    finance: Space, dana: User, mallory: User, api: Call
) -> None:
    hidden = curating.make_collection(by=dana, space=finance, title="Secret plan")
    client = api(mallory)
    assert client.get(f"{V1}/collections/").json()["results"] == []
    assert client.get(f"{V1}/collections/{hidden.pk}/").status_code == 404
    assert client.post(f"{V1}/collections/", {"space": "finance", "title": "x"}, JSON).status_code == 404
    wanted = {"kind": "collection", "target": str(hidden.pk)}
    assert client.post(f"{V1}/subscriptions/", wanted, JSON).status_code == 404
    followed = api(dana).post(f"{V1}/subscriptions/", wanted, JSON).json()
    assert (followed["target"], followed["name"]) == (str(hidden.pk), "Secret plan")


def test_tags_are_followed_by_any_of_their_names(
    growth: Space, make_post: MakePost, admin: User, carol: User, api: Call
) -> None:
    make_post(growth, "a.md", tags=["pricing"])
    tagging.merge(by=admin, tag="prices", into="pricing")
    followed = api(carol).post(f"{V1}/subscriptions/", {"kind": "tag", "target": "Prices"}, JSON).json()
    assert followed["target"] == "pricing"


def test_a_tag_tells_who_writes_about_it_and_what_beside(
    growth: Space, finance: Space, make_post: MakePost, alice: User, bob: User, mallory: User, api: Call
) -> None:
    make_post(growth, "a.md", tags=["pricing", "delivery"], authors=(alice, bob))
    make_post(growth, "b.md", source=b"b", tags=["pricing"], authors=(alice,))
    make_post(finance, "c.md", source=b"c", tags=["pricing", "margin"], authors=(bob,))
    shown = api(mallory).get(f"{V1}/tags/pricing/").json()
    assert [(row["username"], row["posts"]) for row in shown["writers"]] == [("alice", 2), ("bob", 1)]
    assert shown["beside"] == [{"tag": "delivery", "posts": 1}]


def test_collections_are_found_by_a_post_that_they_show(
    growth: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    post, other = make_post(growth, "a.md"), make_post(growth, "b.md", source=b"b", private=True)
    held, _ = (Collection.objects.create(space=growth, title=title) for title in ("With it", "Without"))
    held.items.create(post=post, position=1)
    address = f"{V1}/collections/?post="
    assert [row["id"] for row in api(alice).get(f"{address}{post.pk}").json()["results"]] == [held.pk]
    assert api(alice).get(f"{address}{other.pk}").json()["results"] == []
    assert [api(mallory).get(f"{address}{it}").status_code for it in (other.pk, "x")] == [404, 404]
