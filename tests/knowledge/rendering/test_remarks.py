"""The Markdown of comments: small, safe, and never dear to draw."""

import json
import time

import pytest

from knowledge.rendering.remarks import LONGEST, MENTIONS, remark
from tests.knowledge.notebooks import FIXTURES
from tests.knowledge.rendering.structure import faults_of

PAYLOADS = [
    payload
    for name in ("xss-dompurify.json", "xss-html5sec.json")
    for payload in json.loads((FIXTURES / "hostile" / name).read_text())
]
NAUGHTY = json.loads((FIXTURES / "hostile" / "naughty-strings.json").read_text())
ALICE = {"alice": "/people/alice"}


def shown(body, people=ALICE):
    return remark(body).shown(people)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("*Nice* **work**", "<p><em>Nice</em> <strong>work</strong></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Loud", "<p><strong>Loud</strong></p>"),
        ("- [x] done", "<ul>\n<li>☑ done</li>\n</ul>"),
        ("~~no~~", "<p><del>no</del></p>"),
        ("<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("`@alice`", "<p><code>@alice</code></p>"),
        ("```\na < b\n```", '<pre class="highlight"><code>a &lt; b</code></pre>'),
    ],
)
def test_what_people_write_is_shown(body, html):
    assert shown(body) == html


def test_code_is_coloured_in_a_few_languages():
    assert '<span class="k">select</span>' in shown("```sql\nselect 1\n```")
    assert '<span class="k">return</span>' in shown("```python\nreturn x\n```")
    assert "<span" not in shown("```brainfuck\n+++\n```")


def test_links_tell_search_engines_nothing_and_lead_to_the_web_or_into_the_portal():
    rel = 'rel="nofollow noopener noreferrer"'
    assert shown("[a](https://a.example)") == f'<p><a href="https://a.example" {rel}>a</a></p>'
    assert f'<a href="https://a.example/x" {rel}>' in shown("see https://a.example/x")
    assert f'<a href="/s/growth/" {rel}>' in shown("[a](/s/growth/)")
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.example",
        "x.md",
        "vbscript:x",
    ):
        assert "href" not in shown(f"[a]({address})")


def test_a_picture_is_a_link_to_it():
    html = shown("![a chart](https://a.example/x.png)")
    assert "<img" not in html
    assert '<a href="https://a.example/x.png"' in html
    assert ">a chart</a>" in html


def test_who_is_named_is_a_link_where_they_are_known():
    drawn = remark("@alice and @Bob.smith, not a@b.example, nor @alice again, @carol-")
    assert drawn.names == ("alice", "Bob.smith", "carol")
    html = drawn.shown(ALICE)
    assert html.count('<a class="mention" href="/people/alice">@alice</a>') == 2
    assert "@Bob.smith, not a@b.example" in html


def test_only_so_many_are_told():
    assert len(remark(" ".join(f"@person{number}" for number in range(100))).names) == MENTIONS


@pytest.mark.parametrize(
    "body", ["\ufdd1alice\ufdd1", "&#xfdd1;alice&#xfdd1;", "&#64977;alice&#64977;", "[x](\ufdd1alice\ufdd1)"]
)
def test_nobody_forges_a_mention(body):
    assert "mention" not in shown(body)


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_can_do_nothing(payload):
    for body in (
        payload,
        f"[{payload}]({payload})",
        f"> {payload}\n\n- {payload}",
        f"@{payload}",
        f"```{payload}\n{payload}\n```",
        f"|{payload}|b|\n|-|-|\n|{payload}|c|",
    ):
        html = shown(body)
        assert [fault for fault in faults_of(html) if not fault.startswith("a[href=/")] == []
        assert "<img" not in html


def test_naughty_strings_are_words():
    for word in NAUGHTY:
        assert "\x00" not in shown(word)


HOSTILE = [
    "[", "![", "*a ", "_a ", "*_", "**a", "`", "``a`", "<", "> ", "- ", "1. ", "[a](", "[[](", "[a]: b\n",
    "|a|\n|-|\n", "~~a", "http://", "@a.", "&#", "<!--", "***a** ", "# \n", "- a\n\n", "-\n", "a\n=\n",
    "  - a\n", "\\", "[^", "a|b\n-|-\n",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_is_dear_to_draw(piece):
    """Seconds of processor time; an honest comment takes a thousandth."""
    for body in (piece * (LONGEST // len(piece)), piece * 700, f"{piece}{' ' * 12}" * 1400):
        begin = time.process_time()
        remark(body[:LONGEST])
        assert time.process_time() - begin < 2


def test_what_is_too_intricate_comes_out_as_it_was_written():
    assert remark("[" * 10_000).html == f"<pre>{'[' * 10_000}</pre>"
