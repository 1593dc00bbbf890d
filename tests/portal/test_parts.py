"""Long documents: the page carries one part, the others come when they are asked for."""

import json
import re
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from knowledge.models import Rendering, Revision

PARTS = ("<p id='u-a'>First.</p>", '<h2 id="h-two">Two</h2><p>Second.</p>', '<p id="cell-end">Third.</p>')


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def post(growth, make_post):
    headings = [
        {"level": 2, "text": "One", "anchor": "h-one", "part": 0},
        {"level": 2, "text": "Two", "anchor": "h-two", "part": 1},
    ]
    return make_post(growth, "long.ipynb", title="Long", parts=PARTS, rendering={"headings": headings})


def part_of(post, number):
    return f"/r/{post.published_revision_id}/parts/{number}"


def test_the_page_carries_the_first_part_and_the_addresses_of_the_others(as_carol, post):
    html = as_carol.get(post.get_absolute_url()).content.decode()
    assert "First." in html
    assert "Second." not in html
    assert "Third." not in html
    assert html.count('class="part-placeholder"') == 2
    assert f'data-src="{part_of(post, 1)}?of=' in html
    assert 'href="?part=1#h-two"' in html


def test_without_scripts_each_part_has_a_page(as_carol, post):
    html = as_carol.get(f"{post.get_absolute_url()}?part=1").content.decode()
    assert "Second." in html
    assert "First." not in html
    assert 'href="?part=0"' in html
    assert 'href="?part=2"' in html


@pytest.mark.parametrize("asked", ["3", "-1", "x", "", "9" * 40, "1e3", "²", "999999"])
def test_a_page_for_what_is_no_part_carries_the_first(as_carol, post, asked):
    response = as_carol.get(post.get_absolute_url(), {"part": asked})
    assert response.status_code == 200
    assert "First." in response.content.decode()


def test_an_old_revision_has_its_own_parts(as_carol, post, growth, make_post):
    old = post.published_revision
    make_post(growth, "long.ipynb", title="Long", parts=("<p>New.</p>",))
    assert "Second." in as_carol.get(f"{old.get_absolute_url()}?part=1").content.decode()
    assert "Second." in as_carol.get(f"/r/{old.pk}/parts/1").content.decode()


def test_a_short_document_is_not_in_parts(as_carol, growth, make_post):
    html = as_carol.get(make_post(growth, "short.md", title="Short").get_absolute_url()).content.decode()
    assert "in-parts" not in html
    assert "data-part" not in html


def test_a_part_is_its_html_and_may_be_kept_for_an_hour(as_carol, post):
    response = as_carol.get(part_of(post, 1))
    assert response.content.decode() == PARTS[1]
    assert response.headers["Cache-Control"] == "private, max-age=3600, immutable"
    again = as_carol.get(part_of(post, 1), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_part_that_was_kept_is_gone_for_those_who_may_no_longer_see_it(client, mallory, post):
    client.force_login(mallory)
    etag = client.get(part_of(post, 1)).headers["ETag"]
    post.private = True
    post.save()
    assert client.get(part_of(post, 1), headers={"If-None-Match": etag}).status_code == 404


def test_markers_in_later_parts_lead_somewhere(as_carol, growth, make_post):
    later = '<iframe class="output-frame" src="almanac-output:0"></iframe>'
    post = make_post(growth, "f.ipynb", title="F", parts=("<p>a</p>", later))
    assert f'src="/o/{post.published_revision_id}/0?t=' in as_carol.get(part_of(post, 1)).content.decode()


@pytest.mark.parametrize("number", ["3", "99999999999999999999"])
def test_there_is_no_part_beyond_the_last(as_carol, post, number):
    assert as_carol.get(part_of(post, number)).status_code == 404


def test_what_is_not_rendered_yet_has_no_parts(as_carol, growth, make_post):
    post = make_post(growth, "q.md", title="Q", rendering={"state": Rendering.State.QUEUED})
    revision = Revision.objects.get(post=post)
    assert as_carol.get(f"/r/{revision.pk}/parts/0").status_code == 404
    assert as_carol.get(f"/r/{revision.pk}/parts/?anchor=h-a").status_code == 404


@pytest.mark.parametrize(
    ("anchor", "part"),
    [
        ("h-two", 1),
        ("cell-end", 2),
        ("h-three", None),
        ("%", None),
        ("_", None),
        ("", None),
        ('x" id="cell-end', None),
    ],
)
def test_the_part_that_holds_an_anchor_is_found(as_carol, post, anchor, part):
    response = as_carol.get(f"/r/{post.published_revision_id}/parts/", {"anchor": anchor})
    assert json.loads(response.content) == {"part": part}


def test_parts_take_as_many_queries_in_a_long_document_as_in_a_short_one(as_carol, growth, make_post):
    def queries(name, parts):
        post = make_post(growth, name, title=name, parts=parts)
        as_carol.get(part_of(post, 0))  # what the session and the first request need
        with CaptureQueriesContext(
            connection,
        ) as found:
            as_carol.get(part_of(post, 1))
        return len(found)

    assert queries("few.md", PARTS) == queries("many.md", PARTS * 40)


def test_the_first_screen_of_twenty_megabytes_is_as_small_as_that_of_two_hundred_kilobytes(
    as_carol, growth, make_post
):
    random = Random(7)
    words = [f"{random.getrandbits(64):x}" for _ in range(500)]
    parts = tuple(f"<p>{number} {' '.join(random.choices(words, k=6_000))}</p>" for number in range(200))
    assert sum(map(len, parts)) > 20_000_000
    small, large = make_post(growth, "s.md", parts=parts[:2]), make_post(growth, "l.md", parts=parts)
    sent = [len(as_carol.get(post.get_absolute_url()).content) for post in (small, large)]
    assert sent[1] - sent[0] < 60_000
    assert sent[1] < 250_000


def test_formulas_of_all_parts_know_the_macros(as_carol, growth, make_post):
    evil = {r"\R": r"\mathbb{R}</script><script>alert(1)</script>"}
    post = make_post(growth, "m.md", title="M", rendering={"macros": evil})
    html = as_carol.get(post.get_absolute_url()).content.decode()
    found = re.search(r'<script id="macros" type="application/json">(.*?)</script>', html)
    assert found
    assert json.loads(found[1]) == evil
