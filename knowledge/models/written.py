"""What somebody wrote, a stretch at a time: by their account, and where a header spells their user name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, Q

from knowledge.models import prepared
from knowledge.models.authorship import Authorship
from knowledge.models.for_readers import ForReader
from knowledge.models.listing import WRITTEN, Listing, Place
from knowledge.models.post import Post
from knowledge.models.user import User

AT_ONCE = 61


@dataclass(frozen=True, slots=True)
class Written:
    """A Listed of what `person` wrote and `reader` sees."""

    reader: User
    person: User

    def newest(self, older_than: Place[datetime] | None, count: int) -> list[Place[datetime]]:
        """At most AT_ONCE. One query."""
        if older_than is None:
            signed = _SIGNED.filled(self.reader, person=self.person.pk)
        else:
            at, pk = older_than
            signed = _SIGNED_BEFORE.filled(self.reader, person=self.person.pk, at=at, pk=pk)
        spelled = _SPELLED.of(self.reader, author=self.person.username)
        places: Any = prepared.several(signed, spelled.filled("newest", older_than, count))
        return sorted({*places[0], *places[1]}, reverse=True)[:count]

    def popular(self, below: Place[float] | None, count: int) -> list[Place[float]]:
        return WRITTEN.of(self.reader, author=self.person.username).popular(below, count)


def _signed(reader: User, person: Any, beyond: Q) -> Any:
    """By an index of its own: the newest posts of somebody are not to be sought among all of theirs."""
    seen = Post.objects.visible_to(reader).published().order_by().values("pk")
    signed = Authorship.objects.filter(beyond, user=person, published_at__isnull=False, post__in=seen)
    return signed.order_by("-published_at", "-post_id").values_list("published_at", "post")[:AT_ONCE]


_ID = BigIntegerField()
_SIGNED: ForReader[Place[datetime]] = ForReader(
    lambda reader, person: _signed(reader, person, Q()), person=_ID
)
_SIGNED_BEFORE: ForReader[Place[datetime]] = ForReader(
    lambda reader, person, at, pk: _signed(
        reader, person, Q(Q(published_at__lt=at) | Q(post__lt=pk), published_at__lte=at)
    ),
    person=_ID,
    at=DateTimeField(),
    pk=_ID,
)
_SPELLED = Listing(
    lambda posts, author: posts.filter(
        pk__in=Authorship.objects.filter(name__iexact=author, user=None).values("post")
    ),
    is_alike=True,
    author=CharField(max_length=150),
)
