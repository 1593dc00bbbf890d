"""Charts that are widgets: what they draw lies in their state, so they need no widget to be drawn."""

from copy import deepcopy
from typing import Any

# numpy's names of number types -> Plotly's
_TYPES = {
    "float64": "f8",
    "float32": "f4",
    "int32": "i4",
    "uint32": "u4",
    "int16": "i2",
    "uint16": "u2",
    "int8": "i1",
    "uint8": "u1",
}


def figure_of(model: dict[str, Any]) -> dict[str, Any] | None:
    """Plotly's figure, if a model is a FigureWidget of any version."""
    state = model["state"]
    data, layout = (
        state.get("_widget_data", state.get("_data")),
        state.get("_widget_layout", state.get("_layout")),
    )
    if not isinstance(data, list) or not isinstance(layout, dict):
        return None
    data = deepcopy(data)
    for buffer in model.get("buffers", []):
        _unpack(data, buffer)
    return {"data": data, "layout": layout}


def _unpack(data: list[Any], buffer: object) -> None:
    """Puts an array of numbers, which is kept aside, to its place in the traces."""
    match buffer:
        case {
            "path": ["_data" | "_widget_data", *way, "value" | "buffer"],
            "data": str(packed),
            "encoding": "base64",
        } if way:
            place: Any = data
            try:
                for step in way[:-1]:
                    place = place[step]
                kind, shape = place[way[-1]]["dtype"], place[way[-1]].get("shape") or [0]
                array = {"dtype": _TYPES[kind], "bdata": packed}
                if len(shape) > 1:
                    array["shape"] = ", ".join(map(str, shape))
                place[way[-1]] = array
            except (KeyError, IndexError, TypeError, AttributeError):
                return


def spec_of(model: dict[str, Any]) -> dict[str, Any] | None:
    """Vega-Lite's specification, if a model is a JupyterChart of Altair's."""
    spec = model["state"].get("spec")
    schema = spec.get("$schema") if isinstance(spec, dict) else None
    return spec if isinstance(schema, str) and "/vega" in schema else None


def picture_of(model: dict[str, Any]) -> str:
    """The PNG, in base64, that a figure of matplotlib's keeps of itself; "" for others."""
    url = model["state"].get("_data_url") if model["model_module"] == "jupyter-matplotlib" else None
    return url.removeprefix("data:image/png;base64,") if isinstance(url, str) else ""
