"""The audit trail: seen by those who maintain, exported whole, changed by nobody."""

import csv
import io
import json

import pytest
from django.db import DatabaseError, transaction

from knowledge.models import AuditEvent, Role
from knowledge.pipeline.spaces import change_space, set_member


@pytest.fixture
def as_dana(client, dana):
    client.force_login(dana)
    return client


@pytest.fixture
def events(growth, finance, dana):
    set_member(by=dana, space=growth, username="bob", role=Role.AUTHOR)
    change_space(by=dana, space=growth, name="Growth", description="=cmd()", visibility="internal")
    set_member(by=dana, space=finance, username="carol", role=Role.AUTHOR)
    AuditEvent.objects.record("token.issue", by=dana, name="laptop")


def exported(answer):
    return b"".join(answer.streaming_content).decode()


def test_maintainers_see_what_was_done_in_their_space(as_dana, events):
    page = as_dana.get("/s/growth/-/audit").content.decode()
    assert page.count('<td class="nowrap"><a') == 2
    assert "role: author, user: bob" in page
    assert "carol" not in page
    assert "laptop" not in page


def test_what_was_done_to_a_post_is_seen_in_its_space(as_dana, growth, make_post, alice):
    AuditEvent.objects.record("post.archive", by=alice, post=make_post(growth).pk)
    assert "post.archive" in as_dana.get("/s/growth/-/audit").content.decode()


def test_it_is_narrowed_by_what_and_who(as_dana, events):
    def rows(query):
        return as_dana.get(f"/s/growth/-/audit?{query}").content.decode().count("<tr>") - 1

    assert [
        rows(query) for query in ("action=space.member", "action=space", "person=dana", "person=bob")
    ] == [1, 2, 2, -1]
    assert rows("action=spa&person=%00") == -1


def test_those_who_run_the_portal_see_everything(client, admin, events):
    client.force_login(admin)
    page = client.get("/audit").content.decode()
    assert "laptop" in page
    assert "carol" in page


def test_csv_is_a_table_without_formulas(as_dana, events):
    AuditEvent.objects.record("=evil", by=None, space="growth")
    answer = as_dana.get("/s/growth/-/audit.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="audit-growth.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(exported(answer))))
    assert [row["action"] for row in rows] == ["'=evil", "space.change", "space.member"]
    assert json.loads(rows[2]["detail"]) == {"space": "growth", "user": "bob", "role": "author"}


def test_json_lines_hold_the_same_narrowed_alike(as_dana, events):
    lines = exported(as_dana.get("/s/growth/-/audit.jsonl?action=space.member")).splitlines()
    (event,) = map(json.loads, lines)
    assert (event["person"], event["action"], event["space"]) == ("dana", "space.member", "growth")
    assert as_dana.get("/s/growth/-/audit.xls").status_code == 404


def test_pages_and_exports_cost_the_same_for_many_events(
    as_dana, growth, dana, django_assert_max_num_queries
):
    AuditEvent.objects.bulk_create(
        AuditEvent(action="space.member", actor=dana, actor_name="dana", space="growth") for _ in range(300)
    )
    with django_assert_max_num_queries(6):
        page = as_dana.get("/s/growth/-/audit").content.decode()
    assert "Older" in page
    with django_assert_max_num_queries(6):
        assert len(exported(as_dana.get("/s/growth/-/audit.jsonl")).splitlines()) == 300


class TestAppendOnly:
    @pytest.mark.parametrize(
        "change",
        [
            lambda events: events.update(action="nothing.happened"),
            lambda events: events.update(detail={}),
            lambda events: events.update(actor_name="bob"),
            lambda events: events.update(actor=None, space="finance"),
            lambda events: events.delete(),
        ],
    )
    def test_the_database_refuses_to_change_or_delete(self, events, change):
        before = list(AuditEvent.objects.values())
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(AuditEvent.objects.filter(space="growth"))
        assert list(AuditEvent.objects.values()) == before

    def test_nor_does_another_actor_take_the_blame(self, events, bob):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            AuditEvent.objects.update(actor=bob)

    def test_an_account_can_go_and_its_name_stays(self, events, dana):
        dana.delete()
        event = AuditEvent.objects.filter(space="growth").earliest("pk")
        assert (event.actor, event.actor_name) == (None, "dana")
