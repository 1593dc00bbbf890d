"""What the page of an open question shows of it, to one reader."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from knowledge.models import OpenQuestion, ProposedAnswer, User
from knowledge.question_table import Act, can

State = OpenQuestion.State
ENDS = {
    State.ACCEPTED: "accepted an answer",
    State.WITHDRAWN: "withdrew the question",
    State.CLOSED: "closed the question",
}


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    who: str
    words: str
    answer: ProposedAnswer | None = None


class Asked:
    """A question that was loaded for_lists."""

    def __init__(self, question: OpenQuestion, user: User) -> None:
        self.question, self.user = question, user
        self.takings = list(question.takings.all())

    @cached_property
    def answers(self) -> list[ProposedAnswer]:
        """Those whose posts the reader sees: what counts first, what was declined last."""
        answers = self.question.answers.visible_to(self.user).select_related("post__space", "revision")
        order = {"accepted": 0, "proposed": 1, "declined": 2}
        return sorted(answers.prefetch_related("post__authorships"), key=lambda it: (order[it.word], -it.pk))

    @cached_property
    def hidden(self) -> int:
        """How many answers that count lie in spaces that the reader can't see."""
        counting = self.question.answers.filter(declined_at=None).count()
        return counting - sum(answer.word != "declined" for answer in self.answers)

    @cached_property
    def may(self) -> dict[str, bool]:
        """Act by act, with underscores for templates."""
        return {act.replace(" ", "_"): can(act, self.question, self.user) for act in Act}

    @property
    def is_mine(self) -> bool:
        return self.question.asked_by_id == self.user.pk

    @property
    def has_taken(self) -> bool:
        return any(taking.user_id == self.user.pk for taking in self.takings)

    @property
    def life(self) -> list[Happening]:
        """What happened to it, as far as the reader sees, from the beginning."""
        return sorted(self._happenings(), key=lambda it: it.at)

    def _happenings(self) -> Iterator[Happening]:
        question = self.question
        yield Happening(question.asked_at, question.asked_by_name, "asked")
        for taking in self.takings:
            yield Happening(taking.taken_at, taking.user.get_full_name(), "took it")
        if question.changed_at:
            who = question.changed_by.get_full_name() if question.changed_by else "Somebody"
            yield Happening(question.changed_at, who, "changed it")
        for answer in self.answers:
            yield Happening(answer.proposed_at, "", "answers it", answer)
            if answer.declined_at:
                yield Happening(answer.declined_at, "", "is not it", answer)
        if question.ended_at:
            who = question.ended_by.get_full_name() if question.ended_by else "Somebody"
            yield Happening(question.ended_at, who, ENDS[State(question.state)])
