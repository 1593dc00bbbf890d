"""What was changed on this side since the last import is not overwritten without a word."""

from io import BytesIO

import pytest

from knowledge.git import Repository
from knowledge.models import Post, Space
from knowledge.pipeline.ingest import reconcile
from tests.knowledge.pipeline.desk import Desk, render_all
from tests.knowledge.pipeline.importing.conftest import Import, outcomes
from tests.knowledge.pipeline.importing.old_portal import Files, GitPortal, at, post

LATE = "logistics/late.kp"
TEXT = f"{LATE}/knowledge.md"


class Branch:
    """What people do on the space's branch after the import."""

    def __init__(self, space: Space) -> None:
        self.space = space

    def write(self, path: str, text: str) -> None:
        Repository(self.space.slug).commit_file(
            branch="main",
            path=path,
            file=BytesIO(text.encode()),
            author_name="Alice",
            author_email="a@b.example",
            by="alice",
            message="Edit",
        )
        self.take_in()

    def push(self, changes: Files) -> None:
        Desk(self.space).push(changes)
        self.take_in()

    def read(self, path: str) -> str:
        repository = Repository(self.space.slug)
        entry = repository.find(repository.head("main"), path)
        return repository.read(entry.blob).decode() if entry else ""

    def take_in(self) -> None:
        reconcile(self.space.pk)
        render_all()


@pytest.fixture
def branch(bring: Import, portal: GitPortal, growth: Space) -> Branch:
    """After a first import of one post."""
    portal.commit(at(LATE, post(uuid="1234")))
    bring()
    return Branch(growth)


def test_a_post_changed_on_both_sides_is_a_conflict_and_kept(
    bring: Import, portal: GitPortal, branch: Branch
) -> None:
    branch.write(TEXT, "# Mine")
    portal.commit(at(LATE, post("Theirs", uuid="1234")))
    report = bring()
    assert outcomes(report) == {LATE: "conflict"}
    assert "--theirs" in report.lines[0].reason
    assert branch.read(TEXT) == "# Mine"
    assert outcomes(bring()) == {LATE: "conflict"}


def test_theirs_takes_the_sources(bring: Import, portal: GitPortal, branch: Branch) -> None:
    branch.write(TEXT, "# Mine")
    portal.commit(at(LATE, post("Theirs", uuid="1234")))
    bring()
    assert outcomes(bring(theirs=True)) == {LATE: "changed"}
    assert "Theirs" in branch.read(TEXT)
    assert Post.objects.get().revisions.count() == 3


def test_a_post_changed_only_here_is_left(bring: Import, branch: Branch) -> None:
    branch.write(TEXT, "# Mine")
    report = bring()
    assert outcomes(report) == {LATE: "unchanged"}
    assert "changed here" in report.lines[0].reason
    assert branch.read(TEXT) == "# Mine"


def test_a_picture_added_here_counts_as_a_change(bring: Import, portal: GitPortal, branch: Branch) -> None:
    branch.write(f"{LATE}/images/mine.png", "x")
    portal.commit(at(LATE, post("Theirs", uuid="1234")))
    assert outcomes(bring()) == {LATE: "conflict"}


def test_the_same_change_on_both_sides_is_none(bring: Import, portal: GitPortal, branch: Branch) -> None:
    same = post("Same", uuid="1234")
    branch.write(TEXT, str(same["knowledge.md"]))
    portal.commit(at(LATE, same))
    assert outcomes(bring()) == {LATE: "unchanged"}


def test_a_post_deleted_here_stays_deleted(bring: Import, portal: GitPortal, branch: Branch) -> None:
    branch.push(dict.fromkeys(at(LATE, post(uuid="1234"))))
    assert outcomes(bring()) == {LATE: "unchanged"}
    portal.commit(at(LATE, post("Theirs", uuid="1234")))
    assert outcomes(bring()) == {LATE: "conflict"}
    assert Post.objects.get().status == Post.Status.DELETED
    assert outcomes(bring(theirs=True)) == {LATE: "new"}
    assert Post.objects.get().status == Post.Status.PUBLISHED


@pytest.mark.parametrize("uuid", ["1234", ""])
def test_a_post_moved_here_is_brought_up_to_date_where_it_is(
    bring: Import, portal: GitPortal, branch: Branch, uuid: str
) -> None:
    path = LATE if uuid else "plain.kp"
    if not uuid:
        portal.commit(at(path, post("Plain")))
        bring()
    files = {name: branch.read(f"{path}/{name}") for name in post(uuid=uuid)}
    branch.push(dict.fromkeys(at(path, files)) | at("mine.kp", files))
    pk = Post.objects.live().get(path="mine.kp/knowledge.md").pk
    portal.commit(at(path, post("Theirs", uuid=uuid)))
    assert outcomes(bring())[path] == "changed"
    there = Post.objects.get(path="mine.kp/knowledge.md")
    assert (there.pk, there.title) == (pk, "Theirs")
    assert not branch.read(f"{path}/knowledge.md")


def test_a_document_that_has_its_place_is_not_replaced(
    bring: Import, portal: GitPortal, branch: Branch
) -> None:
    branch.write("b.kp/knowledge.md", "# Mine")
    portal.commit(at("b.kp", post()))
    report = bring()
    assert outcomes(report) == {"b.kp": "conflict", LATE: "unchanged"}
    assert "Another document" in report.lines[0].reason


def test_a_file_where_a_folder_is_to_be_is_a_refusal(
    bring: Import, portal: GitPortal, branch: Branch
) -> None:
    branch.write("b", "a file")
    portal.commit(at("b/c.kp", post()))
    assert outcomes(bring()) == {"b/c.kp": "refused", LATE: "unchanged"}


def test_a_post_deleted_there_goes_here_too_unless_it_was_changed(
    bring: Import, portal: GitPortal, branch: Branch
) -> None:
    portal.commit(at("b.kp", post("Bees")))
    bring()
    branch.write(TEXT, "# Mine")
    portal.commit(dict.fromkeys(at(LATE, post(uuid="1234"))) | dict.fromkeys(at("b.kp", post())))
    portal.commit(at("c.kp", post("C")))
    assert outcomes(bring()) == {"c.kp": "new", "b.kp": "removed", LATE: "conflict"}
    assert branch.read(TEXT) == "# Mine"
    assert not branch.read("b.kp/knowledge.md")


def test_a_copied_folder_is_a_post_of_its_own(bring: Import, portal: GitPortal, branch: Branch) -> None:
    portal.commit(at("copy.kp", post("Copy", uuid="1234")))
    assert outcomes(bring()) == {"copy.kp": "new", LATE: "unchanged"}
    portal.commit(at("copy.kp", post("Copy 2", uuid="1234")))
    assert outcomes(bring()) == {"copy.kp": "changed", LATE: "unchanged"}
    assert outcomes(bring()) == {"copy.kp": "unchanged", LATE: "unchanged"}
