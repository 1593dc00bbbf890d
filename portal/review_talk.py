"""What is said in a review, hung on the rows of its comparison."""

from dataclasses import dataclass, field
from functools import cached_property

from knowledge.anchoring import Place
from knowledge.models import Comment, Post, Review, Revision, Thread, User
from knowledge.models.space import Role
from knowledge.permissions import role_in
from knowledge.pipeline.anchors import Ground, Where, label_of
from knowledge.pipeline.applying import can_suggest
from knowledge.pipeline.talking import suggestion_in
from knowledge.suggestions import digest_of
from portal.talk import Conversation, Talk

SHOWN = 300  # threads of a review, the open ones before the settled, the newest of them
WHOLE = 40  # of the open ones; of the others a line that leads to them
Side = Thread.Side


@dataclass(frozen=True, slots=True)
class Hung:
    """A thread where it is now: `line` counts from 1 in the cell of its row, 0 for none."""

    talk: Talk
    side: str
    line: int
    output: int | None


@dataclass(slots=True)
class Margin:
    """What stands beside what: `at` by side and cell; what is found nowhere is `outdated`, never lost."""

    at: dict[tuple[str, int], list[Hung]] = field(default_factory=dict)
    outdated: list[Talk] = field(default_factory=list)
    whole: list[Talk] = field(default_factory=list)
    drafts: int = 0
    left_out: int = 0

    def of(self, old: int, new: int) -> list[Hung]:
        """Of a row, by its cells on both sides (-1 for none), in the order of their lines."""
        hung = [*self.at.get((Side.OLD, old), ()), *self.at.get((Side.NEW, new), ())]
        return sorted(hung, key=lambda each: (each.output is not None, each.line, each.talk.thread.pk))


class ReviewRoom(Conversation):
    """The conversation of a review's people; `old` is the revision beside which the newest is shown."""

    def __init__(self, user: User, review: Review, post: Post, old: Revision | None = None) -> None:
        super().__init__(user, post, review.revision)
        self.review = review
        self.before = Ground(old) if old else None

    @cached_property
    def margin(self) -> Margin:
        """As many queries for a hundred threads as for one."""
        theirs = Thread.objects.visible_to(self.user).filter(review=self.review)
        shown = theirs.order_by("-resolved_at", "-pk")  # those that are open first: nulls are the greatest
        threads = list(self._loaded(shown)[: SHOWN + 1])
        margin = Margin(drafts=Comment.objects.drafts_of(self.user, self.review).count())
        if len(threads) > SHOWN:
            margin.left_out = theirs.count() - SHOWN
        whole = [thread for thread in threads if thread.resolved_at is None][:WHOLE]
        said = {talk.thread.pk: talk for talk in self.talks(whole)}
        for thread in sorted(threads[:SHOWN], key=lambda each: each.pk):
            self._hang(margin, said.get(thread.pk) or self._talk(thread, []))
        return margin

    def where(self, thread: Thread) -> Where | None:
        if thread.side == Side.NEW or thread.cell is None:
            return super().where(thread)
        label = f"{label_of(thread, thread.cell)}, as it was in revision {thread.revision.number}"
        is_outdated = self.before is not None and self.before.place(thread) is None
        return Where("", label, thread.quote, is_outdated=is_outdated)

    def place_of(self, thread: Thread, where: Where | None) -> str:
        return f"{self.review.get_absolute_url()}#thread-{thread.pk}"

    def suggestion(self, comment: Comment) -> str:
        text = None if comment.is_deleted else suggestion_in(comment)
        return "" if text is None else digest_of(text)

    def may_apply(self, comment: Comment) -> bool:
        is_open = not comment.applied_as and not comment.is_draft
        return is_open and self.may_write and can_suggest(comment.thread)

    @cached_property
    def may_write(self) -> bool:
        return role_in(self.post.space, self.user) in Role.at_least(Role.AUTHOR)

    def _hang(self, margin: Margin, talk: Talk) -> None:
        thread = talk.thread
        if thread.cell is None:
            margin.whole.append(talk)
            return
        place = self._place(thread)
        if place is None:
            margin.outdated.append(talk)
            return
        line = place.line if thread.line else 0
        margin.at.setdefault((thread.side, place.cell), []).append(
            Hung(talk, thread.side, line, thread.output)
        )

    def _place(self, thread: Thread) -> Place | None:
        ground = self.ground if thread.side == Side.NEW else self.before
        return ground.place(thread) if ground else None
