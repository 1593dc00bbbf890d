"""Statements that are put together and planned once find what their querysets do."""

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat

from knowledge.models import Post, Space, User, prepared
from knowledge.models.for_readers import ForReader
from knowledge.models.statements import IsAny, Slot, compiled, filled
from tests.cast import MakePost

ODD = 'it\'s 100% \\ "odd" %s'


@pytest.fixture(params=[True, False], ids=["prepared", "behind a pooler"])
def prepares(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(settings, "PREPARES_STATEMENTS", request.param)
    return bool(request.param)


@pytest.fixture
def posts(growth: Space, make_post: MakePost) -> list[Post]:
    return [make_post(growth, f"{title}.md", title=title) for title in (ODD, "plain")]


def test_texts_are_written_out_as_they_are(posts: list[Post], prepares: bool) -> None:
    sql, params = compiled(Post.objects.filter(title=ODD, pk__lt=10**9).values_list("title"))
    assert params == (10**9,)
    assert prepared.rows(sql, params) == [(ODD,)]
    assert prepared.asked(sql, params) == [(ODD,)]
    none = compiled(Post.objects.annotate(said=Concat(Value("50%: "), F("title"))).values_list("said"))
    assert sorted(prepared.rows(*none)) == sorted((f"50%: {title}",) for title in (ODD, "plain"))


def test_slots_take_other_values_each_time(posts: list[Post], prepares: bool) -> None:
    named = Post.objects.filter(title=Slot("title", CharField(max_length=500))).values_list("pk")
    sql, params = compiled(named)
    for post in posts:
        assert prepared.rows(sql, filled(params, {"title": post.title})) == [(post.pk,)]


def test_any_of_some_ids(posts: list[Post], prepares: bool) -> None:
    for ids in ([], [posts[0].pk], [post.pk for post in posts], [0, -1, 2**62]):
        expected = sorted(set(ids) & {post.pk for post in posts})
        assert sorted(Post.objects.filter(IsAny("pk", ids)).values_list("pk", flat=True)) == expected
        found = prepared.rows(*compiled(Post.objects.filter(IsAny("pk", ids)).values_list("pk")))
        assert sorted(pk for (pk,) in found) == expected


def test_what_can_not_find_anything_is_asked_all_the_same(db: None, prepares: bool) -> None:
    assert prepared.rows(*compiled(Post.objects.none().values_list("pk"))) == []


def test_rows_are_those_of_who_reads(
    finance: Space, make_post: MakePost, alice: User, mallory: User, admin: User
) -> None:
    hidden = make_post(finance, "a.md", title="Hidden")
    seen = ForReader(lambda reader: Post.objects.visible_to(reader).values_list("pk"))
    assert seen(mallory) == []
    assert (hidden.pk,) in seen(admin)
    assert seen(mallory) == []


def test_a_connection_keeps_so_many_plans(db: None) -> None:
    for number in range(prepared.KEPT + 5):
        assert prepared.rows(f"SELECT {number} + %s::int", [1]) == [(number + 1,)]
    names = connection.cursor()
    names.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'almanac%%'")
    assert names.fetchone() == (prepared.KEPT,)
    assert prepared.rows("SELECT 0 + %s::int", [1]) == [(1,)]


def test_plans_are_made_for_any_parameters(db: None) -> None:
    assert prepared.planned("SHOW plan_cache_mode") == [("force_generic_plan",)]
