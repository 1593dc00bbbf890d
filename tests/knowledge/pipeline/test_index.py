"""The index follows the posts: what changes is marked, and indexed once."""

import pytest
from django.db import connection

from knowledge.models import Post, SearchEntry, SearchWord, Space, User
from knowledge.pipeline import ingest
from knowledge.pipeline.index import count_words, index_posts, request_index, sweep_index
from knowledge.pipeline.searching import search
from knowledge.search import vector
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk


def found(user: User, text: str) -> list[str]:
    posts = [hit.post for hit in search(user=user, text=text).hits]
    return sorted(Post.objects.filter(pk__in=posts).values_list("path", flat=True))


def test_what_is_published_is_found_and_what_is_not_any_more_is_not(desk: Desk, carol: User) -> None:
    desk.publish({"a.md": "# Free trials\n\nEverybody likes quokkas.\n"})
    index_posts()
    assert found(carol, "quokka") == ["a.md"]
    desk.publish({"a.md": "# Free trials\n\nEverybody likes wombats.\n"})
    assert SearchEntry.objects.stale().count() == 1
    index_posts()
    assert (found(carol, "quokka"), found(carol, "wombats")) == ([], ["a.md"])


def test_a_moved_post_is_found_by_its_new_path(desk: Desk, carol: User) -> None:
    desk.publish({"old-folder/a.md": "# Free trials\n"})
    index_posts()
    desk.push({"old-folder/a.md": None, "new-place/a.md": "# Free trials\n"})
    ingest.reconcile(desk.space.pk)
    index_posts()
    assert (found(carol, "old-folder"), found(carol, "new-place")) == ([], ["new-place/a.md"])


def test_what_becomes_stale_while_it_is_indexed_stays_stale(make_post: MakePost, growth: object) -> None:
    from knowledge.pipeline import index

    post = make_post(growth)
    request_index([post.pk])
    waiting = dict(SearchEntry.objects.stale().values_list("post_id", "stale_since"))
    request_index([post.pk])
    index._index(waiting)
    assert SearchEntry.objects.stale().count() == 1
    index_posts()
    assert not SearchEntry.objects.stale().exists()


def test_nothing_waits_beside_the_indexes_once_posts_are_indexed(make_post: MakePost, growth: Space) -> None:
    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('search_body')")
            return int(cursor.fetchone()[0])

    post = make_post(growth)
    request_index([post.pk])
    index_posts()
    assert waiting() == 0
    # Whether lists show it decides in which index it is: a trigger writes its row anew.
    Post.objects.filter(pk=post.pk).update(status="archived")
    sweep_index()
    assert waiting() == 0
    Post.objects.filter(pk=post.pk).update(status="published")
    assert waiting() > 0


def test_never_published_posts_have_no_entry(make_post: MakePost, growth: object) -> None:
    post = make_post(growth, rendering={"state": "queued"})
    request_index([post.pk])
    assert not SearchEntry.objects.exists()


def test_words_are_counted_and_those_that_are_gone_forgotten(make_post: MakePost, growth: object) -> None:
    post = make_post(growth, "a.md", title="Wombats and quokkas")
    other = make_post(growth, "b.md", title="Wombats")
    request_index([post.pk, other.pk])
    index_posts()
    assert count_words() == 2
    assert dict(SearchWord.objects.values_list("word", "posts")) == {
        "wombats": 2,
        "quokkas": 1,
        "growth": 2,
        "a.md": 1,
        "b.md": 1,
    }
    Post.objects.filter(pk=post.pk).update(title="Nothing")
    request_index([post.pk])
    index_posts()
    count_words()
    assert "quokkas" not in SearchWord.objects.values_list("word", flat=True)


@pytest.mark.parametrize("words", [1, 40_000])
def test_a_post_of_any_length_is_indexed(
    make_post: MakePost, growth: object, carol: User, words: int
) -> None:
    text = " ".join(f"word{number}x" for number in range(words))
    passages = [["narrative", "", text], ["narrative", "", "the end quokka"]]
    post = make_post(growth, rendering={"passages": passages})
    request_index([post.pk])
    index_posts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(vector) > 0 FROM knowledge_searchbody")
        assert cursor.fetchall() == [(True,)]
    assert found(carol, "word0x") == ["a.md"]


@pytest.fixture
def full(make_post: MakePost, growth: object) -> list[Post]:
    """A post with more names and words than a vector holds, and another one."""
    names = [f"{number:03}" + "𝒳" * 190 for number in range(200)]
    text = " ".join(f"{number:05}" + "𝒴" * 70 for number in range(4_000))
    columns = {"passages": [["narrative", "", text]], "datasets": names, "libraries": names}
    made = make_post(growth, "full.md", title="Full", source=b"a", rendering=columns)
    return [made, make_post(growth, "b.md", title="Wombats", source=b"b")]


def test_what_a_vector_can_not_hold_is_left_out(full: list[Post], carol: User) -> None:
    request_index(post.pk for post in full)
    index_posts()
    assert (found(carol, "wombats"), found(carol, "title:full")) == (["b.md"], ["full.md"])


def test_a_post_that_postgresql_refuses_keeps_no_other_waiting(
    full: list[Post], carol: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector, "MAX_BYTES", 10**9)
    monkeypatch.setattr(vector, "MARKED_BYTES", 10**9)
    request_index(post.pk for post in full)
    index_posts()
    assert (found(carol, "wombats"), found(carol, "title:full")) == (["b.md"], [])
    assert not SearchEntry.objects.stale().exists()
