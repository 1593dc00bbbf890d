"""What posts rest on: the datasets that their published revisions name.

`follow` is called where ledger.follow is, last in transactions that publish. It holds the datasets' rows
until the end of the transaction, so that whatever is observed meanwhile finds the posts.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from knowledge.models import Dataset, DatasetUse, Revision
from knowledge.observing import LONGEST, hours_of, key_of
from knowledge.pipeline.marking import mark
from knowledge.pipeline.overdue import renew

Named = dict[str, tuple[str, int | None]]  # key -> the name as written, and how often it is expected
_HOLD = "SELECT key, id FROM knowledge_dataset WHERE key = ANY(%s) ORDER BY id FOR SHARE"


def follow(published: Iterable[Revision]) -> None:
    """Write down what the revisions rest on, and mark their posts. One query where none rests on anything."""
    named = {revision.post_id: named_by(revision) for revision in published}
    if not named:
        return
    known: dict[int, dict[str, int | None]] = {}
    uses = DatasetUse.objects.filter(post__in=named)
    for post, key, hours in uses.values_list("post", "dataset__key", "every_hours"):
        known.setdefault(post, {})[key] = hours
    if not known and not any(named.values()):
        return
    datasets = _held(named)
    for post, before in known.items():
        if gone := before.keys() - named[post].keys():
            uses.filter(post=post, dataset__key__in=gone).delete()
    now = timezone.now()
    rows = [
        DatasetUse(post_id=post, dataset_id=datasets[key], every_hours=hours, watched_since=now)
        for post, those in sorted(named.items())
        for key, (_, hours) in those.items()
        if known.get(post, {}).get(key, -1) != hours
    ]
    DatasetUse.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["post", "dataset"],
        update_fields=["every_hours", "watched_since"],
    )
    resting = [post for post, those in named.items() if those or post in known]
    renew(datasets.values(), resting)
    mark(resting)


def named_by(revision: Revision) -> Named:
    expected = _expected(revision.header)
    found: Named = {}
    for name in revision.rendering.datasets:
        name = name.strip()
        if name and len(name) <= LONGEST:
            key = key_of(name)
            found.setdefault(key, (name, expected.get(key)))
    return found


def _expected(header: Mapping[str, Any]) -> dict[str, int]:
    """What a header says in `datasets: [{name: shop.orders, every: 1d}]`; what is no span is left out."""
    said = header.get("datasets")
    listed = [said] if isinstance(said, dict) else said if isinstance(said, list) else []
    found = {}
    for each in listed:
        if isinstance(each, dict) and (hours := hours_of(each.get("every"))):
            found[key_of(str(each.get("name") or ""))] = hours
    return found


def _held(named: Mapping[int, Named]) -> dict[str, int]:
    """The datasets by key, made where they are new, and locked against who would change them."""
    wanted: dict[str, str] = {}
    for _, those in sorted(named.items()):
        for key, (name, _) in those.items():
            wanted.setdefault(key, name)
    if not wanted:
        return {}
    made = [Dataset(key=key, name=name) for key, name in sorted(wanted.items())]
    Dataset.objects.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(wanted)])
        return dict(cursor.fetchall())
