"""Those who saved a search are told of new posts that it finds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.errors import UserError
from knowledge.models import Delivery, Notification, Post, Space, User, Webhook
from knowledge.pipeline.following import clean_query, follow
from knowledge.pipeline.index import index_posts, request_index
from tests.cast import MakePost


def publish(
    make_post: MakePost, space: Space, path: str = "a.md", *, hours: int = 1, **fields: object
) -> Post:
    """A revision that was published in `hours` from now, and indexed."""
    at = timezone.now() + timedelta(hours=hours)
    number = Post.objects.filter(path=path).count()
    post = make_post(space, path, source=f"{path}{hours}".encode(), revision={"published_at": at}, **fields)
    if not number:
        Post.objects.filter(pk=post.pk).update(published_at=at)
    request_index([post.pk])
    index_posts()
    return post


def told(user: User) -> list[tuple[str, str]]:
    return [(each.event, each.because) for each in Notification.objects.filter(user=user).order_by("pk")]


def test_of_each_revision_once_however_many_searches_find_it(
    growth: Space, carol: User, make_post: MakePost
) -> None:
    for query in ("churn", "title:churn", "prices"):
        follow(by=carol, kind="search", target=query)
    post = publish(make_post, growth, title="Churn in May")
    assert told(carol) == [("post.published", "you saved the search churn")]
    request_index([post.pk])
    index_posts()
    publish(make_post, growth, title="Churn in May", hours=2)
    assert [event for event, _ in told(carol)] == ["post.published", "post.updated"]


def test_not_of_what_was_there_before_nor_of_what_is_not_found(
    growth: Space, carol: User, make_post: MakePost
) -> None:
    follow(by=carol, kind="search", target="churn")
    publish(make_post, growth, "old.md", title="Churn of old", hours=-1)
    publish(make_post, growth, "other.md", title="Prices")
    publish(
        make_post, growth, "away.md", title="Churn put away", status="archived", archived_at=timezone.now()
    )
    assert told(carol) == []


def test_is_mine_is_asked_for_each_person(
    growth: Space, alice: User, carol: User, make_post: MakePost
) -> None:
    for user in (alice, carol):
        follow(by=user, kind="search", target="churn is:mine")
    publish(make_post, growth, title="Churn", authors=(alice,))
    assert (len(told(alice)), told(carol)) == (1, [])


def test_webhooks_of_the_space_are_not_called_again(growth: Space, carol: User, make_post: MakePost) -> None:
    Webhook.objects.create(space=growth, url="https://hooks.example/", secret="s", events=[])
    follow(by=carol, kind="search", target="churn")
    publish(make_post, growth, title="Churn")
    assert len(told(carol)) == 1
    assert not Delivery.objects.filter(kind=Delivery.Kind.WEBHOOK).exists()


def test_a_search_for_nothing_can_not_be_saved(carol: User) -> None:
    with pytest.raises(UserError):
        follow(by=carol, kind="search", target=clean_query("?!"))
