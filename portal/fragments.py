"""Documents ready to be put on a page: the HTML of a rendering with the addresses of one revision."""

import time
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Revision
from portal import output_tokens
from portal.content_links import Place, resolve
from portal.kept import Kept

FRESH_SECONDS = 3600  # the tokens in a fragment are good for twelve hours, and readers keep pages open


@dataclass(frozen=True, slots=True)
class Fragment:
    """A document's HTML with its markers resolved, and what its page has to bring along for it."""

    html: SafeString
    has_math: bool
    has_frames: bool


_fragments: Kept[Fragment] = Kept(16_000_000)  # characters in each process


def fragment_of(revision: Revision) -> Fragment:
    """The document of a revision whose rendering is ready; its `html` need not be loaded."""
    rendering = revision.rendering
    key = (revision.pk, rendering.pk, rendering.finished_at, period())
    fragment = _fragments.get(key)
    if fragment is None:
        fragment = make(revision)
        _fragments.put(key, fragment, len(fragment.html))
    return fragment


def period() -> int:
    """Changes every hour, and with it what pages and their ETags hold of tokens."""
    return int(time.time() // FRESH_SECONDS)


def make(revision: Revision) -> Fragment:
    space = revision.post.space.slug
    place = Place(
        space,
        revision.commit,
        revision.path,
        revision.pk,
        lambda number: output_tokens.sign(revision.pk, number),
    )
    html = resolve(revision.rendering.html, place)
    # What the renderer wrote, cleaned: see knowledge/rendering/sanitizer.py. Nothing of it is escaped again.
    return Fragment(mark_safe(html), 'class="math"' in html, 'class="output-frame"' in html)  # noqa: S308
