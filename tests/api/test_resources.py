"""Spaces, revisions, pushes, tags, people: what each tells, and to whom."""

from typing import Any

from django.utils import timezone

from knowledge.models import Membership, Post, Push, Rendering, Revision, Role, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"


def latest(post: Post) -> Revision:
    assert post.latest_revision is not None
    return post.latest_revision


def test_spaces_tell_the_callers_role_and_the_posts_they_see(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    make_post(growth, "a.md")
    make_post(growth, "b.md", source=b"b", private=True)
    mine = api(alice).get(f"{V1}/spaces/").json()["results"]
    theirs = api(mallory).get(f"{V1}/spaces/").json()["results"]
    assert [(space["slug"], space["role"], space["posts"]) for space in mine] == [
        ("finance", "author", 0),
        ("growth", "author", 2),
    ]
    assert [(space["slug"], space["role"], space["posts"]) for space in theirs] == [("growth", None, 1)]
    assert mine[1]["git_url"] == "http://127.0.0.1:8000/git/growth.git"


def test_a_restricted_space_is_not_there_for_an_outsider(finance: Space, mallory: User, api: Call) -> None:
    for address in ("", "members/", "pushes/", f"pushes/{'a' * 40}/"):
        there = api(mallory).get(f"{V1}/spaces/finance/{address}")
        nowhere = api(mallory).get(f"{V1}/spaces/nowhere/{address}")
        assert (there.status_code, there.content) == (404, nowhere.content)


def test_a_space_is_made_changed_and_peopled(data_dir, dana: User, bob: User, api: Call) -> None:
    client = api(dana, "admin")
    made = client.post(f"{V1}/spaces/", {"slug": "pricing"}, "application/json")
    assert (made.status_code, made["Location"]) == (201, "http://127.0.0.1:8000/api/v1/spaces/pricing/")
    assert made.json()["role"] == "maintainer"
    space = f"{V1}/spaces/pricing/"
    changed = client.patch(space, {"description": "What to charge."}, "application/json").json()
    assert (changed["name"], changed["description"]) == ("pricing", "What to charge.")
    member = client.put(f"{space}members/bob/", {"role": "reviewer"}, "application/json")
    assert member.json() == {"username": "bob", "name": "Bob Example", "role": "reviewer"}
    assert [row["username"] for row in client.get(f"{space}members/").json()["results"]] == ["bob", "dana"]
    assert client.delete(f"{space}members/bob/").status_code == 204
    last = client.delete(f"{space}members/dana/")
    assert (last.status_code, last.json()["code"]) == (409, "last-maintainer")


def test_the_domains_refusals_come_with_code_and_hint(growth: Space, alice: User, api: Call) -> None:
    client = api(alice)
    taken = client.post(f"{V1}/spaces/", {"slug": "growth"}, "application/json")
    bad = client.post(f"{V1}/spaces/", {"slug": "Not A Slug"}, "application/json")
    unknown = client.put(f"{V1}/spaces/growth/members/bob/", {"role": "author"}, "application/json")
    codes = [(answer.status_code, answer.json()["code"]) for answer in (taken, bad, unknown)]
    assert codes == [(409, "space-exists"), (400, "bad-space-name"), (403, "not-a-maintainer")]
    assert "dana" in unknown.json()["hint"]


def test_changing_a_space_is_for_maintainers(growth: Space, alice: User, api: Call) -> None:
    answer = api(alice).patch(f"{V1}/spaces/growth/", {"visibility": "restricted"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-a-maintainer")


def test_a_revision_tells_its_commit_and_its_text(
    growth: Space, make_post: MakePost, carol: User, api: Call
) -> None:
    rendering = {
        "text": "A finding.",
        "words": 2,
        "headings": [{"level": 2, "text": "Why", "anchor": "h-why"}],
    }
    post = make_post(growth, "a.md", source=b"one", rendering=rendering)
    client, revision = api(carol, "read"), latest(post)
    detail = client.get(f"{V1}/revisions/{revision.pk}/").json()
    assert (detail["number"], detail["commit"], detail["post"]) == (1, revision.commit, post.pk)
    assert detail["url"] == "http://127.0.0.1:8000/s/growth/a.md@1"
    content = client.get(f"{V1}/revisions/{revision.pk}/content/").json()
    assert (content["text"], content["words"], content["headings"][0]["anchor"]) == ("A finding.", 2, "h-why")
    assert client.get(f"{V1}/posts/{post.pk}/revisions/1/").json() == detail
    by_commit = client.get(f"{V1}/revisions/?commit={revision.commit[:7]}").json()["results"]
    assert [row["id"] for row in by_commit] == [revision.pk]


def test_an_unfinished_revision_has_no_content_yet(
    growth: Space, make_post: MakePost, carol: User, api: Call
) -> None:
    post = make_post(growth, "a.md", rendering={"state": Rendering.State.QUEUED})
    answer = api(carol).get(f"{V1}/revisions/{latest(post).pk}/content/")
    assert answer.status_code == 404
    assert "queued" in answer.json()["detail"]


def test_a_source_comes_as_it_was_pushed_and_never_as_a_page(
    growth: Space, make_post: MakePost, carol: User, api: Call
) -> None:
    post = make_post(growth, "2026/ärger.md", source=b"<script>alert(1)</script>")
    address = f"{V1}/revisions/{latest(post).pk}/source/"
    answer: Any = api(carol).get(address)
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%C3%A4rger.md")
    assert answer["X-Content-Type-Options"] == "nosniff"
    again = api(carol).get(address, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_revisions_of_hidden_posts_are_hidden(
    growth: Space, finance: Space, make_post: MakePost, mallory: User, api: Call
) -> None:
    private = make_post(growth, "p.md", source=b"p", private=True)
    secret = make_post(finance, "s.md", source=b"s")
    client = api(mallory)
    assert client.get(f"{V1}/revisions/").json()["results"] == []
    for post in (private, secret):
        pk = latest(post).pk
        for address in (f"revisions/{pk}/", f"revisions/{pk}/content/", f"revisions/{pk}/source/"):
            assert client.get(f"{V1}/{address}").status_code == 404
        for address in (f"posts/{post.pk}/revisions/", f"posts/{post.pk}/revisions/1/"):
            assert client.get(f"{V1}/{address}").status_code == 404


def pushed(space: Space, *posts: Post, by: User | None = None) -> Push:
    report: list[dict[str, object]] = [
        {
            "path": post.path,
            "change": "added",
            "post": post.pk,
            "title": post.title,
            "faults": [],
            "failure": None,
        }
        for post in posts
    ]
    push = Push.objects.create(
        space=space, new_commit="c" * 40, pushed_by=by, pushed_at=timezone.now(), report=report
    )
    for post in posts:
        post.revisions.update(push=push)
    return push


def test_a_push_tells_what_became_of_each_document(
    growth: Space, make_post: MakePost, alice: User, api: Call
) -> None:
    done = make_post(growth, "a.md", source=b"a")
    waiting = make_post(growth, "b.md", source=b"b", rendering={"state": Rendering.State.QUEUED})
    pushed(growth, done, waiting, by=alice)
    client = api(alice)
    state = client.get(f"{V1}/spaces/growth/pushes/{'c' * 40}/").json()
    assert state["state"] == "rendering"
    assert [(document["path"], document["rendering"]) for document in state["documents"]] == [
        ("a.md", "ready"),
        ("b.md", "queued"),
    ]
    Rendering.objects.update(state=Rendering.State.READY)
    assert client.get(f"{V1}/spaces/growth/pushes/{'c' * 40}/").json()["state"] == "done"
    listed = client.get(f"{V1}/spaces/growth/pushes/").json()["results"]
    assert [(push["commit"], push["pushed_by"]) for push in listed] == [("c" * 40, "alice")]


def test_a_push_keeps_private_documents_to_those_who_see_them(
    growth: Space, make_post: MakePost, mallory: User, alice: User, api: Call
) -> None:
    secret = make_post(growth, "secret-plan.md", title="Secret plan", private=True)
    pushed(growth, secret)
    address = f"{V1}/spaces/growth/pushes/{'c' * 40}/"
    assert api(mallory).get(address).json()["documents"] == []
    assert api(alice).get(address).json()["documents"][0]["title"] == "Secret plan"


def test_tags_count_the_posts_that_the_caller_sees(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    make_post(growth, "a.md", source=b"a", tags=["price", "a/b"])
    make_post(finance, "b.md", source=b"b", tags=["price", "salary"])
    mine = api(alice).get(f"{V1}/tags/").json()["results"]
    theirs = api(mallory).get(f"{V1}/tags/").json()["results"]
    assert [(tag["name"], tag["posts"]) for tag in mine] == [("a/b", 1), ("price", 2), ("salary", 1)]
    assert [(tag["name"], tag["posts"]) for tag in theirs] == [("a/b", 1), ("price", 1)]


def test_people_count_the_posts_that_the_caller_sees_and_keep_their_mail_to_themselves(
    growth: Space, finance: Space, make_post: MakePost, alice: User, mallory: User, api: Call
) -> None:
    make_post(growth, "a.md", source=b"a", authors=(alice,))
    make_post(finance, "b.md", source=b"b", authors=(alice,))
    assert api(alice).get(f"{V1}/people/alice/").json()["posts"] == 2
    seen = api(mallory).get(f"{V1}/people/alice/")
    assert seen.json()["posts"] == 1
    assert b"@" not in seen.content
    everyone = api(mallory).get(f"{V1}/people/").json()["results"]
    assert [person["username"] for person in everyone] == ["alice", "bob", "carol", "dana", "mallory"]


def test_the_root_leads_to_every_resource(alice: User, api: Call) -> None:
    client = api(alice)
    addresses = client.get(f"{V1}/").json()
    assert {"posts", "spaces", "schema"} <= addresses.keys()
    for address in addresses.values():
        assert client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_me_tells_my_spaces(growth: Space, finance: Space, dana: User, api: Call) -> None:
    Membership.objects.filter(space=growth, user=dana).update(role=Role.READER)
    assert api(dana).get(f"{V1}/me/").json()["spaces"] == [
        {"space": "finance", "role": "maintainer"},
        {"space": "growth", "role": "reader"},
    ]


def test_lists_cost_as_many_queries_for_many_rows_as_for_few(
    growth: Space, make_post: MakePost, alice: User, api: Call, django_assert_max_num_queries
) -> None:
    client = api(alice)
    lists = ["revisions/", "spaces/", "people/", "tags/", "spaces/growth/pushes/", "spaces/growth/members/"]
    for round_ in range(2):
        for number in range(20 * round_ + 2):
            make_post(growth, f"{number}.md", source=str(number).encode(), authors=(alice,), tags=["x"])
            Push.objects.create(space=growth, pushed_by=alice, pushed_at=timezone.now())
        for address in lists:
            client.get(f"{V1}/me/")
            with django_assert_max_num_queries(5):
                assert client.get(f"{V1}/{address}?page_size=100").status_code == 200
