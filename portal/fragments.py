"""Documents ready to be put on a page: parts of a rendering with the addresses of what it is shown as."""

import time
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Func, IntegerField
from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Preview, Revision
from portal import output_tokens
from portal.content_links import Place, resolve
from portal.kept import Kept

Shown: TypeAlias = Revision | Preview

FRESH_SECONDS = 3600  # the tokens in a fragment are good for twelve hours, and readers keep pages open


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a document with its markers resolved, and what its page has to bring along for it.

    `lengths` are the bytes of all parts, this one included, before their markers were resolved.
    """

    html: SafeString
    has_math: bool
    lengths: tuple[int, ...]

    @property
    def has_more(self) -> bool:
        """Whether other parts may come to it, with formulas."""
        return len(self.lengths) > 1


_fragments: Kept[Fragment] = Kept(16_000_000, entry=1_000)  # characters in each process


def fragment_of(shown: Shown, part: int = 0) -> Fragment | None:
    """A part of the document of a revision whose rendering is ready; None where it has not so many."""
    rendering = shown.rendering
    key = (names_of(shown), shown.pk, rendering.pk, rendering.finished_at, part, period())
    fragment = _fragments.get(key)
    if fragment is None:
        fragment = make(shown, part)
        if fragment:
            _fragments.put(key, fragment, len(fragment.html))
    return fragment


def period() -> int:
    """Changes every hour, and with it what pages and their ETags hold of tokens."""
    return int(time.time() // FRESH_SECONDS)


def make(shown: Shown, part: int) -> Fragment | None:
    """Two queries."""
    # Counting bytes, unlike characters, makes PostgreSQL read none of them.
    size = Func("html", function="octet_length", output_field=IntegerField())
    lengths = tuple(shown.rendering.parts.values_list(size, flat=True))
    stored = shown.rendering.parts.filter(number=part).first()
    if stored is None:
        return None
    html = resolve(stored.html, place_of(shown))
    # What the renderer wrote, cleaned: see knowledge/rendering/sanitizer.py. Nothing of it is escaped again.
    safe = mark_safe(html)  # noqa: S308
    return Fragment(safe, 'class="math"' in html, lengths)


def place_of(shown: Shown) -> Place:
    """Where the markers of its document lead."""
    space = (shown.branch if isinstance(shown, Preview) else shown.post).space.slug
    names = names_of(shown)
    key = f"{names}{shown.pk}"
    return Place(
        space, shown.commit, shown.path, shown.pk, lambda number: output_tokens.sign(key, number), names
    )


def names_of(shown: Shown) -> str:
    """What begins the names of its addresses, and its tokens."""
    return "preview-" if isinstance(shown, Preview) else ""
