"""An old revision comes back as a commit, and goes the way of every push."""

import pytest
from django.core.files.storage import storages

from knowledge import storage
from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import Revision, Space, User
from knowledge.pipeline.restoring import restore
from tests.knowledge.pipeline.desk import Desk, reconcile, render_all


def test_the_bytes_of_an_old_revision_become_the_newest(desk: Desk, alice: User) -> None:
    desk.publish({"late.md": "# First\n"})
    desk.publish({"late.md": "# Second\n"})
    commit = restore(by=alice, revision=Revision.objects.get(number=1))
    reconcile(desk)
    render_all()
    post = desk.post("late.md")
    assert (post.title, post.latest_revision and post.latest_revision.number) == ("First", 3)
    assert post.published_revision
    assert post.published_revision.commit == commit
    assert post.published_revision.message == "Restore revision 1 of late.md"
    assert Repository("growth").head("main") == commit


def test_it_comes_to_where_the_post_lies_now(desk: Desk, alice: User) -> None:
    text = "# First\n" + "A line.\n" * 20
    desk.publish({"late.md": text})
    desk.publish({"late.md": None, "deep/late.md": text})
    desk.publish({"deep/late.md": text + "More.\n"})
    restore(by=alice, revision=Revision.objects.get(number=1))
    reconcile(desk)
    assert desk.post("deep/late.md").revisions.count() == 3


def test_a_deleted_post_comes_back_unless_another_took_its_place(desk: Desk, alice: User) -> None:
    desk.publish({"late.md": "# First\n"})
    desk.publish({"late.md": None})
    restore(by=alice, revision=Revision.objects.get(number=1))
    reconcile(desk)
    assert desk.post("late.md").status == "published"


def test_where_approval_is_needed_it_is_needed_again(desk: Desk, alice: User) -> None:
    desk.publish({"late.md": "# First\n"})
    desk.publish({"late.md": "# Second\n"})
    Space.objects.update(review_policy="required")
    restore(by=alice, revision=Revision.objects.get(number=1))
    reconcile(desk)
    render_all()
    assert (desk.post("late.md").status, desk.post("late.md").title) == ("in_review", "Second")


def test_what_can_not_be_restored_says_why(desk: Desk, alice: User, carol: User) -> None:
    desk.publish({"late.md": "# First\n"})
    desk.publish({"late.md": "# Second\n"})
    first, second = Revision.objects.order_by("number")
    with pytest.raises(UserError, match=r"late\.md is as it was in revision 2"):
        restore(by=alice, revision=second)
    with pytest.raises(UserError, match="You can't write to growth"):
        restore(by=carol, revision=first)
    storages["blobs"].delete(storage.key(first.source_digest))
    with pytest.raises(UserError, match="too large to be kept"):
        restore(by=alice, revision=first)
