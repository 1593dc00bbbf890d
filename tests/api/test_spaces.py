"""Spaces by the API: what they ask of reviews, what their page begins with, what branches would change."""

from typing import Any

import pytest
from django.utils import timezone

from knowledge.models import Branch, Collection, Preview, Rendering, RenderingPart, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
JSON = "application/json"


class TestPolicy:
    ADDRESS = f"{V1}/spaces/growth/policy/"

    def test_what_is_sent_changes_and_the_rest_stays(self, growth: Space, dana: User, api: Call) -> None:
        client = api(dana)
        before = client.get(self.ADDRESS).json()
        sent = {"approvals": 2, "checklist": ["  Is it  sound? ", "Is it sound?", "Can I run it?"]}
        after = client.patch(self.ADDRESS, sent, JSON).json()
        expected = {"approvals": 2, "checklist": ["Is it sound?", "Can I run it?"]}
        assert after == before | expected == client.get(self.ADDRESS).json()

    @pytest.mark.parametrize(
        "sent", [{"approvals": 0}, {"approvals": 10}, {"review_rules": "x maybe"}, {"checklist": ["x"] * 13}]
    )
    def test_what_can_not_be_is_refused_in_words(
        self, growth: Space, dana: User, api: Call, sent: dict[str, Any]
    ) -> None:
        answer = api(dana).patch(self.ADDRESS, sent, JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert answer.json()["errors"][0]["field"].startswith(next(iter(sent)))


def test_a_space_begins_with_a_collection_of_its_own_or_the_portals(
    growth: Space, finance: Space, dana: User, api: Call
) -> None:
    client, address = api(dana), f"{V1}/spaces/growth/"
    own, portals, others = (
        Collection.objects.create(space=space, title="Start") for space in (growth, None, finance)
    )
    for front in (own.pk, portals.pk, None):
        assert client.patch(address, {"front": front}, JSON).json()["front"] == front
    sent = {"front": others.pk, "description": "Not saved."}
    assert client.patch(address, sent, JSON).json()["code"] == "not-its-collection"
    assert client.get(address).json()["description"] != "Not saved."
    assert client.patch(address, {"front": 10**9}, JSON).json()["code"] == "no-such-collection"


class TestPreviews:
    @pytest.fixture
    def preview(self, growth: Space, make_post: MakePost) -> Preview:
        make_post(growth, "a.md")
        line = {"path": "old.md", "change": "removed", "faults": []}
        branch = Branch.objects.create(
            space=growth, name="draft", commit="c" * 40, pushed_at=timezone.now(), report=[line]
        )
        rendering = Rendering.objects.create(
            format="md", renderer_version="test", source_digest="d" * 64, state="ready", text="Drafted.",
            headings=[{"level": 2, "text": "Why", "anchor": "h-why"}],
        )  # fmt: skip
        for number, html in enumerate(("<p>Drafted.</p>", "<p>More.</p>")):
            RenderingPart.objects.create(rendering=rendering, number=number, html=html)
        fault = {"code": "header", "message": "m", "hint": "h", "line": 3, "cell": None}
        return Preview.objects.create(
            branch=branch, path="a.md", change="changed", commit="c" * 40, blob="", size=1, title="Draft",
            rendering=rendering, author_name="Alice", committed_at=timezone.now(), faults=[fault],
            header={"title": "Draft"},
        )  # fmt: skip

    def test_branches_tell_what_they_would_change(self, preview: Preview, carol: User, api: Call) -> None:
        (branch,) = api(carol).get(f"{V1}/spaces/growth/branches/").json()["results"]
        assert (branch["name"], branch["previews"]) == ("draft", 1)
        assert branch["said"] == [{"path": "old.md", "change": "removed", "faults": []}]
        address = f"{V1}/spaces/growth/previews/?branch="
        (row,) = api(carol).get(f"{address}draft").json()["results"]
        assert (row["id"], row["path"], row["rendering"]) == (preview.pk, "a.md", "ready")
        assert api(carol).get(f"{address}other").json()["results"] == []

    def test_one_is_read_with_its_faults_by_who_can_mend_them(
        self, preview: Preview, growth: Space, alice: User, carol: User, api: Call
    ) -> None:
        address = f"{V1}/previews/{preview.pk}/"
        mending, reading = api(alice).get(address).json(), api(carol).get(address).json()
        assert (reading["text"], reading["parts"], reading["post"]) == ("Drafted.", 2, growth.posts.get().pk)
        assert (reading["faults"], reading["findings"]) == ([], None)
        assert mending["faults"][0]["code"] == "header"
        assert mending["findings"] is not None

    def test_its_html_comes_a_part_at_a_time(self, preview: Preview, carol: User, api: Call) -> None:
        address = f"{V1}/previews/{preview.pk}/html/"
        first = api(carol).get(address).json()
        assert (first["part"], first["parts"], first["html"]) == (0, 2, "<p>Drafted.</p>")
        second = api(carol).get(first["next"]).json()
        assert (second["html"], second["next"]) == ("<p>More.</p>", None)
        assert second["previous"] == first["next"].replace("=1", "=0")
        for wrong in ("2", "-1", "x"):
            assert api(carol).get(f"{address}?part={wrong}").status_code == 404

    def test_what_findings_keep_back_is_for_who_can_mend_it(
        self, preview: Preview, growth: Space, alice: User, carol: User, api: Call
    ) -> None:
        found = {"code": "secret", "message": "m", "hint": "h", "line": 1, "cell": None, "anchor": ""}
        Rendering.objects.filter(pk=preview.rendering_id).update(findings=[found])
        address = f"{V1}/previews/{preview.pk}/"
        shown = api(carol).get(address).json()
        assert (shown["text"], shown["header"], shown["blocked_by"], shown["parts"]) == (None, {}, [], 0)
        assert api(carol).get(f"{address}html/").status_code == 404
        assert api(alice).get(address).json()["blocked_by"] == ["secret"]
        assert api(alice).get(f"{address}html/").status_code == 200

    def test_who_is_no_member_knows_of_none(self, preview: Preview, mallory: User, api: Call) -> None:
        for address in ("spaces/growth/branches/", "spaces/growth/previews/", f"previews/{preview.pk}/"):
            assert api(mallory).get(f"{V1}/{address}").status_code == 404
