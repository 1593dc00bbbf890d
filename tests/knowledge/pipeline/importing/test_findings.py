"""What a report says of each post; people, groups and addresses."""

import time
from pathlib import Path

import pytest
from django.contrib.auth.models import Group

from knowledge.models import AuditEvent, OldAddress, Post, Rendering, User
from knowledge.pipeline.importing.config import read_config
from knowledge.pipeline.importing.findings import images
from tests.knowledge.pipeline.importing.conftest import Import, notes, outcomes
from tests.knowledge.pipeline.importing.old_portal import SALLY, Content, GitPortal, at, post, write_folder

LATE = "logistics/late.kp"
CONFIG = """
aliases: {short/name: logistics/late.kp, other: missing.kp}
username_to_name_pattern: ['(?P<first>[a-z]+)_(?P<last>[a-z]+)', '{first} {last}']
username_to_email_pattern: ['(?P<who>.*)', '{who}@meridian.example']
"""


@pytest.mark.parametrize(
    ("files", "header", "code"),
    [
        ({}, {"body": "![x](images/gone.png) ![y](https://a.example/y.png)"}, "missing-images"),
        ({}, {"body": "<img width=3 src='images/gone.png'>"}, "missing-images"),
        ({}, {"thumbnail": "images/gone.png"}, "missing-thumbnail"),
        ({}, {"thumbnail": "3", "body": "![x](images/x.png)"}, "missing-thumbnail"),
        ({}, {"thumbnail": "https://a.example/x.png"}, "thumbnail-elsewhere"),
        ({}, {"proxy": "https://a.example/slides"}, "proxy"),
        ({}, {"private": "true", "allowed_groups": "[board]"}, "private"),
        ({"orig_src/late.ipynb": "{}"}, {}, "sources"),
        ({"REVISION": "7"}, {}, "revisions"),
        ({"knowledge.md": "# Bare"}, {}, "no-header"),
        ({"knowledge.md": b""}, {}, "not-shown"),
        ({"knowledge.md": "---\ntitle: a: b\n---\nText"}, {}, "bad-header"),
        ({"knowledge.md": "Größe".encode("cp1252")}, {}, "not-utf-8"),
    ],
)
def test_what_people_should_know_of_a_post_is_said(
    bring: Import, portal: GitPortal, files: dict[str, Content], header: dict[str, str], code: str
) -> None:
    portal.commit(at(LATE, post(**header) | files))
    assert code in notes(bring(), LATE)


def test_revisions_that_the_history_does_not_tell_are_told_once(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post() | {"REVISION": "7"}))
    assert "revisions" in notes(bring(), LATE)
    portal.commit(at(LATE, post() | {"REVISION": "8"}))
    assert "revisions" not in notes(bring(), LATE)


def test_of_a_sound_post_nothing_is_said(bring: Import, portal: GitPortal) -> None:
    files = post(body="![x](images/x%20y.png)", thumbnail="images/x y.png")
    portal.commit(at(LATE, files | {"images/x y.png": b"x"}))
    assert notes(bring(), LATE) == set()


@pytest.mark.parametrize(
    "piece", ["[", "![", "<img ", "![x](", "](", "<img src=", "[x](y ", "<img " + " " * 600]
)
def test_no_text_takes_long_to_look_through(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    started = time.process_time()
    images(text)
    assert time.process_time() - started < 2


def test_groups_are_made_and_private_posts_stay_private(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(private="true", allowed_groups="[board, ops]")))
    assert bring().groups == ["board", "ops"]
    assert set(Group.objects.values_list("name", flat=True)) == {"board", "ops"}
    late = Post.objects.get()
    assert (late.private, late.allowed_groups) == (True, ["board", "ops"])
    assert bring().groups == []


def test_authors_become_people_who_can_not_sign_in(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(authors="[sally, wes@meridian.example, alice, A Full Name]")))
    report = bring()
    assert report.people == ["sally", "wes"]
    authors = [(it.name, it.user.username if it.user else "") for it in Post.objects.get().authorships.all()]
    assert authors == [
        ("Sally Smarts", "sally"), ("wes", "wes"), ("Alice Example", "alice"), ("A Full Name", ""),
    ]  # fmt: skip
    sally = User.objects.get(username="sally")
    assert (sally.imported_email, sally.email, sally.name) == (SALLY[1], "", SALLY[0])
    assert (sally.is_active, sally.unclaimed, sally.has_usable_password()) == (False, True, False)
    assert [note.message for note in report.notes if note.code == "nobody"] == [
        "'A Full Name' looks like nobody: kept as a name without a person."
    ]
    assert bring().people == []


def test_the_full_name_of_a_commits_author_is_that_person(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(authors="[Sally Smarts]")))
    report = bring()
    assert not [note for note in report.notes if note.code == "nobody"]
    author = Post.objects.get().authorships.get().user
    assert author is not None
    assert author.username == "sally"


@pytest.mark.parametrize("name", ["unknown", "12345", "root@localhost", "x@users.noreply.github.com"])
def test_names_that_are_nobody_make_nobody(bring: Import, portal: GitPortal, name: str) -> None:
    portal.commit(at(LATE, post(authors=f"['{name}']")), author=("CI", "ci@localhost"))
    assert bring().people == []
    assert Post.objects.get().authorships.get().name == name


def test_a_user_name_that_somebody_has_goes_to_nobody_else(bring: Import, portal: GitPortal) -> None:
    portal.commit(at(LATE, post(authors="[alice@elsewhere.example]")))
    assert bring().people == ["sally", "alice-2"]


@pytest.mark.parametrize(
    ("authors", "config", "names"),
    [
        ("[alice@elsewhere.example]", "", "alice and alice-2"),
        ("[sally_smarts]", "", "sally and sally_smarts"),
        ("[smarts1]", "username_to_name_pattern: ['.*', 'Sally Smarts']", "sally and smarts1"),
    ],
)
def test_people_who_may_be_one_are_told(
    bring: Import, portal: GitPortal, authors: str, config: str, names: str
) -> None:
    portal.commit({".knowledge_repo_config.yml": config} | at(LATE, post(authors=authors)))
    said = [note.message for note in bring().notes if note.code == "namesakes"]
    assert len(said) == 1
    assert said[0].startswith(f"{names} have names alike.")
    assert not [note for note in bring().notes if note.code == "namesakes"]


def test_the_configuration_tells_names_and_addresses(bring: Import, portal: GitPortal) -> None:
    portal.commit({".knowledge_repo_config.yml": CONFIG} | at(LATE, post(authors="[joe_doe]")))
    bring()
    joe = User.objects.get(username="joe_doe")
    assert (joe.name, joe.imported_email) == ("joe doe", "joe_doe@meridian.example")


@pytest.mark.parametrize(
    "text",
    [
        "username_to_email_pattern: ['(a+)+$', '{0.__class__}@x']",
        "username_to_email_pattern: ['(', 'x']",
        "username_to_email_pattern: ['(?P<a>.*)', '{a.__class__} {b}']",
        "username_to_email_pattern: [1, 2]",
        "[not, a, mapping]",
        "a: &a [*a]",
        "\x00",
    ],
)
def test_a_hostile_configuration_does_nothing(text: str) -> None:
    config, _ = read_config(text)
    assert "class 'str'" not in config.email_of("a" * 5_000)


def test_every_address_of_the_old_portal_is_remembered(bring: Import, portal: GitPortal) -> None:
    portal.commit({".knowledge_repo_config.yml": CONFIG} | at("first.kp", post(uuid="1")))
    portal.commit(dict.fromkeys(at("first.kp", post(uuid="1"))) | at(LATE, post(uuid="1", path="said/so.kp")))
    bring()
    remembered = set(OldAddress.objects.values_list("path", "post__path"))
    assert remembered == {
        (path, f"{LATE}/knowledge.md") for path in ("first", "logistics/late", "short/name", "said/so")
    }


def test_a_dry_run_tells_the_same_and_writes_nothing(
    bring: Import, portal: GitPortal, tmp_path: Path
) -> None:
    portal.commit(at(LATE, post(private="true", allowed_groups="[board]")))
    portal.commit(at("b.kp", {"x": ""}))
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    people = User.objects.count()
    told = bring(dry_run=True)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files
    assert (User.objects.count(), Group.objects.count(), Post.objects.count()) == (people, 0, 0)
    assert (Rendering.objects.count(), OldAddress.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)
    done = bring()
    assert outcomes(told) == outcomes(done) == {LATE: "new", "b.kp": "refused"}
    assert (told.commits, told.people, told.groups) == (done.commits, done.people, done.groups)
    assert notes(told, LATE) == notes(done, LATE)


def test_a_damaged_post_holds_up_none_of_the_others(bring: Import, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "repo", at("a.kp", post()) | at("b.kp", {"x": ""}))
    report = bring(root)
    assert outcomes(report) == {"a.kp": "new", "b.kp": "refused"}
    assert report.refused == 1
