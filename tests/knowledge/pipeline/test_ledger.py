"""What published revisions say under a name: readings, whose the name is, and what becomes of it."""

from decimal import Decimal

import pytest

from knowledge.models import Insight, Notification, Post, Reading, Space, User
from knowledge.pipeline import decisions, keeping, superseding
from tests.cast import MakePost
from tests.knowledge.pipeline.desk import Desk

HEADED = (
    "---\ntitle: {title}\ntldr: One in five.\nauthors: [alice]\ninsights:\n{insights}---\n\nThey are late.\n"
)


def says(value: object, *, name: str = "late", title: str = "Late", **fields: object) -> str:
    lines = [
        f"  - name: {name}",
        f"    value: {value}",
        *(f"    {key}: {said}" for key, said in fields.items()),
    ]
    return HEADED.format(title=title, insights="\n".join(lines) + "\n")


def readings(name: str = "late") -> list[tuple[object, int]]:
    found = Reading.objects.filter(insight__name=name).newest_first()
    return list(found.values_list("value", "revision_number"))


def test_each_published_revision_adds_a_reading_with_all_that_is_told_of_it(desk: Desk, carol: User) -> None:
    desk.publish({"late.md": says(0.21, unit="ratio", as_of="2026-06-30", interval="[0.19, 0.23]")})
    desk.publish({"late.md": says(0.18, unit="ratio", as_of="2026-09-30")})
    assert readings() == [(0.18, 2), (0.21, 1)]
    insight = Insight.objects.get()
    assert (insight.space.slug, insight.name, insight.status) == (desk.space.slug, "late", "current")
    first = Reading.objects.get(revision_number=1)
    assert (first.number, first.unit, first.as_of) == (Decimal("0.21"), "ratio", "2026-06-30")
    assert (first.interval, first.authors, first.reason) == ([0.19, 0.23], ["Alice Example"], "Write")
    assert insight.changed_at == Reading.objects.get(revision_number=2).published_at
    assert Insight.objects.visible_to(carol).count() == 1


def test_the_same_again_is_a_reading_too_and_publishing_twice_none(desk: Desk) -> None:
    from knowledge.pipeline import ledger

    desk.publish({"late.md": says(0.21)})
    desk.publish({"late.md": says(0.21, title="Still late")})
    revision = Post.objects.get().published_revision
    assert revision is not None
    ledger.follow([revision])
    assert readings() == [(0.21, 2), (0.21, 1)]


def test_what_a_revision_says_no_more_is_withdrawn_until_one_says_it_again(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.publish({"late.md": says(3, name="early")})
    assert {it.name: it.status for it in Insight.objects.all()} == {"late": "withdrawn", "early": "current"}
    desk.publish({"late.md": says(0.2)})
    assert {it.name: it.status for it in Insight.objects.all()} == {"late": "current", "early": "withdrawn"}
    assert readings() == [(0.2, 3), (0.21, 1)]


def test_a_name_that_another_post_publishes_is_refused_politely(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.publish({"other.md": says(0.5, title="Other")})
    assert readings() == [(0.21, 1)]
    (fault,) = Post.objects.get(path="other.md").latest_revision.faults  # type: ignore[union-attr]
    assert fault["code"] == "insight-taken"
    assert "late.md" in fault["message"]
    assert "late" in fault["message"]


def refused(desk: Desk, path: str) -> list[str]:
    revision = desk.post(path).published_revision
    assert revision
    return [fault["message"] for fault in revision.faults if fault["code"] == "insight-taken"]


def holder(name: str = "late") -> str:
    insight = Insight.objects.select_related("post").get(name=name)
    assert insight.post
    return f"{insight.post.path} {insight.status}"


def test_a_number_moves_from_one_post_to_another_in_one_push(desk: Desk) -> None:
    desk.publish({"z.md": says(0.21), "b.md": says(1, name="one", title="Other")})
    longer = says(2, name="two") + "They are. " * 99  # so that it is drawn last, and gives the name up last
    desk.publish({"z.md": longer, "b.md": says(0.22, title="Other")})
    assert (holder(), refused(desk, "b.md")) == ("b.md current", [])
    assert readings() == [(0.22, 2), (0.21, 1)]


@pytest.mark.parametrize("how", ["says", "archives", "deletes", "supersedes"])
def test_a_name_that_becomes_free_goes_to_who_was_refused_it(
    desk: Desk, carol: User, dana: User, how: str
) -> None:
    desk.publish({"late.md": says(0.21)})
    decisions.use(by=carol, insight=Insight.objects.get(), what="Drivers")
    desk.publish({"b.md": says(0.5, title="Other"), "c.md": says(0.6, title="Third")})
    assert len(refused(desk, "b.md")) == len(refused(desk, "c.md")) == 1
    if how == "says":
        desk.publish({"late.md": says(2, name="two")})
    elif how == "archives":
        keeping.archive(by=dana, post=desk.post("late.md"), why="Old.")
    elif how == "deletes":
        desk.publish({"late.md": None})
    else:
        superseding.supersede(by=dana, post=desk.post("late.md"), name="c.md")
    taken, other = ("c.md", "b.md") if how == "supersedes" else ("b.md", "c.md")
    assert (holder(), refused(desk, taken)) == (f"{taken} current", [])
    assert readings()[0] == (0.6 if how == "supersedes" else 0.5, 1)
    assert taken in refused(desk, other)[0]
    told = Notification.objects.get(user=carol, event="insight.moved")
    assert told.text == f"late is {readings()[0][0]} now."


def test_a_post_that_holds_good_again_has_its_name_again_and_the_history_stays(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.publish(
        {"newer.md": says(0.19, title="Newer").replace("authors:", "supersedes: [late.md]\nauthors:")}
    )
    desk.publish({"newer.md": None})
    assert holder() == "late.md current"
    assert readings() == [(0.21, 1), (0.19, 1), (0.21, 1)]


def test_a_name_that_is_withdrawn_goes_to_one_of_two_that_claim_it_at_once(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.publish({"late.md": says(3, name="early")})
    desk.publish({"b.md": says(0.5), "c.md": says(0.5)})
    assert readings() == [(0.5, 1), (0.21, 1)]
    assert (holder(), refused(desk, "b.md"), len(refused(desk, "c.md"))) == ("b.md current", [], 1)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{name: a b, value: 1}", "of a b, its name is to be"),
        ("{value: 1}", "of number 1, its name"),
        ("{name: x}", "of x, it has no value"),
        ("{name: x, value: []}", "no finite number"),
        ("{name: x, value: 1, as_of: last week}", "no date like"),
        ("{name: x, value: 1, interval: [3, 2]}", "the lower first"),
        ("{name: x, value: 1, limits: {most: 3}}", "none of min, max"),
        ("{name: x, value: 1, limits: {min: 5, max: 1}}", "min is above max"),
        ('{name: "..", value: 1}', "a step in an address"),
        ("x", "no object with a name"),
    ],
)
def test_what_is_wrong_with_a_number_is_named_and_the_post_is_shown_all_the_same(
    desk: Desk, line: str, why: str
) -> None:
    desk.publish({"late.md": HEADED.format(title="Late", insights=f"  - {line}\n")})
    post = desk.post("late.md")
    assert post.published_revision is not None
    assert [fault["code"] for fault in post.published_revision.faults] == ["wrong-insight"]
    assert why in post.published_revision.faults[0]["message"]


def test_once_its_post_is_gone_the_history_stays_and_another_may_go_on(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    desk.publish({"late.md": None})
    assert Insight.objects.get().status == "withdrawn"
    desk.publish({"other.md": says(0.3, title="Other")})
    insight = Insight.objects.get()
    assert (insight.status, insight.post and insight.post.path) == ("current", "other.md")
    assert readings() == [(0.3, 1), (0.21, 1)]


def test_the_post_that_takes_anothers_place_takes_its_names(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    newer = says(0.19, title="Newer").replace("authors:", "supersedes: [late.md]\nauthors:")
    desk.publish({"newer.md": newer})
    insight = Insight.objects.get()
    assert (insight.status, insight.post and insight.post.path) == ("current", "newer.md")


def test_a_post_that_is_superseded_or_past_its_day_says_so_of_its_numbers(desk: Desk) -> None:
    desk.publish({"late.md": says(0.21)})
    for change, status in (
        ({"status": "superseded"}, "superseded"),
        ({"status": "archived"}, "withdrawn"),
        ({"status": "published", "attention_since": Post.objects.get().published_at}, "stale"),
    ):
        Post.objects.update(**change)
        insight = Insight.objects.get()
        assert insight.status == status
        assert {state: Insight.objects.in_state(state).count() for state in Insight.State} == {
            state: int(state == status) for state in Insight.State
        }


@pytest.mark.parametrize(
    ("value", "number"),
    [("true", None), ("12345678901234567", Decimal(12345678901234567)), ("0.1", Decimal("0.1")), ("x", None)],
)
def test_numbers_are_kept_as_they_were_written(desk: Desk, value: str, number: Decimal | None) -> None:
    desk.publish({"late.md": says(value)})
    assert Reading.objects.get().number == number


def test_a_number_with_more_digits_than_a_float_keeps_them_where_they_are_told(desk: Desk) -> None:
    desk.publish({"late.md": says(0.1, exact='"0.10000000000000000000001"')})
    assert Reading.objects.get().number == Decimal("0.10000000000000000000001")
    desk.publish({"late.md": says(0.2, exact='"7"')})
    assert Reading.objects.newest_first()[0].number == Decimal("0.2")


def test_numbers_of_what_one_can_not_see_are_hidden(
    growth: Space, finance: Space, make_post: MakePost, carol: User, mallory: User, admin: User
) -> None:
    for number, fields in enumerate(({}, {"private": True})):
        post = make_post(growth, f"{number}.md", source=b"%d" % number, **fields)
        publish(post, f"n{number}")
    publish(make_post(finance, "f.md", source=b"f"), "f")
    seen = {
        user.username: sorted(Insight.objects.visible_to(user).values_list("name", flat=True))
        for user in (carol, mallory, admin)
    }
    assert seen == {"carol": ["f", "n0", "n1"], "mallory": ["n0"], "admin": ["f", "n0", "n1"]}
    Post.objects.all().update(published_revision=None, status="draft")
    assert not Insight.objects.visible_to(carol).exists()


def publish(post: Post, name: str) -> None:
    """A number of a post that is there."""
    from knowledge.pipeline import ledger

    revision = post.published_revision
    assert revision is not None
    revision.rendering.insights = [{"name": name, "value": 1.5}]
    ledger.follow([revision])


def test_a_reading_of_a_revision_that_is_held_back_since_is_not_told(
    growth: Space, make_post: MakePost, carol: User
) -> None:
    post = make_post(growth)
    publish(post, "n")
    assert Reading.objects.visible_to(carol).count() == 1
    revision = post.published_revision
    assert revision is not None
    revision.blocked_by = ["secret"]
    revision.save()
    assert not Reading.objects.visible_to(carol).exists()
