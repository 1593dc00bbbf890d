"""The portal: what can be asked of it."""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from almanac_client._errors import AlmanacError, Unreachable
from almanac_client._http import Http
from almanac_client._values import (
    Decision,
    Found,
    History,
    Insight,
    Post,
    Publication,
    decision_of,
    hit_of,
    insight_of,
    post_of,
    reading_of,
)

V1 = "/api/v1/"
PAGE = 100  # rows that are asked for at a time
_NAME = re.compile(r"(?P<space>[\w-]+)/(?P<name>[A-Za-z0-9_.-]+)")


class Almanac:
    """A portal, as one person sees it. One may serve all threads.

    url: such as https://almanac.example; without one, the environment's ALMANAC_URL.
    token: made in the portal under Access tokens; without one, ALMANAC_TOKEN.
    timeout: seconds for one answer. retries, patience: how often, and for how many seconds in all, a call
        waits where the portal asks to come back later, or doesn't answer.

    Every method raises an AlmanacError, whose `code`, `message` and `hint` tell what is wrong.
    """

    def __init__(
        self,
        url: str = "",
        token: str = "",
        *,
        timeout: float = 30,
        retries: int = 4,
        patience: float = 60,
    ) -> None:
        url, token = url or os.environ.get("ALMANAC_URL", ""), token or os.environ.get("ALMANAC_TOKEN", "")
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise ValueError(
                "Give the portal's address, such as https://almanac.example, or set ALMANAC_URL."
            )
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError(
                "Give a token, which the portal makes under Access tokens, or set ALMANAC_TOKEN."
            )
        self.url = url.rstrip("/")
        self._http = Http(self.url, token, timeout=timeout, retries=retries, patience=patience)

    def __repr__(self) -> str:
        return f"Almanac({self.url!r})"

    # --- insights -----------------------------------------------------------------------------------------

    def insight(self, name: str, *, at: str | date | None = None) -> Insight:
        """The insight `space/name`; with `at`, as it was at that moment, or at the end of that day (UTC)."""
        return insight_of(self._get(_insight(name), at=_said(at)))

    def history(self, name: str) -> History:
        """All of its readings, the newest first."""
        return History(reading_of(each) for each in self._pages(f"{_insight(name)}history/"))

    def insights(
        self,
        *,
        space: str = "",
        tag: str = "",
        author: str = "",
        status: str = "",
        changed_since: str | date | None = None,
        q: str = "",
    ) -> Iterator[Insight]:
        """Those that fit, the newest first, asked for page by page as they are taken.

        `q` is part of a name or title. `changed_since`: those with another reading or state since.
        """
        since = _said(changed_since)
        named = {"space": space, "tag": tag, "author": author, "status": status, "q": q}
        asked = {**named, "changed_since": since}
        return map(insight_of, self._pages("insights/", **asked))

    def use(self, name: str, what: str, link: str = "") -> Decision:
        """Say what you used it for: you are told first when it moves. Everyone who sees it sees that."""
        body = json.dumps({"what": what, "link": link}).encode()
        return decision_of(self._send("POST", f"{_insight(name)}decisions/", body, "application/json"))

    # --- posts --------------------------------------------------------------------------------------------

    def search(self, query: str, *, sort: str = "relevance", limit: int = 20) -> Found:
        """The best `limit` posts, by the grammar of the portal's search box."""
        found, page = Found(), 1
        size = max(1, min(limit, PAGE))
        while len(found) < limit:
            told = self._get("search/", q=query, sort=sort, limit=size, page=page)
            found.extend(map(hit_of, told["results"]))
            found.total, found.looked_for = told["total"], told["query"]["text"]
            if not told["next"]:
                break
            page += 1
        del found[limit:]
        return found

    def post(self, id: int) -> Post:
        return post_of(self._get(f"posts/{int(id)}/"))

    def text(self, post: Post | int) -> str:
        """All of a post in plain text, as readers see it."""
        told = self._get(f"posts/{post.id if isinstance(post, Post) else int(post)}/")
        source = told["links"]["source"]
        if not source:
            return ""
        text: str = self._get(_path(source).removeprefix(V1).replace("/source/", "/content/"))["text"]
        return text

    def posts(
        self, *, space: str = "", tag: str = "", author: str = "", status: str = "", sort: str = "new"
    ) -> Iterator[Post]:
        """Those that fit, the newest first unless `sort` is popular."""
        asked = {"space": space, "tag": tag, "author": author, "status": status, "sort": sort}
        return map(post_of, self._pages("posts/", **asked))

    def publish(
        self,
        file: str | os.PathLike[str] | bytes,
        space: str,
        path: str = "",
        message: str = "",
        *,
        key: str = "",
    ) -> Publication:
        """Commit a document, a file's path or its bytes, to a space in your name.

        path: where it goes in the repository; a folder that ends in a slash, or nothing, keeps its name.
        key: by which the portal knows the same call when it comes twice; one is made unless you give it.
        """
        name, data = _file(file, path)
        fields = {"space": space, "path": path, "message": message}
        kind, body = _form({name_: value for name_, value in fields.items() if value}, name, data)
        told = self._send("POST", "posts/", body, kind, key=key or uuid.uuid4().hex)
        return Publication(told["commit"], told["space"], told["path"], told["page"], told, self._watch)

    def _watch(self, publication: Publication, timeout: float) -> Mapping[str, Any]:
        until, pause = time.monotonic() + timeout, 0.1
        while True:
            told = self._get(_path(publication.raw["watch"]).removeprefix(V1))
            if told["state"] == "done":
                return told
            if time.monotonic() + pause > until:
                raise TimeoutError(
                    f"{publication.path} isn't done after {timeout:g} s; watch {publication.url}"
                )
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)

    # --- asking -------------------------------------------------------------------------------------------

    def _get(self, place: str, **asked: Any) -> dict[str, Any]:
        query = urlencode({name: value for name, value in asked.items() if value not in (None, "")})
        return _read(self._http.get(f"{V1}{place}{'?' if query else ''}{query}").body)

    def _send(self, method: str, place: str, body: bytes, kind: str, key: str = "") -> dict[str, Any]:
        return _read(self._http.send(method, V1 + place, body, kind, key).body)

    def _pages(self, place: str, **asked: Any) -> Iterator[dict[str, Any]]:
        told = self._get(place, page_size=PAGE, **asked)
        yield from told["results"]
        while told["next"]:
            told = _read(self._http.get(_path(told["next"])).body)
            yield from told["results"]


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body, parse_float=Decimal)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unreachable("That is no answer of an Almanac portal.", hint="Check the address.")
    return told


def _path(address: str) -> str:
    """Of an address that the portal named, what follows its own: the token goes nowhere else."""
    parts = urlsplit(address)
    place = parts.path.find(V1)
    if place < 0:
        raise AlmanacError(f"The portal named an odd address: {address}")
    return f"{parts.path[place:]}{'?' if parts.query else ''}{parts.query}"


def _insight(name: str) -> str:
    found = _NAME.fullmatch(name.strip("/"))
    if found is None:
        raise ValueError(f"Name an insight by its space and name, such as growth/churn_q2, not {name!r}.")
    return f"insights/{quote(found['space'])}/{quote(found['name'])}/"


def _said(at: str | date | None) -> str | None:
    """A moment without a zone is this machine's."""
    if isinstance(at, datetime):
        return at.astimezone().isoformat()
    return at.isoformat() if isinstance(at, date) else at


def _file(file: str | os.PathLike[str] | bytes, path: str) -> tuple[str, bytes]:
    if isinstance(file, bytes):
        if not path or path.endswith("/"):
            raise ValueError("Say with `path` what the document is called.")
        return path.rpartition("/")[2], file
    place = Path(file)
    return place.name, place.read_bytes()


def _form(fields: Mapping[str, str], name: str, data: bytes) -> tuple[str, bytes]:
    """As multipart/form-data: its type, and its bytes."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    escaped = name.replace("\\", "_").replace('"', "%22").replace("\r", "").replace("\n", "")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{escaped}"\r\n'
    parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", data, b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])
