"""From a git repository: each post with its revisions, and a second time only what is new."""

import subprocess
from datetime import UTC, datetime

import pytest

from knowledge.errors import UserError
from knowledge.git import Repository
from knowledge.models import Post, Push, Revision, Space
from knowledge.pipeline.ingest import reconcile
from tests.knowledge.pipeline.desk import render_all
from tests.knowledge.pipeline.importing.conftest import Import, outcomes
from tests.knowledge.pipeline.importing.old_portal import SALLY, WES, Content, GitPortal, at, post

LATE = "logistics/late.kp"


def here(path: str = LATE) -> Post:
    return Post.objects.get(path=f"{path}/knowledge.md")


def test_a_post_comes_with_its_revisions_their_authors_and_dates(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()), "Look at Mondays")
    portal.commit({"README.md": "# About"}, "Explain")
    portal.commit(at(LATE, post(body="Later still.")), "Look again\n\nWith September.", author=WES)
    report = bring()
    assert outcomes(report) == {LATE: "new"}
    assert report.commits == 2
    told = Revision.objects.order_by("number").values_list("number", "author_name", "author_email")
    assert list(told) == [(1, *SALLY), (2, *WES)]
    newest = Revision.objects.get(number=2)
    assert newest.committed_at == datetime(2019, 3, 6, 10, tzinfo=UTC)
    assert newest.message.startswith("Look again\n\nWith September.\n\nImported-From: ")


def test_a_post_reads_right(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(subtitle="Trucks", project="x")))
    bring()
    late = here()
    assert late.status == Post.Status.PUBLISHED
    assert (late.title, late.subtitle, late.tldr) == ("Late on Mondays", "Trucks", "One in five.")
    assert late.tags == ["logistics", "monday"]
    assert late.created_at == late.published_at == datetime(2019, 3, 4, tzinfo=UTC)
    assert late.updated_at == datetime(2019, 3, 5, tzinfo=UTC)
    assert late.published_revision is not None
    assert late.published_revision.header["project"] == "x"


def test_all_files_of_a_post_come_along(bring: Import, portal: GitPortal, growth: Space) -> None:
    files: dict[str, Content] = {
        "images/a b.png": b"\x89PNG",
        'images/"q".png': b"q",
        "orig_src/late.ipynb": "{}",
    }
    portal.commit(at(LATE, post(uuid="1234") | files))
    bring()
    repository = Repository("growth")
    there = {entry.path.removeprefix(f"{LATE}/") for entry in repository.entries(repository.head("main"))}
    assert there == {"knowledge.md", "REVISION", "UUID", *files}


def test_what_lies_outside_of_posts_stays_behind(bring: Import, portal: GitPortal) -> None:
    portal.commit({".resources/tests/a.kp/knowledge.md": "# A", "README.md": "---\ntitle: R\n---\n"})
    portal.commit(at(LATE, post()))
    assert outcomes(bring()) == {LATE: "new"}
    assert Post.objects.count() == 1


def test_a_second_import_brings_nothing_twice(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()))
    bring()
    again = bring()
    assert outcomes(again) == {LATE: "unchanged"}
    assert (again.commits, Push.objects.count(), Revision.objects.count()) == (0, 1, 1)


def test_a_second_import_brings_what_is_new(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()))
    bring()
    portal.commit(at(LATE, post(body="Later still.")), author=WES)
    portal.commit(at("b.kp", post("Bees")))
    assert outcomes(bring()) == {LATE: "changed", "b.kp": "new"}
    assert list(Revision.objects.filter(post=here()).values_list("number", "author_name")) == [
        (2, "Wes Wisdom"),
        (1, "Sally Smarts"),
    ]


def test_a_post_that_moved_is_the_same_post(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(uuid="1234")))
    bring()
    pk = here().pk
    gone = dict.fromkeys(at(LATE, post(uuid="1234")))
    portal.commit(gone | at("ops/mondays.kp", post("On Mondays", body="All is new. " * 50, uuid="1234")))
    assert outcomes(bring()) == {"ops/mondays.kp": "moved"}
    moved = here("ops/mondays.kp")
    assert (moved.pk, moved.title) == (pk, "On Mondays")
    assert moved.former_paths.get().path == f"{LATE}/knowledge.md"
    assert outcomes(bring()) == {"ops/mondays.kp": "unchanged"}


def test_a_post_that_had_moved_before_comes_with_its_whole_history(bring: Import, portal: GitPortal) -> None:
    portal.commit(at("draft.kp", post(uuid="1234")))
    gone = dict.fromkeys(at("draft.kp", post(uuid="1234")))
    portal.commit(gone | at(LATE, post(body="Rewritten. " * 50, uuid="1234")))
    bring()
    assert Post.objects.count() == 1
    assert here().revisions.count() == 2
    assert here().former_paths.get().path == "draft.kp/knowledge.md"


def test_posts_that_change_places_stay_themselves(bring: Import, portal: GitPortal) -> None:
    portal.commit(at("a.kp", post("A", uuid="a")) | at("b.kp", post("B", uuid="b")))
    bring()
    ids = {it.title: it.pk for it in Post.objects.all()}
    portal.commit(at("a.kp", post("B", uuid="b")) | at("b.kp", post("A", uuid="a")))
    assert set(outcomes(bring()).values()) == {"moved"}
    assert {it.path[0].upper(): it.pk for it in Post.objects.all()} == {"B": ids["A"], "A": ids["B"]}


def test_a_post_that_went_is_not_taken_for_one_that_came(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(uuid="1")))
    bring()
    portal.commit(dict.fromkeys(at(LATE, post(uuid="1"))) | at("b.kp", post(uuid="2")))
    assert outcomes(bring()) == {"b.kp": "new", LATE: "removed"}
    assert here("b.kp").revisions.count() == 1
    assert here().status == Post.Status.DELETED


def test_what_was_deleted_before_the_first_import_is_not_brought(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()) | at("b.kp", post("Bees")))
    portal.commit(dict.fromkeys(at(LATE, post())))
    assert outcomes(bring()) == {"b.kp": "new"}


def test_a_merged_branch_is_by_whoever_wrote_it(bring: Import, portal: GitPortal) -> None:
    portal.commit({"README.md": "About"})
    side = portal.commit(at(LATE, post()), branch="late", author=SALLY)
    portal.commit(at(LATE, post()), "Merge pull request #1", author=WES, merging=side)
    bring()
    assert Revision.objects.get().author_name == "Sally Smarts"


def test_posts_on_other_branches_are_told_and_left(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()))
    portal.commit(at("new.kp", post("New")), branch="new.kp")
    report = bring()
    assert outcomes(report) == {LATE: "new", "new.kp": "unpublished"}
    assert "new.kp" in report.lines[1].reason


def test_an_import_that_stopped_half_way_is_finished_by_the_next(
    bring: Import, portal: GitPortal, growth: Space
) -> None:
    for n in range(4):
        portal.commit(at(LATE, post(body=f"Version {n}")))
    bring()
    second = list(Push.objects.order_by("pk"))[1].new_commit
    Post.objects.update(latest_revision=None, published_revision=None, status="draft")
    Post.objects.all().delete()
    Push.objects.all().delete()
    growth.ingested_commit = ""
    growth.save()
    Repository("growth")._git.references["refs/heads/main"].set_target(second)
    reconcile(growth.pk)
    render_all()
    assert here().published_at > here().created_at  # type: ignore[operator]
    report = bring()
    assert outcomes(report) == {LATE: "changed"}
    assert report.commits == 2
    assert here().published_at == here().created_at
    assert Repository("growth").read(here().latest_revision.blob).endswith(b"Version 3\n")  # type: ignore[union-attr]


def test_a_rewritten_history_brings_only_what_is_so_now(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()))
    bring()
    portal.git.references.delete("refs/heads/master")
    portal.commit(at(LATE, post(body="First again.")))
    portal.commit(at(LATE, post(body="Second.")))
    assert outcomes(bring()) == {LATE: "changed"}
    assert here().revisions.count() == 2


def test_a_shallow_clone_brings_what_it_holds_and_says_so(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()))
    portal.commit(at(LATE, post(body="Later.")))
    shallow = portal.path.parent / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{portal.path}", shallow], check=True)
    report = bring(shallow)
    assert outcomes(report) == {LATE: "new"}
    assert any("shallow" in note.message for note in report.notes)


def test_a_damaged_repository_is_refused_in_words(bring: Import, portal: GitPortal) -> None:
    commit = portal.commit(at(LATE, post()))
    (portal.path / "objects" / commit[:2] / commit[2:]).write_bytes(b"")
    with pytest.raises(UserError) as refused:
        bring()
    assert refused.value.code == "unreadable-source"


def test_a_post_whose_files_are_not_all_there_is_refused(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post()) | at("b.kp", post()) | {"b.kp/x": "lost"})
    lost = str(portal.files["b.kp/x"])
    (portal.path / "objects" / lost[:2] / lost[2:]).unlink()
    assert outcomes(bring()) == {LATE: "new", "b.kp": "refused"}


def test_a_repository_without_commits_holds_nothing(bring: Import, portal: GitPortal) -> None:
    with pytest.raises(UserError) as refused:
        bring()
    assert refused.value.code == "nothing-to-import"


def test_two_repositories_in_one_space_leave_each_other_alone(bring: Import, portal: GitPortal) -> None:
    other = GitPortal(portal.path.parent / "other.git", branch="main")
    portal.commit(at(LATE, post()))
    other.commit(at("b.kp", post("Bees")))
    bring()
    assert outcomes(bring(other.path)) == {"b.kp": "new"}
    other.commit(at("b.kp", post("Wasps")))
    assert outcomes(bring(other.path)) == {"b.kp": "changed"}
    assert outcomes(bring()) == {LATE: "unchanged"}
