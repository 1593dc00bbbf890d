"""manage.py life_table: docs/life.md, drawn from the tables of states and of who may do what."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from knowledge.life import TRANSITIONS
from knowledge.models import Post
from knowledge.review_table import TABLE

OPENING = """# The life of a post

What states a post can be in, and what leads from one to another. This page is written by
`manage.py life_table` from `knowledge/life.py` and `knowledge/review_table.py`, and a test holds it to them.

Readers keep the published revision in every state but *deleted*: a state says what is going on beside it.

```mermaid
stateDiagram-v2
"""
ROLES = """
## Who may do what in a review

| what | who, at least | of whose work | while the review is |
|---|---|---|---|
"""


class Command(BaseCommand):
    help = "Print docs/life.md, drawn from the tables of states and of who may do what."

    def handle(self, **_: Any) -> None:
        self.stdout.write(page(), ending="")


def page() -> str:
    return OPENING + "".join(_arrows()) + "```\n\n" + "".join(_states()) + ROLES + "".join(_rules())


def _arrows() -> Iterator[str]:
    yield "    [*] --> draft: first push\n"
    for state, ways in TRANSITIONS.items():
        for happening, after in ways.items():
            for target in after:
                if target != state:
                    yield f"    {state} --> {target}: {happening}\n"


def _states() -> Iterator[str]:
    yield "| state | in words |\n|---|---|\n"
    for status in Post.Status:
        yield f"| `{status}` | {status.label} |\n"


def _rules() -> Iterator[str]:
    for rule in TABLE.values():
        states = ", ".join(state.label.lower() for state in rule.states)
        yield f"| {rule.words} | {rule.least.label.lower()} | {rule.whose} | {states} |\n"
