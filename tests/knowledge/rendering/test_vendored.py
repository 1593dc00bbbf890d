"""Libraries of output documents: from here, never from outside."""

import pytest

from knowledge.rendering import RENDERER_VERSION
from knowledge.rendering.vendored import localized, nearest, registry, script


@pytest.mark.parametrize(
    ("library", "wanted", "major"),
    [
        ("plotly", "2.27.0", "2"),
        ("plotly", "1.58", "2"),
        ("plotly", "3", "3"),
        ("plotly", "99", str(max(int(version.split(".")[0]) for version in registry()["plotly"]))),
        ("vega", "4", "4"),
        ("vega", "2", "3"),
        ("vega", "", "6"),
    ],
)
def test_the_nearest_version_is_of_the_wanted_major_if_there_is_one(library, wanted, major):
    assert nearest(library, wanted).split(".")[0] == major


@pytest.mark.parametrize(
    ("address", "prefix", "suffix"),
    [
        ("https://cdn.plot.ly/plotly-2.27.0.min.js", "plotly-2", ".js"),
        ("https://cdn.plot.ly/plotly-latest.min", "plotly-", ".min"),
        ("https://cdn.jsdelivr.net/npm/vega@5?noext", "vega-5", ".js?noext"),
        ("https://cdn.jsdelivr.net/npm/vega-lite@4.17.0", "vega-lite-4", ".js"),
        ("https://cdn.jsdelivr.net/npm/vega-embed@6", "vega-embed-6", ".js"),
        ("//unpkg.com/plotly.js-dist@2.1.0/plotly.js", "plotly-2", ".js"),
        ("https://cdn.bokeh.org/bokeh/release/bokeh-3.1.0.min.js", "bokeh-3", "bokeh.min.js"),
        ("https://cdn.bokeh.org/bokeh/release/bokeh-widgets-3.1.0.min.js", "bokeh-3", "bokeh-widgets.min.js"),
        ("https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/require.min.js", "requirejs-", ".js"),
        ("https://code.jquery.com/jquery-3.6.0.min.js", "jquery-3", ".js"),
        ("https://cdn.jsdelivr.net/npm/katex@0.16.9/dist/katex.min.css", "katex-", "katex.min.css"),
    ],
)
def test_addresses_of_content_networks_lead_to_our_copy(address, prefix, suffix):
    page = localized(f'<script>load("{address}")</script>')
    found = page.split('"')[1]
    assert found.startswith(f"almanac-vendor:{prefix}")
    assert found.endswith(suffix)


def test_a_library_that_we_do_not_have_is_not_asked_for():
    page = localized(
        '<script src="https://cdn.jsdelivr.net/npm/chart.js@4.4/chart.js" integrity="sha384-x"></script>'
    )
    assert ' src="' not in page.replace("data-outside-src", "")
    assert "integrity" not in page


@pytest.mark.parametrize(
    "tag", ['<img src="http://x.example/p.gif">', "<link href=//x.example/s.css rel=stylesheet>"]
)
def test_nothing_else_is_asked_from_outside_either(tag):
    assert "data-outside-" in localized(tag)


def test_links_stay_links():
    link = '<a href="https://x.example">x</a>'
    assert localized(link) == link


def test_the_renderers_version_names_the_libraries_it_was_made_with():
    assert len(RENDERER_VERSION) <= 20
    assert RENDERER_VERSION.count("-") == 1


def test_scripts_name_files_of_the_registry():
    assert script("jquery").removeprefix("almanac-vendor:") in registry()["jquery"].values()
