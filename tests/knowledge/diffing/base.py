"""A notebook with every kind of cell and output, and what it is made of."""

import base64
from typing import Any

from tests.knowledge.notebooks import png

Notebook = dict[str, Any]

TABLE = (
    '<div><style scoped>.dataframe tbody tr th {{ vertical-align: top; }}</style><table border="1" '
    'class="dataframe"><thead><tr><th></th><th>orders</th><th>share</th></tr></thead><tbody>'
    "<tr><th>north</th><td>120</td><td>0.41</td></tr><tr><th>south</th><td>{south}</td><td>0.39</td></tr>"
    "<tr><th>west</th><td>77</td><td>0.20</td></tr></tbody></table></div>"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><metadata><dc:date>{date}</dc:date>'
    '</metadata><defs><path id="{name}" d="M0 0h8"/></defs><use xlink:href="#{name}" x="{x}"/></svg>'
)
PLOT = "application/vnd.plotly.v1+json"


def base() -> Notebook:
    """A notebook with every kind of cell and output, as format 4.5."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.4"},
        },
        "cells": [
            a_cell("raw", "---\ntitle: Late on Mondays\ntldr: One in five.\ntags: [logistics]\n---\n", 0),
            a_cell(
                "markdown", "# Late on Mondays\n\nDo deliveries come **late**? About one in five does.", 1
            ),
            a_cell(
                "code",
                "import pandas as pd\n\norders = pd.read_csv('orders.csv')\norders.head()",
                2,
                table(99),
            ),
            a_cell("markdown", "## What we saw\n\n- Mondays are late.\n- Fridays are not.", 3),
            a_cell(
                "code",
                "print(orders.groupby('day').late.mean())",
                4,
                stream("Mon 0.21\nTue 0.08\nFri 0.05\n"),
            ),
            a_cell("code", "orders.plot()", 5, image(400)),
            a_cell(
                "code",
                "draw(orders)",
                6,
                display("image/svg+xml", SVG.format(date="May", name="m1a2b3c4d5e", x=1)),
            ),
            a_cell(
                "code",
                "figure.show()",
                7,
                display(PLOT, {"data": [{"uid": "aa", "x": [1, 2, 3]}], "layout": {}}),
            ),
            a_cell("code", "orders.groupby", 8, result("<bound method at 0x7f3a5c0012d0>")),
            a_cell("code", "orders.tail()", 9, table(98)),
            a_cell("code", "1 / 0", 10, error()),
            a_cell("code", "x = 1", 11),
            a_cell("code", "x = 1", 12),
            a_cell(
                "markdown", "## What we suggest\n\nDeliver less on Mondays, and start on Sunday evening.", 13
            ),
        ],
    }


def a_cell(kind: str, source: str, number: int, *outputs: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"c-{number:04}", "metadata": {}, "source": source}
    return cell | ({"outputs": list(outputs), "execution_count": number} if kind == "code" else {})


def display(mime: str, data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {mime: data, "text/plain": "<Figure>"}}


def table(south: int) -> dict[str, Any]:
    return display("text/html", TABLE.format(south=south))


def image(width: int) -> dict[str, Any]:
    return display("image/png", base64.b64encode(png(width)).decode())


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def result(text: str) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": text},
    }


def error() -> dict[str, Any]:
    trace = ["\x1b[0;31mZeroDivisionError\x1b[0m", "<ipython-input-10-abc123> in <module>\n----> 1 1 / 0"]
    return {
        "output_type": "error",
        "ename": "ZeroDivisionError",
        "evalue": "division by zero",
        "traceback": trace,
    }
