"""Who sees a post is the same from both sides."""

from itertools import product

from django.contrib.auth.models import Group

from knowledge.models import Post, Readers


def test_readers_are_those_to_whom_it_is_visible(
    alice, bob, carol, dana, mallory, admin, growth, finance, make_post, django_assert_num_queries
):
    board = Group.objects.create(name="board")
    mallory.groups.add(board)
    carol.groups.add(board)
    growth.memberships.filter(user=bob).delete()
    for space, private, groups, held in product((growth, finance), (0, 1), ([], ["board"]), (0, 1)):
        path = f"{private}{len(groups)}{held}.md"
        make_post(space, path, private=bool(private), allowed_groups=groups, is_held=bool(held))
    people = [alice, bob, carol, dana, mallory, admin]
    posts = list(Post.objects.select_related("space"))
    with django_assert_num_queries(3):
        readers = Readers.of([user.pk for user in people], [growth.pk, finance.pk])
        found = {(user.pk, post.pk) for user in people for post in posts if readers.sees(user.pk, post)}
    assert found == {(user.pk, post.pk) for user in people for post in Post.objects.visible_to(user)}


def test_a_closed_account_reads_nothing(alice, growth, make_post):
    post = make_post(growth)
    alice.is_active = False
    alice.save()
    assert not Readers.of([alice.pk], [growth.pk]).sees(alice.pk, post)
