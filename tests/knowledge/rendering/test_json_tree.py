"""JSON outputs as trees."""

import time

from knowledge.rendering.json_tree import json_tree
from tests.knowledge.rendering.structure import faults_of


def test_entries_show_their_names_and_values_by_kind():
    html = json_tree({"name": "a<b", "n": 1.5, "on": True, "none": None, "empty": []})
    assert '<summary><span class="json-size">{} 5 entries</span></summary>' in html
    assert '<li><span class="json-key">name</span> <span class="json-str">"a&lt;b"</span></li>' in html
    assert '<span class="json-num">1.5</span>' in html
    assert '<span class="json-const">true</span>' in html
    assert '<span class="json-const">null</span>' in html
    assert '<span class="json-size">[]</span>' in html
    assert faults_of(html) == []


def test_the_first_levels_are_open_unless_they_are_long():
    assert json_tree({"a": {"b": {"c": 1}}}).count("<details open>") == 2
    assert json_tree({"a": list(range(30))}).count("<details open>") == 1
    assert json_tree({"a": {"b": {"c": list(range(30))}}}, expanded=True).count("<details open>") == 4


def test_a_lone_value_is_a_tree_of_one():
    assert json_tree("x") == '<div class="json"><span class="json-str">"x"</span></div>'
    assert '<span class="json-key">root</span>' in json_tree([1], name="root")


def test_a_long_list_says_how_much_is_left_out():
    html = json_tree(list(range(100_000)))
    assert "98,001 more" in html
    assert len(html) < 300_000


def test_many_lists_of_lists_share_one_limit():
    start = time.process_time()
    html = json_tree([[list(range(100))] * 100] * 1_000)
    assert html.count("<li>") < 2_200
    assert time.process_time() - start < 1
    assert faults_of(html) == []


def test_deep_nesting_ends_as_text():
    value: object = "core"
    for _ in range(900):
        value = [value]
    html = json_tree(value)
    assert html.count("<details") == 12
    assert "<code>" in html
    shallow: object = "core"
    for _ in range(20):
        shallow = [shallow]
    assert '<code>[[[[[[[["core"]]]]]]]]</code>' in json_tree(shallow)
