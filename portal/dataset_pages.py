"""Datasets as pages show them: their state in words, who rests on them, and how to send an observation."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from knowledge.models import Dataset, DatasetUse, Insight, Post, User
from knowledge.models.observation import resting
from knowledge.observing import TOOLS, in_words

# State -> the class of its badge, and its words.
STATES = {
    "suspect": ("bad", "Suspect"),
    "late": ("warn", "Late"),
    "good": ("good", "Checked"),
    "unknown": ("", "Not checked"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A dataset, from DatasetQuerySet.with_state, with how much that the reader sees rests on it."""

    dataset: Dataset
    posts: int
    insights: int

    @property
    def tone(self) -> str:
        return STATES[self.dataset.state][0]

    @property
    def words(self) -> str:
        return STATES[self.dataset.state][1]

    @property
    def expected(self) -> str:
        """Goes on from "expected every "."""
        hours = vars(self.dataset)["expected_hours"]
        return in_words(hours) if hours else ""


@dataclass(frozen=True, slots=True)
class Note:
    """Of Post.data_notes."""

    name: str
    url: str
    who: str
    since: datetime | None
    is_suspect: bool


def rows_of(datasets: Iterable[Dataset], user: User) -> list[Row]:
    """Two queries more, however many they are."""
    found = list(datasets)
    posts = resting().visible_to(user)
    uses = DatasetUse.objects.of(posts).filter(dataset__in=found)
    counted = dict(uses.order_by().values_list("dataset").annotate(number=Count("pk")))
    said = Insight.objects.filter(
        withdrawn_at=None, post__in=posts.values("pk"), post__dataset_uses__dataset__in=found
    )
    insights = dict(
        said.order_by().values_list("post__dataset_uses__dataset").annotate(number=Count("pk", distinct=True))
    )
    return [Row(each, counted.get(each.pk, 0), insights.get(each.pk, 0)) for each in found]


def notes_of(post: Post) -> list[Note]:
    """No query: the page is kept for everyone who sees the post."""
    return [
        Note(
            name=note["name"],
            url=f"/datasets/investigations/{note['investigation']}"
            if note["kind"] == "suspect"
            else f"/datasets/~{note['dataset']}",
            who=note.get("who", ""),
            since=parse_datetime(note["since"]),
            is_suspect=note["kind"] == "suspect",
        )
        for note in post.data_notes
    ]


def warnings_of(post: Post) -> list[str]:
    """The same in sentences, for what is taken along, with the day: nobody takes them back there."""
    today = f"{timezone.localdate():%-d %B %Y}"
    said = []
    for note in notes_of(post):
        since = f"since {timezone.localtime(note.since):%-d %B %Y}" if note.since else ""
        bad = f"Be careful: the data may be wrong. {note.name} is suspect {since}, as of {today}."
        late = f"{note.name} was not checked for longer than expected, {since}, as of {today}."
        said.append(bad if note.is_suspect else late)
    return said


def how_to_send(dataset: Dataset) -> str:
    body = json.dumps({"passed": False, "summary": "412 orders without a customer"})
    address = f"{settings.SITE_URL}/api/v1/datasets/{dataset.quoted}/observations/"
    return (
        'curl -H "Authorization: Bearer TOKEN" -H "Content-Type: application/json" \\\n'
        f"  -d '{body}' \\\n  '{address.replace(chr(39), '%27')}'"
    )


def source_in_words(source: str) -> str:
    return TOOLS[source].label if source in TOOLS else source


def datasets_of(post: Post) -> Sequence[tuple[Dataset, str]]:
    """What its published revision names, in that order, each with suspect, late or "". One query."""
    kinds = {note["dataset"]: note["kind"] for note in reversed(post.data_notes)}
    found = Dataset.objects.filter(uses__post=post).heard_in(post.space).order_by("uses__pk")
    return [(each, kinds.get(each.pk, "")) for each in found]
