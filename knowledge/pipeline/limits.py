"""Limits of insights: judging the newest readings, and the shifts that start the limits again.

Nobody is told of what a shift changes: it is the same reading as before.
"""

from collections.abc import Iterable

from django.db import transaction

from knowledge.documents.decoding import one_line
from knowledge.errors import UserError
from knowledge.limits import Judged, histories
from knowledge.models import AuditEvent, Insight, Reading, Shift, User
from knowledge.models.insight_shift import NOTE
from knowledge.permissions import check_keep, check_maintain

JUDGED = ("outside", "control")  # columns


def judge(insights: Iterable[Insight], newest: Iterable[Reading]) -> None:
    """Say of each, in memory, its limits, and which of them its newest reading breaks. Two queries."""
    found = histories(newest)
    for insight in insights:
        judged = found[insight.pk].judge() if insight.pk in found else Judged()
        insight.outside, insight.control = judged


@transaction.atomic
def mark_shift(*, by: User, reading: Reading, note: str) -> Shift:
    """Let the limits of its insight start again with `reading`; the same again changes the note.

    Raises UserError "shift-without-note", or as permissions.check_keep has it.
    """
    locked = _locked(reading.insight, by)
    if not (note := one_line(note)):
        raise UserError("shift-without-note")
    shift, _ = Shift.objects.update_or_create(
        insight=locked,
        reading=reading,
        defaults={"note": note[:NOTE], "by": by, "by_name": by.get_full_name()},
    )
    _start_again(locked)
    _record("insight.shift", by, locked, revision=reading.revision_number, note=shift.note)
    return shift


@transaction.atomic
def unmark_shift(*, by: User, shift: Shift) -> None:
    locked = _locked(shift.insight, by)
    number = shift.reading.revision_number
    shift.delete()
    _start_again(locked)
    _record("insight.unshift", by, locked, revision=number)


def _locked(insight: Insight, by: User) -> Insight:
    """As the ledger locks them, so that no reading comes in between."""
    rows = Insight.objects.select_for_update(no_key=True, of=("self",)).select_related("space", "post__space")
    locked = rows.get(pk=insight.pk)
    if locked.post:
        check_keep(locked.post, by)
    else:
        check_maintain(locked.space, by)
    return locked


def _start_again(insight: Insight) -> None:
    last = insight.shifts.order_by("-reading__published_at").values_list("reading__published_at", flat=True)
    insight.shifted_at = last.first()
    insight.save(update_fields=["shifted_at"])
    judge([insight], Reading.objects.filter(insight=insight).newest_first()[:1])
    insight.save(update_fields=JUDGED)


def _record(action: str, by: User, insight: Insight, **detail: object) -> None:
    space = insight.space.slug
    AuditEvent.objects.record(action, by=by, space=space, insight=insight.name, **detail)
