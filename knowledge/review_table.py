"""Who may do what in a review, and when: one table, from which pages, API and docs/life.md take it.

Every refusal says why, and who can do it instead.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from knowledge.errors import UserError
from knowledge.models import Membership, Review, Role, Space, User
from knowledge.models.review import OPEN
from knowledge.permissions import maintainers_of, role_in

State = Review.State


class Act(StrEnum):
    COMMENT = "comment"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    ASK = "ask"
    WITHDRAW = "withdraw"


class Whose(StrEnum):
    """Whether it matters that one wrote part of what is reviewed."""

    ANY = "anyone's"
    OTHERS = "others' work only"
    OWN = "own work only, but for maintainers"


@dataclass(frozen=True, slots=True)
class Rule:
    words: str  # of the act, as a refusal begins
    least: Role
    states: Collection[State]
    whose: Whose


TABLE: Mapping[Act, Rule] = {
    Act.COMMENT: Rule("commenting on a review", Role.READER, tuple(State), Whose.ANY),
    Act.APPROVE: Rule("approving", Role.REVIEWER, OPEN, Whose.OTHERS),
    Act.REQUEST_CHANGES: Rule("requesting changes", Role.REVIEWER, OPEN, Whose.OTHERS),
    Act.ASK: Rule("asking for reviewers", Role.AUTHOR, OPEN, Whose.ANY),
    Act.WITHDRAW: Rule("withdrawing a review", Role.AUTHOR, OPEN, Whose.OWN),
}


def check(act: Act, review: Review, user: User) -> None:
    """Raises UserError "review-role", "own-work", "not-your-review" or "review-closed"."""
    rule, space = TABLE[act], review.post.space
    role = role_in(space, user) if user.is_active else None
    if role not in Role.at_least(rule.least):
        raise UserError(
            "review-role",
            what=rule.words.capitalize(),
            role=rule.least.label.lower(),
            space=space.slug,
            yours=f"{_article(role)} {role.label.lower()}" if role else "no member",
            maintainers=maintainers_of(space),
        )
    _check_whose(rule, review, user, role)
    if review.state not in rule.states:
        raise UserError("review-closed", state=review.get_state_display().lower(), what=act.replace("_", " "))


def can(act: Act, review: Review, user: User) -> bool:
    return why_not(act, review, user) is None


def why_not(act: Act, review: Review, user: User) -> UserError | None:
    """The refusal that `user` would meet; None where there is none."""
    try:
        check(act, review, user)
    except UserError as error:
        return error
    return None


def reviewers_of(space: Space, *, but: User | None = None) -> str:
    """Some of those who may approve, for people to read."""
    members = Membership.objects.filter(
        space=space, role__in=Role.at_least(Role.REVIEWER), user__is_active=True
    )
    names = members.exclude(user=but).order_by("user__username").values_list("user__username", flat=True)[:5]
    return ", ".join(names) or "there is none yet; a maintainer can make someone a reviewer"


def _check_whose(rule: Rule, review: Review, user: User, role: Role | None) -> None:
    if rule.whose == Whose.ANY or (rule.whose == Whose.OWN and role == Role.MAINTAINER):
        return
    wrote = review.contributions.filter(user=user).exists()
    space = review.post.space
    if rule.whose == Whose.OTHERS and wrote:
        raise UserError(
            "own-work", what=rule.words, space=space.slug, reviewers=reviewers_of(space, but=user)
        )
    if rule.whose == Whose.OWN and not wrote:
        raise UserError(
            "not-your-review",
            what=rule.words.capitalize(),
            space=space.slug,
            maintainers=maintainers_of(space),
        )


def _article(role: Role) -> str:
    return "an" if role == Role.AUTHOR else "a"
