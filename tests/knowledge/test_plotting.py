"""Plots: axes with round values, names that don't run into each other, nothing that breaks out of the SVG."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from knowledge.plotting import ControlChart, Kind, Lines, Mark, OverTime, Rule, Series, Share, Shares, Stretch
from knowledge.plotting.over_time import spread
from knowledge.plotting.scales import day_ticks, ticks

FIRST = date(2026, 9, 1)
SVG = "{http://www.w3.org/2000/svg}"


def plot(*values, **fields):
    days = [FIRST + timedelta(days=place) for place in range(len(values))]
    fields = {"series": [Series("Reads", values)]} | fields
    return OverTime(name="p", title="Reads a day", days=days, **fields)


def drawn(svg):
    return ElementTree.fromstring(svg.replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        (0, 0, True, [0, 1]),
        (0, 1, True, [0, 1]),
        (0, 7, True, [0, 2, 4, 6, 8]),
        (0, 1, False, [0, 0.25, 0.5, 0.75, 1]),
        (96, 104, False, [96, 98, 100, 102, 104]),
        (0, 12_345, True, [0, 5000, 10_000, 15_000]),
    ],
)
def test_levels_are_round_and_hold_all_values(low, high, whole, expected):
    assert ticks(low, high, whole=whole) == expected


def test_days_are_named_as_long_as_there_is_room():
    assert [name for _, name in day_ticks(FIRST, FIRST + timedelta(days=29), 5)] == [
        "2 Sep", "9 Sep", "16 Sep", "23 Sep", "30 Sep",
    ]  # fmt: skip
    assert [name for _, name in day_ticks(date(2025, 12, 1), date(2026, 11, 28), 8)] == [
        "Jan 2026", "Mar", "May", "Jul", "Sep", "Nov",
    ]  # fmt: skip


def test_names_keep_apart_and_stay_inside():
    assert spread([100, 98, 20], 15, 0, 100) == [100, 85, 20]


def test_a_gap_in_a_series_is_a_gap_in_its_line():
    marks = drawn(plot(1, 2, None, 3, series=[Series("Reads", [1, 2, None, 3])]).draw(300))
    assert len(marks.findall(f"{SVG}path")) == 1
    assert len(marks.findall(f"{SVG}circle")) == 1


def test_a_plot_says_what_it_shows_and_has_its_numbers_as_text():
    made = plot(0, 1234, rules=[Rule(1000, "Goal")], description="1,234 in all.")
    marks = drawn(made.draw(300))
    assert [each.text for each in (marks[0], marks[1])] == ["Reads a day", "1,234 in all."]
    assert {text.text for text in marks.iter(f"{SVG}text")} >= {"Reads", "Goal", "1 Sep", "2 Sep"}
    assert made.table().rows == [("2 Sep 2026", "1,234"), ("1 Sep 2026", "0")]
    assert "2 Sep 2026: Reads 1,234" in made.draw(300)


def test_bars_stand_on_zero():
    made = plot(2, 4, series=[Series("Reads", [2, 4], Kind.BARS)])
    low, high = drawn(made.draw(300)).findall(f"{SVG}rect[@class='plot-bar first']")
    assert float(high.get("height")) == pytest.approx(2 * float(low.get("height")), abs=0.2)


def test_what_people_wrote_is_text_and_nothing_else():
    share = Share('<script>"x"</script>', 1)
    svg = Shares("p", "A & B", 4, [share], unit="Reads").draw(300)
    assert drawn(svg)[0].text == "A & B"
    assert "<script" not in svg
    assert "25 %" in svg


def test_a_control_chart_draws_limits_shifts_and_what_is_outside() -> None:
    days = [date(2026, 1, 1 + place) for place in range(6)]
    first = Stretch([Mark(day, 10.0 + place % 2) for place, day in enumerate(days[:3])], Lines(10, 8, 12))
    then = Stretch(
        [Mark(days[3], 20.0), Mark(days[4], 21.0), Mark(days[5], 30.0, "Too <high>.")], note="New & odd"
    )
    chart = ControlChart("trend", "How it went", [first, then], [Rule(25, "most 25"), Rule(1e9, "far 1e9")])
    for width in (752, 344):
        drawn = chart.draw(width)
        assert drawn.count('class="plot-limit"') == 2
        assert drawn.count('class="plot-centre"') == drawn.count('class="plot-shift"') == 1
        assert drawn.count('class="plot-out"') == drawn.count('class="plot-rule"') == 1
        assert "New &amp; odd" in drawn
        assert "Too &lt;high&gt;." in drawn
        assert "far 1e9" not in drawn
    rows = chart.table().rows
    assert rows[0] == ("6 Jan 2026", "30", "–", "–", "–", "Too <high>.")
    assert rows[2][5] == "Known shift: New & odd."
    assert rows[5][1:5] == ("10", "8", "10", "12")
