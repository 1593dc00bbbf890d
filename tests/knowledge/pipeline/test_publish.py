"""Readers see the newest revision that is rendered, whatever the order in which renderings finish."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from knowledge.models import Post, Rendering, Revision
from knowledge.pipeline import ingest, publish
from knowledge.rendering import RENDERER_VERSION
from tests.knowledge.pipeline.desk import Desk, draw


def renderings(post: Post) -> list[Rendering]:
    """Of its revisions, oldest first."""
    return [revision.rendering for revision in post.revisions.order_by("number")]


@pytest.fixture
def two_waiting(desk: Desk) -> Post:
    desk.push({"late.md": "# First\n"})
    desk.push({"late.md": "# Second\n"})
    ingest.reconcile(desk.space.pk)
    return desk.post("late.md")


def shown(desk: Desk) -> tuple[str, int | None]:
    post = desk.post("late.md")
    return post.title, post.published_revision.number if post.published_revision else None


def test_an_old_revision_that_finishes_late_replaces_nothing(desk: Desk, two_waiting: Post) -> None:
    old, new = renderings(two_waiting)
    draw(new.pk)
    assert shown(desk) == ("Second", 2)
    draw(old.pk)
    assert shown(desk) == ("Second", 2)


def test_an_old_revision_is_shown_until_the_new_one_is_ready(desk: Desk, two_waiting: Post) -> None:
    old, new = renderings(two_waiting)
    draw(old.pk)
    assert shown(desk) == ("First", 1)
    draw(new.pk)
    assert shown(desk) == ("Second", 2)


def test_each_published_revision_says_since_when(desk: Desk, two_waiting: Post) -> None:
    for row in renderings(two_waiting):
        draw(row.pk)
    first, second = Revision.objects.order_by("number")
    assert first.published_at
    assert second.published_at
    assert desk.post("late.md").published_at == first.published_at


def test_publishing_again_changes_nothing(desk: Desk) -> None:
    desk.publish({"late.md": "# First\n"})
    before = Post.objects.values().get()
    publish.publish_rendered(Rendering.objects.get())
    assert Post.objects.values().get() == before


def test_one_source_in_two_posts_publishes_both(desk: Desk) -> None:
    desk.publish({"late.md": "# Same\n", "copy.md": "# Same\n"})
    assert Rendering.objects.count() == 1
    assert Post.objects.published().count() == 2


def test_a_result_is_stored_and_published_together_or_not_at_all(
    desk: Desk, two_waiting: Post, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the database goes away in between: here it refuses to publish."""
    _, new = renderings(two_waiting)
    with refusing_to_publish():
        draw(new.pk)
    assert "not today" in caplog.text
    new.refresh_from_db()
    assert new.state == "rendering"
    assert shown(desk) == ("Second", None)


@contextmanager
def refusing_to_publish() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
            CREATE TRIGGER refuse BEFORE UPDATE OF published_revision_id ON knowledge_post
                FOR EACH ROW EXECUTE FUNCTION refuse();
            """
        )
        yield
        cursor.execute("DROP TRIGGER refuse ON knowledge_post")


class TestANewRenderer:
    def test_its_drawing_replaces_the_older_one_when_it_is_ready(self, desk: Desk) -> None:
        desk.publish({"late.md": "# First\n"})
        Rendering.objects.update(renderer_version="0", text="drawn long ago")
        new = Rendering.objects.create(
            source_digest=Rendering.objects.get().source_digest,
            format="md",
            renderer_version=RENDERER_VERSION,
        )
        revision = desk.post("late.md").published_revision
        assert revision is not None
        assert revision.rendering.renderer_version == "0"
        draw(new.pk)
        revision.refresh_from_db()
        assert revision.rendering == new

    def test_a_drawing_by_an_older_one_replaces_nothing(self, desk: Desk) -> None:
        desk.publish({"late.md": "# First\n"})
        new = Rendering.objects.get()
        old = Rendering.objects.create(source_digest=new.source_digest, format="md", renderer_version="0")
        draw(old.pk)
        assert Revision.objects.get().rendering == new
