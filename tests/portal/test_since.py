"""What changed since one last read: the line on a post's page, and its own page."""

import re
from dataclasses import astuple
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge.models import Comparison, Post, Visit
from knowledge.pipeline import compare
from knowledge.rendering import render
from portal import since as since_module
from tests.knowledge.diffing.base import a_cell, base
from tests.knowledge.diffing.edits import EDITS, as_bytes
from tests.knowledge.documents.files import pdf

HTMX = {"HX-Request": "true"}
ELSEWHERE = {"author_email": "someone@else.example"}


@pytest.fixture
def as_bob(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def publish(growth, make_post):
    """Publishes a post as the named edits leave it, with all that its rendering really brings."""

    def publish(*names, path="a.ipynb", source=None, space=growth, **columns):
        notebook = base()
        for name in names:
            EDITS[name](notebook)
        source = as_bytes(notebook) if source is None else source
        drawn = render(path, source)
        rendering = {
            "cells": [list(astuple(mark)) for mark in drawn.cells],
            "headings": [
                {"level": each.level, "text": each.text, "anchor": each.anchor, "part": 0}
                for each in drawn.headings
            ],
            "assets": {
                each.digest: {"type": each.media_type, "width": 4, "height": 3, "size": 1}
                for each in drawn.assets
            },
        }
        parts = tuple(drawn.parts)
        return make_post(
            space, path, source=source, parts=parts, rendering=rendering, revision=ELSEWHERE | columns
        )

    return publish


def ask(client, post, **headers):
    """The line as a script asks for it."""
    return client.get(f"/p/{post.pk}/since", headers=HTMX | headers)


def line(client, post):
    """The line, once what it needs was worked out."""
    ask(client, post)
    compare.draw_waiting()
    return ask(client, post).content.decode()


def later(**span):
    """So much time goes by."""
    for name in ("came_at", "seen_at", "before_at"):
        for visit in Visit.objects.exclude(**{name: None}):
            Visit.objects.filter(pk=visit.pk).update(**{name: getattr(visit, name) - timedelta(**span)})


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- what is told


def test_a_returning_reader_is_told_what_changed(as_bob, publish):
    post = publish()
    assert ask(as_bob, post).status_code == 204
    later(days=400)
    day = Visit.objects.get().seen_at
    publish("a word of the text")
    post = publish("a word of the text", "a figure", "a table's value", "printed numbers")
    html = line(as_bob, post)
    told = f"Since you last read, on {day.day} {day:%B %Y} (revision 1): "
    assert f"{told}1 conclusion, 1 figure and 2 numbers changed" in plain(html)
    for words in (
        "<del>five</del><ins>six</ins>",
        "<dt>south · orders</dt><dd><del>99</del> <ins>101</ins></dd>",
        "<dt>Mon</dt><dd><del>0.21</del> <ins>0.25</ins></dd>",
        f'href="/p/{post.pk}/compare/1..3"',
        'name="number" value="3"',
    ):
        assert words in html


def test_each_leads_to_its_place_on_the_page(as_bob, publish):
    ask(as_bob, publish())
    post = publish("a word of the text", "a figure", "an interactive figure", "a table's value")
    html = line(as_bob, post)
    page = as_bob.get(post.get_absolute_url()).content.decode()
    places = re.findall(r'class="since-place"><a href="#([^"]+)"', html)
    assert places == ["cell-c-0001", "fig-c-0005-1", "fig-c-0007-1", "cell-c-0002"]
    assert all(f'id="{place}"' in page for place in places)
    old, new = (post.revisions.get(number=number).pk for number in (1, 2))
    assert re.findall(r'<img src="/a/(\d+)/\w+\.png"', html) == [str(old), str(new)]


def test_in_a_text_the_heading_above_is_the_place(as_bob, publish):
    text = "# Late\n\nSo it is.\n\n## What to do\n\nDeliver {}.\n"
    ask(as_bob, publish(path="b.md", source=text.format("less").encode()))
    html = line(as_bob, publish(path="b.md", source=text.format("more").encode()))
    assert '<a href="#h-what-to-do">What to do</a>' in html


def test_what_was_taken_out_is_found_in_the_comparison(as_bob, publish):
    ask(as_bob, publish())
    post = publish("the last removed")
    html = line(as_bob, post)
    assert f'href="/p/{post.pk}/compare/1..2#cell-13--1"' in html


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("a line of code", "Only code changed since you last read, today at"),
        ("a cell moved down", "Only the order of its cells changed since you last read"),
        ("a tag of the header", "Only details such as tags and links changed since you last read"),
    ],
)
def test_where_only_something_else_changed_the_line_says_so(as_bob, publish, edit, words):
    ask(as_bob, publish())
    assert words in plain(line(as_bob, publish(edit)))


def test_where_nothing_differs_nothing_is_shown(as_bob, publish):
    ask(as_bob, publish())
    post = publish("only run again")
    assert line(as_bob, post) == ""
    assert ask(as_bob, post).status_code == 204


def test_the_same_source_again_is_not_even_compared(as_bob, publish):
    ask(as_bob, publish())
    assert ask(as_bob, publish()).status_code == 204
    assert not Comparison.objects.exists()


def test_of_many_some_are_shown_and_all_are_counted(as_bob, publish):
    def written(word):
        cells = [a_cell("markdown", f"Of the {n}th: {word}.", n) for n in range(30)]
        return as_bytes({**base(), "cells": cells})

    ask(as_bob, publish(source=written("late")))
    html = line(as_bob, publish(source=written("early")))
    assert "30 conclusions changed" in html
    assert html.count("since-words") == since_module.SHOWN
    assert f"and {30 - since_module.SHOWN} more" in html


def test_a_document_that_is_not_compared_says_that_it_changed(as_bob, growth, make_post):
    for words in ("One in five", "One in six"):
        paper = {"source": pdf(words), "rendering": {"format": "pdf"}, "revision": ELSEWHERE}
        post = make_post(growth, "c.pdf", **paper)
        html = line(as_bob, post)
    assert "It changed since you last read" in html
    assert "A PDF is not compared word by word" in html


def test_a_comparison_that_failed_says_that_it_changed(as_bob, publish, growth, make_post):
    ask(as_bob, publish())
    post = make_post(growth, "a.ipynb", source=b"{", revision=ELSEWHERE)
    html = line(as_bob, post)
    assert "It changed since you last read" in html
    assert "/s/growth/a.ipynb@1" in html


def test_nothing_of_a_document_is_markup_in_the_line(as_bob, publish):
    evil = "<script>alert({n})</script><img src=x onerror=alert(2)>"

    def written(n):
        said = evil.format(n=n)
        cells = [
            a_cell("raw", f"---\ntitle: '{said}'\n---\n", 0),
            a_cell("markdown", f"# {said}\n\n`{said}` says {n}", 1),
            a_cell("code", "x", 2, {"output_type": "stream", "name": "stdout", "text": f"{said} {n}"}),
        ]
        return as_bytes({**base(), "cells": cells})

    ask(as_bob, publish(source=written(1)))
    html = line(as_bob, publish(source=written(2)))
    assert "since-words" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert not re.search(r'<[^>]*\s(style|on\w+)="', html)


# --- while it is being found out


def test_the_line_says_that_it_is_being_found_out_and_asks_again(as_bob, publish):
    ask(as_bob, publish())
    post = publish("a figure")
    html = ask(as_bob, post).content.decode()
    assert "What is new is being found out." in html
    assert f'data-later="/p/{post.pk}/since?turn=1"' in html
    opened = as_bob.get(f"/p/{post.pk}/since?page=1", headers=HTMX).content.decode()
    assert f'data-later="/p/{post.pk}/since?turn=1&amp;page=1"' in opened
    last = as_bob.get(f"/p/{post.pk}/since?turn=40", headers=HTMX).content.decode()
    assert "data-later" not in last
    assert f'href="/p/{post.pk}/since"' in last


def test_what_was_found_out_is_kept(as_bob, publish):
    ask(as_bob, publish())
    post = publish("a figure")
    first = line(as_bob, post)
    Comparison.objects.all().delete()
    assert plain(ask(as_bob, post).content.decode()) == plain(first)
    assert not Comparison.objects.exists()


# --- to whom


def test_a_first_time_reader_is_told_nothing(as_bob, publish):
    publish()
    assert ask(as_bob, publish("a figure")).status_code == 204


def test_who_wrote_the_newest_is_told_nothing(as_bob, publish, bob):
    ask(as_bob, publish())
    assert ask(as_bob, publish("a figure", pushed_by=bob)).status_code == 204


def test_what_one_reads_is_nobody_elses(as_bob, publish, carol):
    ask(as_bob, publish())
    post = publish("a figure")
    line(as_bob, post)
    other = Client()
    other.force_login(carol)
    assert ask(other, post).status_code == 204
    assert Visit.objects.count() == 2
    assert Visit not in admin.site._registry


@pytest.mark.parametrize("columns", [{"is_held": True}, {"blocked_by": ["secret"]}, {"published_at": None}])
@pytest.mark.parametrize("who", ["mallory", "dana"])
def test_of_a_revision_that_readers_do_not_see_nobody_is_told(publish, request, who, columns):
    client = Client()
    client.force_login(request.getfixturevalue(who))
    ask(client, publish())
    post = publish("a figure")
    assert "1 figure changed" in line(client, post)
    post.revisions.filter(number=1).update(**columns)
    assert ask(client, post).status_code == 204
    assert "Nothing that you have not seen" in client.get(f"/p/{post.pk}/since").content.decode()


def test_a_revision_that_is_held_is_no_news_for_its_members(as_bob, publish, growth, make_post):
    ask(as_bob, publish())
    before = Post.objects.get().published_revision
    post = publish("a figure", is_held=True)
    Post.objects.update(published_revision=before)
    assert ask(as_bob, post).status_code == 204
    assert Visit.objects.get().revision == before


def test_who_may_not_see_the_post_any_more_finds_nothing(publish, mallory):
    client = Client()
    client.force_login(mallory)
    post = publish()
    ask(client, post)
    Post.objects.update(private=True)
    assert ask(client, post).status_code == 404
    assert client.post(f"/p/{post.pk}/since", {"number": 1}).status_code == 404


# --- what counts as a visit


def test_opening_the_page_alone_is_no_reading_yet(as_bob, publish):
    post = publish()
    html = as_bob.get(post.get_absolute_url()).content.decode()
    assert f'data-later="/p/{post.pk}/since"' in html
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ],
)
def test_what_a_browser_fetches_ahead_is_no_reading(as_bob, publish, headers):
    post = publish()
    assert as_bob.get(f"/p/{post.pk}/since", headers=headers).status_code == 200
    assert ask(as_bob, post, **headers).status_code == 204
    assert not Visit.objects.exists()


def test_the_line_stays_through_reloads_until_it_is_put_away(as_bob, publish):
    ask(as_bob, publish())
    post = publish("a figure")
    for _ in range(3):
        assert "1 figure changed" in line(as_bob, post)
    answer = as_bob.post(f"/p/{post.pk}/since", {"number": 2})
    assert answer["Location"] == post.get_absolute_url()
    assert ask(as_bob, post).status_code == 204


def test_the_line_goes_after_a_day(as_bob, publish):
    ask(as_bob, publish())
    post = publish("a figure")
    line(as_bob, post)
    later(hours=23)
    assert ask(as_bob, post).status_code == 200
    later(hours=2)
    assert ask(as_bob, post).status_code == 204


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "9" * 18, "9" * 40])
def test_a_made_up_number_puts_away_no_more_than_there_is(as_bob, publish, number):
    ask(as_bob, publish())
    post = publish("a figure")
    line(as_bob, post)
    assert as_bob.post(f"/p/{post.pk}/since", {"number": number}).status_code == 302


def test_a_newer_revision_is_compared_with_what_was_read_last(as_bob, publish):
    ask(as_bob, publish())
    line(as_bob, publish("a figure"))
    post = publish("a figure", "a word of the text")
    html = plain(line(as_bob, post))
    assert "(revision 2): 1 conclusion changed" in html


# --- without scripts


def test_without_scripts_a_link_leads_to_a_page_that_tells_the_same(as_bob, publish):
    post = publish()
    assert "What changed since" not in as_bob.get(post.get_absolute_url()).content.decode()
    assert "You read revision 1, the newest" in as_bob.get(f"/p/{post.pk}/since").content.decode()
    post = publish("a figure")
    page = as_bob.get(post.get_absolute_url()).content.decode()
    link = f'<a href="/p/{post.pk}/since">What changed since you last read</a>'
    assert f'<noscript><p class="since">{link}</p></noscript>' in page
    first = as_bob.get(f"/p/{post.pk}/since").content.decode()
    assert '<meta http-equiv="refresh"' in first
    compare.draw_waiting()
    html = as_bob.get(f"/p/{post.pk}/since").content.decode()
    assert '<meta http-equiv="refresh"' not in html
    assert "<details open>" in html
    assert f'href="{post.get_absolute_url()}#fig-c-0005-1"' in html


def test_an_old_revision_or_a_deleted_post_has_no_line(as_bob, publish):
    publish()
    post = publish("a figure")
    assert 'data-later="/p/' not in as_bob.get(f"{post.get_absolute_url()}@1").content.decode()
    Post.objects.update(status="deleted", deleted_at=timezone.now())
    assert ask(as_bob, post).status_code == 404


# --- speed


def cost(client, post):
    with CaptureQueriesContext(connection) as queries:
        ask(client, post)
    return len(queries)


def test_the_line_costs_the_same_however_much_changed(as_bob, publish):
    ask(as_bob, publish())
    assert cost(as_bob, Post.objects.get()) == 4  # session, person, post, visit
    line(as_bob, publish("a word of the text"))
    few = cost(as_bob, Post.objects.get())
    Visit.objects.all().delete()
    ask(as_bob, publish())
    for _ in range(4):
        publish("a heading")
    line(as_bob, publish("two cells beside each other", "a figure", "a table's value", "printed numbers"))
    assert cost(as_bob, Post.objects.get()) == few <= 5


def test_the_page_around_it_is_kept_as_before(as_bob, publish):
    post = publish()
    etag = as_bob.get(post.get_absolute_url())["ETag"]
    ask(as_bob, post)
    assert as_bob.get(post.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 304
    assert "no-store" in ask(as_bob, post)["Cache-Control"]
