"""The sample content, as the feed shows it."""

from django.core.management import call_command
from django.db.models import F

from knowledge.models import Dataset, LibraryUse, Notification, Post, Read, User
from knowledge.pipeline import warning
from tests.knowledge.pipeline.desk import render_all


def test_samples_are_published_on_the_days_they_were_written(db: None, data_dir: object) -> None:
    call_command("load_samples")
    render_all()
    assert not Post.objects.published().exclude(published_at=F("created_at")).exists()
    assert Post.objects.published().newest_first()[0].path == "unit-economics/contribution-per-order.md"
    readers = Read.objects.filter(post__space__slug="finance").values_list("user__username", flat=True)
    assert "carol" in readers
    assert "mallory" not in readers  # who can't see it
    warning.work()
    carol = User.objects.get(username="carol")
    (dataset,) = Dataset.objects.visible_to(carol).with_state(carol).in_state("good")
    assert (dataset.name, dataset.observations.count()) == ("daily-orders.csv", 3)
    assert dataset.investigations.get().holds == "yes"
    assert not Notification.objects.filter(event__startswith="dataset").exists()
    post = dataset.uses.get().post
    assert (post.path, post.suspect_since) == ("forecast/holiday-error.ipynb", None)
    assert LibraryUse.objects.get(post=post, library="pandas").version == "2.3.3"


def test_loading_again_leaves_the_days_alone(db: None, data_dir: object) -> None:
    call_command("load_samples")
    render_all()
    Post.objects.update(published_at=F("updated_at"))
    call_command("load_samples")
    assert not Post.objects.published().exclude(published_at=F("updated_at")).exists()
