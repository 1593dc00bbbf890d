"""What changed since somebody last read a post: what the templates in templates/since/ show."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Func, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from knowledge.diffing import DIFFER_VERSION, Difference, News, news_of
from knowledge.diffing.difference import Picture
from knowledge.diffing.news import NewsKind, rest_of
from knowledge.diffing.wire import unpacked
from knowledge.models import Comparison, Post, Rendering, Revision, User, Visit
from knowledge.pipeline.compare import request_comparison
from portal.kept import Kept
from portal.templatetags.almanac import asset_address

SHOWN = 8  # of each kind; the others are on the page of the comparison
_KINDS: dict[NewsKind, str] = {"conclusion": "Conclusions", "figure": "Figures", "number": "Numbers"}
_ELSE = {"conclusion": "In the text", "figure": "A figure", "number": "A result"}
_REST = {"code": "code", "order": "the order of its cells", "details": "details such as tags and links"}


@dataclass(frozen=True, slots=True)
class Item:
    """`address` is where it stands, images are of both revisions; "" for what there isn't."""

    news: News
    label: str
    address: str
    old_image: str = ""
    new_image: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`count` is of all, `more` of those that are not among the items."""

    name: str
    items: list[Item]
    count: int
    more: int

    @property
    def words(self) -> str:
        name = self.name.lower()
        return f"{self.count} {name.removesuffix('s') if self.count == 1 else name}"


@dataclass(frozen=True, slots=True)
class Told:
    """What two revisions tell a reader; `words` are a line of it, "" where nothing differs."""

    words: str
    kinds: list[Kind]
    notices: tuple[str, ...]

    @property
    def is_news(self) -> bool:
        return bool(self.kinds)


@dataclass(frozen=True, slots=True)
class Since:
    """`told` is None while it is being found out, and where that failed."""

    post: Post
    old: Revision
    new: Revision
    read_at: datetime
    told: Told | None
    comparison: Comparison | None

    @property
    def when(self) -> str:
        """As one says it: "today at 9:05", "on 3 March", "on 3 March 2025"."""
        at, now = timezone.localtime(self.read_at), timezone.localtime()
        if at.date() == now.date():
            return f"today at {date_format(at, 'G:i')}"
        return f"on {date_format(at, 'j F' if at.year == now.year else 'j F Y')}"


_told: Kept[Told] = Kept(4_000_000, entry=600)  # characters in each process


def since_of(user: User, post: Post, visit: Visit | None) -> Since | None:
    """None where there is nothing to tell, or what was read before is not for this reader any more."""
    if visit is None or visit.before_id is None or visit.before_at is None:
        return None
    seen = Revision.objects.visible_to(user).for_readers().of(post).for_lists()
    pair = {revision.pk: revision for revision in seen.filter(pk__in=[visit.before_id, visit.revision_id])}
    old, new = pair.get(visit.before_id), pair.get(visit.revision_id)
    if old is None or new is None or source_of(old) == source_of(new):
        return None
    told, comparison = told_of(old, new)
    if told and not told.words:
        return None
    return Since(post, old, new, visit.before_at, told, comparison)


def source_of(revision: Revision) -> tuple[str, str]:
    return revision.rendering.source_digest, revision.rendering.format


def told_of(old: Revision, new: Revision) -> tuple[Told | None, Comparison | None]:
    """What is known of the pair, and what works it out where nothing is known yet."""
    key = (old.pk, new.pk, *(each.rendering.finished_at for each in (old, new)), DIFFER_VERSION)
    if found := _told.get(key):
        return found, None
    comparison = request_comparison(old=old, new=new)
    if comparison.state != Comparison.State.READY:
        return None, comparison
    told = _made(unpacked(comparison.result), old, new)
    _told.put(key, told, len(repr(told)))
    return told, comparison


def _made(difference: Difference, old: Revision, new: Revision) -> Told:
    news = news_of(difference)
    page = _Page(difference, old, new)
    kinds = []
    for kind, name in _KINDS.items():
        ours = [each for each in news if each.kind == kind]
        count = sum(each.count for each in ours)
        shown = ours[:SHOWN]
        if ours:
            left = count - sum(each.count for each in shown)
            kinds.append(Kind(name, [page.item(each) for each in shown], count, left))
    return Told(_words(kinds, difference), kinds, difference.notices)


def _words(kinds: list[Kind], difference: Difference) -> str:
    if kinds:
        return f"{_listed([kind.words for kind in kinds])} changed"
    if not difference.is_empty:
        return f"Only {_listed([_REST[each] for each in rest_of(difference)])} changed"
    return "It changed" if difference.notices else ""


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else "details"


class _Page:
    """Where things stand on the page of the newer revision, or were in the older one."""

    def __init__(self, difference: Difference, old: Revision, new: Revision) -> None:
        self.difference, self.old, self.new = difference, old, new
        marks = Rendering.objects.filter(pk=new.rendering_id).values_list("cells", flat=True).get()
        self.cells: list[str] = [mark[0] for mark in marks]
        self.anchors = {each["text"]: each["anchor"] for each in reversed(new.rendering.headings)}
        self._figures: set[str] | None = None

    def item(self, news: News) -> Item:
        images = ("", "")
        if news.output >= 0 and news.kind == "figure":
            change = self.difference.rows[news.row].outputs[news.output]
            images = _image(self.old, change.old_picture), _image(self.new, change.new_picture)
        return Item(news, _label(news), self.address(news), *images)

    def address(self, news: News) -> str:
        if news.row < 0:
            return ""
        row = self.difference.rows[news.row]
        if news.op == "removed":
            compared = reverse("compare", args=[self.new.post_id, self.old.number, self.new.number])
            return f"{compared}#cell-{row.old}-{row.new}"
        name = self.cells[row.new] if 0 <= row.new < len(self.cells) else ""
        if news.kind == "figure" and news.output >= 0 and name:
            return self.figure(name, row.outputs[news.output].new_figure)
        if name in {"", "text"}:  # a text is one cell: its headings are nearer
            anchor = self.anchors.get(news.section)
            return f"#{anchor}" if anchor else ""
        return f"#cell-{name}"

    def figure(self, cell: str, number: int) -> str:
        """The figure itself, if it is where it should be; else another one of its cell, or the cell."""
        wanted = f"fig-{cell}-{number + 1}"
        others = sorted(each for each in self.figures if each.rpartition("-")[0] == f"fig-{cell}")
        return f"#{wanted if wanted in others else others[0] if others else f'cell-{cell}'}"

    @property
    def figures(self) -> set[str]:
        """The ids of all figures of the newer revision."""
        if self._figures is None:
            found = Func(
                "html",
                Value(r'id="(fig-[\w-]+)"'),
                Value("g"),
                function="regexp_matches",
                output_field=ArrayField(CharField()),
            )
            rows = self.new.rendering.parts.order_by().values_list(found, flat=True)
            self._figures = {row[0] for row in rows}
        return self._figures


def _label(news: News) -> str:
    if news.kind == "figure":
        name = news.name or _ELSE["figure"]
        return f"{name} under “{news.section}”" if news.section else name
    return (news.row < 0 and news.name) or news.section or _ELSE[news.kind]


def _image(revision: Revision, picture: Picture | None) -> str:
    return asset_address(revision.pk, revision.rendering, picture.digest) if picture else ""
