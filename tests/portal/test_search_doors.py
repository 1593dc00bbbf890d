"""Every door to a search: what nobody may learn from any of them, and that nothing breaks them."""

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest

from knowledge.models import AccessToken, FeedKey, Notification, Post
from knowledge.pipeline.following import clean_query, follow
from knowledge.pipeline.index import index_posts, request_index


def index():
    request_index(Post.objects.values_list("pk", flat=True))
    index_posts()


# A word that stands in nothing but what mallory may not see, and one slip away from it; and a tag.
SECRET, SLIP, TAG = "quetzalcoatl", "quetzalcoatk", "plumage"


@pytest.fixture
def hidden(growth, finance, make_post, alice, mallory):
    """Posts with the secret: restricted, private, held, archived in a restricted space; and one without."""
    follow(by=mallory, kind="search", target=clean_query(SECRET))
    follow(by=mallory, kind="search", target=clean_query("prices"))
    text = {"passages": [["heading", "h", f"About {SECRET}"], ["narrative", "n", f"The {SECRET} it is."]]}
    words = {
        "title": f"The {SECRET}",
        "tldr": f"On {SECRET}",
        "tags": [TAG],
        "rendering": text,
        "authors": (alice,),
    }
    make_post(finance, "restricted.md", source=b"1", **words)
    make_post(growth, "private.md", source=b"2", private=True, **words)
    make_post(growth, "held.md", source=b"3", is_held=True, **words)
    make_post(
        finance, "archived.md", source=b"4", status="archived", archived_at="2026-10-02T00:00Z", **words
    )
    make_post(growth, "open.md", title="Open prices", source=b"5", tags=["pricing"])
    Post.objects.update(published_at="2099-01-01T00:00Z")
    for post in Post.objects.all():
        post.revisions.update(published_at="2099-01-01T00:00Z")
    index()
    mallory.subscriptions.all().delete()  # they would name the word


def doors(user, client, text):
    """What each door answers to `text`."""
    client.force_login(user)
    _, token = AccessToken.objects.issue(user=user, name="t", scopes=["read"])
    key = FeedKey.objects.get_or_create(user=user)[0].token
    api = {"headers": {"Authorization": f"Token {token}"}}
    yield client.get("/search", {"q": text})
    yield client.get("/search", {"q": text, "sort": "new"})
    yield client.get("/search", {"q": text, "as": "typed"})
    yield client.get("/search", {"q": f"{text} OR prices"})
    yield client.get("/search", {"q": f"{text} is:archived"})
    yield client.get("/search", {"q": "status:archived OR status:published"})
    yield client.get("/search", {"q": "-prices"})
    yield client.get("/search", {"q": ""})
    for start in (text, text[:4], text[:2]):
        yield client.get("/search/suggest", {"q": start})
        yield client.get("/search/suggest.json", {"q": start})
    yield client.get("/api/v1/search/", {"q": text}, **api)
    yield client.get("/api/v1/search/", {"q": "-prices", "sort": "new"}, **api)
    for kind, target in [
        ("search", text), ("search", "-prices"), ("posts", "all"), ("tag", "pricing"), ("author", "alice"),
        ("space", "growth"), ("space", "finance"),
        *(("post", str(pk)) for pk in Post.objects.values_list("pk", flat=True)),
    ]:  # fmt: skip
        yield client.get(f"/feeds/{key}/{kind}/{target}.atom")
    yield client.get("/account/notifications")


def leaks(answer):
    """What of the hidden posts is in the answer; the word itself counts where it wasn't asked for."""
    asked = unquote(answer.wsgi_request.get_full_path())
    words = [
        f"The {SECRET}",
        f"On {SECRET}",
        f"About {SECRET}",
        TAG,
        "restricted.md",
        "private.md",
        "held.md",
        "archived.md",
    ]
    words += [] if SECRET in asked else [SECRET]
    html = re.sub("</?mark>", "", unescape(answer.content.decode()))
    return [word for word in words if word in html]


@pytest.mark.parametrize("text", [SECRET, SLIP])
def test_a_word_that_stands_only_in_hidden_posts_is_nowhere_for_an_outsider(
    client, mallory, admin, hidden, text
):
    seen = [answer for answer in doors(admin, client, text) if leaks(answer)]
    assert len(seen) > 10, "the test would find nothing"
    for answer in doors(mallory, client, text):
        assert leaks(answer) == [], answer.wsgi_request.get_full_path()


def test_an_outsider_reads_the_same_of_a_hidden_word_as_of_none(client, mallory, hidden):
    nothing = "zzzzzzzzzzzz"
    for mine, other in zip(doors(mallory, client, SECRET), doors(mallory, client, nothing), strict=True):
        same = [
            re.sub(
                rb'csrf\w+" value="\w+"|%s|%s|/feeds/[^/]*' % (SECRET.encode(), nothing.encode()),
                b"",
                each.content,
            )
            for each in (mine, other)
        ]
        if "suggest" not in mine.wsgi_request.path:
            assert same[0] == same[1], mine.wsgi_request.get_full_path()


def test_who_saved_a_search_is_told_of_what_they_see_alone(hidden, mallory):
    told = Notification.objects.filter(user=mallory)
    assert [(each.title, each.because) for each in told] == [("Open prices", "you saved the search prices")]


NAUGHTY = [
    "'", '"', '"""', "\\", "''' OR 1=1 --", "%", "_", "a:*", "!a & b | (c)", "<->", "a <-> b", ":", "::",
    "tag:", 'tag:""', 'tag:"', "OR", "OR OR", "a OR", "OR a", "NOT", "NOT NOT a", "-", "--", "-OR", "- a",
    "a AND", "AND", "NOT -a", "-tag:x OR b", "is:", "is:nothing", "before:0000", "before:9999-99-99",
    "after:99999y", "after:9999y", "before:0001", "year:0", "year:9999", "year:2026 OR year:2025",
    "status:in_review", "is:mine OR is:stale", "has:insight has:figure -has:code", "space:a/b",
    "\u202e\u200b\ufeff", "é" * 300, "a" * 5000, "a " * 900, '"a ' * 200, "😀", "日本語", "ﷺ", "İ", "ß",
    "a\u0301" * 50, "c++ c# .net", "_" * 50, "." * 50, "a.b.c.d.e.f.g.h", "x_" * 100, "{{ 7*7 }}",
    "<script>alert(1)</script>", "../../etc/passwd", "title:a.b_c", 'code:"x y" OR code:z', "author:'",
    "dataset:\\", 'title:"', "the", "-the", "the of", '"the of"', "1e309", "0x0",
]  # fmt: skip


def test_no_query_breaks_a_door(client, carol, growth, make_post):
    make_post(growth, title="Churn", tags=["pricing"])
    index()
    client.force_login(carol)
    key = FeedKey.objects.create(user=carol).token
    for number, text in enumerate(NAUGHTY):
        door = ("/search", "/api/v1/search/")[number % 2]
        answer = client.get(door, {"q": text, "sort": ("new", "relevance")[number // 2 % 2]})
        assert answer.status_code in {200, 400}, (door, text)
        assert client.get("/search/suggest.json", {"q": text}).status_code == 200, text
        if number % 4:
            continue
        assert client.get(f"/feeds/{key}/search/{quote(text)}.atom").status_code in {200, 404}, text
        assert client.post(f"/follow/search/{quote(text)}", {"follow": "yes"}).status_code in {302, 404}, text
    index()
