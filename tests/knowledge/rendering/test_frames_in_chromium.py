"""Output documents in a real browser, under the policy of the frame: they draw, and ask nobody else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Route, expect, sync_playwright

from knowledge.rendering import render
from tests.knowledge.notebooks import code, display, notebook

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on the PATH; .ci/run installs one"),
]

VENDOR = Path(__file__).resolve().parents[3] / "static" / "vendor"
SAMPLES = Path(__file__).resolve().parents[3] / "knowledge" / "samples"
ORIGIN = "http://almanac.test"
POLICY = (
    "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    f"script-src 'unsafe-inline' 'unsafe-eval' blob: {ORIGIN}/vendor/; "
    f"style-src 'unsafe-inline' {ORIGIN}/vendor/; "
    f"font-src data: {ORIGIN}/vendor/; img-src data: blob:; media-src data: blob:; connect-src data: blob:; "
    "worker-src blob:; frame-src data: blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
# A frame waits for a while before it says that nothing came; its timer was set before this looks.
PATIENCE_IS_OVER = (
    "() => performance.now() > performance.getEntriesByType('navigation')[0].loadEventEnd + 3000"
)
BARS = {
    "mark": "bar",
    "data": {"values": [{"a": 1, "b": 2}]},
    "encoding": {"x": {"field": "a"}, "y": {"field": "b"}},
}


class Seen:
    """What came of opening a document: its text, what it drew and complained of, and whom it asked."""

    def __init__(
        self, browser: Browser, document: bytes, *, draws: bool = True, patient: bool = False
    ) -> None:
        self.document = document.replace(b"almanac-vendor:", f"{ORIGIN}/vendor/".encode())
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page = browser.new_page()
        page.route("**/*", self._answer)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{ORIGIN}/o/0")
        page.wait_for_load_state("networkidle")
        if draws:
            page.locator("svg, canvas").first.wait_for(state="attached")
        page.wait_for_timeout(400)
        if patient:
            page.wait_for_function(PATIENCE_IS_OVER)
        self.text = page.locator("body").inner_text()
        self.drawn = page.locator("svg, canvas").count()
        page.close()

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        if path == "/o/0":
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
            route.fulfill(body=self.document, headers=headers)
        elif path.startswith("/vendor/"):
            headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
            route.fulfill(path=VENDOR / path.removeprefix("/vendor/"), headers=headers)
        elif not route.request.url.startswith(("data:", "blob:")):
            self.outside.append(route.request.url)
            route.abort()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, source: bytes, **options: bool) -> list[Seen]:
    return [Seen(browser, output.data, **options) for output in render("a.ipynb", source).outputs]


@pytest.mark.parametrize(
    "bundle",
    [
        {"application/vnd.plotly.v1+json": {"data": [{"y": [1, 3]}], "layout": {"title": {"text": "t"}}}},
        {"application/vnd.plotly.v1+json": {"data": [{"y": {"bdata": "AQM=", "dtype": "i1"}}]}},
        {"application/vnd.vegalite.v5+json": BARS},
        {"application/vnd.vegalite.v6+json": BARS},
        {"application/vnd.vegalite.v4+json": BARS},
        {"image/svg+xml": "<svg viewBox='0 0 9 9'><circle r='3'/></svg>"},
        {"text/html": '<div id="p"></div><script>Plotly.newPlot("p",[{y:[1,2]}])</script>'},
        {"text/html": '<div id="p"></div><script>require(["plotly"],P=>P.newPlot("p",[{y:[1]}]))</script>'},
        {
            "text/html": '<script src="https://cdn.plot.ly/plotly-2.20.0.min.js" integrity="x"></script>'
            '<div id="p"></div><script>Plotly.newPlot("p",[{y:[1,2]}])</script>'
        },
        {"application/javascript": "element.append('<svg></svg>')"},
        {
            "text/html": '<div id="m"></div><script type="module">import mermaid from '
            '"https://cdn.jsdelivr.net/npm/mermaid@10.6.1/dist/mermaid.esm.min.mjs";'
            'm.innerHTML = (await mermaid.mermaidAPI.render("m1", "flowchart LR\\nA-->B")).svg</script>'
        },
    ],
)
def test_a_chart_draws_without_complaint_or_a_word_to_outside(browser, bundle):
    (seen,) = opened(browser, notebook(code("1", display(**bundle))))
    assert seen.drawn
    assert seen.complaints == []
    assert seen.outside == []


def test_every_interactive_sample_draws(browser):
    seen = [each for path in SAMPLES.rglob("*.ipynb") for each in opened(browser, path.read_bytes())]
    assert len(seen) >= 3
    for document in seen:
        assert document.complaints == []
        assert document.outside == []


def test_data_that_lies_outside_is_not_asked_for_and_the_chart_says_so(browser):
    spec = {**BARS, "data": {"url": "https://data.example/cars.json"}}
    (seen,) = opened(browser, notebook(code("1", display(**{"application/vnd.vegalite.v5+json": spec}))))
    assert "not loaded" in seen.text


def test_images_and_scripts_of_other_sites_are_disarmed(browser):
    html = (
        '<img src="https://pixel.example/x.gif"><script src="https://evil.example/x.js"></script><p>rest</p>'
    )
    (seen,) = opened(browser, notebook(code("1", display(text_html=html))), draws=False)
    assert seen.text.startswith("rest")
    assert "other sites (pixel.example, evil.example) and are not loaded" in seen.text
    assert seen.outside == []


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<script>window.late = 1; document.title</script>", "This output shows nothing here"),
        ("Words <script>document.title</script>", "Words"),
        ('<hr style="height: 4px"><script>document.title</script>', ""),
        ('<p>Before <img src="data:," alt="Orders"><script>1</script></p>', "Before Image missing: Orders"),
        ('<img src="data:," onerror="this.alt = 1"><script>1</script><p>After</p>', "After"),
    ],
)
def test_what_shows_nothing_says_so_and_a_picture_that_is_missing_leaves_its_words(browser, html, said):
    (seen,) = opened(browser, notebook(code("1", display(text_html=html))), draws=False, patient=True)
    assert seen.text.startswith(said)
    assert bool(said) or seen.text == ""


def test_nobody_is_called_from_browser_to_browser(browser):
    html = (
        "<p></p><script>document.querySelector('p').textContent = [typeof RTCPeerConnection,"
        " typeof webkitRTCPeerConnection, delete window.RTCPeerConnection]</script>"
    )
    (seen,) = opened(browser, notebook(code("1", display(text_html=html))), draws=False)
    assert seen.text == "undefined,undefined,false"


def test_without_scripts_a_chart_says_so_and_shows_its_text(browser: Browser) -> None:
    chart = display(**{"application/vnd.vegalite.v5+json": BARS, "text/plain": "Bars of b by a"})
    document = render("a.ipynb", notebook(code("chart", chart))).outputs[0].data
    page = browser.new_page(java_script_enabled=False)
    page.set_content(document.decode())
    expect(page.locator("noscript p")).to_be_visible()  # no search for text looks in there
    expect(page.get_by_text("Bars of b by a")).to_be_visible()
    page.close()
