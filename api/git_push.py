"""The end of a push's answer: what became of its documents, told before git closes the conversation."""

import logging
import threading
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import close_old_connections

from knowledge.git import backend, pktline
from knowledge.git.places import NOTHING
from knowledge.models import Space
from knowledge.pipeline import answer, ingest

logger = logging.getLogger(__name__)

# Each wait takes a thread of the server. If ingest is stuck, pages must still be served: a few pushes of each
# process may wait PUSH_ANSWER_SECONDS, others briefly.
_waiting = threading.BoundedSemaphore(4)
BRIEF_SECONDS = 2.0
PROGRESS_SECONDS = 5.0


class PushAnswer:
    """git's own answer, then the ingest's lines, then git's last packet. Iterate once, then `close`."""

    def __init__(self, git: backend.Backend, pushed: pktline.Request, space: Space) -> None:
        self._git = git
        self._pushed = pushed
        self._space = space

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
        branch = f"refs/heads/{self._space.default_branch}"
        moved = {ref for ref, new in self._pushed.moves.items() if new != NOTHING}
        accepted = conversation.accepted & moved
        if branch in self._pushed.moves:
            close_old_connections()  # the push may have outlasted the database's
            awake = ingest.request_reconcile(self._space)
            if branch in accepted and conversation.takes_messages:
                yield from self._ingested(self._pushed.moves[branch], awake=awake)
        yield from answer.lines_of_other_refs(
            space=self._space.slug, refs=accepted - {branch}, branch=self._space.default_branch
        )

    def _ingested(self, commit: str, *, awake: bool) -> Iterator[str]:
        patient = awake and _waiting.acquire(blocking=False)
        seconds = settings.PUSH_ANSWER_SECONDS if patient else BRIEF_SECONDS if awake else 0
        try:
            yield from self._outcome(commit, seconds)
        finally:
            if patient:
                _waiting.release()

    def _outcome(self, commit: str, seconds: float) -> Iterator[str]:
        """Wait for the ingest of `commit`, with a word now and then so that nobody hangs up."""
        told = {"space": self._space.slug, "commit": commit, "site": settings.SITE_URL}
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            begun, turn = time.monotonic(), min(PROGRESS_SECONDS, left)
            push = ingest.wait_for_push(self._space, commit, seconds=turn)
            if push is not None:
                yield from answer.lines_of(report=push.report, **told)
                return
            if time.monotonic() - begun < turn / 2:
                break  # the database is away; the sweeper will see to it
            if turn < left:
                yield "Your push is safe; its documents are being read …"
        yield from answer.lines_while_waiting(**told)
