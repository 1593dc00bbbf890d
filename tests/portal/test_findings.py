"""What lint found: shown to those who can mend it, where they are; others see what they saw before."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.models import AuditEvent, Post, Push, Rendering, Revision, Space, User

TLDR = {"tldr": "One in five."}
ERROR = {
    "code": "ends-in-error", "message": "The code ends in an error.", "hint": "Mend it.",
    "cell": 4, "line": None, "anchor": "late-orders",
}  # fmt: skip
SECRET = {
    "code": "secret", "message": "This looks like a GitLab token.", "hint": "Revoke it.",
    "cell": None, "line": 8, "anchor": "",
}  # fmt: skip
KEPT_BACK = {"header": TLDR, "blocked_by": ["secret"], "published_at": None}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, address: str) -> str:
    return client_of(user).get(address).content.decode()


@pytest.fixture
def advised(growth, make_post):
    """Published, with something to mend."""
    found = {"findings": [ERROR]}
    return make_post(
        growth, "late.ipynb", source=b"advised", rendering=found, revision={"header": TLDR}, **TLDR
    )


@pytest.fixture
def kept_back(growth, make_post):
    """Never published, for a secret."""
    post = make_post(
        growth, "leak.md", title="Leaking", html="<p>The key.</p>", source=b"leak",
        rendering={"findings": [SECRET]}, revision=KEPT_BACK, **TLDR,
    )  # fmt: skip
    Post.objects.filter(pk=post.pk).update(
        published_revision=None, published_at=None, status="draft", is_held=True
    )
    return Post.objects.get(pk=post.pk)


class TestAdvice:
    def test_authors_read_it_on_the_page_with_a_link_to_the_cell(self, advised, alice):
        shown = page(alice, "/s/growth/late.ipynb")
        assert "Before you share this" in shown
        assert '<a href="#cell-late-orders">Cell 4</a>: The code ends in an error.' in shown
        assert "Mend it." in shown

    def test_readers_do_not_whoever_looked_before(self, advised, alice, carol, mallory):
        for user in (alice, carol, mallory, alice):
            assert ("Before you share this" in page(user, "/s/growth/late.ipynb")) == (user == alice)

    def test_a_missing_summary_is_told_to_authors_alone(self, growth, make_post, alice, carol):
        make_post(growth, "a.md")
        assert "There is no summary." in page(alice, "/s/growth/a.md")
        assert "There is no summary." not in page(carol, "/s/growth/a.md")

    def test_a_post_in_order_has_no_box(self, growth, make_post, alice):
        make_post(growth, "a.md", revision={"header": TLDR}, **TLDR)
        assert "Before you share this" not in page(alice, "/s/growth/a.md")


class TestKeptBack:
    def test_authors_read_it_and_why_it_waits(self, kept_back, alice, bob):
        for user in (alice, bob):
            shown = page(user, "/s/growth/leak.md")
            assert "The key." in shown
            assert "Revision 1 isn’t published yet" in shown
            assert f'<a href="/r/{kept_back.latest_revision_id}/source#L-8">Line 8</a>' in shown
            assert "Publish it all the same" not in shown

    def test_readers_see_that_it_is_not_published_and_nothing_of_it(self, kept_back, carol, mallory):
        Revision.objects.update(title="By glpat-x")
        shown = page(carol, "/s/growth/leak.md")
        assert "Not published yet" in shown
        for word in ("The key.", "GitLab", "glpat", "download"):
            assert word not in shown
        assert client_of(mallory).get("/s/growth/leak.md").status_code == 404

    @pytest.mark.parametrize(
        "address",
        ["/s/growth/leak.md@1", "/r/{}/source", "/r/{}/download", "/r/{}/page.html", "/r/{}/post.zip"],
    )
    def test_no_other_address_shows_it_to_readers(self, kept_back, alice, carol, address):
        address = address.format(kept_back.latest_revision_id)
        answer = client_of(alice).get(address)
        assert answer.status_code == 200
        assert not answer.streaming or answer.getvalue()  # reads and closes it
        assert client_of(carol).get(address).status_code == 404

    def test_no_list_shows_it_to_readers(self, kept_back, alice, carol):
        assert "r1 ·" not in page(carol, f"/p/{kept_back.pk}/history")
        assert "Not published yet" in page(alice, f"/p/{kept_back.pk}/history")
        assert "kept back" in page(alice, "/s/growth/")
        assert "Leaking" not in page(carol, "/s/growth/")

    def test_an_introduction_is_not_shown_with_its_folder(self, growth, kept_back, alice):
        Post.objects.filter(pk=kept_back.pk).update(kind=Post.Kind.INTRODUCTION, path="README.md")
        assert "The key." not in page(alice, "/s/growth/")

    def test_no_page_waits_for_it(self, kept_back, carol):
        assert "hx-get" not in page(carol, "/s/growth/leak.md")
        assert client_of(carol).get(f"/p/{kept_back.pk}/status")["HX-Refresh"] == "true"

    def test_readers_keep_the_older_one_and_authors_are_told_of_the_newer(
        self, growth, make_post, alice, carol
    ):
        make_post(growth, "a.md", html="<p>Old.</p>", source=b"old", revision={"header": TLDR}, **TLDR)
        post = make_post(
            growth,
            "a.md",
            html="<p>New.</p>",
            source=b"new",
            rendering={"findings": [SECRET]},
            revision=KEPT_BACK,
        )
        older = post.revisions.get(number=1)
        Post.objects.filter(pk=post.pk).update(published_revision=older)
        for user in (alice, carol):
            shown = page(user, "/s/growth/a.md")
            assert "Old." in shown
            assert ("Revision 2 isn’t published yet" in shown) == (user == alice)


class TestLettingThrough:
    def test_maintainers_have_a_button_and_say_why(self, kept_back, dana, carol):
        assert "Publish it all the same" in page(dana, "/s/growth/leak.md")
        answer = client_of(dana).post(
            f"/r/{kept_back.latest_revision_id}/pass", {"note": "Revoked."}, follow=True
        )
        shown = answer.content.decode()
        assert "Revision 1 may be published." in shown
        assert "Dana Example let it through" in shown
        assert "“Revoked.”" in shown
        assert "The key." in page(carol, "/s/growth/leak.md")
        assert "Revoked." not in page(carol, "/s/growth/leak.md")

    def test_others_read_why_they_can_not(self, kept_back, alice):
        answer = client_of(alice).post(f"/r/{kept_back.latest_revision_id}/pass", {"note": "x"}, follow=True)
        assert "Only maintainers of growth can do that." in answer.content.decode()
        assert not Revision.objects.exclude(passed_at=None).exists()

    def test_without_a_reason_it_stays(self, kept_back, dana):
        answer = client_of(dana).post(f"/r/{kept_back.latest_revision_id}/pass", follow=True)
        assert "Say in a few words why" in answer.content.decode()
        assert not Revision.objects.exclude(passed_at=None).exists()


class TestAPush:
    @pytest.fixture
    def push(self, growth, kept_back, advised):
        push = Push.objects.create(space=growth, new_commit="c" * 40, pushed_at=timezone.now())
        Revision.objects.update(push=push)
        line: dict[str, object] = {"change": "added", "title": "", "faults": [], "failure": None}
        push.report = [{"path": post.path, "post": post.pk} | line for post in (kept_back, advised)]
        push.save()
        return push

    def test_authors_see_what_was_found(self, push, alice):
        shown = page(alice, f"/s/growth/-/pushes/{push.new_commit}")
        assert "This looks like a GitLab token." in shown
        assert "Not published before this is mended." in shown
        assert '<a href="/s/growth/late.ipynb@1#cell-late-orders">Cell 4</a>' in shown

    def test_readers_see_no_more_than_that_it_is_kept_back(self, push, alice, carol):
        push.report[0]["faults"] = [
            {"code": "x", "message": "secret/a.md has it.", "hint": "", "line": 1, "cell": None}
        ]
        push.save()
        assert "secret/a.md has it." in page(alice, f"/s/growth/-/pushes/{push.new_commit}")
        shown = page(carol, f"/s/growth/-/pushes/{push.new_commit}")
        assert "kept back" in shown
        assert "secret/a.md" not in shown
        assert "GitLab" not in shown
        assert "ends in an error" not in shown

    def test_until_it_is_rendered_the_header_tells(self, push, advised, alice):
        Rendering.objects.filter(revisions__post=advised).update(
            state=Rendering.State.RENDERING, findings=[], attempt_token=uuid4()
        )
        Revision.objects.filter(post=advised).update(header={})
        assert "There is no summary." in page(alice, f"/s/growth/-/pushes/{push.new_commit}")


class TestSettings:
    def test_a_maintainer_decides_in_plain_words(self, growth, dana):
        shown = page(dana, "/s/growth/-/settings")
        assert "What keeps a revision from being published?" in shown
        assert "Passwords, keys and tokens" in shown
        data = {
            "name": "Growth",
            "visibility": "internal",
            "blocking_findings": ["local-path", "missing-tldr"],
        }
        client_of(dana).post("/s/growth/-/settings", data)
        assert Space.objects.get(pk=growth.pk).blocking_findings == ["local-path", "missing-tldr"]
        event = AuditEvent.objects.get(action="space.change")
        assert event.detail["blocking_findings"] == ["local-path", "missing-tldr"]

    def test_nothing_ticked_publishes_what_waited(self, growth, dana, kept_back, carol):
        client_of(dana).post("/s/growth/-/settings", {"name": "Growth", "visibility": "internal"})
        assert "The key." in page(carol, "/s/growth/leak.md")

    def test_what_is_no_code_is_refused(self, growth, dana):
        data = {"name": "Growth", "visibility": "internal", "blocking_findings": ["x"]}
        assert "There is a problem" in client_of(dana).post("/s/growth/-/settings", data).content.decode()
        assert Space.objects.get(pk=growth.pk).blocking_findings == ["secret"]
