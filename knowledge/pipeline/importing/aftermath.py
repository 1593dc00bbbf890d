"""What follows an import's ingest: the old addresses, the dates of publication, and what can't be shown."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import F

from knowledge.models import OldAddress, Post, Rendering, Space
from knowledge.models.imported import old_address
from knowledge.pipeline.importing.config import Config
from knowledge.pipeline.importing.decisions import Task
from knowledge.pipeline.importing.findings import Note
from knowledge.pipeline.importing.posts import document_at

BATCH = 500


def posts_of(space: Space, tasks: Iterable[Task]) -> dict[str, Post]:
    """By the place of their task: what lies there now."""
    places = {document_at(task.at): task.at for task in tasks if task.at}
    live = Post.objects.live().filter(space=space, path__in=places)
    found = live.select_related("space", "latest_revision__rendering").defer(
        "latest_revision__rendering__text", "latest_revision__rendering__passages"
    )
    return {places[post.path]: post for post in found}


def remember_addresses(space: Space, tasks: list[Task], posts: dict[str, Post], config: Config) -> None:
    """Every address that the posts had in their old portal. A post's own goes before what others call it."""
    by_path = {old_address(path): task for task in tasks for path in task.addresses}
    named = {old_address(alias): by_path.get(old_address(goal)) for alias, goal in config.aliases.items()}
    named |= {old_address(task.head.header.path): task for task in tasks if task.head.header.path}
    named |= by_path
    named |= {old_address(task.post.path): task for task in tasks}
    rows = [
        OldAddress(space=space, path=path, post=posts[task.at])
        for path, task in named.items()
        if task and task.at in posts and 0 < len(path) <= 1000 and "\0" not in path
    ]
    OldAddress.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["space", "path"], update_fields=["post"], batch_size=BATCH
    )


def date_publications(tasks: list[Task], posts: dict[str, Post]) -> None:
    """Posts that were published in the old portal were so on their day, not on that of the import."""
    imported = [task for task in tasks if task.is_known or task.line.outcome == "new"]
    keys = [posts[task.at].pk for task in imported if task.at in posts]
    Post.objects.filter(pk__in=keys).exclude(published_at=F("created_at")).update(
        published_at=F("created_at")
    )


def tell(tasks: list[Task], posts: dict[str, Post]) -> None:
    """Put addresses, and the reasons why something can't be shown, into the lines of the report."""
    for task in tasks:
        post = posts.get(task.at)
        if post is None or task.line.outcome == "refused":
            continue
        task.line.url = settings.SITE_URL + post.get_absolute_url()
        rendering = post.latest_revision.rendering if post.latest_revision else None
        if rendering and rendering.state == Rendering.State.FAILED:
            task.line.notes.append(Note("not-shown", f"It can't be shown: {rendering.failure_message}"))
