"""What runs in notebooks, by library and version: real outputs, drawn in frames under the real policy.

The notebooks in `tests/fixtures/drawn` are what the Python packages themselves wrote.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Route

from knowledge.rendering import render
from portal.views.content import OUTPUT_POLICY
from tests.knowledge.notebooks import code, display, notebook

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "drawn"
VENDOR = ROOT / "static" / "vendor"
ORIGIN = "http://almanac.test"
SECONDS = 20_000
TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".woff2": "font/woff2"}
HOST_PAGE = """<!doctype html><body style="margin:0">{frames}<script>
var heights={{}};addEventListener("message",function(e){{
if(!e.data||e.data.almanac!=="height")return;
document.querySelectorAll("iframe").forEach(function(f){{if(f.contentWindow===e.source){{
(heights[f.id]=heights[f.id]||[]).push(e.data.height);f.style.height=e.data.height+"px"}}}})}});</script>"""
FRAME = (
    '<iframe id="f{0}" name="f{0}" src="/o/{0}" sandbox="allow-scripts allow-popups" '
    'style="width:100%;border:0" height="{1}"></iframe>'
)

# Of each output, in order: what must be there, and at least how many.
PLOTLY, VEGA, BOKEH = (".barlayer .point path", 3), ("g.mark-rect path", 3), ("canvas", 1)
DRAWN = {
    "plotly": [PLOTLY, PLOTLY, (".barlayer .point path", 3), PLOTLY],
    "altair": [VEGA, VEGA, VEGA, ("canvas", 1), VEGA],
    "bokeh": [BOKEH] * 10,
    "holoviews": [BOKEH, BOKEH, ("h1", 1), BOKEH],
    "ipywidgets-7": [(".noUi-handle, .ui-slider-handle", 1)],
    "ipywidgets-8": [
        (".noUi-handle", 1),
        (".progress-bar-success", 1),
        ("text=n is 5", 1),
        ("input", 1),
        (".any", 1),
    ],
    "bqplot": [("rect.bar", 3), ("path.line", 1)],
    "ipyleaflet": [("path.leaflet-interactive", 1)],
    "folium": [("path.leaflet-interactive", 1), (".marker-cluster", 1)],
    "others": [("path.mpld3-path", 1), ("td >> text=x", 1), ("rect", 3), ("canvas", 1)],
}


class Shown:
    """A page with the frames of some outputs, and all that they complained of and asked for."""

    def __init__(self, browser: Browser, source: bytes, width: int = 900) -> None:
        self.outputs = render("a.ipynb", source).outputs
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.page.route("**/*", self._answer)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{ORIGIN}/")

    def frame(self, number: int) -> Frame:
        """An output's frame; of a page within it, that one."""
        (frame,) = (frame for frame in self.page.frames if frame.name == f"f{number}")
        return frame.child_frames[0] if frame.child_frames else frame

    def waits_for(self, number: int, selector: str, least: int) -> None:
        found = self.frame(number).locator(selector)
        found.nth(least - 1).wait_for(state="attached", timeout=SECONDS)

    def text(self, number: int) -> str:
        return self.frame(number).locator("body").inner_text()

    def heights(self, number: int) -> list[int]:
        found: list[int] = self.page.evaluate(f"heights.f{number} || []")
        return found

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error" or "output failed" in said.text:
            self.complaints.append(said.text)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/":
            frames = "".join(FRAME.format(at, output.height) for at, output in enumerate(self.outputs))
            route.fulfill(body=HOST_PAGE.format(frames=frames), content_type="text/html")
        elif path.startswith("/o/"):
            document = self.outputs[int(path[3:])].data.replace(
                b"almanac-vendor:", f"{ORIGIN}/vendor/".encode()
            )
            policy = OUTPUT_POLICY.format(vendor=f"{ORIGIN}/vendor/")
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
            route.fulfill(body=document, headers=headers)
        elif path.startswith("/vendor/"):
            file = VENDOR / path.removeprefix("/vendor/")
            headers = {"Access-Control-Allow-Origin": "*", "Content-Type": TYPES[file.suffix]}
            route.fulfill(path=file, headers=headers)
        elif not route.request.url.startswith(("data:", "blob:", "about:")):
            self.outside.append(route.request.url)
            route.abort()


@pytest.fixture
def shown(browser: Browser) -> Iterator[type[Shown]]:
    yield Shown
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize("name", DRAWN)
def test_every_library_draws_its_marks_without_complaint_or_a_word_to_outside(browser, shown, name):
    opened = shown(browser, (FIXTURES / f"{name}.ipynb").read_bytes())
    assert len(opened.outputs) == len(DRAWN[name])
    for number, (selector, least) in enumerate(DRAWN[name]):
        opened.waits_for(number, selector, least)
    assert opened.complaints == []
    assert opened.outside == []


def test_canvases_of_bokeh_are_not_blank(browser, shown):
    opened = shown(browser, (FIXTURES / "bokeh.ipynb").read_bytes())
    is_painted = (
        "all => all.some(c => c.width && c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data.some(v => v))"
    )
    for number in range(len(opened.outputs)):
        opened.waits_for(number, "canvas", 1)
        opened.page.wait_for_timeout(100)
        assert opened.frame(number).locator("canvas").evaluate_all(is_painted), number


@pytest.mark.parametrize("major", ["1", "2", "3", "4", "5", "6"])
def test_vega_lite_of_every_major_draws(browser, shown, major):
    chart = {
        "mark": "bar",
        "data": {"values": [{"a": "A", "b": 1}, {"a": "B", "b": 2}]},
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
    }
    bundle = {f"application/vnd.vegalite.v{major}+json": chart}
    opened = shown(browser, notebook(code("chart", display(**bundle))))
    opened.waits_for(0, "g.mark-rect path", 2)
    assert opened.complaints == []


@pytest.mark.parametrize("major", ["3", "4", "5", "6"])
def test_vega_of_every_major_draws(browser, shown, major):
    bar = {"x": {"value": 0}, "y": {"value": 0}, "width": {"value": 9}, "height": {"value": 9}}
    chart = {
        "$schema": f"https://vega.github.io/schema/vega/v{major}.json",
        "width": 50,
        "height": 50,
        "data": [{"name": "table", "values": [{"a": 1}]}],
        "marks": [{"type": "rect", "from": {"data": "table"}, "encode": {"enter": bar}}],
    }
    bundle = {f"application/vnd.vega.v{major}+json": chart}
    opened = shown(browser, notebook(code("chart", display(**bundle))))
    opened.waits_for(0, "g.mark-rect path", 1)
    assert opened.complaints == []


@pytest.mark.parametrize("source", ["graph TD; A[Start]-->B", "sequenceDiagram\n A->>B: hi", "pie\n 'a': 1"])
def test_mermaid_draws(browser, shown, source):
    opened = shown(browser, notebook(code("d", display(**{"text/vnd.mermaid": source.replace("'", '"')}))))
    opened.waits_for(0, "#box svg path, #box svg line", 1)
    assert opened.complaints == []


def test_a_diagram_that_makes_no_sense_says_so_and_shows_its_text(browser, shown):
    opened = shown(browser, notebook(code("d", display(**{"text/vnd.mermaid": "graph TD; A--> ((("}))))
    opened.waits_for(0, ".almanac-failed", 1)
    assert "could not be drawn" in opened.text(0)
    assert "A--> (((" in opened.text(0)


def test_what_counts_on_an_earlier_output_finds_it(browser, shown):
    library = '<script>window.CHARTS = {bar: box => { box.innerHTML = "<svg><rect/></svg>" }}</script>'
    chart = '<div id="b"></div><script>CHARTS.bar(document.getElementById("b"))</script>'
    source = notebook(code("init()", display(text_html=library)), code("bar()", display(text_html=chart)))
    opened = shown(browser, source)
    assert len(opened.outputs) == 1
    opened.waits_for(0, "rect", 1)
    assert opened.complaints == []


def test_what_cannot_be_drawn_says_so_and_shows_its_plain_text(browser, shown):
    charts = (
        '<script src="https://www.gstatic.com/charts/loader.js"></script><div id="c"></div>'
        "<script>google.charts.load('current')</script>"
    )
    source = notebook(code("c", display(text_html=charts, text_plain="3 rows of sales")))
    opened = shown(browser, source)
    opened.waits_for(0, "#almanac-plain:not([hidden])", 1)
    said = opened.text(0)
    assert "other sites (www.gstatic.com)" in said
    assert "could not be drawn" in said
    assert "3 rows of sales" in said
    assert opened.outside == []


def test_a_page_as_tall_as_its_frame_does_not_grow_without_end(browser, shown):
    tall = "<div style='height:100vh'>tall</div><script>document.title</script>"
    opened = shown(browser, notebook(code("t", display(text_html=tall))))
    opened.page.wait_for_timeout(1_200)
    assert 1 <= len(opened.heights(0)) <= 6
    assert opened.heights(0)[-1] < 600


def test_a_wide_figure_scrolls_inside_its_frame_on_a_phone(browser, shown):
    wide = (
        "<svg width='1400' height='80'><rect width='1400' height='80'/></svg><script>document.title</script>"
    )
    opened = shown(browser, notebook(code("w", display(text_html=f"<div>{wide}</div>"))), 390)
    opened.waits_for(0, "rect", 1)
    page = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.page.evaluate(page) == 0
    assert opened.frame(0).evaluate(page) > 900
