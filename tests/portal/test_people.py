"""A person's page: what they wrote that the reader may see."""

from knowledge.models import Space


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
    with django_assert_max_num_queries(10):
        assert client.get("/people/alice").status_code == 200
