"""What pages say of posts alone, drawn once for everybody for as long as nothing of it changes."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from knowledge.models import Post
from knowledge.models.card_facts import card_stamps
from knowledge.models.post_queryset import PostQuerySet
from portal.kept import Kept

Piece = TypeVar("Piece")


class Drawn(Generic[Piece]):
    """`load` asks for what `draw` makes a piece of, and tells of how many characters that is.

    Each process keeps pieces of `most` characters.
    """

    def __init__(
        self,
        load: Callable[[PostQuerySet], PostQuerySet],
        draw: Callable[[Post], tuple[Piece, int]],
        most: int,
    ) -> None:
        self.load, self.draw = load, draw
        self.kept: Kept[Piece] = Kept(most, entry=400)

    def of(self, posts: Sequence[int]) -> dict[int, Piece]:
        """By the ids of posts that the reader sees. One query, three where some aren't drawn."""
        stamps = card_stamps(posts) if posts else {}
        known = ((pk, self.kept.get((pk, stamp))) for pk, stamp in stamps.items())
        found = {pk: piece for pk, piece in known if piece is not None}
        if missing := stamps.keys() - found.keys():
            for post in self.load(Post.objects.filter(pk__in=missing)):
                found[post.pk], size = self.draw(post)
                self.kept.put((post.pk, stamps[post.pk]), found[post.pk], size)
        return found
