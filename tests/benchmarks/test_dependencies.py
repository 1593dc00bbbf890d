"""The labels of what documents rest on, and how what is found is held against them."""

import json

import pytest

from benchmarks.dependencies.choosing import chosen
from benchmarks.dependencies.labels import LabelsError, read_labels, read_second
from benchmarks.dependencies.peers import by_patterns
from benchmarks.dependencies.scores import missed, score, too_much


def write(folder, seen, unseen=None):
    (folder / "labels.json").write_text(json.dumps(seen), encoding="utf-8")
    (folder / "unseen.json").write_text(json.dumps(unseen or {}), encoding="utf-8")


def test_the_labelled_documents_are_many_and_half_of_them_kept_back():
    labelled = read_labels()
    parts = [one.part for one in labelled]
    assert len({one.path for one in labelled}) == len(labelled) >= 60
    assert 0 <= parts.count("dev") - parts.count("held") <= 1
    assert parts.count("unseen") > 10
    assert all(name == name.lower() for one in labelled for name in one.libraries)
    assert sum(not one.datasets for one in labelled) > 20


@pytest.mark.parametrize(
    "said",
    [
        {"a.ipynb": {"libraries": []}},
        {"a.ipynb": {"libraries": ["x "], "datasets": []}},
        {"b.ipynb": {"libraries": [], "datasets": []}},
    ],
)
def test_labels_that_can_not_be_used_are_refused(tmp_path, said):
    write(tmp_path, said)
    with pytest.raises(LabelsError):
        read_labels(tmp_path, paths={"a.ipynb"})


def test_the_second_judge_said_as_much_of_sixty_notebooks_that_the_code_was_not_tuned_on():
    second = read_second()
    tuned_on = {one.path for one in read_labels() if one.part == "dev"}
    those = {one.path for one in second if one.part == "second"}
    assert sum(path.endswith(".ipynb") for path in those) >= 60
    assert not those & tuned_on
    assert sum(len(one.versions) for one in second) >= 40


def test_versions_are_said_with_their_library_and_may_be_all_that_is_said(tmp_path):
    said = {
        "a.ipynb": {"versions": {"pandas": "1.2"}},
        "b.ipynb": {"libraries": ["x"], "datasets": [], "versions": {"x": "<2"}},
        "c.ipynb": {"libraries": [], "datasets": ["y.csv"]},
    }
    (tmp_path / "second.json").write_text(json.dumps(said), encoding="utf-8")
    parts = [(one.part, set(one.versions)) for one in read_second(tmp_path)]
    assert parts == [("versions", {"pandas 1.2"}), ("second", {"x <2"}), ("second", set())]
    with pytest.raises(LabelsError):
        read_second(tmp_path, paths={"a.ipynb"})


def test_a_found_name_is_right_if_it_is_the_labelled_one_or_the_end_of_its_path():
    assert missed(["x.csv", "./b"], ["data/x.csv", "b"]) == []
    assert too_much(["v", "data/x.csv"], ["csv", "x.csv"]) == ["data/x.csv", "v"]
    found = score([(["x.csv", "y"], ["a/x.csv", "z", "w"]), ([], [])])
    assert found.precision == 0.5
    assert found.recall == pytest.approx(1 / 3)
    assert score([([], [])]).precision == 1
    assert found.agreement == pytest.approx(1 / 4)
    assert score([([], [])]).agreement == 1


def test_the_peer_finds_what_lines_say():
    code = "import os, pandas\nlibrary(dplyr)\nq = 'select a from t'\npd.read_csv('x.csv')"
    assert by_patterns(code) == ({"dplyr"}, {"t", "x.csv"})


def test_documents_are_chosen_by_repository_and_digest(tmp_path):
    rows = ["path\tsource_repo\tsha256\tdup"]
    for number, code in enumerate(["pd.read_x('a')"] * 4 + ["1 + 1"]):
        name = f"{number}.ipynb"
        cell = {"cell_type": "code", "source": code + "\nx = 1" * 40}
        (tmp_path / name).write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
        rows.append(f"{name}\tone/repository\t{9 - number}\t{int(number == 3)}")
    (tmp_path / "MANIFEST.tsv").write_text("\n".join(rows), encoding="utf-8")
    assert chosen(tmp_path) == ["1.ipynb", "2.ipynb"]
