"""What the tools of assistants do, in the name of who calls.

What a tool tells, it asks of the address under /api/v1/ that tells programs the same, with the caller's
token: one door decides who sees what, in which shape. How often, the door of the messages counts.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson
from django.db.models import F
from django.db.models.functions import Length, Substr
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from knowledge.models import Insight, Post, Revision, User

Json = dict[str, Any]
LETTERS, LETTERS_MOST = 20_000, 100_000  # of a post that one answer holds
NEAR, NAMES = 5, 500  # names that are told instead of a wrong one, and that are looked through


class Refused(Exception):
    """What a tool can't do, in words by which its user can do better; `status` is what the API said of it."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Caller:
    user: User
    request: HttpRequest

    def ask(self, path: str, **query: object) -> Json:
        """What the API answers to the caller at `path`; raises Refused with its words."""
        asked = {name: str(value) for name, value in query.items() if value is not None}
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", path, path
        kept = ("HTTP_AUTHORIZATION", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "REMOTE_ADDR")
        request.META = {name: self.request.META[name] for name in kept if name in self.request.META}
        request.META |= {"REQUEST_METHOD": "GET", "QUERY_STRING": urlencode(asked)}
        request.GET = QueryDict(request.META["QUERY_STRING"])
        request.is_counted = True  # type: ignore[attr-defined]  # the message was: see rates.py
        try:
            found = resolve(path)
        except Resolver404:
            raise Refused("There is nothing by this name.") from None
        answer: Any = found.func(request, *found.args, **found.kwargs)
        if hasattr(answer, "render"):
            answer.render()
        told: Json = orjson.loads(answer.content)
        if answer.status_code >= 400:
            raise Refused(_in_words(told), answer.status_code)
        return told


def _in_words(problem: Mapping[str, Any]) -> str:
    fields = [f"{fault['field']}: {fault['message']}" for fault in problem.get("errors", ())]
    return " ".join([str(problem.get("detail", "")), *fields, "" if fields else str(problem.get("hint", ""))])


def search_posts(caller: Caller, asked: Json) -> Json:
    page = asked.get("page", 1)
    told = caller.ask(
        "/api/v1/search/",
        q=asked["query"],
        sort=asked.get("sort"),
        limit=asked.get("limit", 10),
        page=page,
    )
    return {
        "results": [_hit(each) for each in told["results"]],
        "next_page": page + 1 if told["next"] else None,
        "total": told["total"],
        "is_capped": told["is_capped"],
        "put_away": told["put_away"],
        "query": told["query"],
    }


def _hit(hit: Json) -> Json:
    kept = {name: hit[name] for name in ("post", "is_approved", "missing", "insight")}
    passage = {**hit["passage"]} if hit["passage"] else None
    if passage:
        del passage["pieces"]
    return {"resource": f"almanac://post/{hit['post']['id']}", **kept, "passage": passage}


def get_post(caller: Caller, asked: Json) -> Json:
    start, most = asked.get("offset", 0), asked.get("length", LETTERS)
    post = caller.ask(f"/api/v1/posts/{_post_id(caller, asked['post'])}/")
    text, total = _text(caller, post["id"], start, most)
    end = start + len(text)
    return {
        "resource": f"almanac://post/{post['id']}",
        "post": {name: post[name] for name in POST},
        "text": text,
        "offset": start,
        "total": total,
        "next_offset": end if end < total else None,
    }


POST = (
    "id", "space", "path", "title", "subtitle", "tldr", "authors", "tags", "status", "revision", "url",
    "created_at", "updated_at", "published_at",
)  # fmt: skip


def _post_id(caller: Caller, spelled: int | str) -> int:
    """Of an id, an address of ours, or `space/path`."""
    if isinstance(spelled, int) or (spelled.isascii() and spelled.isdecimal()):
        return int(spelled)
    place = unquote(urlsplit(spelled).path if "://" in spelled else spelled).strip("/")
    kind, _, rest = place.partition("/")
    if spelled.startswith("almanac://post/") or (kind == "p" and rest.isdecimal()):
        return int(rest or place) if (rest or place).isdecimal() else 0
    space, _, path = (rest if kind == "s" else place).partition("/")
    visible = Post.objects.visible_to(caller.user).live().at(space, path.partition("@")[0])
    found = visible.values_list("pk", flat=True).first()
    if found is None:
        raise Refused(f"There is no post {spelled[:200]}. search_posts finds them by words.")
    return found


def _text(caller: Caller, post: int, start: int, most: int) -> tuple[str, int]:
    """So many letters of what readers see of a post from `start` on, and how many there are."""
    shown = (
        Revision.objects.visible_to(caller.user)
        .for_readers()
        .filter(post=post, post__published_revision=F("pk"))
    )
    found = shown.annotate(
        part=Substr("rendering__text", start + 1, most), total=Length("rendering__text")
    ).values_list("part", "total")
    for part, total in found[:1]:
        return part, total
    raise Refused(f"Post {post} isn't published, so there is nothing to read yet.")


def get_insight(caller: Caller, asked: Json) -> Json:
    space, name = _place(caller, asked["insight"])
    at = asked.get("at")
    try:
        told = caller.ask(f"/api/v1/insights/{space}/{name}/", at=at)
    except Refused as refused:
        if at is None or refused.status != 404:
            raise
        words = f"{space}/{name} wasn’t published yet at {at}. insight_history tells since when it is."
        raise Refused(words, 404) from None
    return {"resource": f"almanac://insight/{space}/{name}", **told}


def insight_history(caller: Caller, asked: Json) -> Json:
    space, name = _place(caller, asked["insight"])
    told = caller.ask(
        f"/api/v1/insights/{space}/{name}/history/",
        page_size=asked.get("limit", 20),
        cursor=asked.get("cursor"),
    )
    return {
        "resource": f"almanac://insight/{space}/{name}",
        "results": told["results"],
        "next_cursor": _cursor(told),
    }


def list_insights(caller: Caller, asked: Json) -> Json:
    filters = {name: asked.get(name) for name in ("space", "tag", "author", "status", "changed_since")}
    told = caller.ask(
        "/api/v1/insights/", page_size=asked.get("limit", 20), cursor=asked.get("cursor"), **filters
    )
    return {"results": told["results"], "next_cursor": _cursor(told)}


def _cursor(told: Json) -> str | None:
    return parse_qs(urlsplit(told["next"]).query)["cursor"][0] if told["next"] else None


def _place(caller: Caller, spelled: str) -> tuple[str, str]:
    """Space and name of an insight that the caller sees, from `space/name` or an address of it."""
    space, _, name = unquote(spelled).strip("/").removeprefix("almanac://insight/").rpartition("/")
    space = space.rpartition("/")[2]
    visible = Insight.objects.visible_to(caller.user)
    if visible.filter(space__slug=space, name=name).exists():
        return space, name
    near = _near(visible, space, name)
    hint = f"These names are near: {', '.join(near)}." if near else "list_insights tells which there are."
    raise Refused(f"There is no insight {spelled[:200]}. {hint}")


def _near(visible: Any, space: str, name: str) -> list[str]:
    """Names that may have been meant: of the space, and the same name elsewhere."""
    there = list(visible.filter(space__slug=space).order_by("name").values_list("name", flat=True)[:NAMES])
    elsewhere = visible.filter(name__iexact=name).exclude(space__slug=space).order_by("space__slug")
    named = [f"{slug}/{same}" for slug, same in elsewhere.values_list("space__slug", "name")[:NEAR]]
    return [f"{space}/{each}" for each in difflib.get_close_matches(name, there, NEAR, 0.5)] + named
