"""Telling readers from programs, and counting that somebody opened a post's page.

A page that is looked at must neither fail nor wait for it, so what was counted within the hour is remembered
here, and what the database refuses is left out.
"""

import logging
import re
from time import monotonic
from urllib.parse import parse_qs, urlsplit

from django.db import DatabaseError
from django.http import HttpRequest

from knowledge.pipeline.counting import clean_query, count_reach, count_view
from portal.kept import Kept
from portal.requests import SignedInRequest, is_ahead_of_time

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 3600.0
SEARCH = "/search"
_PROGRAMS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|scanner|monitor|uptime|pingdom|lighthouse|headless|phantomjs|selenium"
    r"|^(?:curl|wget|httpie|python|java|ruby|perl|php|go-http|node|axios|okhttp|libwww|apache-httpclient|guzzle"
    r"|aiohttp|http|postmanruntime|insomnia|git|r/|rcurl|dart|powershell|windowspowershell)\b"
    r"|facebookexternalhit|mediapartners|feedfetcher|embedly|whatsapp|bytespider|ia_archiver",
    re.IGNORECASE,
)
_counted: Kept[float] = Kept(50_000)  # who opened which post, when: so many in each process


def count(request: SignedInRequest, post: int) -> None:
    """The page of the post with this id is about to be shown."""
    if not is_read(request):
        return
    query = search_before(request)
    key = (request.user.pk, post, query)
    at = _counted.get(key)
    if at is not None and monotonic() - at < AGAIN_SECONDS:
        return
    try:
        count_view(by=request.user, post=post, query=query)
    except DatabaseError as error:
        logger.warning("A view of post %s is not counted: %s", post, error)
        return
    _counted.put(key, monotonic(), 1)


def count_far(request: SignedInRequest, post: int, words: int | None, *, reach: int, seconds: int) -> None:
    """They leave its page; `words` is how long it is."""
    if is_program(request):
        return
    try:
        count_reach(by=request.user, post=post, reach=reach, seconds=seconds, words=words or 0)
    except DatabaseError as error:
        logger.warning("How far post %s was read is not counted: %s", post, error)


def is_read(request: HttpRequest) -> bool:
    """Whether a person is about to look at the page: no program, not ahead of time, not inside of a page."""
    is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method == "GET" and is_page and not is_ahead_of_time(request) and not is_program(request)


def is_program(request: HttpRequest) -> bool:
    """By the name that it gives itself; browsers all have one."""
    name = request.headers.get("User-Agent", "")
    return not name or _PROGRAMS.search(name) is not None


def search_before(request: HttpRequest) -> str:
    """What was searched for on the page from which a link led here; "" for any other page."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
        asked = parse_qs(page.query, max_num_fields=100).get("q", [""])[0]
    except ValueError:
        return ""
    is_search = page.netloc == request.get_host() and page.path.rstrip("/") == SEARCH
    return clean_query(asked) if is_search else ""
