"""Citations and neighbours follow the posts: published, renamed, brought over, deleted, read."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from knowledge.models import (
    AlsoRead,
    Citation,
    FormerPath,
    OldAddress,
    Post,
    Read,
    Related,
    Relating,
    Space,
    User,
)
from knowledge.pipeline import relating
from knowledge.pipeline.citing import follow_links, follow_lost
from knowledge.pipeline.index import index_posts, request_index
from knowledge.pipeline.relating import relate_posts
from knowledge.relating.reasons import said
from knowledge.relating.scoring import KEPT
from tests.cast import MakePost


def go(*posts: Post) -> None:
    """All that happens once they are published."""
    request_index([post.pk for post in posts])
    index_posts()
    relate_posts()


def links(*links: str) -> dict[str, list[str]]:
    return {"links": list(links)}


def cited(post: Post) -> list[int]:
    found = Citation.objects.filter(post=post, cited__isnull=False).order_by("cited")
    return list(found.values_list("cited", flat=True))


def reasons(post: Post, user: User) -> dict[str, list[str]]:
    return {row.other.path: said(row.reasons) for row in Related.objects.of(post, user)}


@pytest.mark.parametrize(
    "link",
    [
        "b.md",
        "../x/b.md",
        "/x/b.md",
        "https://portal.example/s/growth/x/b.md",
        "https://portal.example/s/growth/x/b.md@r1",
        "https://portal.example/s/growth/x/b.md@3f9c2e1",
        "former.md",
        "https://portal.example/s/growth/x/former.md",
        "https://portal.example/post/old/name.kp",
        "/post/old/name",
        "https://portal.example/s/finance/old/name.kp",
        "b.html",
        "https://portal.example/p/{pk}",
    ],
)
def test_a_link_leads_where_the_page_leads(
    growth: Space, finance: Space, make_post: MakePost, settings: Settings, link: str
) -> None:
    settings.SITE_URL = "https://portal.example"
    post = make_post(growth, "x/b.md", revision={"knitted_path": "x/b.html"})
    FormerPath.objects.create(space=growth, path="x/former.md", post=post)
    OldAddress.objects.create(space=growth, path="old/name", post=post)
    citing = make_post(growth, "x/a.md", rendering=links(link.format(pk=post.pk), link.format(pk=post.pk)))
    follow_links([citing.pk])
    assert cited(citing) == [post.pk]


@pytest.mark.parametrize(
    "link",
    ["a.md", "/p/{pk}", "data.csv", "https://elsewhere.example/s/growth/b.md", "/p/999999999", "../b.md"],
)
def test_a_post_cites_neither_itself_nor_what_is_no_post(
    growth: Space, make_post: MakePost, link: str
) -> None:
    make_post(growth, "b.md")
    citing = make_post(growth, "x/a.md")
    citing = make_post(
        growth, "x/a.md", rendering=links(link.format(pk=citing.pk).replace("../b", "../../b"))
    )
    follow_links([citing.pk])
    assert cited(citing) == []


def test_a_link_waits_for_what_is_published_later(growth: Space, make_post: MakePost, carol: User) -> None:
    a = make_post(
        growth, "a.md", rendering=links("b.md"), html='<p>See <a href="almanac-file:b.md">B</a>.</p>'
    )
    go(a)
    assert cited(a) == []
    b = make_post(growth, "b.md", title="Bees", rendering=links("a.md"))
    go(b)
    assert (cited(a), cited(b)) == ([b.pk], [a.pk])
    assert Citation.objects.get(post=a).sentence == "See B."
    assert reasons(b, carol) == {"a.md": ["Cites this post", "Cited by this post"]}
    make_post(growth, "a.md", source=b"without a link", rendering=links())
    go(a)
    assert reasons(b, carol) == {"a.md": ["Cited by this post"]}
    assert reasons(a, carol) == {"b.md": ["Cites this post"]}


def test_links_are_followed_again_when_what_they_led_to_goes(growth: Space, make_post: MakePost) -> None:
    a, b = make_post(growth, "a.md", rendering=links("b.md")), make_post(growth, "b.md", title="Bees")
    follow_links([a.pk])
    Post.objects.filter(pk=b.pk).update(status="deleted", deleted_at=b.created_at)
    other = make_post(growth, "c.md", title="Moved")
    FormerPath.objects.create(space=growth, path="b.md", post=other)
    follow_lost()
    assert cited(a) == [other.pk]


def test_posts_with_rare_things_in_common_are_related_both_ways(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    some = [
        make_post(growth, f"{number}.md", title=f"Number {number}", tags=["report"]) for number in range(8)
    ]
    facts = {"libraries": ["lifelines"], "datasets": ["shop.orders"]}
    a = make_post(growth, "a.md", title="A", tags=["report", "churn"], rendering=facts)
    b = make_post(growth, "b.md", title="B", tags=["churn"], rendering=facts, source=b"other")
    go(*some, a, b)
    expected = ["Uses shop.orders too", "Also about churn", "Works with lifelines too"]
    assert reasons(a, carol) == {"b.md": expected}
    assert reasons(b, carol) == {"a.md": expected}
    assert not Relating.objects.filter(stale_since__isnull=False).exists()


def test_texts_that_speak_of_the_same_are_related(growth: Space, make_post: MakePost, carol: User) -> None:
    def told(text: str) -> dict[str, object]:
        return {"passages": [["narrative", "", text]]}

    bees = "Quokkas and wombats share burrows; a quokka sleeps while wombats dig burrows."
    a = make_post(growth, "a.md", title="Marsupials", rendering=told(bees))
    b = make_post(growth, "b.md", title="Night", rendering=told(f"At night. {bees} Nothing else."))
    c = make_post(growth, "c.md", title="Invoices", rendering=told("Invoices were paid within a month."))
    go(a, b, c)
    assert list(reasons(a, carol)) == ["b.md"]
    assert "Quokkas" in reasons(a, carol)["b.md"][0] or "wombats" in reasons(a, carol)["b.md"][0]


def test_what_is_read_by_the_same_people_is_related_until_it_is_archived(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    a, b = make_post(growth, "a.md", title="A"), make_post(growth, "b.md", title="B")
    AlsoRead.objects.create(post=a, other=b, weight=0.7)
    go(a, b)
    assert reasons(a, carol) == {"b.md": ["Readers of this read it too"]}
    Post.objects.filter(pk=b.pk).update(status="archived", archived_at=b.created_at)
    assert reasons(a, carol) == {}


def test_who_does_not_see_a_post_is_not_told_of_it(
    growth: Space, finance: Space, make_post: MakePost, carol: User, mallory: User
) -> None:
    a = make_post(growth, "a.md", title="A", tags=["secret-project"])
    b = make_post(finance, "b.md", title="B", tags=["secret-project"], rendering=links("/p/1", f"/p/{a.pk}"))
    c = make_post(growth, "c.md", title="C", rendering=links())
    d = make_post(finance, "d.md", title="D", source=b"d", rendering=links(f"/p/{a.pk}", f"/p/{c.pk}"))
    go(a, b, c, d)
    assert set(reasons(a, carol)) == {"b.md", "d.md"}
    assert reasons(a, mallory) == {}  # that a hidden post cites both is no reason for it to be told of c.md
    assert not Related.objects.filter(post=a, other=c).exists()


def test_many_posts_that_are_nearer_do_not_take_a_lone_one_its_neighbour(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    hub = make_post(growth, "hub.md", title="Hub", tags=["a", "b"])
    lone = make_post(growth, "lone.md", title="Lone", tags=["b"], source=b"lone")
    near = [
        make_post(growth, f"{n}.md", title=f"N{n}", source=f"{n}".encode(), rendering=links("hub.md"))
        for n in range(12)
    ]
    go(hub, lone, *near)
    go(hub)
    assert "hub.md" in reasons(lone, carol)
    assert len(reasons(hub, carol)) >= KEPT


def test_at_night_those_are_looked_at_again_that_were_read_or_not_looked_at_for_long(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    read, old, other = (make_post(growth, f"{n}.md", title=f"N{n}", source=f"{n}".encode()) for n in range(3))
    go(read, old, other)
    today = timezone.now()
    AlsoRead.objects.create(post=read, other=other, weight=0.5)
    Read.objects.create(post=read, user=carol, day=today.date(), seen_at=today)
    Relating.objects.filter(post=old).update(related_at=today - relating.OLD - timedelta(days=1))
    relating.relate_night()
    stale = Relating.objects.filter(stale_since__isnull=False)
    assert set(stale.values_list("post", flat=True)) == {read.pk, old.pk}
    relate_posts()
    assert reasons(read, carol) == {"2.md": ["Readers of this read it too"]}
