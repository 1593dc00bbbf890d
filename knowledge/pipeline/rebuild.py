"""Rebuilding: what an older renderer drew is drawn anew, while readers keep what they have.

Getting posts back from git needs nothing of its own: that is `ingest.reconcile`.
"""

from functools import partial

from django.db import transaction
from django.db.models import F, Q

from knowledge.git import Repository
from knowledge.models import Post, Rendering, Revision, Space
from knowledge.pipeline.intake import bring_back
from knowledge.pipeline.render import request_renderings
from knowledge.rendering import RENDERER_VERSION


@transaction.atomic
def rebuild(space: Space) -> int:
    """Queue today's rendering of each published or latest revision that has an older one; returns how many.

    A revision changes over to its new rendering when that is ready (see publish), and never to a failed one.
    """
    repository = Repository(space.slug)
    sources = {
        (revision.rendering.source_digest, revision.rendering.format)
        for revision in _outdated(space)
        if bring_back(repository, *revision.drawn)
    }
    rows = [
        Rendering(source_digest=digest, format=format, renderer_version=RENDERER_VERSION)
        for digest, format in sorted(sources)
    ]
    Rendering.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    queued = Rendering.objects.filter(
        source_digest__in=[digest for digest, _ in sources],
        renderer_version=RENDERER_VERSION,
        state=Rendering.State.QUEUED,
    )
    waiting = list(queued.values_list("pk", flat=True))
    transaction.on_commit(partial(request_renderings, waiting))
    return len(waiting)


def _outdated(space: Space) -> list[Revision]:
    shown = Q(pk=F("post__published_revision")) | Q(pk=F("post__latest_revision"))
    revisions = Revision.objects.filter(shown, post__space=space).exclude(post__status=Post.Status.DELETED)
    older = revisions.exclude(rendering__renderer_version=RENDERER_VERSION)
    return list(older.select_related("rendering").defer("rendering__text"))
