"""Widgets from their saved state: just the models that showing one takes."""

import base64
import json
import struct

from knowledge.rendering import render
from knowledge.rendering.widgets import STATE, Widgets
from tests.knowledge.notebooks import code, display, notebook, png

CONTROLS = "@jupyter-widgets/controls"


def model(name, module=CONTROLS, version="2.0.0", buffers=(), **state):
    return {
        "model_name": name,
        "model_module": module,
        "model_module_version": version,
        "state": state,
        "buffers": list(buffers),
    }


def saved(**models):
    metadata = {"language_info": {"name": "python"}, "widgets": {STATE: {"state": models}}}
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}
    return render("a.ipynb", notebook(code("w", display(**view, text_plain="Box()")), metadata=metadata))


def page_of(rendering):
    (output,) = rendering.outputs
    return output.data.decode()


def test_a_closure_follows_references_wherever_they_stand():
    widgets = Widgets.of(
        {
            "widgets": {
                STATE: {
                    "state": {
                        "a": model("Box", children=["IPY_MODEL_b", {"deep": ["IPY_MODEL_c"]}]),
                        "b": model("Text", layout="IPY_MODEL_a"),
                        "c": model("Text", value="IPY_MODEL_gone"),
                        "d": model("Text"),
                    }
                }
            }
        }
    )
    assert set(widgets.closure("a")) == {"a", "b", "c"}
    assert widgets.closure("nothing") == {}
    assert widgets.digest_of(["a"]) != widgets.digest_of(["d"]) != ""
    assert widgets.digest_of(["nothing"]) == ""


def test_metadata_that_makes_no_sense_is_no_state():
    nonsense: tuple[dict[str, object], ...] = (
        {},
        {"widgets": 3},
        {"widgets": {STATE: []}},
        {"widgets": {STATE: {"state": {"a": 1}}}},
    )
    for wrong in nonsense:
        assert Widgets.of(wrong).state == {}


def test_a_saved_widget_is_shown_with_just_the_models_it_takes():
    page = page_of(
        saved(a=model("VBox", children=["IPY_MODEL_b"]), b=model("HTML", value="hi"), c=model("X"))
    )
    state = page.split('type="application/vnd.jupyter.widget-state+json">')[1].split("</script>")[0]
    assert set(json.loads(state)["state"]) == {"a", "b"}
    assert "almanac-vendor:html-manager-1" in page


def test_widgets_of_ipywidgets_7_are_shown_by_their_own_library():
    assert "almanac-vendor:html-manager-0" in page_of(saved(a=model("HTML", version="1.5.0", value="hi")))


def test_state_cannot_leave_its_element():
    page = page_of(saved(a=model("HTML", value="</script><script>alert(1)</script>")))
    assert "<script>alert(1)" not in page


def test_a_widget_whose_module_is_not_here_leaves_its_text_and_says_so():
    rendering = saved(a=model("Volume", module="ipyvolume"))
    assert rendering.outputs == ()
    assert "Box()" in "".join(rendering.parts)
    assert "Widgets of ipyvolume can't be shown here." in rendering.notices


def test_what_only_styles_widgets_shows_its_text():
    rendering = saved(a=model("LayoutModel", "@jupyter-widgets/base"))
    assert rendering.outputs == ()
    assert "shows nothing by itself" in rendering.html
    assert "Box()" in rendering.html


def test_a_figure_widget_of_plotly_is_drawn_from_its_state_with_its_packed_arrays():
    packed = base64.b64encode(struct.pack("<2d", 1, 2)).decode()
    buffer = {"path": ["_data", 0, "y", "value"], "data": packed, "encoding": "base64"}
    trace = {"type": "bar", "y": {"dtype": "float64", "shape": [2]}}
    page = page_of(
        saved(
            a=model(
                "FigureModel", "jupyterlab-plotly", "^5.0", [buffer], _data=[trace], _layout={"title": "t"}
            )
        )
    )
    assert "almanac-vendor:plotly-3" in page
    assert f'"bdata":"{packed}"' in page
    assert '"dtype":"f8"' in page


def test_buffers_that_lead_nowhere_do_no_harm():
    paths = [["_data", 9, "y", "value"], ["_data", "x", "value"], ["_data", 0, "y", "value"], 7, []]
    buffers = [{"path": path, "data": "AAAA", "encoding": "base64"} for path in paths] + [None, 3]
    page = page_of(saved(a=model("F", "x", "1", buffers, _data=[{"y": {"dtype": "cat"}}, 5], _layout={})))
    assert "almanac-vendor:plotly-" in page


def test_a_chart_of_altairs_that_is_a_widget_is_drawn_from_its_state():
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.8.0.json", "mark": "bar"}
    assert "almanac-vendor:vega-lite-5" in page_of(saved(a=model("AnyModel", "anywidget", "1", spec=spec)))


def test_a_figure_of_matplotlib_keeps_its_picture():
    url = "data:image/png;base64," + base64.b64encode(png()).decode()
    rendering = saved(a=model("MPLCanvasModel", "jupyter-matplotlib", "^0.11", _data_url=url))
    assert len(rendering.assets) == 1
    assert 'class="figure"' in "".join(rendering.parts)
