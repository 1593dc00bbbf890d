"""Writing one step's documents to the database: posts, revisions, renderings, addresses, authors.

In bulk: the number of queries doesn't depend on the number of documents. Locks are taken in the order space,
renderings, posts by id, which publish keeps too.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.utils import timezone

from knowledge import life
from knowledge.documents.header import header_of
from knowledge.git import CommitInfo
from knowledge.models import FormerPath, Post, Push, Rendering, Revision, Space
from knowledge.pipeline import (
    facts,
    holding,
    ledger,
    linting,
    proposing,
    publish,
    question_answers,
    resting,
    superseding,
    using,
)
from knowledge.pipeline.index import request_index
from knowledge.pipeline.intake import Intake
from knowledge.pipeline.placing import Item
from knowledge.pipeline.turns import due_times
from knowledge.policy import Policies
from knowledge.rendering import RENDERER_VERSION

Key: TypeAlias = tuple[str, str]  # of a rendering: its source's digest and format

BATCH = 500
STATUS = ["status", "review_state", "deleted_at", "deleted_commit"]


def shelve(push: Push, items: list[Item], commits: Mapping[str, CommitInfo]) -> int:
    """Bring the posts up to `push`. `commits` tells for each path the commit that made it what it is.

    Returns how many renderings wait for a worker.
    """
    renderings = renderings_of(push.space, [item.intake for item in items if item.intake])
    policies = Policies(push.space)
    _lock(items)
    _remove(push, [item for item in items if item.kind == "removed"])
    moved_in = _moved_in(policies, items)
    _readdress(push, items)
    revived = [item.post for item in items if item.post and item.is_revival and item.kind == "added"]
    _revive(revived)
    for item in items:
        _prepare(push, item, commits[item.path], renderings)
        _hold(policies, item)
    facts.name_tags(item.revision.post for item in items if item.revision)
    _create([item for item in items if item.revision])
    holding.take_down(moved_in)
    published = _settle(items)
    proposing.propose(_proposed(items, moved_in))
    removed = [item.post for item in items if item.kind == "removed" and item.post]
    superseded = superseding.follow(published)
    returned = [*revived, *superseding.release(removed)]
    question_answers.follow(published)
    question_answers.release(removed)
    gone = [post for post in removed if not post.archived_at]
    ledger.follow(published, superseded=superseded, returned=returned, gone=gone, by=push.pushed_by)
    using.follow(revision.post_id for revision in published)
    resting.follow(published)
    return sum(row.state == Rendering.State.QUEUED for row in renderings.values())


def renderings_of(space: Space, intakes: Collection[Intake]) -> dict[Key, Rendering]:
    """The rendering of each source: made, queued or failed already, where there is none, and locked.

    Locked, because one that becomes ready now must either be seen ready here, or see the new revision there.
    """
    rows = {intake.key: _rendering(intake) for intake in intakes}
    sizes = {intake.key: intake.size for intake in intakes}
    # The smallest first: so most are readable soonest, and what is large keeps the fewest waiting.
    for key, due in zip(sorted(rows, key=lambda key: sizes[key]), due_times(space), strict=False):
        rows[key].due_at = due
    wanted = [rows[key] for key in sorted(rows)]
    Rendering.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=BATCH)
    found = Rendering.objects.without_content().filter(
        source_digest__in={digest for digest, _ in rows}, renderer_version=RENDERER_VERSION
    )
    locked = found.select_for_update(no_key=True).order_by("source_digest", "format")
    known = {(row.source_digest, row.format): row for row in locked}
    _hasten(known, rows)
    return known


def _hasten(known: Mapping[Key, Rendering], wanted: Mapping[Key, Rendering]) -> None:
    """What waits unhurried, or at the end of a larger push, is wanted sooner now."""
    late = [row for key, row in known.items() if key in wanted and row.due_at > wanted[key].due_at]
    for row in late:
        row.due_at = wanted[row.source_digest, row.format].due_at
    if late:
        Rendering.objects.bulk_update(late, ["due_at"], batch_size=BATCH)


def _rendering(intake: Intake) -> Rendering:
    digest, format = intake.key
    row = Rendering(source_digest=digest, format=format, renderer_version=RENDERER_VERSION)
    if failure := intake.failure:
        row.state, row.finished_at = Rendering.State.FAILED, timezone.now()
        row.failure_code, row.failure_message, row.failure_hint = failure.code, failure.message, failure.hint
    return row


def _lock(items: list[Item]) -> None:
    """Read the posts again under lock: renderings that finish meanwhile publish other revisions."""
    posts = Post.objects.filter(pk__in=[item.post.pk for item in items if item.post])
    locked = {post.pk: post for post in posts.order_by("pk").select_for_update(no_key=True)}
    # Not joined: who waited for the lock would get the changed post with what was joined before.
    prefetch_related_objects(list(locked.values()), "latest_revision", "published_revision")
    for item in items:
        item.post = locked[item.post.pk] if item.post else None


def _remove(push: Push, items: list[Item]) -> None:
    posts = [item.post for item in items if item.post]
    proposing.withdraw_of(posts)
    for post in posts:
        post.deleted_at, post.deleted_commit = push.pushed_at, push.new_commit
        life.settle(post, "delete")
    Post.objects.bulk_update(posts, STATUS, batch_size=BATCH)


def _readdress(push: Push, items: list[Item]) -> None:
    """Move posts to their new paths, with forwards at the old ones; forwards whose path is taken end."""
    taken = {item.path for item in items if item.kind in {"added", "moved"}}
    FormerPath.objects.filter(space=push.space, path__in=taken).delete()
    moving = {item.post: item.path for item in items if item.kind == "moved" and item.post}
    forwards = [
        FormerPath(space=push.space, path=post.path, post=post) for post in moving if post.path not in taken
    ]
    FormerPath.objects.bulk_create(
        forwards, update_conflicts=True, unique_fields=["space", "path"], update_fields=["post"]
    )
    for post, path in moving.items():
        post.path = path
        shown = post.shown_revision
        post.kind = facts.kind_of(path, header_of(shown.header if shown else {}))
    Post.objects.bulk_update(moving, ["path", "kind"], batch_size=BATCH)
    request_index(post.pk for post in moving)


def _revive(posts: list[Post]) -> None:
    for post in posts:
        post.deleted_at, post.deleted_commit = None, ""
        life.settle(post, "return")
    Post.objects.bulk_update(posts, STATUS, batch_size=BATCH)


def _prepare(push: Push, item: Item, commit: CommitInfo, renderings: Mapping[Key, Rendering]) -> None:
    """Make the item's revision, and its post if it is new, in memory."""
    if not item.intake:
        return
    post = item.post or Post(path=item.path)
    post.space = push.space  # locked, so what it says of publishing holds
    latest = post.latest_revision
    item.revision = Revision(
        post=post,
        number=latest.number + 1 if latest else 1,
        push=push,
        rendering=renderings[item.intake.key],
        pushed_by=push.pushed_by,
        commit=push.new_commit,
        **columns_of(item.intake),
        **_told_by(commit),
    )
    item.revision.blocked_by = linting.blocking_codes(push.space, item.revision)
    if post.published_revision:
        facts.tighten(post, item.intake.header)
    else:
        facts.show(post, item.revision)


def _moved_in(policies: Policies, items: list[Item]) -> list[Post]:
    """Posts that leave a path where all is published at once for one where approval is needed."""
    moved = [(item.post, item.path) for item in items if item.kind == "moved" and item.post]
    return [
        post
        for post, path in moved
        if policies.at(path).is_required and not policies.at(post.path).is_required
    ]


def _hold(policies: Policies, item: Item) -> None:
    """Keep a revision back where approval is needed, and a post of which nothing may be seen; in memory."""
    if item.revision:
        post, item.revision.is_held = item.revision.post, policies.at(item.path).is_required
        may_not = item.revision.is_held or bool(item.revision.blocked_by)
        post.is_held = may_not and post.published_revision_id is None


def _proposed(items: list[Item], moved_in: list[Post]) -> list[Revision]:
    """What is to be looked at: all that is held, and what comes while a review is open."""
    made = [item.revision for item in items if item.revision]
    proposed = [revision for revision in made if revision.is_held or revision.post.review_state]
    known = {revision.post_id for revision in proposed}
    for post in moved_in:
        if post.pk not in known and (latest := post.latest_revision) and latest.is_held:
            latest.post = post
            proposed.append(latest)
    return proposed


def columns_of(intake: Intake) -> dict[str, Any]:
    """What a row says of its source."""
    return {
        "path": intake.path,
        "blob": intake.blob,
        "size": intake.size,
        "source_digest": intake.digest,
        "knitted_path": intake.knitted.path if intake.knitted else "",
        "knitted_blob": intake.knitted.blob if intake.knitted else "",
        "title": intake.title,
        "header": intake.header.raw,
        "faults": intake.faults,
    }


def _told_by(commit: CommitInfo) -> dict[str, Any]:
    return {
        "author_name": commit.author_name,
        "author_email": commit.author_email,
        "message": commit.message,
        "writers": list(commit.writers),
        "committed_at": commit.at,
    }


def _create(items: list[Item]) -> None:
    """Insert the new posts, then all revisions, and point the posts at their latest."""
    revisions = [item.revision for item in items if item.revision]
    Post.objects.bulk_create([made.post for made in revisions if not made.post.pk], batch_size=BATCH)
    for item in items:
        if item.revision:
            item.post = item.revision.post = item.revision.post  # now that it has an id
    Revision.objects.bulk_create(revisions, batch_size=BATCH)
    latest = Revision.objects.filter(post=OuterRef("pk")).order_by("-number").values("pk")[:1]
    Post.objects.filter(pk__in=[made.post_id for made in revisions]).update(latest_revision=Subquery(latest))


def _settle(items: list[Item]) -> list[Revision]:
    """Publish at once what is rendered already, and write what the posts show; returns what was published."""
    now = timezone.now()
    made = [item.revision for item in items if item.revision]
    ready = [revision for revision in made if revision.rendering.state == Rendering.State.READY]
    published = [revision for revision in ready if publish.put_forward(revision.post, revision, at=now)]
    facts.name_tags(revision.post for revision in published)
    known = [item.post for item in items if item.post and item.revision and item.revision.number > 1]
    changed = {post.pk: post for post in [*known, *(revision.post for revision in published)]}
    Post.objects.bulk_update(changed.values(), publish.COLUMNS, batch_size=BATCH)
    publish.mark(published, at=now)
    facts.sign(revision for revision in made if not revision.post.published_revision)
    return published
