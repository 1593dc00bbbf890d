"""The page of a post as nearly every reader gets it: found by one query, and drawn before.

A published post with nothing under way looks the same to all who may see it, but for the bar on top. One row
of plain values, its stamp, tells whether the reader may see it and whether what is kept still holds.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeAlias

from django.contrib.messages import get_messages
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from knowledge.models import Post, Rendering, Revision
from knowledge.permissions import can_write
from portal.fragments import period
from portal.kept import Kept
from portal.prepared import Prepared
from portal.requests import SignedInRequest
from portal.views import reading

_stamps = Prepared(
    lambda user, space, path: Post.objects.visible_to(user).at(space, path).live().stamps()[:1],
)
Key: TypeAlias = tuple[
    str, bool, bool, int
]  # the stamp's digest, whether for an author, a member; the period

_drawn: Kept[reading.Drawn] = Kept(48_000_000)  # characters in each process


@dataclass(frozen=True, slots=True)
class Stamp:
    """The first values of knowledge.models.post.STAMP, and a digest of all that a page shows.

    `in_review` is whether the latest revision is held back and a review of it is open.
    """

    post: int
    kind: str
    published: int | None
    published_state: str | None
    latest: int | None
    has_faults: bool
    in_review: bool
    digest: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Stamp":
        digest = blake2b(repr(row).encode(), digest_size=12).hexdigest()
        post, kind, published, state, latest, faults, is_held, review, *_ = row
        in_review = bool(is_held and review)
        return cls(post, kind, published, state, latest, faults not in {None, "[]"}, in_review, digest)

    @property
    def is_plain(self) -> bool:
        """Published, and what is newer, if anything, is in review."""
        is_ready = self.published_state == Rendering.State.READY
        is_newest = self.published == self.latest or self.in_review
        return self.kind == Post.Kind.POST and is_ready and is_newest


def page(request: SignedInRequest, space: str, path: str) -> HttpResponseBase | None:
    """None where it takes a closer look: no such post, one that waits or failed, an introduction, a part."""
    row = _stamps.first(request.user, space, path)
    stamp = Stamp.of(row) if row else None
    if stamp is None or not stamp.is_plain or "part" in request.GET:
        return None
    # Only authors are told of faults, and only members of reviews: so only such posts look different.
    may_write = is_member = False
    if stamp.has_faults or stamp.in_review:
        found = Post.objects.select_related("space").get(pk=stamp.post)
        may_write = stamp.has_faults and can_write(found.space, request.user)
        is_member = stamp.in_review and reading.sees_held(found, request.user)
    key = (stamp.digest, may_write, is_member, period())
    etag = quote_etag(fingerprint(request, key))
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    response = respond(request, drawn(stamp, key))
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


def drawn(stamp: Stamp, key: Key) -> reading.Drawn:
    found = _drawn.get(key)
    if found is None:
        post = get_object_or_404(Post.objects.for_reading(), pk=stamp.post)
        shown = get_object_or_404(Revision.objects.for_reading(), pk=stamp.published)
        found = reading.draw(reading.content(post, shown, may_write=key[1], is_member=key[2]))
        _drawn.put(key, found, len(found.main))
    return found


def respond(request: SignedInRequest, found: reading.Drawn) -> HttpResponse:
    return render(request, "posts/show.html", {"section": "posts", "drawn": found})


def fingerprint(request: SignedInRequest, key: Key) -> str:
    """What is drawn, and what the bar and the toasts around it say to whom."""
    user = request.user
    around = (user.pk, user.name, user.username, user.is_superuser, len(get_messages(request)))
    collected = getattr(staticfiles_storage, "manifest_hash", "")
    return blake2b(repr((key, around, collected)).encode(), digest_size=12).hexdigest()
