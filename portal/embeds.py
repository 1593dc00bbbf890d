"""What other sites show of ours in their pages: one insight, or one figure, with its date and its state."""

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.conf import settings
from django.db.models import F
from django.utils.formats import date_format

from knowledge import storage
from knowledge.models import Insight, Post, Rendering, Revision, User
from knowledge.models.approvals import approvers_of
from knowledge.models.insight import state_of
from knowledge.models.insight_facts import facts_of, stamp_of_one
from knowledge.serving.badge import badge
from knowledge.serving.facts import InsightFacts, ReadingFacts
from knowledge.serving.outputs import Output, Table, outputs, table_of
from knowledge.trust import Trust
from knowledge.trusted import trust_in_post
from portal.insight_pages import day_in_words
from portal.key_numbers import spoken

ROWS = 100  # of a table
PICTURE = 3_000_000  # bytes that a page carries
_ASSET = re.compile(r'src="almanac-asset:([0-9a-f]{64})\.\w+"[^>]*?(?:alt="([^"]*)")?[^>]*>')


@dataclass(frozen=True, slots=True)
class Card:
    """An insight. `said` is "" for a table, and for what is withdrawn: no old number stands for a new one."""

    title: str
    space: str
    said: str
    bounds: str
    when: str
    state: Insight.State
    trust: Trust
    url: str

    @property
    def is_sound(self) -> bool:
        """Whether nothing speaks against it."""
        return self.trust.tone in {"good", "plain"}

    @property
    def is_withdrawn(self) -> bool:
        return self.state == Insight.State.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Figure(Card):
    """An output of a post: a table, or a picture as a `data:` address; neither of what runs or is large."""

    table: Table | None = None
    more: int = 0
    picture: str = ""
    words: str = ""
    anchor: str = ""
    kind: str = ""


def card(user: User, space: str, name: str) -> Card | None:
    """As `user` sees it; None for what they don't."""
    stamp = stamp_of_one(user, space, name)
    found = facts_of(user, [stamp]) if stamp else []
    return _card(found[0]) if found else None


def drawn(shown: Card | None, *, otherwise: str) -> str:
    """Its badge; without one a badge that says `otherwise`."""
    if shown is None:
        return badge("Almanac", "", otherwise, is_sound=False)
    if shown.is_withdrawn:
        return badge(shown.title, "", "withdrawn", is_sound=False)
    state = f"{shown.trust.label.lower()}, {shown.when}"
    return badge(shown.title, shown.said or "a table", state, is_sound=shown.is_sound)


def figure(user: User, post: int, which: int | str) -> Figure | None:
    """The output of that number, or at that anchor."""
    visible = Revision.objects.visible_to(user).for_readers().for_lists().select_related("post__space")
    found = visible.filter(post=post, pk=F("post__published_revision")).first()
    if found is None:
        return None
    parts = found.rendering.parts.order_by("number").values_list("html", flat=True).iterator(10)
    output = next((it for it in outputs(parts) if which in {it.number, it.anchor}), None)
    return _figure(found, output) if output else None


def _card(insight: InsightFacts) -> Card:
    newest = insight.newest
    state = Insight.State(insight.status)
    low, high = newest.interval or (None, None)
    is_shown = state != Insight.State.WITHDRAWN
    return Card(
        title=newest.title or insight.name,
        space=insight.space_name,
        said=_said(newest) if is_shown else "",
        bounds=f"{spoken(low)} to {spoken(high)}" if is_shown and low is not None else "",
        when=_when(newest.as_of, newest.published_at),
        state=state,
        trust=insight.trust,
        url=f"{settings.SITE_URL}/insights/{insight.space}/{insight.name}",
    )


def _said(reading: ReadingFacts) -> str:
    return spoken(reading.value, reading.unit) or (reading.value if isinstance(reading.value, str) else "")


def _when(as_of: str, published_at: datetime) -> str:
    return f"as of {day_in_words(as_of)}" if as_of else f"published {date_format(published_at, 'j M Y')}"


def _figure(revision: Revision, output: Output) -> Figure:
    post = revision.post
    trust = trust_in_post(post, approvers=approvers_of(revision.pk))
    state = state_of(post.status)
    is_shown = state != Insight.State.WITHDRAWN
    table = table_of(output.html) if is_shown and output.kind == "table" else None
    picture, words = _picture(revision.rendering, output) if is_shown else ("", "")
    return Figure(
        title=post.title,
        space=post.space.name,
        said="",
        bounds="",
        when=_when("", revision.published_at or post.created_at),
        state=state,
        trust=trust,
        url=f"{settings.SITE_URL}{post.get_absolute_url()}#{output.anchor}",
        table=Table(table.columns, table.rows[:ROWS]) if table else None,
        more=max(0, len(table.rows) - ROWS) if table else 0,
        picture=picture,
        words=words,
        anchor=output.anchor,
        kind=output.kind,
    )


def _picture(rendering: Rendering, output: Output) -> tuple[str, str]:
    """Its bytes as an address, for who sees the page may not be signed in; and what it shows, in words."""
    found = _ASSET.search(output.html) if output.kind == "image" else None
    asset = rendering.assets.get(found[1]) if found else None
    if not found or not asset or asset["size"] > PICTURE or not storage.exists(found[1]):
        return "", ""
    data = b64encode(storage.read(found[1])).decode()
    return f"data:{asset['type']};base64,{data}", unescape(found[2] or "") or "A figure"


def insight_at(user: User, space: str, name: str) -> Insight | None:
    seen = Insight.objects.visible_to(user).select_related("space")
    return seen.filter(space__slug=space, name=name).first()


def post_at(user: User, pk: int) -> Post | None:
    return Post.objects.visible_to(user).live().select_related("space").filter(pk=pk).first()
