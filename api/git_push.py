"""The end of a push's answer: what became of its documents, told before git closes the conversation."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import close_old_connections

from knowledge.git import Repository, backend, pktline
from knowledge.git.places import NOTHING
from knowledge.models import Space
from knowledge.pipeline import answer, ingest

logger = logging.getLogger(__name__)

# Each wait takes a thread of the server. If ingest is stuck, pages must still be served: a few pushes of each
# process may wait PUSH_ANSWER_SECONDS, others briefly.
_waiting = threading.BoundedSemaphore(4)
BRIEF_SECONDS = 2.0
PROGRESS_SECONDS = 5.0
BRANCHES_SHOWN = 5
BRANCH = "refs/heads/"
BEING_READ = "Your push is safe; its documents are being read …"


class PushAnswer:
    """git's own answer, then the ingest's lines, then git's last packet. Iterate once, then `close`."""

    def __init__(self, git: backend.Backend, pushed: pktline.Request, space: Space) -> None:
        self._git = git
        self._pushed = pushed
        self._space = space
        self._told = {"space": space.slug, "site": settings.SITE_URL}

    def __iter__(self) -> Iterator[bytes]:
        conversation = pktline.Answer()
        for piece in self._git:
            if ready := conversation.pass_on(piece):
                yield ready
        for line in self._lines(conversation):
            if conversation.takes_messages:
                yield pktline.message(line)
        yield conversation.end()

    def close(self) -> None:
        self._git.close()

    def _lines(self, conversation: pktline.Answer) -> Iterator[str]:
        moves = {
            ref.removeprefix(BRANCH): new for ref, new in self._pushed.moves.items() if ref.startswith(BRANCH)
        }
        if not moves:
            return  # tags: nobody expects posts of them
        close_old_connections()  # the push may have outlasted the database's
        awake = ingest.request_reconcile(self._space)
        accepted = {name: new for name, new in moves.items() if BRANCH + name in conversation.accepted}
        if accepted and conversation.takes_messages:
            with _patience(awake=awake) as seconds:
                yield from self._outcomes(accepted, time.monotonic() + seconds)

    def _outcomes(self, moves: dict[str, str], deadline: float) -> Iterator[str]:
        default = self._space.default_branch
        if default in moves:
            yield from self._ingested(moves.pop(default), deadline)
        gone = [name for name, new in moves.items() if new == NOTHING]
        names = sorted(moves.keys() - set(gone))
        for name in names[:BRANCHES_SHOWN]:
            yield from self._previewed(name, moves[name], deadline)
        yield from answer.lines_of_more_branches(number=len(names) - BRANCHES_SHOWN, **self._told)
        yield from answer.lines_of_gone_branches(space=self._space.slug, branches=gone)

    def _ingested(self, commit: str, deadline: float) -> Iterator[str]:
        """Wait for the ingest of `commit`, with a word now and then so that nobody hangs up."""
        for number, turn in enumerate(_turns(deadline)):
            if number:
                yield BEING_READ
            push = ingest.wait_for_push(self._space, commit, seconds=turn)
            if push is not None:
                yield from answer.lines_of(report=push.report, commit=commit, **self._told)
                return
        yield from answer.lines_while_waiting(commit=commit, **self._told)

    def _previewed(self, name: str, commit: str, deadline: float) -> Iterator[str]:
        """The same for previews; of a branch that moved on meanwhile, whoever moved it hears the rest."""
        default = self._space.default_branch
        for number, turn in enumerate(_turns(deadline)):
            if number:
                yield BEING_READ
            branch = ingest.wait_for_branch(self._space, name, commit, seconds=turn)
            if branch is not None:
                yield from answer.lines_of_branch(
                    branch=name, report=branch.report, default=default, **self._told
                )
                return
            if Repository(self._space.slug).head(name) != commit:
                break
        yield from answer.lines_of_waiting_branch(branch=name, **self._told)


@contextmanager
def _patience(*, awake: bool) -> Iterator[float]:
    """How many seconds the answer may wait for workers that were told."""
    patient = awake and _waiting.acquire(blocking=False)
    try:
        yield settings.PUSH_ANSWER_SECONDS if patient else BRIEF_SECONDS if awake else 0
    finally:
        if patient:
            _waiting.release()


def _turns(deadline: float) -> Iterator[float]:
    """Seconds to wait for, again and again until the deadline; ends early where waiting returns at once."""
    while (left := deadline - time.monotonic()) > 0:
        begun, turn = time.monotonic(), min(PROGRESS_SECONDS, left)
        yield turn
        if time.monotonic() - begun < turn / 2:
            return  # the database is away; the sweeper will see to it
