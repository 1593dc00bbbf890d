"""Documents ready to be put on a page, kept in memory: most of a post never differs between its readers."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString, mark_safe

from knowledge.models import Revision
from portal import output_tokens
from portal.content_links import Place, resolve

BUDGET = 64_000_000  # characters in each process; one document takes at most an eighth of it
FRESH_SECONDS = 3600  # the tokens in a fragment are good for twelve hours, and readers keep pages open


@dataclass(frozen=True, slots=True)
class Fragment:
    """A document's HTML with its markers resolved, and what its page has to bring along for it."""

    html: SafeString
    has_math: bool
    has_frames: bool


Key = tuple[int, int, datetime | None, int]


class Fragments:
    """The least recently read ones go first. Safe for threads."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._kept: OrderedDict[Key, Fragment] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, revision: Revision) -> Fragment:
        """The document of a revision whose rendering is ready; its `html` need not be loaded."""
        rendering = revision.rendering
        key = (revision.pk, rendering.pk, rendering.finished_at, period())
        with self._lock:
            if fragment := self._kept.get(key):
                self._kept.move_to_end(key)
                return fragment
        fragment = make(revision)
        if len(fragment.html) <= self.budget // 8:
            self._keep(key, fragment)
        return fragment

    def _keep(self, key: Key, fragment: Fragment) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = fragment
                self.size += len(fragment.html)
            while self.size > self.budget:
                self.size -= len(self._kept.popitem(last=False)[1].html)


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


fragments = Fragments()
