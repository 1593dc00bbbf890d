"""Rebuilding: what an older renderer drew is drawn anew, while readers keep what they have.

Getting posts back from git needs nothing of its own: that is `ingest.reconcile`.
"""

from functools import partial

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from knowledge.git import Repository
from knowledge.models import Post, Rendering, Revision, Space
from knowledge.models.revision import RevisionQuerySet
from knowledge.pipeline.intake import bring_back
from knowledge.pipeline.render import request_workers
from knowledge.pipeline.turns import unhurried
from knowledge.rendering import RENDERER_VERSION

# So many a minute: their sources are looked up by who takes in pushes. What is drawn lets all others pass.
A_MINUTE = 200


@transaction.atomic
def rebuild(space: Space, *, most: int | None = None) -> int:
    """Queue today's rendering of published and latest revisions that have an older one; returns how many.

    A revision changes over to its new rendering when that is ready (see publish), and never to a failed one.
    What failed already is left alone.
    """
    repository = Repository(space.slug)
    sources = {
        (revision.rendering.source_digest, revision.rendering.format)
        for revision in _outdated(space)[:most]
        if bring_back(repository, *revision.drawn)
    }
    due = unhurried()
    rows = [
        Rendering(source_digest=digest, format=format, renderer_version=RENDERER_VERSION, due_at=due)
        for digest, format in sorted(sources)
    ]
    Rendering.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    queued = Rendering.objects.filter(
        source_digest__in=[digest for digest, _ in sources],
        renderer_version=RENDERER_VERSION,
        state=Rendering.State.QUEUED,
    )
    waiting = queued.count()
    transaction.on_commit(partial(request_workers, waiting))
    return waiting


def _outdated(space: Space) -> RevisionQuerySet:
    """Those that no rendering of today's renderer was made or asked for."""
    shown = Q(pk=F("post__published_revision")) | Q(pk=F("post__latest_revision"))
    today = Rendering.objects.filter(
        source_digest=OuterRef("rendering__source_digest"),
        format=OuterRef("rendering__format"),
        renderer_version=RENDERER_VERSION,
    )
    revisions = Revision.objects.filter(shown, ~Exists(today), post__space=space)
    there = revisions.exclude(post__status=Post.Status.DELETED).order_by("-pk")
    return there.select_related("rendering").defer("rendering__text", "rendering__passages")


@shared_task
def renew() -> None:
    """After an upgrade, have what the old renderer drew drawn anew: the newest first, a few each minute."""
    left = A_MINUTE
    for space in Space.objects.all():
        left -= rebuild(space, most=left)
        if left <= 0:
            return
