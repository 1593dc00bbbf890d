"""Documents in folders that tools fill make no posts; the push says so, .almanacignore brings them back."""

import pytest

from knowledge.models import Post
from tests.knowledge.pipeline.desk import NOTE, Desk, reconcile

RMD = "---\ntitle: Late\n---\n\nText.\n"
NOTEBOOK = '{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}'


def live() -> set[str]:
    return set(Post.objects.live().values_list("path", flat=True))


@pytest.mark.parametrize(
    "path",
    [
        "_site/index.html",
        "book/_book/intro.html",
        "_build/jupyter_execute/a.ipynb",
        "renv/library/R-4.4/gt/doc/gt.html",
        "web/node_modules/d3/README.md",
        "_extensions/acme/example.qmd",
        "late_files/libs/about.html",
        "late_files/figure/notes.md",
        "late_cache/html/x.md",
    ],
)
def test_a_document_in_a_tools_folder_makes_no_post_and_the_push_says_so(desk: Desk, path: str) -> None:
    desk.push({"late.Rmd": RMD, path: NOTE})
    report = reconcile(desk).report
    assert live() == {"late.Rmd"}
    assert [fault["code"] for line in report for fault in line["faults"]] == ["made-by-tools"]
    desk.publish({".almanacignore": "!" + report[-1]["faults"][0]["hint"].split(" !")[1].split(" ")[0]})
    assert live() == {"late.Rmd", path}


@pytest.mark.parametrize("beside", ["late.md", "late.html", "late.qmd", "late.ipynb"])
def test_resources_lie_beside_any_kind_of_document(desk: Desk, beside: str) -> None:
    desk.publish({f"x/{beside}": NOTEBOOK, "x/late_files/a.md": NOTE})
    assert live() == {f"x/{beside}"}


@pytest.mark.parametrize("beside", ["late.py", "late.csv", "later.md", "other/late.md", "late_files/late.md"])
def test_without_its_document_beside_it_a_folder_may_have_any_name(desk: Desk, beside: str) -> None:
    mine = ["late_files/a.md", "my_cache/b.md", "site/c.md", "renv/d.md", "library/e.md"]
    desk.publish({beside: NOTE} | dict.fromkeys(mine, NOTE))
    assert live() >= set(mine)


def test_posts_end_when_a_document_comes_beside_their_folder_and_return_when_it_goes(desk: Desk) -> None:
    desk.publish({"late_files/a.md": NOTE})
    post = desk.post("late_files/a.md")
    desk.publish({"late.Rmd": RMD})
    assert live() == {"late.Rmd"}
    desk.publish({"late.Rmd": None, "x/late.Rmd": RMD})
    assert live() == {"late_files/a.md", "x/late.Rmd"}
    assert desk.post("late_files/a.md") == post


def test_it_is_said_once_for_each_folder_when_its_documents_come(desk: Desk) -> None:
    desk.push({"_site/a.html": NOTE, "_site/b/c.html": NOTE, "x/_book/d.md": NOTE, "_site/style.css": "x"})
    said = [(line["path"], line["faults"][0]["message"]) for line in reconcile(desk).report]
    assert said == [
        ("_site/", "2 documents in it make no posts, for tools fill such folders."),
        ("x/_book/", "1 document in it makes no post, for tools fill such folders."),
    ]
    desk.push({"_site/a.html": NOTE + "changed"})
    assert reconcile(desk).report == []


def test_nothing_is_said_where_almanacignore_speaks_of_it(desk: Desk) -> None:
    desk.push({".almanacignore": "_site/\n", "_site/a.html": NOTE, "_book/b.html": NOTE, "a.md": NOTE})
    report = reconcile(desk).report
    assert [line["path"] for line in report] == ["a.md", "_book/"]
