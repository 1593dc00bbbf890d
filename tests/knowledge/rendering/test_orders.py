"""What a page orders the browser to do is taken out of it; where it would have gone is said."""

import time

import pytest

from knowledge.rendering.orders import without_orders


@pytest.mark.parametrize(
    ("content", "address", "words"),
    [
        ("0; url=https://a.example/b?c=1&amp;d=2", "https://a.example/b?c=1&amp;d=2", "https://a.example/b?c=1&amp;d=2"),
        ("0;URL='next.html'", "almanac-file:next.html", "next.html"),
        ("3, ../b.ipynb", "almanac-file:../b.ipynb", "../b.ipynb"),
        ("0; url=//a.example/", "//a.example/", "//a.example/"),
    ],
)  # fmt: skip
def test_a_page_that_leads_on_stays_and_says_where_to(content: str, address: str, words: str) -> None:
    html, leads_on = without_orders(
        f'<meta charset="utf-8"><META http-equiv="Refresh" content="{content}"><p>x</p>'
    )
    assert html == '<meta charset="utf-8"><p>x</p>'
    assert f'<a href="{address}">This page leads on to {words}</a>' in leads_on


def test_a_script_is_no_address_to_lead_on_to() -> None:
    _, leads_on = without_orders('<meta http-equiv=refresh content="0; url=javascript:alert(1)">')
    assert "<a" not in leads_on
    assert "leads on to javascript:alert(1)" in leads_on


def test_a_page_that_loads_itself_again_leads_nowhere() -> None:
    assert without_orders('<meta http-equiv="refresh" content="300">x') == ("x", "")


def test_policies_and_places_of_its_own_are_taken_out() -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    assert without_orders(f'{policy}<base href="https://a.example/"><base target="_top">x') == (
        '<base target="_top">x',
        "",
    )


@pytest.mark.parametrize("around", ["<script>'{}'</script>", "<noscript>{}</noscript>", "<!-- {} -->"])
def test_what_no_browser_would_follow_stays(around: str) -> None:
    html = around.format('<meta http-equiv="refresh" content="0; url=b.html">')
    assert without_orders(html) == (html, "")


@pytest.mark.parametrize("piece", ["<meta ", "<!-- -", "<script>", "<noscript><", '<meta a="', "<base x='>"])
def test_it_takes_linear_time(piece: str) -> None:
    started = time.process_time()
    without_orders(piece * (2_000_000 // len(piece)))
    assert time.process_time() - started < 4
