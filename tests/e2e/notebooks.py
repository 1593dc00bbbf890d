"""Small notebooks made for the browser tests."""

import json
from typing import Any


def notebook(*cells: dict[str, Any]) -> str:
    numbered = [{"id": f"cell-{number}", "metadata": {}, **cell} for number, cell in enumerate(cells)]
    metadata = {
        "language_info": {"name": "python"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": numbered})


def text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    shown = [{"output_type": "display_data", "metadata": {}, "data": data} for data in outputs]
    return {"cell_type": "code", "source": source, "execution_count": 1, "outputs": shown}


PLOTLY = {
    "application/vnd.plotly.v1+json": {
        "data": [{"type": "bar", "x": ["north", "south"], "y": [3, 5], "name": "orders"}],
        "layout": {"title": {"text": "Orders by region"}, "height": 360},
    },
    "text/plain": "Figure()",
}

JOURNEY = notebook(
    text("---\ntitle: The south orders more\ntldr: Five orders against three.\ntags: [orders]\n---"),
    text("## What we saw\n\nThe share is $\\frac{5}{8}$, and\n\n$$\\sum_i x_i = 8$$"),
    text("$\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}$"),
    code("import plotly.express as px\npx.bar(orders)", PLOTLY),
    text("## What follows\n\nLook at the north."),
)
