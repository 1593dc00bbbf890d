"""manage.py outcomes --space SLUG [--markdown]: what became of a space's documents and their outputs."""

from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge import storage
from knowledge.models import Post, Rendering, Space
from knowledge.rendering.tally import tally

State = Rendering.State
Row = Sequence[str | int]


class Command(BaseCommand):
    help = "Print what became of a space's documents: which are ready, why not, how outputs are shown."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--space", required=True, help="its address")
        parser.add_argument("--markdown", action="store_true", help="as Markdown tables, for docs")

    def handle(self, *, space: str, markdown: bool, **_: Any) -> None:
        found = Space.objects.filter(slug=space).first()
        if found is None:
            raise CommandError(f"There is no space named {space}.")
        posts = list(
            Post.objects.live()
            .filter(space=found)
            .select_related("latest_revision__rendering")
            .defer("latest_revision__rendering__text", "latest_revision__rendering__passages")
            .order_by("path")
        )
        for head, rows in tables(posts):
            self.stdout.write("\n".join([*drawn(head, rows, markdown), "\n"]))


def tables(posts: Iterable[Post]) -> list[tuple[Row, list[Row]]]:
    """By format and state; by reason; outputs by type; each failed document. None without rows."""
    renderings = {
        post.path: post.latest_revision.rendering for post in posts if post.latest_revision is not None
    }
    failed = {path: row for path, row in renderings.items() if row.state == State.FAILED}
    reasons = Counter(row.failure_code for row in failed.values())
    made: list[tuple[Row, list[Row]]] = [
        (["Format", "Documents", "Ready", "Failed", "Unfinished"], list(_by_format(renderings.values()))),
        (["Reason", "Documents"], list(reasons.most_common())),
        (["MIME type of outputs", "Outputs", "Shown as"], list(_by_type(renderings))),
        (
            ["Failed document", "What happened", "What to do"],
            [[path, row.failure_message, row.failure_hint] for path, row in failed.items()],
        ),
    ]
    return [(head, rows) for head, rows in made if rows]


def _by_format(renderings: Iterable[Rendering]) -> Iterator[Row]:
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for row in renderings:
        states[row.format][row.state] += 1
    for name, count in sorted(states.items()):
        unfinished = count[State.QUEUED] + count[State.RENDERING]
        yield [name, count.total(), count[State.READY], count[State.FAILED], unfinished]


def _by_type(renderings: Mapping[str, Rendering]) -> Iterator[Row]:
    """Of the notebooks that are ready: the most frequent types first, what they became likewise."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path, row in renderings.items():
        if row.format == "ipynb" and row.state == State.READY and storage.exists(row.source_digest):
            for (mime, became), count in tally(path, storage.read(row.source_digest)).items():
                counts[mime][became] += count
    for mime, became_what in sorted(counts.items(), key=lambda item: -item[1].total()):
        told = ", ".join(f"{what} ({count})" for what, count in became_what.most_common())
        yield [mime, became_what.total(), told]


def drawn(head: Row, rows: Iterable[Row], markdown: bool) -> list[str]:
    """A table's lines; in a terminal, columns are as wide as their longest cell."""
    cells = [[_cell(cell, markdown) for cell in row] for row in (head, *rows)]
    if markdown:
        lines = [f"| {' | '.join(row)} |" for row in cells]
        return [lines[0], "|" + " --- |" * len(head), *lines[1:]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cell(value: str | int, markdown: bool) -> str:
    text = " ".join(str(value).split())
    return text.replace("|", "\\|") if markdown else text
