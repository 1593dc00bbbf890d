"""Datasets under watch: taking in what was observed, opening investigations and ending them, tending.

A failure opens an investigation, unless one is open that reaches as far. That it passes again ends none:
whoever looks into it says what came of it. Telling people, and marking posts, is a worker's (warning.py).
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from knowledge.data_rights import Reach, can_close, check_close, check_observe, check_tend, covers
from knowledge.errors import UserError
from knowledge.models import AuditEvent, Dataset, DatasetUse, Investigation, Observation, User
from knowledge.observing import Observed
from knowledge.pipeline import overdue
from knowledge.pipeline.waking import wake_named

TASK = "knowledge.pipeline.warning.warn_waiting"
AHEAD = timedelta(hours=1)  # that another machine's clock may be
State = Investigation.State


@transaction.atomic
def observe(*, by: User, dataset: Dataset, seen: Observed, token: str = "") -> tuple[Observation, bool]:
    """Write down what was seen, once for each run, and whether that is new.

    Raises UserError "not-an-observer" and "observed-ahead".
    """
    held = _held(dataset)
    reach = check_observe(held, by)
    now = timezone.now()
    if seen.at and seen.at > now + AHEAD:
        raise UserError("observed-ahead", at=seen.at.isoformat())
    if before := _same(held, seen, by):
        return before, False
    made = Observation.objects.create(
        dataset=held,
        at=seen.at or now,
        passed=seen.passed,
        source=seen.source,
        run=seen.run,
        summary=seen.summary,
        checks=[asdict(check) for check in seen.checks],
        counts=seen.counts,
        by=by,
        by_name=by.get_full_name(),
        token=token[:100],
        spaces=reach,
    )
    if not made.passed and reach != [] and not _is_old(made):
        _investigate(held, made, by, reach)
    if held.uses.filter(late_since__isnull=False).exists() and overdue.renew([held.pk]):
        _change(held)
    if (
        held.late_since
        and held.owner
        and not Dataset.objects.with_state(held.owner).get(pk=held.pk).is_late()
    ):
        _change(held, late_since=None)
    return made, True


@transaction.atomic
def close(
    *,
    by: User,
    investigation: Investigation,
    note: str,
    holds: str = "",
    wrong_from: datetime | None = None,
    wrong_until: datetime | None = None,
) -> Investigation:
    """Say what came out: whether the numbers hold, and from when to when the data was wrong, if it was.

    Raises UserError "not-the-investigator", "investigation-closed", "why-cleared", "holds-or-not",
    "wrong-backwards".
    """
    _held(investigation.dataset)
    found = Investigation.objects.select_for_update(no_key=True).get(pk=investigation.pk)
    check_close(found, by)
    if not found.is_open:
        raise UserError("investigation-closed")
    found.note = note.replace("\x00", "").strip()[:2_000]
    if not found.note:
        raise UserError("why-cleared")
    if holds and holds not in Investigation.Holds.values:
        raise UserError("holds-or-not", choices=", ".join(Investigation.Holds.values))
    if wrong_from and wrong_until and wrong_from > wrong_until:
        raise UserError("wrong-backwards")
    found.holds, found.wrong_from, found.wrong_until = holds, wrong_from, wrong_until
    found.state, found.closed_by, found.closed_at, found.untold = State.CLOSED, by, timezone.now(), "cleared"
    found.save()
    _change(found.dataset)
    _record("dataset.clear", by, found.dataset, found.spaces, investigation=found.pk, note=found.note)
    return found


UNSET: Any = object()


@transaction.atomic
def tend(
    *,
    by: User,
    dataset: Dataset,
    title: str = UNSET,
    description: str = UNSET,
    owner: User | None = UNSET,
    every_hours: int | None = UNSET,
) -> Dataset:
    """Change what is given. Who runs the portal appoints an owner, whose word reaches all; who else hands it
    on, or takes it, hands on no more than they have: what they say of it counts where they see posts.

    Raises UserError "not-the-data-owner", "no-account".
    """
    held = _held(dataset)
    check_tend(held, by)
    if owner is not UNSET and owner and (not owner.is_active or owner.claimed_by_id):
        raise UserError("no-account", user=owner.username)
    given: dict[str, Any] = {"title": title, "description": description, "every_hours": every_hours}
    changed = {
        name: value for name, value in given.items() if value is not UNSET and value != getattr(held, name)
    }
    keeps = by.is_superuser or (held.is_appointed and held.owner_id == by.pk)
    if changed.keys() & given.keys():
        changed |= {"told_by": by, "is_told_to_all": keeps}
    if "every_hours" in changed:
        changed |= {"watched_since": timezone.now(), "late_since": None}
    if owner is not UNSET and (owner.pk if owner else None) != held.owner_id:
        changed |= {"owner": owner, "is_appointed": bool(owner) and keeps, "late_since": None}
    if not changed:
        return held
    _change(held, **changed)
    overdue.renew([held.pk])
    if "owner" in changed:
        _hand_on(held, owner)
    what = {
        name: getattr(value, "username", value)
        for name, value in changed.items()
        if name in {*given, "owner"}
    }
    _record("dataset.change", by, held, None, **what)
    return held


def by_the_clock(at: datetime) -> str:
    """As pages have it, by TIME_ZONE, which it says."""
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M %Z}"


def request_work() -> None:
    """Have a worker mark posts and tell people, once the transaction around this is through."""
    transaction.on_commit(partial(wake_named, TASK))


def _held(dataset: Dataset) -> Dataset:
    """Locked, as it is now: who publishes what rests on it waits, or is waited for (resting.py)."""
    return Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)


def _same(dataset: Dataset, seen: Observed, by: User) -> Observation | None:
    """Of the same person: another's run of that name could be there to keep this one out."""
    if not seen.at and not seen.run:
        return None
    known = dataset.observations.filter(source=seen.source, run=seen.run, by=by)
    return (known.filter(at=seen.at) if seen.at else known).first()


def _is_old(made: Observation) -> bool:
    """Whether its source has seen the dataset since: a history that is brought in late warns nobody."""
    since = Observation.objects.filter(dataset=made.dataset, source=made.source, by=made.by, at__gt=made.at)
    return since.exists()


def _investigate(dataset: Dataset, made: Observation, by: User, reach: Reach) -> None:
    """Open an investigation, or have one's own reach further; none where one reaches as far."""
    standing = list(
        Investigation.objects.filter(dataset=dataset, state=State.OPEN).select_for_update(no_key=True)
    )
    if any(covers(each.spaces, reach) for each in standing):
        return
    own = next((each for each in standing if each.opened_by_id == by.pk), None)
    if own:
        own.spaces = None if reach is None or own.spaces is None else sorted({*own.spaces, *reach})
        own.observation, own.untold = made, "suspect"
        own.save(update_fields=["spaces", "observation", "untold"])
    else:
        own = Investigation(
            dataset=dataset,
            observation=made,
            opened_by=by,
            opened_at=made.created_at,
            spaces=reach,
            untold="suspect",
        )
        own.owner = by
        if dataset.owner and can_close(own, dataset.owner):
            own.owner = dataset.owner
        own.save()
    _change(dataset)
    _record("dataset.suspect", by, dataset, reach, investigation=own.pk, summary=made.summary)


def _hand_on(dataset: Dataset, owner: User | None) -> None:
    """What is looked into goes along, as far as the new owner reaches; else it stays with who opened it."""
    for each in Investigation.objects.filter(dataset=dataset, state=State.OPEN).select_related("opened_by"):
        each.dataset, each.owner = dataset, None
        may = owner is not None and can_close(each, owner)
        each.owner = owner if may else each.opened_by
        each.save(update_fields=["owner"])


def _change(dataset: Dataset, **columns: Any) -> None:
    """With its posts to be marked anew."""
    columns["unsettled_at"] = timezone.now()
    for name, value in columns.items():
        setattr(dataset, name, value)
    dataset.save(update_fields=list(columns))
    request_work()


def _record(action: str, by: User, dataset: Dataset, spaces: Sequence[int] | None, **detail: Any) -> None:
    """For maintainers of a space where it is of that alone."""
    if spaces is not None and len(spaces) == 1:
        uses = DatasetUse.objects.filter(dataset=dataset, post__space=spaces[0])
        detail["space"] = uses.values_list("post__space__slug", flat=True).first() or ""
    AuditEvent.objects.record(action, by=by, dataset=dataset.name, **detail)
