"""Previews: pages of what branches hold, for members of their space, and in no list of what can be read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from knowledge import storage
from knowledge.models import Branch, Preview, Rendering, RenderingPart, Space, User
from knowledge.pipeline import ingest
from portal import output_tokens
from tests.cast import THE_DAY, MakePost
from tests.knowledge.pipeline.desk import Desk, render_all
from tests.portal.pages import body, signed_in

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x02\x00\x00\x00\x02\x08\x02\x00\x00\x00"
WORD = "xylophone"
DRAFT = f"""---
title: The {WORD} draft
tldr: A {WORD} says it in one.
tags: [{WORD}-tag]
authors: [alice]
---

# The {WORD} draft

Nothing but {WORD}s.

![Map](map.png) and [the other](b.md) and [what stays](a.md).
"""


@pytest.fixture
def desk(growth: Space) -> Desk:
    return Desk(growth)


@pytest.fixture
def draft(desk: Desk) -> Preview:
    """Of a branch with two documents and a picture, beside what readers see."""
    desk.publish({"a.md": "# What readers see"})
    desk.branch_off("mine/draft", {"draft.md": DRAFT, "b.md": "# The other", "map.png": PNG})
    ingest.reconcile(desk.space.pk)
    render_all()
    return Preview.objects.select_related("branch__space").get(path="draft.md")


def preview_of(space: Space, **rendering: Any) -> Preview:
    """Written straight into the database."""
    branch = Branch.objects.create(space=space, name="draft", commit="c" * 40, pushed_at=THE_DAY)
    columns = {"state": "ready", "source_digest": storage.put_bytes(space.slug.encode())} | rendering
    drawn = Rendering.objects.create(format="md", renderer_version="test", **columns)
    if drawn.state == "ready":
        RenderingPart.objects.create(rendering=drawn, number=0, html="<p>Drafted.</p>")
        RenderingPart.objects.create(rendering=drawn, number=1, html='<p id="u-two">Second part.</p>')
    return Preview.objects.create(
        branch=branch, path="d.md", change="added", commit="c" * 40, blob="b" * 40, size=9,
        source_digest=drawn.source_digest, rendering=drawn, title="Drafted", author_name="Alice Example",
        committed_at=THE_DAY,
    )  # fmt: skip


def content_of(answer: Any) -> bytes:
    return bytes(answer.getvalue())  # reads and closes what is streamed


def status_of(answer: Any) -> int:
    content_of(answer)
    return int(answer.status_code)


class TestThePage:
    def test_it_shows_the_document_under_a_banner(self, draft: Preview, carol: User, client: Client) -> None:
        client.force_login(carol)
        answer = client.get("/s/growth/-/previews/mine/draft/draft.md")
        html = body(answer)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert f"<title>Preview: The {WORD} draft" in html
        assert f"Nothing but {WORD}s." in html
        assert f"A {WORD} says it in one." in html
        assert "Preview of branch mine/draft" in html
        assert draft.commit[:7] in html
        assert "Readers see nothing at this path yet." in html
        assert "git merge mine/draft" in html
        assert 'href="/s/growth/-/previews"' in html

    def test_it_leads_to_what_readers_see_now(self, desk: Desk, carol: User) -> None:
        desk.publish({"a.md": "# A"})
        desk.branch_off("draft", {"a.md": "# A2"})
        ingest.reconcile(desk.space.pk)
        render_all()
        html = body(signed_in(carol).get("/s/growth/-/previews/draft/a.md"))
        assert "<h1" in html
        assert '<a href="/s/growth/a.md">What readers see now</a>' in html

    def test_it_says_whether_approval_is_needed(self, draft: Preview, carol: User) -> None:
        address = draft.get_absolute_url()
        assert "as soon as it is rendered" in body(signed_in(carol).get(address))
        Space.objects.update(review_policy="required")
        assert "once it is approved" in body(signed_in(carol).get(address))

    def test_files_beside_it_are_the_branchs_and_links_lead_to_previews(
        self, draft: Preview, carol: User
    ) -> None:
        browser = signed_in(carol)
        html = body(browser.get(draft.get_absolute_url()))
        beside = f"/v/{draft.pk}/f"
        assert f'src="{beside}/map.png"' in html
        picture = browser.get(f"{beside}/map.png")
        assert content_of(picture) == PNG
        assert picture["Content-Type"] == "image/png"
        assert browser.get(f"{beside}/b.md")["Location"] == "/s/growth/-/previews/mine/draft/b.md"
        assert browser.get(f"{beside}/a.md")["Location"] == "/s/growth/a.md"
        assert browser.get(f"{beside}/nowhere.csv").status_code == 404

    def test_those_who_can_mend_it_hear_what_to_mend(
        self, desk: Desk, alice: User, carol: User, admin: User
    ) -> None:
        desk.branch_off("draft", {"a.md": "---\ntags: {}\n---\n\n# A\n"})
        ingest.reconcile(desk.space.pk)
        render_all()
        address = "/s/growth/-/previews/draft/a.md"
        assert "Before you propose this" in body(signed_in(alice).get(address))
        assert "There is no summary." in body(signed_in(admin).get(address))
        assert "Before you propose this" not in body(signed_in(carol).get(address))

    def test_one_with_a_secret_in_it_is_for_those_who_write_there(
        self, growth: Space, alice: User, carol: User, admin: User
    ) -> None:
        finding = {"message": "A key.", "hint": "Revoke it.", "cell": 1, "line": 1, "anchor": "x"}
        outputs = [{"digest": storage.put_bytes(b"<!doctype html>"), "label": "Plot", "height": 100}]
        preview = preview_of(growth, findings=[finding | {"code": "secret"}], outputs=outputs)
        page, frame = preview.get_absolute_url(), f"/v/{preview.pk}/o/0"
        for user in (alice, admin):
            html = body(signed_in(user).get(page))
            assert "Drafted.</p>" in html
            assert "Would keep it back" in html
            assert signed_in(user).get(frame, headers={"Sec-Fetch-Dest": "iframe"}).status_code == 200
        browser = signed_in(carol)
        html = body(browser.get(page))
        assert "Its authors have something to mend" in html
        assert "Drafted.</p>" not in html
        for address in (frame, f"/v/{preview.pk}/parts/0", f"/v/{preview.pk}/f/x.csv"):
            assert browser.get(address, headers={"Sec-Fetch-Dest": "iframe"}).status_code == 404

    def test_a_long_one_comes_in_parts(self, growth: Space, carol: User) -> None:
        preview = preview_of(growth)
        browser = signed_in(carol)
        html = body(browser.get(preview.get_absolute_url()))
        assert "Drafted." in html
        assert "Second part." not in html
        (address,) = re.findall(r'data-src="([^"]+)"', html)
        assert address == f"/v/{preview.pk}/parts/1?of={preview.rendering_id}"
        assert "Second part." in body(browser.get(address))
        assert "Second part." in body(browser.get(preview.get_absolute_url() + "?part=1"))
        found = browser.get(f"/v/{preview.pk}/parts/?anchor=u-two")
        assert json.loads(found.content) == {"part": 1}

    def test_outputs_are_isolated_as_those_of_posts(self, growth: Space, carol: User) -> None:
        digest = storage.put_bytes(b"<!doctype html><script>draw()</script>")
        preview = preview_of(growth, outputs=[{"digest": digest, "label": "Plot", "height": 100}])
        browser = signed_in(carol)
        answer = browser.get(f"/v/{preview.pk}/o/0", headers={"Sec-Fetch-Dest": "iframe"})
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox;")
        assert "allow-same-origin" not in policy
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        as_page = browser.get(f"/v/{preview.pk}/o/0", headers={"Sec-Fetch-Dest": "document"})
        assert as_page["Location"] == preview.get_absolute_url()

    def test_a_token_is_good_for_its_preview_alone(
        self, growth: Space, carol: User, mallory: User, make_post: MakePost
    ) -> None:
        outputs = [{"digest": storage.put_bytes(b"<!doctype html>"), "label": "Plot", "height": 100}]
        preview = preview_of(growth, outputs=outputs)
        post = make_post(growth, "a.md", rendering={"outputs": outputs})
        pk = post.revisions.get().pk
        Preview.objects.filter(pk=preview.pk).update(id=pk)
        address = f"/v/{pk}/o/0?t="
        good, wrong = output_tokens.sign(f"preview-{pk}", 0), output_tokens.sign(pk, 0)
        assert signed_in(carol).get(address + good).status_code == 200
        assert signed_in(carol).get(address + wrong).status_code == 302
        assert signed_in(carol).get(f"/o/{pk}/0?t={good}").status_code == 302
        assert signed_in(mallory).get(address + good).status_code == 404


class TestStates:
    @pytest.mark.parametrize(("state", "words"), [("queued", "waits to be"), ("rendering", "is being rend")])
    def test_while_it_is_on_its_way_the_page_looks_again(
        self, growth: Space, carol: User, state: str, words: str
    ) -> None:
        token = "00000000-0000-4000-8000-000000000000"
        preview = preview_of(growth, state=state, attempt_token=token)
        browser, address = signed_in(carol), preview.get_absolute_url()
        html = body(browser.get(address))
        assert words in html
        assert f'hx-get="{address}"' in html
        again = browser.get(address, headers={"HX-Request": "true"})
        assert body(again).lstrip().startswith('<div id="status"')
        Rendering.objects.update(state="ready")
        assert browser.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
        preview.delete()  # the branch moved on
        assert browser.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"

    def test_one_that_failed_says_why_and_what_to_do(self, growth: Space, carol: User) -> None:
        failure = {"failure_code": "x", "failure_message": "It is broken.", "failure_hint": "Mend it."}
        preview = preview_of(growth, state="failed", **failure)
        html = body(signed_in(carol).get(preview.get_absolute_url()))
        assert "It is broken." in html
        assert "Mend it." in html
        assert "hx-get" not in html

    def test_of_a_branch_that_is_gone_the_page_says_so(self, draft: Preview, desk: Desk, carol: User) -> None:
        desk.drop("mine/draft")
        ingest.reconcile(desk.space.pk)
        answer = signed_in(carol).get("/s/growth/-/previews/mine/draft/a.md")
        assert answer.status_code == 410
        assert "The branch mine/draft is gone" in body(answer)
        assert '<a class="btn main" href="/s/growth/a.md">What readers see now</a>' in body(answer)
        assert "mine/draft" not in body(signed_in(carol).get("/s/growth/-/previews"))

    def test_what_was_merged_leads_to_the_post(self, draft: Preview, desk: Desk, carol: User) -> None:
        desk.move_branch(draft.commit)
        ingest.reconcile(desk.space.pk)
        answer = signed_in(carol).get(draft.get_absolute_url())
        assert (answer.status_code, answer["Location"]) == (302, "/s/growth/draft.md")

    @pytest.mark.parametrize(
        "place", ["mine/draft/no.md", "mine", "mine/other/a.md", "x", "mine/draftdraft.md"]
    )
    def test_what_a_branch_does_not_hold_is_nowhere(self, draft: Preview, carol: User, place: str) -> None:
        assert signed_in(carol).get(f"/s/growth/-/previews/{place}").status_code == 404

    def test_a_branch_alone_leads_to_the_list(self, draft: Preview, carol: User) -> None:
        for address in ("/s/growth/-/previews/mine/draft", "/s/growth/-/previews/mine/draft/"):
            assert signed_in(carol).get(address)["Location"] == "/s/growth/-/previews"

    def test_a_name_can_not_make_a_shell_do_anything(self, desk: Desk, carol: User) -> None:
        desk.branch_off("x;$(touch${IFS}y)", {"a.md": "# A"})
        ingest.reconcile(desk.space.pk)
        render_all()
        html = body(signed_in(carol).get(Preview.objects.get().get_absolute_url()))
        assert "git merge &#x27;x;$(touch${IFS}y)&#x27;" in html


class TestWhoSeesThem:
    @pytest.fixture
    def addresses(self, finance: Space) -> list[str]:
        digest = storage.put_bytes(PNG)
        preview = preview_of(
            finance,
            assets={digest: {"type": "image/png", "width": 1, "height": 1, "size": 1}},
            outputs=[{"digest": digest, "label": "Plot", "height": 100}],
        )
        at = f"/v/{preview.pk}"
        page, listed = preview.get_absolute_url(), "/s/finance/-/previews"
        return [page, listed, f"{at}/a/{digest}.png", f"{at}/o/0", f"{at}/parts/0", f"{at}/parts/?anchor=x"]

    @pytest.mark.parametrize("visibility", ["internal", "restricted"])
    def test_every_member_and_who_runs_the_portal(
        self, addresses: list[str], finance: Space, visibility: str, request: pytest.FixtureRequest
    ) -> None:
        Space.objects.update(visibility=visibility)
        statuses = {}
        for name in ("alice", "bob", "carol", "dana", "admin", "mallory"):
            browser = Client(headers={"Sec-Fetch-Dest": "iframe"})
            browser.force_login(request.getfixturevalue(name))
            statuses[name] = {status_of(browser.get(address)) for address in addresses}
        assert statuses.pop("mallory") == {404}
        assert all(seen == {200} for seen in statuses.values())
        assert {Client().get(address).status_code for address in addresses} == {302}

    def test_others_get_what_they_get_where_nothing_is(self, addresses: list[str], mallory: User) -> None:
        Space.objects.update(visibility="internal")
        browser = signed_in(mallory)
        nowhere = browser.get("/s/finance/-/previews/nowhere/a.md")
        for address in addresses:
            assert browser.get(address).content == nowhere.content

    def test_who_left_the_space_or_the_company_sees_nothing(
        self, addresses: list[str], finance: Space, carol: User, bob: User
    ) -> None:
        his, hers = signed_in(bob), signed_in(carol)
        finance.memberships.filter(user=carol).delete()
        User.objects.filter(pk=bob.pk).update(is_active=False)
        assert {hers.get(address).status_code for address in addresses} == {404}
        assert {his.get(address).status_code for address in addresses} == {302}
        bob.refresh_from_db()
        assert not Preview.objects.visible_to(bob).exists()

    def test_a_gone_branch_is_no_news_for_others(self, finance: Space, mallory: User) -> None:
        Branch.objects.create(space=finance, name="old", ended_at=THE_DAY)
        Space.objects.update(visibility="internal")
        assert signed_in(mallory).get("/s/finance/-/previews/old/a.md").status_code == 404


class TestTheList:
    def test_it_shows_branches_with_their_documents_to_members(self, draft: Preview, carol: User) -> None:
        html = body(signed_in(carol).get("/s/growth/-/previews"))
        assert "mine/draft" in html
        assert f'<a href="{draft.get_absolute_url()}">The {WORD} draft</a>' in html
        assert "Alice Example" in html
        assert draft.commit[:7] in html

    def test_it_says_what_was_passed_over_and_what_changes_nothing(
        self, desk: Desk, carol: User, settings: Any
    ) -> None:
        settings.PREVIEW_MAX_DOCUMENTS = 1
        desk.publish({"a.md": "# A"})
        desk.branch_off("draft", {"b.md": "# B", "c.md": "# C", "a.md": None})
        desk.branch_off("same", {"data.csv": "1"})
        ingest.reconcile(desk.space.pk)
        html = body(signed_in(carol).get("/s/growth/-/previews"))
        assert "1 more documents differ" in html
        assert '<span class="badge">removed</span>' in html
        assert "As readers see it:" in html

    def test_an_empty_one_tells_authors_what_to_do(self, growth: Space, alice: User, carol: User) -> None:
        assert "git push almanac draft" in body(signed_in(alice).get("/s/growth/-/previews"))
        assert "When an author pushes a branch" in body(signed_in(carol).get("/s/growth/-/previews"))

    def test_the_spaces_page_leads_members_there(self, growth: Space, carol: User, mallory: User) -> None:
        assert 'href="/s/growth/-/previews"' in body(signed_in(carol).get("/s/growth/"))
        assert "previews" not in body(signed_in(mallory).get("/s/growth/")).lower()

    def test_the_number_of_queries_does_not_grow_with_branches_and_documents(
        self, desk: Desk, carol: User, django_assert_max_num_queries: Any
    ) -> None:
        browser = signed_in(carol)
        for number in range(4):
            desk.branch_off(f"b{number}", {f"{number}-{n}.md": "# B" for n in range(25)})
            ingest.reconcile(desk.space.pk)
            with django_assert_max_num_queries(10):
                html = body(browser.get("/s/growth/-/previews"))
        assert html.count("and 5 more") == 4

    def test_nor_those_of_a_page(
        self, draft: Preview, carol: User, django_assert_max_num_queries: Any
    ) -> None:
        browser = signed_in(carol)
        with django_assert_max_num_queries(9):
            browser.get(draft.get_absolute_url())


def lists(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every address without a place to fill, and those below a space, a person and a tag."""
    values = {"space": "growth", "username": "alice", "tag": f"{WORD}-tag", "form": "csv", "name": "growth"}
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from lists(each, route)
        elif isinstance(each, URLPattern) and not route.startswith(("accounts/", "admin/")):
            filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda place: values.get(place[1], "<"), route)
            if "<" not in filled and "\\" not in filled and "(" not in filled and "^" not in filled:
                yield f"/{filled}"


THEIR_OWN = {
    "/s/growth/-/previews",
    *(f"/api/v1/spaces/growth/{name}/" for name in ("branches", "previews")),
}


def test_no_list_shows_a_preview(draft: Preview, alice: User, admin: User) -> None:
    """Of all that the portal and the API list, for its author and for who runs the portal."""
    words = (draft.title, f"A {WORD} says", f"Nothing but {WORD}s", draft.path, draft.branch.name)
    everywhere = {address for address in lists(get_resolver()) if "logout" not in address}
    assert {"/", "/tags/", "/people/alice", "/reviews/", "/api/v1/posts/", "/s/growth/"} <= everywhere
    for user in (alice, admin):
        browser = signed_in(user)
        for address in sorted(everywhere - THEIR_OWN):
            for query in ("", f"?q={WORD}", f"?tag={WORD}-tag"):
                answer = browser.get(address + query)
                told = content_of(answer).decode(errors="replace")
                assert not [word for word in words if word in told], address
                assert f"{WORD}-tag" not in told or WORD in address + query, address
