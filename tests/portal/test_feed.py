"""The feed: cards of what the reader may see, narrowed by tag and space, a page at a time."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from knowledge.models import Authorship, Collection, Post, Rendering, Review, Subscription, User
from knowledge.models.popularity import Popularity
from knowledge.pipeline.following import follow
from knowledge.pipeline.index import index_posts, request_index
from tests.cast import THE_DAY, make_space

DIGEST = "cd" * 32


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


def titles(response):
    return re.findall(r"<h2><a href=[^>]+>([^<]+)</a></h2>", response.content.decode())


def test_a_card_shows_what_a_reader_decides_by(as_carol, growth, make_post, alice):
    make_post(
        growth,
        "a.md",
        title="A finding",
        tldr="Its answer.",
        tags=["retention"],
        authors=(alice,),
        rendering={"thumbnail": DIGEST, "assets": {DIGEST: {"type": "image/png"}}, "words": 900},
    )
    html = as_carol.get("/").content.decode()
    revision = Post.objects.get().published_revision_id
    for words in (
        "A finding",
        "Its answer.",
        "Alice Example",
        "Growth",
        "/tags/retention",
        "4 min",
        f"/a/{revision}/{DIGEST}.png",
    ):
        assert words in html


def test_a_card_says_when_it_was_written_and_when_that_changed(as_carol, growth, make_post):
    make_post(growth, "a.md")
    Post.objects.update(created_at=THE_DAY, updated_at=THE_DAY)
    assert "Updated" not in as_carol.get("/").content.decode()
    Post.objects.update(updated_at=THE_DAY + timedelta(days=3))
    written, updated = re.findall(r'<time datetime="([^"T]+)', as_carol.get("/").content.decode())
    assert (written, updated) == (f"{THE_DAY:%Y-%m-%d}", f"{THE_DAY + timedelta(days=3):%Y-%m-%d}")


def test_cards_name_their_space_except_on_its_own_pages(as_carol, growth, make_post):
    make_post(growth, "folder/a.md")
    link = '<a href="/s/growth/">Growth</a>'
    assert link in as_carol.get("/").content.decode().split('class="cards"')[1]
    for own in ("/s/growth/", "/s/growth/folder/"):
        assert link not in as_carol.get(own).content.decode().split('class="cards"')[1]


def test_a_card_without_tldr_shows_the_first_paragraph(as_carol, growth, make_post):
    make_post(growth, title="T", rendering={"summary": "How it begins."})
    assert "How it begins." in as_carol.get("/").content.decode()


def test_only_published_posts_stand_in_the_feed(as_carol, growth, make_post):
    make_post(growth, "a.md", title="Published")
    make_post(growth, "b.md", title="Waiting", rendering={"state": Rendering.State.QUEUED})
    make_post(growth, "README.md", title="Introduction", kind="introduction")
    make_post(growth, "c.md", title="Deleted", status="deleted", deleted_at=THE_DAY)
    assert titles(as_carol.get("/")) == ["Published"]


def test_an_outsider_sees_nothing_of_a_restricted_space(client, mallory, growth, finance, make_post):
    make_post(growth, "a.md", title="Open", tags=["shared"])
    make_post(finance, "b.md", title="Closed", tags=["shared", "confidential"])
    client.force_login(mallory)
    html = client.get("/").content.decode()
    for hidden in ("Closed", "Finance", "finance", "confidential"):
        assert hidden not in html
    assert titles(client.get("/?space=finance")) == []
    assert titles(client.get("/?tag=shared")) == ["Open"]


def test_tags_and_space_narrow_it_together(as_carol, growth, finance, make_post):
    make_post(growth, "a.md", title="Both", tags=["pricing", "retention"])
    make_post(growth, "b.md", title="One", tags=["pricing"])
    make_post(finance, "c.md", title="Other space", tags=["pricing", "retention"])
    assert titles(as_carol.get("/?tag=pricing&tag=retention&space=growth")) == ["Both"]


def test_each_filter_can_be_taken_away(as_carol, growth, make_post):
    make_post(growth, "a.md", title="T", tags=["pricing"])
    html = as_carol.get("/?tag=pricing&space=growth&before=x").content.decode()
    assert 'href="?space=growth" aria-label="Remove the filter pricing"' in html
    assert 'href="?tag=pricing" aria-label="Remove the filter growth"' in html


def test_a_filter_that_is_markup_is_shown_as_text(as_carol):
    html = as_carol.get("/", {"tag": '"><script>x</script>', "space": "<b>"}).content.decode()
    assert "<script>x" not in html
    assert "No post matches" in html


def test_older_posts_are_a_link_away(as_carol, growth, make_post):
    for number in range(25):
        make_post(growth, f"{number}.md", title=f"Post {number}")
        Post.objects.filter(path=f"{number}.md").update(published_at=THE_DAY + timedelta(hours=number))
    first = as_carol.get("/?space=growth")
    [older] = re.findall(r'href="(\?[^"]+)" rel="next"', first.content.decode().replace("&amp;", "&"))
    assert "space=growth" in older
    second = as_carol.get(f"/{older}")
    assert titles(first)[0] == "Post 24"
    assert titles(first) + titles(second) == [f"Post {number}" for number in range(24, -1, -1)]
    assert "Older posts" not in second.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_posts(
    as_carol, growth, finance, make_post, alice, bob, django_assert_max_num_queries
):
    for number in range(30):
        space = growth if number % 2 else finance
        make_post(space, f"{number}.md", title=f"Post {number}", tags=["a", f"t{number}"])
    Authorship.objects.bulk_create(
        Authorship(post=post, position=position, name=user.name, user=user)
        for post in Post.objects.all()
        for position, user in enumerate((alice, bob))
    )
    carol = User.objects.get(username="carol")
    for kind, target in (("tag", "a"), ("tag", "t7"), ("author", alice), ("author", bob), ("space", growth)):
        follow(by=carol, kind=kind, target=target)
    with django_assert_max_num_queries(
        9
    ):  # session, person, ids, stamps, posts, authors, spaces, tags, questions
        assert len(titles(as_carol.get("/?list=new"))) == 20
    with django_assert_max_num_queries(14):  # what they follow, their spaces, what is newest of three kinds
        assert len(titles(as_carol.get("/"))) == 20


def test_an_empty_feed_gives_the_commands_to_paste(client, alice, growth):
    client.force_login(alice)
    html = client.get("/").content.decode()
    assert "git remote add almanac" in html
    assert "/git/growth.git" in html


def test_who_can_write_nowhere_is_shown_how_to_make_a_space(as_carol):
    assert 'href="/s/new"' in as_carol.get("/").content.decode()


def test_visitors_sign_in_first(client, db):
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_what_somebody_follows_and_their_spaces_come_first_with_the_reason(
    client, mallory, alice, growth, finance, make_post
):
    quiet = make_space("quiet", {})
    make_post(quiet, "a.md", title="By tag", tags=["retention"])
    make_post(quiet, "b.md", title="By author", authors=(alice,))
    make_post(quiet, "c.md", title="By neither")
    make_post(growth, "d.md", title="By space")
    make_post(finance, "e.md", title="Closed", tags=["retention"], authors=(alice,))
    client.force_login(mallory)
    assert len(titles(client.get("/"))) == 4  # follows nothing: all that is new
    for kind, target in (("tag", "retention"), ("author", alice), ("space", growth)):
        follow(by=mallory, kind=kind, target=target)
    answer = client.get("/")
    assert titles(answer) == ["By space", "By author", "By tag"]
    for reason in ("You follow retention", "You follow Alice Example", "You follow Growth"):
        assert reason in answer.content.decode()
    assert titles(client.get("/?list=for-you&tag=retention")) == ["By tag"]
    assert len(titles(client.get("/?list=new"))) == 4


def test_followed_collections_and_saved_searches_bring_posts_too(
    client, mallory, carol, growth, finance, make_post
):
    made_up = Collection.objects.create(title="First reads", created_by=carol)
    closed = Collection.objects.create(title="Of finance", space=finance)
    for position, title in enumerate(("In a collection", "In both")):
        post = make_post(growth, f"{position}.md", title=title, source=b"%d" % position)
        made_up.items.create(post=post, position=position)
    for number, collection in enumerate((made_up, closed)):
        Subscription.objects.create(user=mallory, kind="collection", collection=collection)
        hidden = make_post(finance, f"{number}.md", title="Closed")
        collection.items.create(post=hidden, position=9)
    open_post = make_post(growth, "c.md", title="In a closed one")
    closed.items.create(post=open_post, position=10)
    follow(by=mallory, kind="search", target="churn")
    at = timezone.now() + timedelta(hours=1)
    late = make_post(growth, "late.md", title="Churn", published_at=at, revision={"published_at": at})
    request_index([late.pk])
    index_posts()
    client.force_login(mallory)
    answer = client.get("/?list=for-you")
    assert titles(answer) == ["Churn", "In both", "In a collection"]
    for reason in ("You follow First reads", "You saved the search churn"):
        assert reason in answer.content.decode()


def test_what_is_for_somebody_goes_on_where_a_page_ended(as_carol, carol, growth, finance, make_post):
    for number in range(25):
        make_post(growth if number % 3 else finance, f"{number}.md", title=f"Post {number}", tags=["x"])
        Post.objects.filter(path=f"{number}.md").update(published_at=THE_DAY + timedelta(hours=number))
    follow(by=carol, kind="tag", target="x")
    first = as_carol.get("/?list=for-you")
    [older] = re.findall(r'before=([^"&]+)" rel="next"', first.content.decode())
    rest = as_carol.get(f"/?list=for-you&before={older}", headers={"HX-Request": "true"})
    assert titles(first) + titles(rest) == [f"Post {number}" for number in range(24, -1, -1)]
    assert "<html" not in rest.content.decode()  # scripts get the cards alone
    assert "no-store" in rest["Cache-Control"]


def test_what_is_read_most_comes_first_in_popular(as_carol, growth, make_post):
    posts = [make_post(growth, f"{number}.md", title=f"Post {number}") for number in range(23)]
    Popularity.objects.bulk_create(Popularity(post=post, score=1 + post.pk % 7 / 3) for post in posts[:22])
    first = as_carol.get("/?list=popular")
    [older] = re.findall(r'before=([^"&]+)" rel="next"', first.content.decode())
    seen = titles(first) + titles(as_carol.get(f"/?list=popular&before={older}"))
    wanted = sorted(posts[:22], key=lambda post: (post.pk % 7, post.pk), reverse=True)
    assert seen == [post.title for post in wanted]


@pytest.mark.parametrize("mark", ["1e999-1", "1.5-99999999999999999999", "nan-1"])
@pytest.mark.parametrize("where", ["for-you", "popular", "’"])
def test_whatever_an_address_says_is_answered(as_carol, growth, make_post, where, mark):
    make_post(growth)
    assert as_carol.get("/", {"list": where, "before": mark, "tag": "’"}).status_code == 200


def test_what_went_wrong_and_what_waits_needs_its_authors(client, alice, carol, growth, make_post):
    failed = {"state": Rendering.State.FAILED, "failure_code": "x", "failure_message": "It broke."}
    make_post(growth, "a.md", title="Failed", authors=(alice,), rendering=failed)
    make_post(growth, "b.md", title="Old", authors=(alice,), attention_since=THE_DAY, due_on=THE_DAY.date())
    client.force_login(alice)
    html = client.get("/?list=attention").content.decode()
    assert "It broke." in html
    assert ">Old</a>" in html
    client.force_login(carol)
    assert "Nothing needs you" in client.get("/?list=attention").content.decode()


def test_a_card_says_as_of_when_by_whose_word_and_the_number(as_carol, bob, growth, make_post):
    numbers = [
        {"name": "by_shop", "value": {"columns": [], "rows": [[1]]}, "as_of": "2026-09-30"},
        {"name": "retention_m2", "value": 41.318, "unit": "%", "as_of": "2026-08-31T10:00:00"},
    ]
    post = make_post(growth, "a.md", rendering={"insights": numbers})
    review = Review.objects.create(
        post=post, revision=post.published_revision, state="approved", closed_at=THE_DAY
    )
    review.verdicts.create(revision=review.revision, reviewer=bob, reviewer_name="Bob", kind="approve")
    html = as_carol.get("/?list=new").content.decode()
    for words in (
        '<time datetime="2026-09-30">',
        "retention_m2",
        "41.32\N{NO-BREAK SPACE}%",
        "Approved by Bob",
    ):
        assert words in html
    Post.objects.update(attention_since=THE_DAY)
    html = as_carol.get("/?list=new").content.decode()
    assert ">Stale</span>" in html
    assert "since 1 Oct" in html
