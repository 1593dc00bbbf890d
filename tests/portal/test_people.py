"""A person's page: what they wrote that the reader may see."""

import re
from datetime import timedelta

from knowledge.models import Authorship, Post, Space
from knowledge.models.writers import TOLD
from knowledge.models.written import Written
from portal.views import people
from tests.cast import THE_DAY


def test_a_person_is_shown_with_their_visible_posts_and_spaces(
    client, mallory, alice, growth, finance, make_post
):
    make_post(growth, "a.md", title="Open", authors=(alice,))
    make_post(finance, "b.md", title="Closed", authors=(alice,))
    client.force_login(mallory)
    html = client.get("/people/alice").content.decode()
    assert "Alice Example" in html
    assert "Open" in html
    assert "Closed" not in html
    assert Space.objects.get(slug="finance").name not in html


def test_nobody_is_found_under_an_unknown_name(client, mallory):
    client.force_login(mallory)
    assert client.get("/people/nobody").status_code == 404


def test_who_has_written_nothing_is_told_how_to_begin(client, mallory):
    client.force_login(mallory)
    assert "You haven’t published anything yet" in client.get("/people/mallory").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_posts(
    client, carol, alice, growth, make_post, django_assert_max_num_queries
):
    for number in range(12):
        make_post(growth, f"{number}.md", title=f"Post {number}", authors=(alice,))
    client.force_login(carol)
    with django_assert_max_num_queries(12):
        assert client.get("/people/alice").status_code == 200


def test_who_writes_is_listed_with_what_the_reader_can_see_of_it(
    client, mallory, alice, bob, growth, finance, make_post
):
    make_post(growth, "a.md", authors=(alice,), tags=["pricing"])
    make_post(finance, "b.md", authors=(alice, bob), tags=["confidential"])
    client.force_login(mallory)
    html = client.get("/people/").content.decode()
    assert "Alice Example" in html
    assert "1 post, about pricing" in html
    for hidden in ("Bob Example", "confidential"):
        assert hidden not in html
    client.force_login(bob)
    assert "2 posts" in client.get("/people/").content.decode()


def test_of_who_writes_much_the_newest_tell_and_the_list_costs_the_same(
    client, carol, alice, bob, growth, make_post, django_assert_num_queries
):
    for number in range(TOLD + 2):
        make_post(growth, f"{number}.md", authors=(alice,), tags=["pricing"])
    make_post(growth, "one.md", authors=(bob,), tags=[])
    client.force_login(carol)
    with django_assert_num_queries(3):
        html = client.get("/people/").content.decode()
    assert f"More than {TOLD} posts, about pricing" in html
    assert "1 post</p>" in html


def test_people_are_found_by_a_part_of_their_name_and_come_in_pages(
    client, carol, alice, bob, dana, growth, make_post, monkeypatch
):
    make_post(growth, "a.md", authors=(bob, dana, alice))
    client.force_login(carol)

    def named(address):
        return re.findall(r'<h2><a href="/people/(\w+)">', client.get(address).content.decode())

    assert named("/people/?q=LIC") == ["alice"]
    assert named("/people/?q=%00%27") == []
    monkeypatch.setattr(people, "A_PAGE", 2)
    assert named("/people/") + named("/people/?after=bob") == ["alice", "bob", "dana"]
    assert named("/people/?after=alice&q=a") == ["bob", "dana"]


def test_a_person_is_shown_with_their_tags_and_who_they_write_with(
    client, carol, alice, bob, growth, make_post
):
    make_post(growth, "a.md", title="Theirs", authors=(alice, bob), tags=["pricing"])
    client.force_login(carol)
    aside = client.get("/people/alice").content.decode().split("<aside")[1]
    for words in ("Writes about", "pricing", "Writes with", "Bob Example", "1 post"):
        assert words in aside
    assert "Nothing of it was read lately" in client.get("/people/alice?list=popular").content.decode()


def test_what_was_written_keeps_the_day_of_its_post(growth, alice, carol, mallory, make_post):
    posts = [make_post(growth, f"{day}.md", title="A", authors=(alice,)) for day in range(3)]
    twice = Authorship.objects.create(post=posts[0], position=1, name="alice")
    days = dict(Post.objects.values_list("pk", "published_at"))
    assert {each.post_id: each.published_at for each in Authorship.objects.all()} == days
    Post.objects.filter(pk=posts[0].pk).update(published_at=THE_DAY + timedelta(days=400))
    assert {each.published_at for each in posts[0].authorships.all()} == {THE_DAY + timedelta(days=400)}
    written = Written(carol, alice)
    newest = [pk for _, pk in written.newest(None, 9)]
    assert newest == [posts[0].pk, posts[2].pk, posts[1].pk]
    assert written.newest(written.newest(None, 1)[0], 9) == written.newest(None, 9)[1:]
    twice.delete()
    Post.objects.filter(pk=posts[1].pk).update(private=True)
    outside = Written(mallory, alice)
    assert [pk for _, pk in outside.newest(None, 9)] == [posts[0].pk, posts[2].pk]
