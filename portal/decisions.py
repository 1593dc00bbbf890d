"""Decisions as pages show them: who used a number, for what, what it said then, and what it says now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import forms

from knowledge.models import Decision, Insight, Reading, User
from knowledge.pipeline.decisions import LETTERS, LINK
from knowledge.trust import Trust
from knowledge.watching import is_same
from portal.insight_pages import Number, numbers_of, said

SHOWN = 20  # on the page of a number; the API has all


class UsedForm(forms.Form):
    what = forms.CharField(
        label="What did you use it for?",
        max_length=LETTERS,
        error_messages={"required": "Say it in a line: nobody would know otherwise."},
        widget=forms.TextInput({"placeholder": "Two more drivers on Mondays, from January"}),
    )
    link = forms.CharField(
        label="Where more of it is told",
        required=False,
        max_length=LINK,
        widget=forms.URLInput({"placeholder": "https://"}),
    )


@dataclass(frozen=True, slots=True)
class Use:
    """`number` is what the insight says now, `then` what it said, as far as the reader sees them."""

    decision: Decision
    number: Number | None
    then: Reading | None

    @property
    def said_then(self) -> str:
        return self._said(self.then)

    @property
    def said_now(self) -> str:
        return self._said(self.number.reading if self.number else None)

    @property
    def is_there(self) -> bool:
        """Whether what it says now can be relied on as it is."""
        return self.decision.insight.status == Insight.State.CURRENT

    @property
    def doubt(self) -> Trust | None:
        """Why what it says now isn't to be relied on as it is, such as data that is suspect."""
        trust = self.number.trust if self.number else None
        return trust if trust and trust.tone in {"bad", "warn"} else None

    @property
    def has_moved(self) -> bool:
        now = self.number.reading if self.number else None
        return now is not None and self.then is not None and not is_same(now, self.then)

    def _said(self, reading: Reading | None) -> str:
        return (said(reading) or "a table") if reading else ""


def uses_of(user: User, number: Number) -> tuple[list[Use], bool]:
    """The newest of an insight that the user sees, and whether there are more. Two queries."""
    standing = Decision.objects.standing().filter(insight=number.insight).newest_first()
    found = list(standing.select_related("user")[: SHOWN + 1])
    for each in found:
        each.insight = number.insight
    return _uses(user, found[:SHOWN], [number]), len(found) > SHOWN


def own_uses(user: User, *, before: int | None, most: int) -> list[Use]:
    """What the user said of insights that they still see, the newest first."""
    own = Decision.objects.standing().filter(user=user).visible_to(user)
    own = own.filter(pk__lt=before) if before else own
    found = list(own.newest_first()[:most])
    insights = Insight.objects.filter(pk__in={each.insight_id for each in found}).with_facts(user)
    known = {insight.pk: insight for insight in insights}
    for each in found:
        each.insight = known[each.insight_id]
    return _uses(user, found, numbers_of(known.values()))


def _uses(user: User, decisions: Sequence[Decision], numbers: Iterable[Number]) -> list[Use]:
    then = Reading.objects.visible_to(user).in_bulk([it.reading_id for it in decisions if it.reading_id])
    now = {number.insight.pk: number for number in numbers}
    return [Use(each, now.get(each.insight_id), then.get(each.reading_id or 0)) for each in decisions]
