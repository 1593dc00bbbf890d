"""What findings keep from being published, by both ways into it, and how it is let through."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from knowledge.errors import UserError
from knowledge.models import AuditEvent, Post, Rendering, Revision, Space, User
from knowledge.pipeline import ingest
from knowledge.pipeline.linting import findings_of
from knowledge.pipeline.passing import pass_findings
from knowledge.pipeline.policies import change_policy
from knowledge.pipeline.publish import publish_rendered
from knowledge.pipeline.spaces import change_space
from tests.knowledge.notebooks import code, notebook
from tests.knowledge.pipeline.desk import NOON, Desk, draw, render_all

KEY = "glp" + "at-Zq7Rk2Vw9Xb4Lm6Tn8Pc"
HEADED = "---\ntitle: Late\ntldr: One in five.\n---\n\n"
CLEAN, LEAKING = f"{HEADED}They are late.\n", f"{HEADED}They are late, says `{KEY}`.\n"
ERROR = {"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}


def block(space: Space, by: User, *codes: str) -> None:
    unchanged: dict[str, Any] = {"name": space.name, "description": "", "visibility": space.visibility}
    change_space(by=by, space=space, **unchanged, blocking_findings=codes)


def shown(desk: Desk, path: str = "late.md") -> int | None:
    """The number of the revision that readers see."""
    post = desk.post(path)
    return post.published_revision.number if post.published_revision else None


def revision(desk: Desk, number: int, path: str = "late.md") -> Revision:
    return Revision.objects.select_related("post__space", "rendering").get(post__path=path, number=number)


class TestTheGate:
    def test_a_secret_keeps_a_revision_back_and_the_older_one_stays(self, desk: Desk) -> None:
        desk.publish({"late.md": CLEAN})
        desk.publish({"late.md": LEAKING})
        assert shown(desk) == 1
        assert revision(desk, 2).blocked_by == ["secret"]
        assert revision(desk, 2).published_at is None

    def test_without_an_older_one_the_post_is_not_published(self, desk: Desk) -> None:
        desk.publish({"late.md": LEAKING})
        post = desk.post("late.md")
        assert (post.status, post.published_revision) == (Post.Status.DRAFT, None)
        assert not Post.objects.published().exists()

    def test_the_next_revision_without_it_is_published(self, desk: Desk) -> None:
        desk.publish({"late.md": LEAKING})
        desk.publish({"late.md": CLEAN})
        assert shown(desk) == 2
        assert revision(desk, 1).blocked_by == ["secret"]

    def test_what_was_rendered_before_is_kept_back_at_ingest(self, desk: Desk) -> None:
        desk.publish({"other.md": LEAKING})
        desk.push({"late.md": LEAKING})
        ingest.reconcile(desk.space.pk)
        assert revision(desk, 1).rendering.state == Rendering.State.READY
        assert (shown(desk), revision(desk, 1).blocked_by) == (None, ["secret"])

    def test_an_old_revision_that_finishes_late_is_kept_back_too(self, desk: Desk) -> None:
        desk.push({"late.md": LEAKING})
        desk.push({"late.md": CLEAN})
        ingest.reconcile(desk.space.pk)
        draw(revision(desk, 2).rendering_id)
        draw(revision(desk, 1).rendering_id)
        assert (shown(desk), revision(desk, 1).blocked_by) == (2, ["secret"])

    def test_advice_does_not_block(self, desk: Desk) -> None:
        desk.publish({"late.ipynb": notebook(code("x", ERROR))})
        assert shown(desk, "late.ipynb") == 1
        codes = [each["code"] for each in findings_of(revision(desk, 1, "late.ipynb"))]
        assert codes == ["ends-in-error", "missing-tldr"]
        assert desk.post("late.ipynb").run_findings == ["ends-in-error"]
        desk.publish({"late.ipynb": notebook(code("x"))})
        assert desk.post("late.ipynb").run_findings == []

    def test_a_space_says_what_blocks(self, desk: Desk, dana: User) -> None:
        block(desk.space, dana, "missing-tldr", "ends-in-error")
        desk.publish({"a.md": "# A\n", "b.md": LEAKING, "c.ipynb": notebook(code("x", ERROR))})
        assert [shown(desk, path) for path in ("a.md", "b.md", "c.ipynb")] == [None, 1, None]
        assert revision(desk, 1, "c.ipynb").blocked_by == ["ends-in-error", "missing-tldr"]

    def test_an_introduction_needs_no_summary_but_tells_no_secrets(self, desk: Desk, dana: User) -> None:
        block(desk.space, dana, "secret", "missing-tldr")
        desk.publish({"README.md": "# Growth\n", "more/README.md": f"# More\n\n`{KEY}`\n"})
        assert (shown(desk, "README.md"), shown(desk, "more/README.md")) == (1, None)

    def test_the_header_of_the_source_counts_for_what_was_knitted(self, desk: Desk, dana: User) -> None:
        block(desk.space, dana, "missing-tldr", "local-path")
        knitted = "Read `/Users/alice/x`.\n"
        desk.publish({"a.Rmd": HEADED + "x\n", "a.md": knitted})
        accepting = HEADED.replace("tldr:", "lint_ignore: local-path\ntldr:")
        desk.publish({"b.Rmd": accepting + "x\n", "b.md": knitted})
        assert (revision(desk, 1, "a.Rmd").blocked_by, shown(desk, "b.Rmd")) == (["local-path"], 1)


class TestTheList:
    def test_a_shorter_list_publishes_what_waited_for_nothing_else(self, desk: Desk, dana: User) -> None:
        block(desk.space, dana, "secret", "missing-tldr")
        desk.publish({"a.md": "# A\n", "b.md": LEAKING, "c.md": f"# C\n\n`{KEY}`\n"})
        block(desk.space, dana, "secret")
        assert [shown(desk, path) for path in ("a.md", "b.md", "c.md")] == [1, None, None]
        assert revision(desk, 1, "c.md").blocked_by == ["secret"]
        post = desk.post("a.md")
        assert post.status == Post.Status.PUBLISHED
        assert post.published_revision
        assert post.published_revision.published_at == post.published_at

    def test_the_newest_that_waited_is_published(self, desk: Desk, dana: User) -> None:
        desk.publish({"late.md": CLEAN})
        for number in range(2):
            desk.publish({"late.md": f"{LEAKING}{number}\n"})
        block(desk.space, dana)
        assert shown(desk) == 3

    def test_a_longer_list_takes_nothing_down(self, desk: Desk, dana: User) -> None:
        desk.publish({"a.md": "# A\n"})
        block(desk.space, dana, "secret", "missing-tldr")
        assert shown(desk, "a.md") == 1
        assert revision(desk, 1, "a.md").blocked_by == []

    def test_it_is_recorded_who_changed_it(self, desk: Desk, dana: User) -> None:
        block(desk.space, dana, "local-path", "secret")
        event = AuditEvent.objects.get(action="space.change")
        assert (event.actor, event.detail["blocking_findings"]) == (dana, ["secret", "local-path"])

    def test_other_changes_leave_the_list_as_it_was(self, desk: Desk, dana: User) -> None:
        change_space(by=dana, space=desk.space, name="New", description="", visibility="internal")
        assert Space.objects.get(pk=desk.space.pk).blocking_findings == ["secret"]

    def test_the_number_of_queries_does_not_depend_on_what_waits(
        self, desk: Desk, dana: User, django_assert_max_num_queries: Any
    ) -> None:
        desk.publish({f"{number}.md": f"{LEAKING}{number}\n" for number in range(30)})
        with django_assert_max_num_queries(30):
            block(desk.space, dana)
        assert Post.objects.published().count() == 30


class TestLettingThrough:
    def test_a_maintainer_publishes_it_with_a_note(self, desk: Desk, dana: User) -> None:
        desk.publish({"late.md": LEAKING})
        pass_findings(by=dana, revision=revision(desk, 1), note=" It was revoked. ")
        passed = revision(desk, 1)
        assert (shown(desk), passed.blocked_by) == (1, [])
        assert (passed.passed_by, passed.passed_note) == (dana, "It was revoked.")
        event = AuditEvent.objects.get(action="revision.pass-findings")
        assert event.actor == dana
        detail = {"post": passed.post_id, "revision": 1, "codes": ["secret"], "note": "It was revoked."}
        assert event.detail == detail

    def test_the_next_revision_is_looked_at_anew(self, desk: Desk, dana: User) -> None:
        desk.publish({"late.md": LEAKING})
        pass_findings(by=dana, revision=revision(desk, 1), note="It was revoked.")
        desk.publish({"late.md": f"{LEAKING}More.\n"})
        assert (shown(desk), revision(desk, 2).blocked_by) == (1, ["secret"])

    def test_what_is_let_through_before_it_is_rendered_is_published_then(
        self, desk: Desk, dana: User
    ) -> None:
        block(desk.space, dana, "missing-tldr")
        desk.push({"late.md": "# Late\n"})
        ingest.reconcile(desk.space.pk)
        pass_findings(by=dana, revision=revision(desk, 1), note="A draft for the board.")
        assert shown(desk) is None
        render_all()
        assert shown(desk) == 1

    @pytest.mark.parametrize(
        ("who", "note", "refusal"),
        [("alice", "x", "not-a-maintainer"), ("bob", "x", "not-a-maintainer"), ("dana", " ", "no-note")],
    )
    def test_others_and_those_who_give_no_reason_are_refused(
        self, desk: Desk, roles: object, who: str, note: str, refusal: str
    ) -> None:
        desk.publish({"late.md": LEAKING})
        with pytest.raises(UserError) as error:
            pass_findings(by=User.objects.get(username=who), revision=revision(desk, 1), note=note)
        assert (error.value.code, shown(desk)) == (refusal, None)

    def test_what_nothing_blocks_is_not_let_through(self, desk: Desk, dana: User) -> None:
        desk.publish({"late.md": CLEAN})
        with pytest.raises(UserError, match="Revision 1 isn’t kept"):
            pass_findings(by=dana, revision=revision(desk, 1), note="x")


def test_a_revision_that_is_kept_back_is_for_who_may_write(
    desk: Desk, alice: User, bob: User, carol: User, dana: User, mallory: User, admin: User
) -> None:
    desk.publish({"late.md": LEAKING})
    people = (alice, bob, carol, dana, mallory, admin)
    seen = [Revision.objects.visible_to(user).exists() for user in people]
    assert seen == [True, True, False, True, False, True]
    assert [Post.objects.visible_to(user).exists() for user in people] == [True] * 4 + [False, True]


@pytest.mark.parametrize("form", [f"---\ntitle: Late\ntldr: '{KEY}'\n---\n\nx\n", f"# By {KEY}\n\nx\n"])
def test_what_holds_a_secret_is_told_nobody_from_the_first_moment(
    desk: Desk, mallory: User, dana: User, form: str
) -> None:
    def told() -> tuple[str, str, bool]:
        post = desk.post("late.md")
        return post.title, post.tldr, Post.objects.visible_to(mallory).exists()

    desk.push({"late.md": form})
    ingest.reconcile(desk.space.pk)
    assert told() == ("late.md", "", False)
    render_all()
    assert told() == ("late.md", "", False)
    desk.publish({"late.md": CLEAN})
    assert told() == ("Late", "One in five.", True)


def test_what_holds_a_secret_and_can_not_be_rendered_is_told_nobody(desk: Desk, mallory: User) -> None:
    source = f"---\ntitle: Late\ntldr: '{KEY}'\n---\n\nx\n"
    desk.push({"late.md": source})
    ingest.reconcile(desk.space.pk)
    Rendering.objects.update(state="failed", failure_code="x", failure_message="x", finished_at=NOON)
    desk.push({"other.md": source})
    ingest.reconcile(desk.space.pk)
    assert [post.tldr for post in Post.objects.all()] == ["", ""]
    assert not Post.objects.visible_to(mallory).exists()


def test_a_secret_in_the_text_holds_the_post_once_it_is_found(desk: Desk, mallory: User, dana: User) -> None:
    desk.publish({"late.md": LEAKING})
    assert (desk.post("late.md").tldr, desk.post("late.md").is_held) == ("", True)
    policy = {
        "review_policy": "optional",
        "approvals": 1,
        "review_rules": "",
        "stuck_after_days": 3,
        "checklist": [],
    }
    Revision.objects.update(is_held=True)
    change_policy(by=dana, space=desk.space, **policy)
    assert not Post.objects.visible_to(mallory).exists()
    block(desk.space, dana)
    assert (desk.post("late.md").tldr, desk.post("late.md").is_held) == ("One in five.", False)


@pytest.mark.django_db(transaction=True)
def test_a_rendering_that_ends_while_the_list_changes_is_published(desk: Desk, dana: User) -> None:
    """It asked for the old list; who changes the list waits for it, and publishes what it kept back."""
    desk.push({"late.md": LEAKING})
    ingest.reconcile(desk.space.pk)
    rendering = revision(desk, 1).rendering_id
    Rendering.objects.filter(pk=rendering).update(
        state=Rendering.State.RENDERING, attempt_token="00000000-0000-0000-0000-000000000001"
    )

    def change() -> None:
        block(desk.space, dana)
        connection.close()

    changing = threading.Thread(target=change)
    finding = {"code": "secret", "message": "", "hint": "", "cell": None, "line": 8, "anchor": ""}
    with transaction.atomic():
        Rendering.objects.filter(pk=rendering).update(state=Rendering.State.READY, findings=[finding])
        publish_rendered(Rendering.objects.get(pk=rendering))
        assert shown(desk) is None
        changing.start()
        changing.join(0.5)
        assert changing.is_alive()
    changing.join(10)
    assert shown(desk) == 1
