"""Saved pages and what scripts ask of the browser: all is shown, and nobody else is asked."""

import pytest

from knowledge.rendering import render
from tests.knowledge.notebooks import code, display, notebook
from tests.knowledge.rendering.test_frames_in_chromium import Seen, browser, opened, pytestmark

__all__ = ["browser", "pytestmark"]
# How nbconvert begins a page, from 7.3 on.
DIAGRAM = (
    '<!doctype html><html><head><script src="https://cdnjs.cloudflare.com/ajax/libs/require.js/2.1.10/require.min.js">'
    "</script>{noise}<script type=\"module\">import mermaid from "
    "'https://cdnjs.cloudflare.com/ajax/libs/mermaid/10.7.0/mermaid.esm.min.mjs';"
    "mermaid.initialize({{ startOnLoad: true }});</script></head><body>"
    '<pre class="mermaid">flowchart LR\nA-->B</pre></body></html>'
)  # fmt: skip


@pytest.mark.parametrize("noise", ["", "<script>1</script>" * 80])
def test_diagrams_of_a_page_that_nbconvert_saved_draw(browser, noise):
    (output,) = render("a.html", DIAGRAM.format(noise=noise).encode()).outputs
    seen = Seen(browser, output.data)
    assert (seen.complaints, seen.outside) == ([], [])


def test_a_page_that_leads_elsewhere_stays_and_says_where_to(browser):
    html = '<!doctype html><title>Moved</title><meta http-equiv="refresh" content="0; URL=https://a.example/new">'
    (output,) = render("a.html", html.encode()).outputs
    seen = Seen(browser, output.data, draws=False)
    assert seen.text == "This page leads on to https://a.example/new"
    assert (seen.complaints, seen.outside) == ([], [])


def said_by(browser, script: str) -> Seen:
    html = f"<p id=p></p><script>{script}</script>"
    (seen,) = opened(browser, notebook(code("1", display(text_html=html))), draws=False)
    return seen


@pytest.mark.parametrize("kind", ["WebSocket", "EventSource"])
def test_a_line_to_another_site_never_opens_and_the_frame_says_so(browser, kind):
    address = "wss://live.example/" if kind == "WebSocket" else "https://live.example/"
    seen = said_by(
        browser,
        f"const line = new {kind}('{address}'); line.onerror = () => p.append('error '); "
        f"line.addEventListener('error', () => p.append('again ', {kind}.OPEN, ' ', line instanceof {kind}))",
    )
    assert seen.text.startswith("error again 1 true")
    assert "other sites (live.example)" in seen.text
    assert (seen.complaints, seen.outside) == ([], [])


def test_a_beacon_is_not_sent(browser):
    seen = said_by(browser, "p.append(String(navigator.sendBeacon('https://live.example/', 'x')))")
    assert seen.text.startswith("false")
    assert (seen.complaints, seen.outside) == ([], [])


def test_a_library_that_a_script_fetches_comes_from_here(browser):
    seen = said_by(
        browser, "$.getScript('https://d3js.org/d3.v3.min.js', () => p.append('d3 ' + d3.version[0]))"
    )
    assert seen.text == "d3 3"
    assert (seen.complaints, seen.outside) == ([], [])
