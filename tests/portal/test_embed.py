"""What other sites show: cards, figures, badges, oEmbed; signed in, or at addresses that can be closed."""

import re
from datetime import timedelta

import pytest

from knowledge.models import AccessToken, AuditEvent, Embed, Membership, Post
from knowledge.pipeline import ledger
from knowledge.pipeline.embeds import embed_insight, embed_output
from tests.cast import THE_DAY

TABLE = (
    '<div class="table-scroll" id="fig-2-1"><table><thead><tr><th>market</th></tr></thead>'
    "<tbody><tr><td>&lt;FR&gt;</td></tr></tbody></table></div>"
)
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def publish(make_post, alice):
    def publish(space, value, *, path="a.md", days=0, **said):
        post = make_post(
            space,
            path,
            title="Late on Mondays",
            html=TABLE,
            source=f"{space} {path} {value} {days}".encode(),
            authors=(alice,),
            revision={"published_at": THE_DAY + timedelta(days=days)},
            rendering={"insights": [{"name": "late", "value": value, "unit": "ratio", **said}]},
        )
        post.refresh_from_db()
        ledger.follow([post.published_revision])
        return post

    return publish


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_card_says_what_as_of_when_and_in_which_state(client, carol, growth, publish, settings):
    settings.EMBED_SITES = ["https://wiki.example"]
    publish(growth, 0.18, as_of="2026-09-30", title="Late <b>", interval=[0.16, 0.2])
    client.force_login(carol)
    answer = client.get("/embed/insights/growth/late")
    for words in (
        "Late &lt;b&gt;",
        "0.18 ratio",
        "0.16 to 0.2",
        "as of 30 Sep 2026",
        "Unreviewed",
    ):
        assert words in text(answer)
    assert "frame-ancestors 'self' https://wiki.example" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert "private" in answer["Cache-Control"]
    again = client.get("/embed/insights/growth/late", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("change", "state", "is_shown"),
    [
        ({"status": "archived"}, "Withdrawn", False),
        ({"status": "superseded"}, "Superseded", True),
        ({"attention_since": THE_DAY}, "Stale", True),
    ],
)
def test_what_can_not_be_relied_on_says_so_everywhere(
    client, carol, alice, growth, publish, change, state, is_shown
):
    post = publish(growth, 0.18, as_of="2026-09-30")
    token = embed_insight(by=alice, insight=post.insights.get()).token
    figure = embed_output(by=alice, post=post, anchor="fig-2-1").token
    Post.objects.filter(pk=post.pk).update(**change)
    client.force_login(carol)
    for path in ("/embed/insights/growth/late", f"/embed/{token}"):
        assert state in text(client.get(path))
        assert ("0.18" in text(client.get(path))) == is_shown
    for path in ("/embed/badges/growth/late.svg", f"/embed/{token}.svg"):
        assert state.lower() in text(client.get(path))
        assert ("0.18" in text(client.get(path))) == is_shown
    for path in (f"/embed/posts/{post.pk}/outputs/1", f"/embed/{figure}"):
        assert state in text(client.get(path))
        assert ("&lt;FR&gt;" in text(client.get(path))) == is_shown


def test_who_may_not_see_it_gets_what_nobody_could_tell_from_nothing(
    client, mallory, carol, finance, publish
):
    post = publish(finance, 0.18)
    there = (
        "/embed/insights/finance/late",
        "/embed/badges/finance/late.svg",
        f"/embed/posts/{post.pk}/outputs/1",
    )
    nowhere = ("/embed/insights/no/such", "/embed/badges/no/such.svg", "/embed/posts/999999/outputs/1")
    for status in (401, 404):
        for path, other in zip(there, nowhere, strict=True):
            answer, nothing = client.get(path), client.get(other)
            assert (answer.status_code, answer.content) == (status, nothing.content)
            assert "0.18" not in text(answer)
        client.force_login(mallory)
    client.force_login(carol)
    assert [client.get(path).status_code for path in there] == [200, 200, 200]


def test_an_address_shows_one_thing_to_everybody_until_it_is_closed(client, alice, finance, publish):
    post = publish(finance, 0.18)
    client.force_login(alice)
    assert "Make an address" in text(client.get("/insights/finance/late"))
    client.post("/account/embeds", {"space": "finance", "name": "late"})
    client.post("/account/embeds", {"post": str(post.pk), "output": "1"})
    number, figure = Embed.objects.order_by("pk")
    assert text(client.get("/account/embeds")).count(f"{HERE}/embed/") == 3
    client.logout()
    answer = client.get(f"/embed/{number.token}")
    assert "0.18" in text(answer)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert client.get(f"/embed/{number.token}.svg")["Content-Type"].startswith("image/svg+xml")
    assert "&lt;FR&gt;" in text(client.get(f"/embed/{figure.token}"))
    assert client.get(f"/embed/{figure.token}.svg").status_code == 404
    assert client.get(f"/embed/{number.token[:-1]}").status_code == 404
    assert client.get(f"/embed/{figure.token.replace(str(figure.pk), str(number.pk), 1)}").status_code == 404
    client.force_login(alice)
    client.post("/account/embeds", {"revoke": str(number.pk)})
    assert client.get(f"/embed/{number.token}").status_code == 404
    done = AuditEvent.objects.filter(space="finance", action__startswith="embed").order_by("pk")
    assert [each.action for each in done] == ["embed.create", "embed.create", "embed.revoke"]


def test_it_shows_no_more_than_its_maker_sees_now(client, alice, finance, publish):
    token = embed_insight(by=alice, insight=publish(finance, 0.18).insights.get()).token
    Membership.objects.filter(user=alice).delete()
    assert client.get(f"/embed/{token}").status_code == 404
    made = Membership.objects.create(user=alice, space=finance, role="author")
    assert client.get(f"/embed/{token}").status_code == 200
    made.role = "reader"
    made.save()
    assert client.get(f"/embed/{token}").status_code == 404
    made.role = "author"
    made.save()
    alice.is_active = False
    alice.save()
    assert client.get(f"/embed/{token}").status_code == 404


def test_who_left_an_open_space_has_no_open_addresses_there(client, alice, growth, finance, publish):
    token = embed_insight(by=alice, insight=publish(growth, 0.18).insights.get()).token
    figure = embed_output(by=alice, post=publish(finance, 7, path="f.md"), anchor="fig-2-1").token
    assert client.get(f"/embed/{token}")["Cache-Control"] == "private, no-cache"
    Membership.objects.filter(user=alice).delete()
    for address in (f"/embed/{token}", f"/embed/{figure}"):
        assert client.get(address).status_code == 404
        assert client.get("/oembed", {"url": f"{HERE}{address}"}).status_code == 404
    client.force_login(alice)
    listed = text(client.get("/account/embeds"))
    assert "growth/late" in listed
    assert "Late on Mondays" not in listed
    assert listed.count("It shows nothing") == 2


def test_maintainers_see_and_close_what_is_open(client, alice, bob, dana, admin, growth, publish):
    post = publish(growth, 0.18)
    number = embed_insight(by=alice, insight=post.insights.get())
    figure = embed_output(by=alice, post=post, anchor="fig-2-1")
    client.force_login(bob)
    assert client.post("/s/growth/-/embeds", {"revoke": str(number.pk)}).status_code == 403
    client.post("/account/embeds", {"revoke": str(number.pk)})
    client.force_login(dana)
    settings = {"name": "Growth", "visibility": "restricted", "blocking_findings": ["secret"]}
    told = client.post("/s/growth/-/settings", settings, follow=True)
    assert "still show something of it" in text(told)
    assert text(told).count("Made by") == 2
    client.post("/s/growth/-/embeds", {"revoke": str(number.pk)})
    assert client.post("/s/finance/-/embeds", {"revoke": str(figure.pk)}).status_code == 404
    client.force_login(admin)
    client.post("/s/growth/-/embeds", {"revoke": str(figure.pk)})
    assert not Embed.objects.exists()
    assert AuditEvent.objects.filter(action="embed.revoke", detail__made_by="alice").count() == 2


def test_a_figure_that_is_another_now_is_not_shown_in_its_place(client, alice, growth, publish):
    post = publish(growth, 0.18)
    token = embed_output(by=alice, post=post, anchor="fig-2-1").token
    rendering = post.published_revision.rendering
    before = TABLE.replace("fig-2-1", "fig-1-1").replace("FR", "secret")
    rendering.parts.update(html=before + TABLE)
    assert "&lt;FR&gt;" in text(client.get(f"/embed/{token}"))
    rendering.parts.update(html=before)
    answer = client.get(f"/embed/{token}")
    assert (answer.status_code, "secret" in text(answer)) == (404, False)


def test_only_who_writes_there_makes_addresses(client, carol, mallory, alice, growth, finance, publish):
    post = publish(growth, 0.18)
    publish(finance, 7, path="f.md")
    client.force_login(carol)
    assert "Make an address" not in text(client.get("/insights/growth/late"))
    client.post("/account/embeds", {"space": "growth", "name": "late"})
    client.force_login(mallory)
    assert client.post("/account/embeds", {"space": "finance", "name": "late"}).status_code == 404
    own = embed_insight(by=alice, insight=post.insights.get())
    client.post("/account/embeds", {"revoke": str(own.pk)})
    assert Embed.objects.count() == 1
    client.force_login(alice)
    for odd in (
        {"revoke": "x"},
        {"post": "9" * 30},
        {"post": str(post.pk), "output": "7"},
        {"space": "\x00"},
        {},
    ):
        assert client.post("/account/embeds", odd).status_code == 404


def test_oembed_tells_of_numbers_figures_and_posts(client, carol, growth, publish):
    post = publish(growth, 0.18, title="Late")
    client.force_login(carol)

    def told(path, **more):
        return client.get("/oembed", {"url": f"{HERE}{path}", **more}).json()

    number = told("/insights/growth/late", maxwidth="300", format="json")
    assert (number["version"], number["type"], number["title"], number["width"]) == (
        "1.0",
        "rich",
        "Late",
        300,
    )
    assert f'src="{HERE}/embed/insights/growth/late"' in number["html"]
    assert "allow-scripts" not in number["html"]
    assert told(f"/embed/posts/{post.pk}/outputs/1")["type"] == "rich"
    for path in (f"/p/{post.pk}", "/s/growth/a.md", "/s/growth/a.md@1"):
        assert (told(path)["type"], told(path)["author_name"]) == ("link", "Alice Example")
    html = client.get("/insights/growth/late").content.decode()
    asked = "http%3A%2F%2F127.0.0.1%3A8000%2Finsights%2Fgrowth%2Flate"
    assert f'type="application/json+oembed" href="{HERE}/oembed?url={asked}"' in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": f"{HERE}/insights/finance/late", "format": "xml"}, 501),
        ({"url": f"{HERE}/insights/finance/late"}, 404),
        ({"url": f"{HERE}/insights/no/such"}, 404),
        ({"url": "https://elsewhere.example/insights/growth/late"}, 404),
        ({"url": "http://[broken"}, 404),
        ({"url": f"{HERE}/embed/x.y"}, 404),
        ({"url": f"{HERE}/s/finance/f.md"}, 404),
        ({}, 404),
    ],
)
def test_oembed_refuses_as_its_specification_says(client, mallory, finance, publish, query, status):
    publish(finance, 0.18, path="f.md")
    client.force_login(mallory)
    assert client.get("/oembed", query).status_code == status


def test_oembed_needs_a_sign_in_a_token_or_a_private_address(client, alice, carol, growth, publish, settings):
    post = publish(growth, 0.18)
    asked = {"url": f"{HERE}/insights/growth/late"}
    assert client.get("/oembed", asked).status_code == 401
    _, secret = AccessToken.objects.issue(user=carol, name="wiki", scopes=["read"])
    assert client.get("/oembed", asked, headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert AccessToken.objects.get().last_used_at
    settings.API_RATE_LIMIT = 1
    slower = client.get("/oembed", asked, headers={"Authorization": f"Bearer {secret}"})
    assert (slower.status_code, "Retry-After" in slower) == (429, True)
    assert client.get("/oembed", asked, headers={"Authorization": "Bearer no"}).status_code == 401
    token = embed_insight(by=alice, insight=post.insights.get()).token
    assert token in client.get("/oembed", {"url": f"{HERE}/embed/{token}"}).json()["html"]
