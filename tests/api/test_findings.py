"""What lint found, as programs are told of it: those of people who can mend it."""

import pytest
from django.utils import timezone

from knowledge.models import Post, Push, Revision, Space, User
from tests.api.conftest import Call
from tests.cast import MakePost

V1 = "/api/v1"
ERROR = {
    "code": "ends-in-error", "message": "The code ends in an error.", "hint": "Mend it.",
    "cell": 4, "line": None, "anchor": "late",
}  # fmt: skip


@pytest.fixture
def advised(growth: Space, make_post: MakePost) -> Post:
    return make_post(growth, "a.ipynb", rendering={"findings": [ERROR]}, revision={"header": {"tldr": "x"}})


def test_a_revision_tells_its_findings_to_those_who_may_write(
    advised: Post, alice: User, carol: User, admin: User, api: Call
) -> None:
    address = f"{V1}/revisions/{advised.latest_revision_id}/"
    told = [api(user).get(address).json()["findings"] for user in (alice, admin, carol)]
    assert told == [[ERROR], [ERROR], None]
    assert api(alice).get(f"{V1}/posts/{advised.pk}/revisions/1/").json()["findings"] == [ERROR]


def test_one_that_is_kept_back_is_there_for_them_alone(
    advised: Post, alice: User, carol: User, api: Call
) -> None:
    Post.objects.update(published_revision=None, published_at=None, status="draft")
    Revision.objects.update(published_at=None, blocked_by=["ends-in-error"], header={"tldr": "x", "key": "y"})
    address = f"{V1}/revisions/{advised.latest_revision_id}/"
    assert api(alice).get(address).json()["blocked_by"] == ["ends-in-error"]
    for each in (address, f"{address}content/", f"{address}source/", f"{V1}/posts/{advised.pk}/revisions/1/"):
        assert api(carol).get(each).status_code == 404
    post = api(carol).get(f"{V1}/posts/{advised.pk}/").json()
    assert (post["status"], post["header"]) == ("draft", {})
    assert (post["rendering"], post["latest_revision"], post["links"]["source"]) == (None, None, None)


def test_faults_are_told_to_those_who_can_mend_them(
    advised: Post, growth: Space, alice: User, carol: User, mallory: User, admin: User, api: Call
) -> None:
    """They may name what readers don't see: a private post that publishes a number of that name, say."""
    fault = {"code": "insight-taken", "message": "layoffs.md has it.", "hint": "", "line": None, "cell": None}
    Revision.objects.update(faults=[fault])
    for address in (f"{V1}/posts/{advised.pk}/", f"{V1}/revisions/{advised.latest_revision_id}/"):
        told = [api(user).get(address).json()["faults"] for user in (alice, admin, carol, mallory)]
        assert told == [[fault], [fault], [], []]


def test_of_a_newer_one_that_is_kept_back_others_hear_nothing(
    advised: Post, alice: User, carol: User, mallory: User, api: Call
) -> None:
    first = advised.revisions.get()
    newer = advised.revisions.create(
        number=2, path="a.ipynb", commit="d" * 40, blob="e" * 40, size=1, source_digest="f" * 64, title="x",
        rendering=first.rendering, committed_at=first.committed_at, blocked_by=["secret"],
    )  # fmt: skip
    Post.objects.update(latest_revision=newer)
    for address, rows in ((f"{V1}/posts/", "results"), (f"{V1}/posts/{advised.pk}/", "")):
        answers = [api(user).get(address).json() for user in (alice, carol, mallory)]
        told = [answer[rows][0] if rows else answer for answer in answers]
        assert [each["latest_revision"] for each in told] == [2, 1, 1]


def test_a_push_tells_them_too(advised: Post, growth: Space, alice: User, carol: User, api: Call) -> None:
    line = {
        "path": "a.ipynb",
        "change": "added",
        "post": advised.pk,
        "title": "",
        "faults": [{"code": "x", "message": "x", "hint": "", "line": 1, "cell": None}],
        "failure": None,
    }
    push = Push.objects.create(space=growth, new_commit="c" * 40, pushed_at=timezone.now(), report=[line])
    Revision.objects.update(push=push, blocked_by=["ends-in-error"])
    told = [
        api(user).get(f"{V1}/spaces/growth/pushes/{push.new_commit}/").json()["documents"][0]
        for user in (alice, carol)
    ]
    assert [each["findings"] for each in told] == [[ERROR], []]
    assert [each["blocked_by"] for each in told] == [["ends-in-error"], []]
    assert [each["faults"] for each in told] == [line["faults"], []]


def test_a_space_says_what_blocks_and_maintainers_change_it(
    growth: Space, alice: User, dana: User, api: Call
) -> None:
    address = f"{V1}/spaces/growth/"
    assert api(alice).get(address).json()["blocking_findings"] == ["secret"]
    wanted = {"blocking_findings": ["missing-tldr", "secret"]}
    assert api(alice).patch(address, wanted, content_type="application/json").status_code == 403
    answer = api(dana).patch(address, wanted, content_type="application/json")
    assert answer.json()["blocking_findings"] == ["secret", "missing-tldr"]
    refused = api(dana).patch(address, {"blocking_findings": ["x"]}, content_type="application/json")
    assert refused.status_code == 400
