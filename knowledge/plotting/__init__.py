"""PURE: plots as SVG, drawn by the server, for people who look at them for three seconds.

A plot is a frozen dataclass of values (`OverTime`, `Shares`, `ControlChart`): `draw(width)` makes it an `Svg`
for that width, `table()` the same numbers as text. Its looks are in static/portal/css/plot.css: nothing here
names a colour.
Series carry their names beside them, so that there is no legend to decode.
"""

from knowledge.plotting.control_chart import ControlChart, Lines, Mark, Stretch
from knowledge.plotting.over_time import Kind, OverTime, Rule, Series
from knowledge.plotting.shares import Share, Shares
from knowledge.plotting.svg import Svg
from knowledge.plotting.table import Table

__all__ = [
    "ControlChart",
    "Kind",
    "Lines",
    "Mark",
    "OverTime",
    "Rule",
    "Series",
    "Share",
    "Shares",
    "Stretch",
    "Svg",
    "Table",
]
