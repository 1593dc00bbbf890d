"""What posts claim to answer: `answers` in the headers of published revisions, held against open questions.

`follow` and `release` are called last in transactions that publish and delete, as those of superseding.py.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

from django.utils import timezone

from knowledge.documents.answers import answers_in
from knowledge.documents.faults import fault
from knowledge.models import OpenQuestion, Post, ProposedAnswer, Revision, Space, User
from knowledge.pipeline import question_news
from knowledge.pipeline.asking import move
from knowledge.pipeline.intake import Intake


def follow(published: Iterable[Revision]) -> None:
    """Propose each revision's post where its header says that it answers; take back what none says any more.

    A revision after the one that was declined is proposed anew. What was accepted stays. One query where no
    header says anything.
    """
    revisions = {revision.post_id: revision for revision in published}
    named = {pk: _numbers(revision) for pk, revision in revisions.items()}
    known = list(ProposedAnswer.objects.filter(post__in=revisions))
    wanted = {number for numbers in named.values() for number in numbers}
    questions = _locked(wanted | {answer.question_id for answer in known})
    if not questions:
        return
    gone = [it for it in known if it.question_id not in named[it.post_id] and not it.accepted_at]
    ProposedAnswer.objects.filter(pk__in=[answer.pk for answer in gone]).delete()
    held = {(answer.post_id, answer.question_id): answer for answer in known if answer not in gone}
    for pk, revision in revisions.items():
        answerable = _answerable(revision.pushed_by, revision.post.space, named[pk]) if named[pk] else ()
        for number in answerable:
            _propose(questions[number], revision, held.get((pk, number)))
    for question in questions.values():
        move(question)


def release(gone: Iterable[Post]) -> None:
    """Posts that were deleted answer nothing, unless that was accepted."""
    waiting = ProposedAnswer.objects.filter(post__in=list(gone), accepted_at=None)
    questions = _locked(set(waiting.values_list("question", flat=True)))
    waiting.delete()
    for question in questions.values():
        move(question)


def warn(intakes: Collection[Intake], *, space: Space, by: User | None) -> None:
    """Add a fault to each whose header names a question that `by` doesn't see, as if there were none."""
    for intake in intakes:
        if spelled := answers_in(intake.header.raw):
            numbers = [number for number in spelled.values() if number is not None]
            answerable = _answerable(by, space, numbers)
            wrong = [words for words, number in spelled.items() if number not in answerable]
            if wrong:
                intake.faults.append(asdict(fault("no-such-question", names=", ".join(wrong))))


def _answerable(pusher: User | None, space: Space, numbers: Collection[int]) -> set[int]:
    """Which of them the pusher sees; where nobody is known to have pushed, what all who see the space see."""
    if pusher is not None:
        visible = OpenQuestion.objects.visible_to(pusher)
    else:
        visible = OpenQuestion.objects.asked_openly() | OpenQuestion.objects.filter(space=space)
    return set(visible.filter(pk__in=numbers).values_list("pk", flat=True))


def _propose(question: OpenQuestion, revision: Revision, answer: ProposedAnswer | None) -> None:
    is_news = answer is None or answer.declined_at is not None
    if answer is None:
        answer = ProposedAnswer(question=question, post=revision.post)
    answer.revision = revision
    if is_news:
        answer.proposed_at, answer.declined_at, answer.declined_why = timezone.now(), None, ""
    answer.save()
    if is_news and question.is_live:
        question_news.tell_answered(question, revision)


def _numbers(revision: Revision) -> set[int]:
    return {number for number in answers_in(revision.header).values() if number is not None}


def _locked(numbers: Collection[int]) -> Mapping[int, OpenQuestion]:
    if not numbers:
        return {}
    questions = OpenQuestion.objects.filter(pk__in=numbers).select_related("space").order_by("pk")
    return {question.pk: question for question in questions.select_for_update(no_key=True, of=("self",))}
