"""The page of a post: what it shows, to whom, and while there is nothing to show yet."""

from uuid import uuid4

import pytest
from django.utils import timezone

from knowledge.models import Post, Rendering, Review
from tests.cast import THE_DAY

QUEUED = {"state": Rendering.State.QUEUED}
FAILED = {
    "state": Rendering.State.FAILED,
    "failure_code": "not-json",
    "failure_message": "The notebook is cut short.",
    "failure_hint": "Save it once more.",
}


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def as_carol(client, carol):
    client.force_login(carol)
    return client


@pytest.fixture
def post(growth, make_post, alice):
    return make_post(
        growth,
        "retention/free.ipynb",
        title="Free delivery brings people back",
        html='<h2 id="h-one">One</h2><p>Body text.</p><h2 id="h-two">Two</h2>',
        source=b"one",
        authors=(alice, "Zoë of Supply"),
        tags=["retention", "free delivery"],
        tldr="Only in their first month.",
        rendering={
            "words": 660,
            "headings": [
                {"level": 2, "text": "One", "anchor": "h-one"},
                {"level": 2, "text": "Two", "anchor": "h-two"},
            ],
        },
    )


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


# --- what a reader sees


def test_a_reader_sees_answer_authors_dates_and_narrative(as_carol, post):
    html = page(as_carol, post.get_absolute_url())
    for words in (
        "<h1 class=\"title\" dir=\"auto\">Free delivery brings people back</h1>",
        "Only in their first month.",
        "Alice Example",
        "Zoë of Supply",
        "3 min to read",
        "<p>Body text.</p>",
        'href="/tags/free%20delivery"',
        f'href="/p/{post.pk}/history"',
        'href="#h-two"',
    ):  # fmt: skip
        assert words in html


def test_what_authors_write_in_their_header_is_shown_as_text(as_carol, growth, make_post):
    evil = '<script>alert("x")</script>'
    post = make_post(growth, title=evil, tldr=evil, subtitle=evil, tags=[evil], authors=(evil,))
    html = page(as_carol, post.get_absolute_url())
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") >= 5


def test_formulas_bring_katex_along_and_nothing_else_does(as_carol, growth, make_post):
    with_math = make_post(growth, "m.md", title="M", html=r'<p><span class="math">\(x\)</span></p>')
    assert "/vendor/katex-" in page(as_carol, with_math.get_absolute_url())
    assert "/vendor/katex-" not in page(as_carol, make_post(growth, "n.md", title="N").get_absolute_url())


def test_a_page_that_waits_for_nothing_brings_no_htmx(as_carol, post):
    assert "htmx" not in page(as_carol, post.get_absolute_url())


@pytest.mark.parametrize("user", ["mallory", None])
def test_a_stranger_finds_what_is_at_no_address(client, request, finance, make_post, user):
    make_post(finance, "secret.md", title="Secret")
    if user:
        client.force_login(request.getfixturevalue(user))
    secret, nothing = client.get("/s/finance/secret.md"), client.get("/s/nowhere/secret.md")
    assert secret.status_code == nothing.status_code == (404 if user else 302)
    if user:
        assert secret.content == nothing.content


@pytest.mark.parametrize(
    "address",
    [
        "/s/finance/secret.md@1",
        "/s/finance/",
        "/s/finance/folder/",
        "/s/finance/folder/inner.md",
        "/p/{pk}",
        "/p/{pk}/status",
        "/p/{pk}/history",
    ],
)
def test_nothing_of_a_restricted_space_answers_an_outsider(client, mallory, finance, make_post, address):
    post = make_post(finance, "secret.md", title="Secret")
    make_post(finance, "folder/inner.md", title="Inner")
    client.force_login(mallory)
    assert client.get(address.format(pk=post.pk)).status_code == 404


def test_a_private_post_is_for_members_and_the_groups_it_names(client, carol, mallory, growth, make_post):
    post = make_post(growth, "p.md", title="P", private=True, allowed_groups=["board"])
    for user, status in ((carol, 200), (mallory, 404)):
        client.force_login(user)
        assert client.get(post.get_absolute_url()).status_code == status
    mallory.groups.create(name="board")
    assert client.get(post.get_absolute_url()).status_code == 200


# --- while there is nothing new to read


def test_a_first_revision_on_its_way_says_so_live(as_carol, growth, make_post):
    post = make_post(growth, "new.md", title="On its way", rendering=QUEUED)
    html = page(as_carol, post.get_absolute_url())
    assert "waits to be rendered" in html
    assert f'hx-get="/p/{post.pk}/status?revision={post.latest_revision_id}"' in html
    assert "/vendor/htmx-" in html


def test_the_last_good_version_stays_up_meanwhile(as_carol, post, growth, make_post):
    rendering = {"state": "rendering", "attempt_token": uuid4()}
    make_post(growth, post.path, title="Next", source=b"two", rendering=rendering)
    html = page(as_carol, post.get_absolute_url())
    assert "Body text." in html
    assert "Revision 2 is being rendered" in html


def test_the_status_asks_for_a_reload_once_there_is_something_to_read(as_carol, growth, make_post):
    post = make_post(growth, "new.md", title="On its way", rendering=QUEUED)
    address = f"/p/{post.pk}/status?revision={post.latest_revision_id}"
    waiting = as_carol.get(address)
    assert "HX-Refresh" not in waiting.headers
    assert b"hx-get" in waiting.content
    Rendering.objects.update(state="ready")
    assert "HX-Refresh" not in as_carol.get(address).headers  # rendered, and not published yet
    Post.objects.update(published_revision=post.latest_revision, published_at=THE_DAY, status="published")
    assert as_carol.get(address).headers["HX-Refresh"] == "true"


def test_the_status_asks_for_a_reload_when_rendering_failed(as_carol, growth, make_post):
    post = make_post(growth, "new.md", title="On its way", rendering=FAILED)
    response = as_carol.get(f"/p/{post.pk}/status?revision={post.latest_revision_id}")
    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("revision", ["", "x", "-1", "999999999999999999999", "²"])
def test_the_status_of_a_made_up_revision_is_that_of_the_latest(as_carol, growth, make_post, revision):
    post = make_post(growth, "new.md", title="On its way", rendering=QUEUED)
    assert b"waits to be rendered" in as_carol.get(f"/p/{post.pk}/status", {"revision": revision}).content


def test_how_many_wait_before_it_is_said(as_carol, growth, make_post):
    make_post(growth, "first.md", title="First", rendering=QUEUED | {"due_at": THE_DAY})
    post = make_post(growth, "second.md", title="Second", rendering=QUEUED | {"due_at": timezone.now()})
    assert "1 document before it" in page(as_carol, post.get_absolute_url())


def test_a_failure_says_why_and_what_to_do(as_alice, growth, make_post):
    post = make_post(growth, "broken.ipynb", title="Broken", rendering=FAILED)
    html = page(as_alice, post.get_absolute_url())
    for words in ("The notebook is cut short.", "Save it once more.", f'action="/p/{post.pk}/retry"'):
        assert words in html


def test_a_failed_newer_revision_leaves_the_good_one_up_and_says_why(as_carol, post, growth, make_post):
    make_post(growth, post.path, title="Next", source=b"two", rendering=FAILED)
    html = page(as_carol, post.get_absolute_url())
    for words in (
        "Body text.",
        "The last push could not be rendered.",
        "You read revision 1",
        "is cut short.",
    ):
        assert words in html


def test_only_who_can_write_may_render_once_more(as_carol, growth, make_post):
    post = make_post(growth, "broken.ipynb", title="Broken", rendering=FAILED)
    assert "/retry" not in page(as_carol, post.get_absolute_url())
    assert "can’t write" in page_after(as_carol, post).replace("&#x27;", "’")
    assert Rendering.objects.get().state == "failed"


def page_after(client, post):
    return client.post(f"/p/{post.pk}/retry", follow=True).content.decode()


def test_a_retry_is_a_post_request(as_alice, post):
    assert as_alice.get(f"/p/{post.pk}/retry").status_code == 405


FAULT = {"code": "bad-header", "message": "Line 3 is not YAML.", "hint": "Mend it.", "line": 3, "cell": None}


def test_faults_of_the_header_are_for_those_who_can_mend_them(client, alice, carol, growth, make_post):
    post = make_post(
        growth,
        title="T",
        revision={"faults": [FAULT]},
        rendering={"notices": [FAULT["message"], "Truncated."]},
    )
    client.force_login(alice)
    assert page(client, post.get_absolute_url()).count("Line 3 is not YAML.") == 1
    client.force_login(carol)
    html = page(client, post.get_absolute_url())
    assert "Line 3 is not YAML." not in html
    assert "Truncated." in html


# --- speed


def test_a_stored_post_costs_three_queries(as_carol, post, django_assert_num_queries):
    page(as_carol, post.get_absolute_url())
    with django_assert_num_queries(3):  # session, person, stamp
        page(as_carol, post.get_absolute_url())


def test_a_page_that_has_not_changed_is_not_sent_again(as_carol, post):
    etag = as_carol.get(post.get_absolute_url()).headers["ETag"]
    response = as_carol.get(post.get_absolute_url(), headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize(
    "change",
    [{"tldr": "Other."}, {"title": "Other"}, {"tags": ["other"]}, {"private": True}, {"subtitle": "Other"}],
)
def test_a_page_whose_post_changed_is_sent_again(as_carol, post, change):
    etag = as_carol.get(post.get_absolute_url()).headers["ETag"]
    Post.objects.update(**change)
    assert as_carol.get(post.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 200


def test_a_page_with_news_for_its_reader_is_sent_again(as_alice, growth, post, make_post):
    etag = as_alice.get(post.get_absolute_url()).headers["ETag"]
    make_post(growth, post.path, title="Next", source=b"two", rendering=FAILED)
    assert as_alice.get(post.get_absolute_url(), headers={"If-None-Match": etag}).status_code == 200


def test_two_readers_never_share_an_etag(client, alice, carol, post):
    etags = set()
    for user in (alice, carol):
        client.force_login(user)
        etags.add(client.get(post.get_absolute_url()).headers["ETag"])
    assert len(etags) == 2


def test_it_says_whether_it_can_be_relied_on_and_why(client, carol, bob, growth, make_post):
    post = make_post(growth, "a.md", rendering={"findings": [{"code": "out-of-order"}]})
    client.force_login(carol)
    assert ">Unreviewed</span>" in client.get("/s/growth/a.md").content.decode()
    review = Review.objects.create(
        post=post, revision=post.published_revision, state="approved", closed_at=THE_DAY
    )
    review.verdicts.create(revision=review.revision, reviewer=bob, reviewer_name="Bob", kind="approve")
    html = client.get("/s/growth/a.md").content.decode()
    assert ">Sound</span>" in html
    assert "Approved by Bob." in html
    Post.objects.update(run_findings=["out-of-order"])
    html = client.get("/s/growth/a.md").content.decode()
    assert ">Unproven</span>" in html
    assert "run it again from the top" in html
