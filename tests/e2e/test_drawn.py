"""What runs in notebooks, by library and version: real outputs, drawn in frames under the real policy.

The notebooks in `tests/fixtures/drawn` are what the Python packages themselves wrote.
"""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Page, Request

from knowledge.rendering import render
from knowledge.rendering.result import OutputDocument
from portal.views.content import OUTPUT_POLICY
from tests.knowledge.notebooks import code, display, notebook

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "drawn"
VENDOR = ROOT / "static" / "vendor"
SECONDS = 20_000
TYPES = {".js": "text/javascript", ".css": "text/css", ".png": "image/png", ".woff2": "font/woff2"}
HOST_PAGE = """<!doctype html><link rel="icon" href="data:,"><body style="margin:0">{frames}<script>
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


class Server(ThreadingHTTPServer):
    """The outputs of one rendering at a time, and /vendor/, as the portal answers for them."""

    daemon_threads = True
    outputs: tuple[OutputDocument, ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str) -> tuple[bytes, dict[str, str]]:
        if path == "/":
            frames = "".join(FRAME.format(at, output.height) for at, output in enumerate(self.outputs))
            return HOST_PAGE.format(frames=frames).encode(), {"Content-Type": "text/html"}
        if path.startswith("/o/"):
            vendor = f"{self.origin}/vendor/"
            document = self.outputs[int(path[3:])].data.replace(b"almanac-vendor:", vendor.encode())
            policy = OUTPUT_POLICY.format(vendor=vendor)
            return document, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
        file = VENDOR / path.removeprefix("/vendor/")
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=3600"}
        return file.read_bytes(), {**headers, "Content-Type": TYPES[file.suffix]}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        try:
            body, headers = self.server.answer(self.path.partition("?")[0])
        except (OSError, KeyError):
            self.send_error(404)
            return
        self.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class Shown:
    """A page with the frames of some outputs, and all that they complained of and asked for."""

    def __init__(self, server: Server, context: BrowserContext, source: bytes, width: int) -> None:
        self.outputs = server.outputs = render("a.ipynb", source).outputs
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.origin = server.origin
        self.page: Page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self.page.goto(f"{server.origin}/")

    def frame(self, number: int) -> Frame:
        """An output's frame; of a page within it, that one."""
        (frame,) = (frame for frame in self.page.frames if frame.name == f"f{number}")
        return frame.child_frames[0] if frame.child_frames else frame

    def waits_for(self, number: int, selector: str, least: int) -> None:
        """Within the frame, or a page within it, whichever has come to be."""
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

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self.outside.append(request.url)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all: its cache holds the libraries."""
    with browser.new_context() as context:
        yield context


@pytest.fixture
def shown(server: Server, context: BrowserContext) -> Iterator[Callable[..., Shown]]:
    def shown(source: bytes, width: int = 900) -> Shown:
        return Shown(server, context, source, width)

    yield shown
    for page in context.pages:
        page.close()


@pytest.mark.parametrize("name", DRAWN)
def test_every_library_draws_its_marks_without_complaint_or_a_word_to_outside(shown, name):
    opened = shown((FIXTURES / f"{name}.ipynb").read_bytes())
    assert len(opened.outputs) == len(DRAWN[name])
    for number, (selector, least) in enumerate(DRAWN[name]):
        opened.waits_for(number, selector, least)
    if name == "bokeh":
        assert [number for number in range(len(opened.outputs)) if is_blank(opened, number)] == []
    assert opened.complaints == []
    assert opened.outside == []


def is_blank(opened: Shown, number: int) -> bool:
    """Whether nothing is painted on any canvas of an output."""
    opened.page.wait_for_timeout(100)
    blank: bool = (
        opened.frame(number)
        .locator("canvas")
        .evaluate_all(
            "all => !all.some(c => c.width && c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data.some(v => v))"
        )
    )
    return blank


@pytest.mark.parametrize("major", ["1", "2", "3", "4", "5", "6"])
def test_vega_lite_of_every_major_draws(shown, major):
    chart = {
        "mark": "bar",
        "data": {"values": [{"a": "A", "b": 1}, {"a": "B", "b": 2}]},
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
    }
    bundle = {f"application/vnd.vegalite.v{major}+json": chart}
    opened = shown(notebook(code("chart", display(**bundle))))
    opened.waits_for(0, "g.mark-rect path", 2)
    assert opened.complaints == []


@pytest.mark.parametrize("major", ["4", "5", "6"])
def test_a_chart_as_wide_as_its_container_has_the_width_of_the_frame(shown, major):
    chart = {
        "mark": "bar",
        "width": "container",
        "data": {"values": [{"a": "A", "b": 1}, {"a": "B", "b": 2}]},
        "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
    }
    opened = shown(notebook(code("chart", display(**{f"application/vnd.vegalite.v{major}+json": chart}))))
    opened.waits_for(0, "g.mark-rect path", 2)
    width = opened.frame(0).locator("#box svg, #box canvas").first.bounding_box()["width"]
    assert width > 400
    assert opened.complaints == []


@pytest.mark.parametrize("major", ["3", "4", "5", "6"])
def test_vega_of_every_major_draws(shown, major):
    bar = {"x": {"value": 0}, "y": {"value": 0}, "width": {"value": 9}, "height": {"value": 9}}
    chart = {
        "$schema": f"https://vega.github.io/schema/vega/v{major}.json",
        "width": 50,
        "height": 50,
        "data": [{"name": "table", "values": [{"a": 1}]}],
        "marks": [{"type": "rect", "from": {"data": "table"}, "encode": {"enter": bar}}],
    }
    bundle = {f"application/vnd.vega.v{major}+json": chart}
    opened = shown(notebook(code("chart", display(**bundle))))
    opened.waits_for(0, "g.mark-rect path", 1)
    assert opened.complaints == []


@pytest.mark.parametrize("source", ["graph TD; A[Start]-->B", "sequenceDiagram\n A->>B: hi", "pie\n 'a': 1"])
def test_mermaid_draws(shown, source):
    opened = shown(notebook(code("d", display(**{"text/vnd.mermaid": source.replace("'", '"')}))))
    opened.waits_for(0, "#box svg path, #box svg line", 1)
    assert opened.complaints == []


def test_a_diagram_that_makes_no_sense_says_so_and_shows_its_text(shown):
    opened = shown(notebook(code("d", display(**{"text/vnd.mermaid": "graph TD; A--> ((("}))))
    opened.waits_for(0, ".almanac-failed", 1)
    assert "could not be drawn" in opened.text(0)
    assert "A--> (((" in opened.text(0)


def test_lets_plot_as_kotlin_wrote_it_draws(shown):
    address = "https://cdn.jsdelivr.net/gh/JetBrains/lets-plot@v2.0.4/js-package/distr/lets-plot.min.js"
    figure = (
        '{"mapping":{},"data":{},"kind":"plot","scales":[],"layers":[{"mapping":{"x":"a"},"stat":"count",'
        '"data":{"a":["x","y"],"..count..":[4,2]},"position":"stack","geom":"bar"}]}'
    )
    drawn = (
        f'<script src="{address}"></script><div id="box"></div><script>var spec={figure};'
        'var box=document.getElementById("box");'
        "LetsPlot.buildPlotFromProcessedSpecs(spec, -1, -1, box);</script>"
    )
    opened = shown(notebook(code("ggplot()", display(text_html=drawn))))
    opened.waits_for(0, "rect", 3)
    assert opened.complaints == []


def test_what_counts_on_an_earlier_output_finds_it(shown):
    library = '<script>window.CHARTS = {bar: box => { box.innerHTML = "<svg><rect/></svg>" }}</script>'
    chart = '<div id="b"></div><script>CHARTS.bar(document.getElementById("b"))</script>'
    source = notebook(code("init()", display(text_html=library)), code("bar()", display(text_html=chart)))
    opened = shown(source)
    assert len(opened.outputs) == 1
    opened.waits_for(0, "rect", 1)
    assert opened.complaints == []


def test_what_cannot_be_drawn_says_so_and_shows_its_plain_text(shown):
    charts = (
        '<script src="https://www.gstatic.com/charts/loader.js"></script><div id="c"></div>'
        "<script>google.charts.load('current')</script>"
    )
    source = notebook(code("c", display(text_html=charts, text_plain="3 rows of sales")))
    opened = shown(source)
    opened.waits_for(0, "#almanac-plain:not([hidden])", 1)
    said = opened.text(0)
    assert "other sites (www.gstatic.com)" in said
    assert "could not be drawn" in said
    assert "3 rows of sales" in said
    assert opened.outside == []


def test_a_page_as_tall_as_its_frame_does_not_grow_without_end(shown):
    tall = "<div style='height:100vh'>tall</div><script>document.title</script>"
    opened = shown(notebook(code("t", display(text_html=tall))))
    opened.page.wait_for_timeout(1_200)
    told = opened.heights(0)
    opened.page.wait_for_timeout(600)
    assert opened.heights(0) == told != []
    assert told[-1] < 600


def test_a_wide_figure_scrolls_inside_its_frame_on_a_phone(shown):
    wide = (
        "<svg width='1400' height='80'><rect width='1400' height='80'/></svg><script>document.title</script>"
    )
    opened = shown(notebook(code("w", display(text_html=f"<div>{wide}</div>"))), 390)
    opened.waits_for(0, "rect", 1)
    page = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.page.evaluate(page) == 0
    assert opened.frame(0).evaluate(page) > 900
