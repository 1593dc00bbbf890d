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
from portal.findings import box_of
from portal.fragments import period
from portal.kept import Kept
from portal.prepared import Prepared
from portal.reads import count
from portal.requests import SignedInRequest
from portal.views import reading

_stamps = Prepared(
    lambda user, space, path: Post.objects.visible_to(user).at(space, path).live().stamps(user)[:1],
)
# The stamp's digest, whether it is for an author, for a member who is told of a review, and the period.
Key: TypeAlias = tuple[str, bool, bool, int]
_drawn: Kept[reading.Drawn] = Kept(48_000_000, entry=1_000)  # characters in each process


@dataclass(frozen=True, slots=True)
class Stamp:
    """The first values of knowledge.models.post_queryset.STAMP, and a digest of all that a page shows.

    `tells_writers`: it may have something to say to those who may write, of whom the reader may be one.
    `in_review`: a newer revision is held back and a review of it is open, of which members are told.
    """

    post: int
    kind: str
    published: int | None
    published_state: str | None
    latest: int | None
    tells_writers: bool
    in_review: bool
    may_write: bool
    is_member: bool
    digest: str

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Stamp":
        *everyones, has_findings, may_write, is_member = row
        digest = blake2b(repr(everyones).encode(), digest_size=12).hexdigest()
        post, kind, published, state, latest, faults, is_held, review, *_ = row
        tells_writers = has_findings or faults not in {None, "[]"}
        in_review = bool(is_held and review)
        return cls(
            post, kind, published, state, latest, tells_writers, in_review, may_write, is_member, digest
        )

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
    if stamp.in_review and stamp.may_write:
        return None  # the findings of the newer revision are theirs to mend
    # Only authors are told of faults and findings, and only members of reviews: the page differs for them.
    tells_writer = stamp.tells_writers and stamp.may_write
    key = (stamp.digest, tells_writer, stamp.in_review and stamp.is_member, period())
    etag = quote_etag(fingerprint(request, key))
    count(request, stamp.post)
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    response = respond(request, drawn(stamp, key))
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    return response


def drawn(stamp: Stamp, key: Key) -> reading.Drawn:
    found = _drawn.get(key)
    if found is None:
        post = get_object_or_404(Post.objects.for_reading(), pk=stamp.post)
        shown = get_object_or_404(
            Revision.objects.for_reading().select_related("passed_by"), pk=stamp.published
        )
        shown.post, may_write = post, key[1]
        box = box_of(shown, is_on_page=True) if may_write else None
        found = reading.draw(reading.content(post, shown, may_write=may_write, is_member=key[2], box=box))
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
