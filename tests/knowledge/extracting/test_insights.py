"""Insights of outputs, scraps and headers in one form, and what is none."""

import pytest

from knowledge.documents import JSON
from knowledge.extracting import Insight, insight_in_output, insight_of, insights_in_header
from knowledge.extracting.insights import OURS, SCRAPS


def test_an_insight_of_an_output_has_all_that_it_says():
    said = {
        "name": "churn_q2",
        "value": 0.143,
        "unit": "ratio",
        "as_of": "2026-06-30",
        "interval": [0.139, 0.147],
        "dimensions": {"market": "FR", "n": 3},
        "title": "Quarterly\nchurn",
        "limits": {"max": 0.2, "other": 1, "min": "x"},
    }
    assert insight_in_output({OURS: said, "text/plain": "x"}) == Insight(
        name="churn_q2",
        value=0.143,
        unit="ratio",
        as_of="2026-06-30",
        interval=(0.139, 0.147),
        dimensions={"market": "FR", "n": "3"},
        title="Quarterly churn",
        limits={"max": 0.2},
    )


def test_scraps_are_insights_as_they_are():
    scrap = {"name": "auc", "data": 0.9, "encoder": "json", "version": 1}
    assert insight_in_output({SCRAPS[0]: scrap}) == Insight("auc", 0.9)
    assert insight_in_output({SCRAPS[1]: {**scrap, "data": "words", "encoder": "text"}}) == Insight(
        "auc", "words"
    )
    assert insight_in_output({SCRAPS[0]: '{"name": "a", "data": true}'}) == Insight("a", True)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (3, 3),
        (False, False),
        ("yes", "yes"),
        ([{"a": 1, "b": "x"}, {"a": 2}], {"columns": ["a", "b"], "rows": [[1, "x"], [2, None]]}),
        ([1, 2.5, None], {"columns": [], "rows": [[1], [2.5], [None]]}),
        ({"2026-01": 3, "2026-02": 4}, {"columns": ["", "value"], "rows": [["2026-01", 3], ["2026-02", 4]]}),
        ([[1, 2], [3, 4]], {"columns": [], "rows": [[1, 2], [3, 4]]}),
        ({"columns": ["n"], "data": [[1]]}, {"columns": ["n"], "rows": [[1]]}),
    ],
)
def test_values_that_are_kept(value, kept):
    insight = insight_of({"name": "x", "value": value})
    assert insight is not None
    assert insight.value == kept


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        "churn",
        {},
        {"name": "x"},
        {"name": "", "value": 1},
        {"name": "a b", "value": 1},
        {"name": "..", "value": 1},
        {"name": "x" * 101, "value": 1},
        {"name": ["x"], "value": 1},
        {"name": "x", "value": None},
        {"name": "x", "value": "y" * 501},
        {"name": "x", "value": float("nan")},
        {"name": "x", "value": 2**70},
        {"name": "x", "value": []},
        {"name": "x", "value": {}},
        {"name": "x", "value": [[1] * 201]},
        {"name": "x", "value": [{str(n): n for n in range(201)}]},
        {"name": "x", "value": [[[1]]]},
        {"name": "x", "value": [{"a": 1}, 2]},
    ],
)
def test_what_is_not_well_formed_is_none(said):
    assert insight_of(said) is None
    assert insight_in_output({OURS: said}) is None


def test_what_stands_beside_the_value_is_dropped_where_it_makes_no_sense():
    said = {"as_of": "soon", "interval": [2, 1], "dimensions": [1], "limits": 3, "unit": {}, "title": None}
    assert insight_of({"name": "x", "value": 1, **said}) == Insight("x", 1)


def test_the_header_has_a_list_of_them():
    raw: dict[str, JSON] = {"Insights": [{"name": "a", "value": 1}, {"name": "b"}, 3]}
    assert list(insights_in_header(raw)) == [Insight("a", 1)]
    assert list(insights_in_header({"insights": "a"})) == []
