from typing import Any

import pytest
from django.urls import reverse

from knowledge.pipeline.answer import (
    NOTHING,
    lines_of,
    lines_of_branch,
    lines_of_gone_branches,
    lines_of_more_branches,
    lines_of_waiting_branch,
    lines_while_waiting,
)

SITE = "http://almanac.test"
COMMIT = "c" * 40


def item(path: str, change: str = "added", **more: Any) -> dict[str, Any]:
    blank = {"post": 1, "title": "", "faults": [], "failure": None}
    return {"path": path, "change": change, **blank, **more}


def told(*report: dict[str, Any]) -> list[str]:
    return lines_of(space="growth", commit=COMMIT, report=report, site=SITE)


def test_every_document_has_a_line_with_its_address() -> None:
    assert told(
        item("retention.ipynb", title="Free shipping brings people back"),
        item("price.md", "changed", title="Prices"),
        item("new/name.md", "moved", title="Names"),
        item("old.md", "removed", title="Old"),
    ) == [
        "growth: 4 documents (1 new, 1 changed, 1 moved, 1 removed)",
        f"  + Free shipping brings people back  {SITE}/s/growth/retention.ipynb",
        f"  ~ Prices                            {SITE}/s/growth/price.md",
        f"  > Names                             {SITE}/s/growth/new/name.md",
        "  - old.md",
        f"Watch them become readable: {SITE}/s/growth/-/pushes/{COMMIT}",
    ]


def test_a_fault_names_file_cell_line_and_what_to_do() -> None:
    fault = {"code": "bad", "message": "The header is not YAML.", "hint": "Quote the colon.", "line": 3}
    lines = told(item("a.md", title="A", faults=[fault | {"cell": None}, fault | {"cell": 1}]))
    assert lines[2:4] == [
        "  ! a.md line 3: The header is not YAML. Quote the colon.",
        "  ! a.md cell 1 line 3: The header is not YAML. Quote the colon.",
    ]


def test_a_document_that_cannot_be_shown_says_why() -> None:
    failure = {"code": "not-json", "message": "It is cut short.", "hint": "Save it again."}
    assert told(item("broken.ipynb", title="broken", failure=failure)) == [
        "growth: 1 document (1 new)",
        "  x broken.ipynb: It is cut short. Save it again.",
    ]


def test_unchanged_documents_are_counted_and_not_listed() -> None:
    assert told(item("a.md", "unchanged", title="A")) == ["growth: 1 document (1 as before)"]


def test_a_push_without_documents_says_what_documents_are() -> None:
    assert told() == [f"growth: {NOTHING}"]
    assert all(word in NOTHING for word in ("notebooks", "Markdown", "Quarto", "scripts with a header"))


def test_a_readme_that_makes_no_post_is_named_apart() -> None:
    """It is readable, at its folder's address."""
    readme = item("us/README.md", title="About us", introduces=True)
    assert told(item("late.md", title="Late", introduces=False), readme) == [
        "growth: 1 document (1 new) and 1 introduction (1 new)",
        f"  + Late                                {SITE}/s/growth/late.md",
        f"  + us/README.md introduces its folder  {SITE}/s/growth/us/README.md",
        f"Watch them become readable: {SITE}/s/growth/-/pushes/{COMMIT}",
    ]
    assert told(readme)[0] == "growth: 1 introduction (1 new)"


def test_a_fault_of_the_ignore_file_is_told_though_it_is_no_document() -> None:
    fault = {"code": "bad-ignore-line", "message": "Line 2 is no pattern.", "hint": "Mend it.", "line": 2}
    lines = told(item(".almanacignore", "changed", post=None, faults=[fault]))
    assert lines == [
        f"growth: {NOTHING}",
        "  ! .almanacignore line 2: Line 2 is no pattern. Mend it.",
    ]


def test_a_large_push_is_cut_at_two_hundred_lines() -> None:
    lines = told(*(item(f"{number}.md", title=str(number)) for number in range(250)))
    assert len(lines) == 203
    assert lines[-2:] == [
        "  … and 50 more lines",
        f"Watch them become readable: {SITE}/s/growth/-/pushes/{COMMIT}",
    ]


def test_of_a_large_push_the_faults_come_first() -> None:
    failure = {"code": "not-json", "message": "It is cut short.", "hint": "Save it again."}
    documents = [item(f"{number}.md", title=str(number)) for number in range(250)]
    lines = told(*documents, item("z.ipynb", failure=failure))
    assert lines[1] == "  x z.ipynb: It is cut short. Save it again."


def test_nothing_an_author_writes_reaches_the_terminal_as_a_command() -> None:
    nasty = "A\x1b]0;owned\x07\r\nremote: fake\u202e\x9b2J"
    lines = told(item("a\x1b.md", "removed"), item("b.md", title=nasty))
    assert all(line.isprintable() for line in lines)
    assert "A ]0;owned remote: fake 2J" in lines[2]


def test_a_long_title_is_shortened_and_a_missing_one_is_the_path() -> None:
    lines = told(item("a.md", title="word " * 40), item("b.md"))
    assert "word…  " in lines[1]
    assert lines[2].startswith("  + b.md ")


@pytest.mark.parametrize("path", ["a b.md", "ü/100 %.md", "what?#1.md", "a:b@c~d.md", "q&a=b+c;d,e.md"])
def test_addresses_are_those_of_the_portal(path: str) -> None:
    assert told(item(path, title="T"))[1].endswith(f"  {SITE}{reverse('post', args=['growth', path])}")


def test_who_stops_waiting_is_told_where_to_look() -> None:
    lines = lines_while_waiting(space="growth", commit=COMMIT, site=SITE)
    assert "your push is safe" in lines[0]
    assert f"{SITE}/s/growth/-/pushes/{COMMIT}" in lines[1]


def branch_told(*items: dict[str, Any], branch: str = "draft") -> list[str]:
    return lines_of_branch(space="growth", branch=branch, report=items, site=SITE, default="main")


def preview(path: str = "a.md", **more: Any) -> dict[str, Any]:
    return item(path, **more) | {"post": None, "preview": True}


def test_previews_are_named_with_their_addresses_and_the_way_to_propose_them() -> None:
    lines = branch_told(preview("b/a.md", title="Milk"), item("c.md", "removed", post=None), branch="mine/x")
    proposing = "Bring mine/x into main to propose them: git push REMOTE mine/x:main"
    assert lines == [
        "growth: 1 preview of mine/x",
        f"  + Milk  {SITE}/s/growth/-/previews/mine/x/b/a.md",
        "  - c.md",
        f"Only members of growth see them. {proposing}",
    ]


def test_the_review_of_the_post_is_named() -> None:
    assert (
        branch_told(preview("a.md", title="A", review=7))[2] == f"    its post is in review: {SITE}/reviews/7"
    )


def test_a_branch_that_changes_nothing_says_so() -> None:
    assert branch_told() == ["growth: draft holds no documents that differ from main's"]


def test_what_a_branch_can_not_show_says_why() -> None:
    failure = {"code": "x", "message": "It is no JSON.", "hint": "Save it."}
    lines = branch_told(preview("a.ipynb", failure=failure))
    assert lines[1] == "  x a.ipynb: It is no JSON. Save it."


@pytest.mark.parametrize("name", ["ü/100%", "a#b", "x&y;z", "a@b"])
def test_addresses_of_previews_are_those_of_the_portal(name: str) -> None:
    line = branch_told(preview("a b.md", title="T"), branch=name)[1]
    assert line.endswith(f"  {SITE}{reverse('preview', args=['growth', f'{name}/a b.md'])}")


def test_many_branches_are_counted() -> None:
    (line,) = lines_of_more_branches(space="growth", number=4, site=SITE)
    assert line == f"growth: and 4 more branches: {SITE}/s/growth/-/previews"
    (line,) = lines_of_gone_branches(space="g", branches=[f"b{n}" for n in range(9)])
    assert line == "g: b0, b1, b2, b3, b4 and 4 more are gone, and their previews with them"


def test_a_branch_that_is_not_read_yet_is_safe() -> None:
    lines = lines_of_waiting_branch(space="growth", branch="draft", site=SITE)
    assert lines[0] == "growth: draft is safe. Its previews are made shortly;"
    assert f"{SITE}/s/growth/-/previews" in lines[1]


FOUND = {
    "code": "missing-tldr",
    "message": "There is no summary.",
    "hint": "Write one.",
    "cell": None,
    "line": None,
}


def test_what_was_found_by_then_has_a_line_each() -> None:
    error = FOUND | {
        "code": "ends-in-error",
        "message": "The code ends in an error.",
        "hint": "Mend it.",
        "cell": 3,
    }
    lines = told(item("a.ipynb", title="A", findings=[error, FOUND]))
    assert lines[2:4] == [
        "  ? a.ipynb cell 3: The code ends in an error. Mend it.",
        "  ? a.ipynb: There is no summary. Write one.",
    ]


def test_what_keeps_a_document_back_is_told() -> None:
    lines = told(item("a.md", title="A", findings=[FOUND], blocked_by=["missing-tldr", "secret"]))
    assert lines[3] == (
        "  x a.md: not published before this is mended: no summary (tldr), passwords, keys and tokens"
    )


def test_very_many_findings_are_counted() -> None:
    lines = told(*(item(f"{number}.md", title="A", findings=[FOUND]) for number in range(30)))
    assert lines[1] == "  ? in 30 documents: no summary (tldr)"
    assert not any("There is no summary" in line for line in lines)
