"""The sample content, as the feed shows it."""

from django.core.management import call_command
from django.db.models import F

from knowledge.models import Post, Read
from tests.knowledge.pipeline.desk import render_all


def test_samples_are_published_on_the_days_they_were_written(db: None, data_dir: object) -> None:
    call_command("load_samples")
    render_all()
    assert not Post.objects.published().exclude(published_at=F("created_at")).exists()
    assert Post.objects.published().newest_first()[0].path == "unit-economics/contribution-per-order.md"
    readers = Read.objects.filter(post__space__slug="finance").values_list("user__username", flat=True)
    assert "carol" in readers
    assert "mallory" not in readers  # who can't see it


def test_loading_again_leaves_the_days_alone(db: None, data_dir: object) -> None:
    call_command("load_samples")
    render_all()
    Post.objects.update(published_at=F("updated_at"))
    call_command("load_samples")
    assert not Post.objects.published().exclude(published_at=F("updated_at")).exists()
