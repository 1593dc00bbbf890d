"""The quick way to a post's page: the same people see the same posts as by the slow one."""

from itertools import product

import pytest
from django.contrib.auth.models import Group

from knowledge.models import Post
from portal.kept import Kept
from portal.prepared import Prepared

visible = Prepared(
    lambda user, space, path: Post.objects.visible_to(user).at(space, path).live().stamps(user)[:1]
)


def test_the_prepared_query_finds_what_visible_to_finds(
    alice, carol, mallory, admin, growth, finance, make_post
):
    board = Group.objects.create(name="board")
    carol.groups.add(board)
    posts = [
        make_post(growth, "open.md", title="Open"),
        make_post(growth, "private.md", title="Private", private=True),
        make_post(growth, "board.md", title="Board", private=True, allowed_groups=["board"]),
        make_post(finance, "restricted.md", title="Restricted"),
        make_post(finance, "restricted-private.md", title="Both", private=True, allowed_groups=["board"]),
    ]
    mallory.groups.add(board)
    for _, user, post in product(range(2), (alice, carol, mallory, admin), posts):
        row = visible.first(user, post.space.slug, post.path)
        directly = Post.objects.visible_to(user).filter(pk=post.pk).exists()
        assert (row is not None and row[0] == post.pk) == directly


@pytest.mark.parametrize("path", ["'; DROP TABLE x; --", "%s", "%(x)s", "%", "\ue000space", "a.md\n", "\\"])
def test_what_is_asked_for_is_data_never_sql(alice, growth, make_post, path):
    make_post(growth, "a.md")
    assert visible.first(alice, "growth", path) is None
    assert visible.first(alice, path, "a.md") is None
    assert visible.first(alice, "growth", "a.md")


def test_what_was_not_used_for_longest_goes_first():
    kept: Kept[str] = Kept(budget=80)
    for key in "abcdefgh":
        kept.put(key, key.upper(), 10)
    kept.get("a")
    kept.put("new", "NEW", 10)
    assert kept.get("b") is None
    assert kept.get("a") == "A"
    assert kept.get("new") == "NEW"
    assert kept.size == 80


def test_what_is_too_large_is_not_kept():
    kept: Kept[str] = Kept(budget=80)
    kept.put("large", "LARGE", 11)
    assert (kept.get("large"), kept.size) == (None, 0)


def test_keys_take_their_room_too():
    kept: Kept[str] = Kept(budget=80, entry=30)
    for key in "abc":
        kept.put(key, key, 10)
    assert (kept.get("a"), kept.get("b"), kept.size) == (None, "b", 80)


def test_putting_again_counts_once():
    kept: Kept[str] = Kept(budget=80)
    kept.put("a", "A", 10)
    kept.put("a", "A2", 4)
    assert (kept.get("a"), kept.size) == ("A2", 4)


def test_what_is_drawn_for_one_reader_is_not_shown_with_anothers_name(client, alice, bob, growth, make_post):
    post = make_post(growth, "a.md", title="T", authors=(), revision={"author_name": "Erik"})
    for user, other in ((alice, bob), (bob, alice)):
        client.force_login(user)
        html = client.get(post.get_absolute_url()).content.decode()
        assert user.name in html
        assert other.name not in html


def test_a_post_that_turns_private_is_gone_for_outsiders_at_once(client, mallory, growth, make_post):
    post = make_post(growth, "a.md", title="T")
    client.force_login(mallory)
    etag = client.get(post.get_absolute_url()).headers["ETag"]
    Post.objects.update(private=True)
    assert client.get(post.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 404
