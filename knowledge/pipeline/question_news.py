"""Who hears of what becomes of open questions. Called within the verbs' transactions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from knowledge import events
from knowledge.models import OpenQuestion, ProposedAnswer, Readers, Revision, Subscription, User
from knowledge.pipeline.notify import Listener, News, tell_all

ELSEWHERE = "The answer is in a space that you can’t see. Ask who took the question."
PARTS = {
    "title": "the question",
    "why": "why it matters",
    "needed_by": "the day by which it is needed",
    "team": "the team",
}


def tell_asked(question: OpenQuestion, *, by: User) -> None:
    """Who follows the space of which it is asked."""
    if question.space is None:
        return
    followers = Subscription.objects.filter(kind="space", space=question.space)
    because = events.because("subscribed-space", question.space.name)
    listeners = [Listener(it.user_id, "subscribed-space", because, it.pk) for it in followers]
    tell_all([_news("asked", question, listeners, by=by, text=question.why)])


def tell_changed(question: OpenQuestion, parts: Sequence[str], *, by: User) -> None:
    """Who works on it, and the asker where somebody else did it; once a day, however often it changes."""
    listeners = [*_asker(question), *_takers(question)]
    text = f"Changed: {', '.join(PARTS[part] for part in parts)}."
    news = _news("changed", question, listeners, by=by, text=text)
    tell_all([replace(news, detail=news.detail | {"day": timezone.localdate().isoformat()})])


def tell_taken(question: OpenQuestion, *, by: User) -> None:
    tell_all([_news("taken", question, _asker(question), by=by)])


def tell_answered(question: OpenQuestion, revision: Revision) -> None:
    """The asker; without the post and its people, where they can't see it."""
    told = _of_answer("answered", question, revision, _asker(question), by=revision.pushed_by)
    tell_all([replace(news, by=None) if news.post is None else news for news in told])


def tell_accepted(answer: ProposedAnswer, *, by: User) -> None:
    question = answer.question
    listeners = [*_authors(answer), *_takers(question), *_voters(question)]
    tell_all(_of_answer("accepted", question, answer.revision, listeners, by=by, answer=answer))


def tell_declined(answer: ProposedAnswer, *, by: User) -> None:
    news = _news("declined", answer.question, _authors(answer), by=by, text=answer.declined_why)
    tell_all([replace(news, post=answer.post, revision=answer.revision)])


def tell_ended(question: OpenQuestion, *, by: User) -> None:
    """Withdrawn or closed."""
    asker = _asker(question) if question.state == OpenQuestion.State.CLOSED else []
    listeners = [*asker, *_takers(question)]
    tell_all([_news(question.state, question, listeners, by=by, text=question.reason)])


def _of_answer(
    event: str,
    question: OpenQuestion,
    revision: Revision | None,
    listeners: list[Listener],
    *,
    by: User | None,
    answer: ProposedAnswer | None = None,
) -> list[News]:
    """With the post to those who see it, and without a word of it to the others."""
    post = answer.post if answer else revision.post if revision else None
    if post is None:
        return []
    readers = Readers.of({it.user for it in listeners}, [post.space_id])
    among = [it for it in listeners if readers.sees(it.user, post)]
    rest = [it for it in listeners if it not in among]
    words = "\n".join(filter(None, [post.title, post.tldr]))
    told = replace(_news(event, question, among, by=by, text=words), post=post, revision=revision)
    return [told, _news(event, question, rest, by=by, text=ELSEWHERE)]


def _news(
    event: str, question: OpenQuestion, listeners: list[Listener], *, by: User | None, text: str = ""
) -> News:
    detail: dict[str, Any] = {"text": text, "url": question.get_absolute_url()}
    detail["time"] = timezone.now().isoformat()
    return News(f"openquestion.{event}", None, by, None, listeners, detail, question)


def _asker(question: OpenQuestion) -> list[Listener]:
    return _listeners([question.asked_by_id], "asker")


def _takers(question: OpenQuestion) -> list[Listener]:
    return _listeners(question.takings.values_list("user", flat=True), "taker")


def _voters(question: OpenQuestion) -> list[Listener]:
    return _listeners(question.ballots.values_list("user", flat=True), "voter")


def _authors(answer: ProposedAnswer) -> list[Listener]:
    return _listeners(answer.post.authorships.values_list("user", flat=True), "answerer")


def _listeners(users: Iterable[int | None], reason: str) -> list[Listener]:
    return [Listener(user, reason, events.because(reason)) for user in users if user]
