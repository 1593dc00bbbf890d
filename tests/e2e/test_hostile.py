"""What attackers write, opened in a browser: none of it runs on the portal's page, and frames get nothing."""

# ruff: noqa: E501  payloads and scripts read better whole

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Person
from tests.e2e.notebooks import code, notebook, text
from tests.git_client import Clone

SHARED = Path(__file__).resolve().parents[3] / "shared"
PER_DOCUMENT = 25

# The classics, so that the test stands alone.
OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '<a href="javascript:alert(1)">link</a> [markdown](javascript:alert(1)) [tab](java\tscript:alert(1))',
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe><iframe src=javascript:parent.alert(1)></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>go</button></form><button formaction=javascript:alert(1)>go</button>",
    "<details open ontoggle=alert(1)>x</details><input autofocus onfocus=alert(1)>",
    "<style>@import 'javascript:alert(1)'; body{background:url(javascript:alert(1))}</style>",
    "<base href='//127.0.0.1:1/'><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<p style='position:fixed;inset:0;background:red' id=main name=body class=toast>cover</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "$\\href{javascript:alert(1)}{x}$ $$\\includegraphics{javascript:alert(1)}$$ $\\htmlData{x=y}{z}$",
    "![x](almanac-asset:../../../etc/passwd) ![y](almanac-file:../../../../../a) <img src='almanac-output:0'>",
    "<template><script>alert(1)</script></template><video><source onerror=alert(1)></video>",
]

WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.ran.push(name);
if (window === top) document.addEventListener("securitypolicyviolation", (event) =>
  window.ran.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

DANGEROUS = """() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
  .filter((one) => /^on/i.test(one.name) || one.name === "style" || one.name === "srcdoc"
    || /^\\s*(javascript|vbscript|data:text)/i.test(one.value))
  .filter((one) => !element.closest(".katex") && !(element.matches(".outline") && /^--read: [\\d.]+;$/.test(one.value)))
  .map((one) => `${element.tagName} ${one.name}=${one.value.slice(0, 60)}`))"""


def payloads() -> list[str]:
    found = list(OWN)
    for name in ("xss-dompurify.json", "xss-html5sec.json"):
        file = SHARED / "hostile" / name
        if file.exists():
            found += json.loads(file.read_text())
    return [
        payload.replace("%js_uri_alert%", "javascript:alert(1)")
        .replace("%js_string_alert%", "alert(1)")
        .replace("%js_alert%", "alert(1)")
        for payload in found
    ]


def documents() -> Iterator[tuple[str, str | bytes]]:
    """Each payload as Markdown, as a cell, as outputs, and in the header that other pages repeat."""
    every = payloads()
    for number, start in enumerate(range(0, len(every), PER_DOCUMENT)):
        some = every[start : start + PER_DOCUMENT]
        yield f"markdown-{number:02}.md", "\n\n".join(some)
        cells = [text(payload) for payload in some]
        outputs = [code("", {"text/html": payload, "text/plain": payload}) for payload in some]
        streams = [code(payload, {"text/latex": payload, "text/markdown": payload}) for payload in some]
        yield f"cells-{number:02}.ipynb", notebook(*cells, *outputs, *streams)
    header = {"title": OWN[0], "tldr": OWN[1], "tags": [OWN[1]], "authors": [OWN[2]], "subtitle": OWN[3]}
    yield "header.md", f"---\n{json.dumps(header)}\n---\n\n# {OWN[1]}\n\nText."
    shared = [*(SHARED / "corpus/derived").glob("h*.ipynb"), SHARED / "hostile/notebook_inject.ipynb"]
    for file in shared:
        if file.exists():
            yield file.name, file.read_bytes()


def until_rendered(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('[hx-get], [data-live]')", timeout=60_000)


@pytest.mark.slow
def test_nothing_hostile_runs_on_the_portals_page(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]
) -> None:
    clone = clone_of("alice", "hostile")
    files = dict(documents())
    clone.commit(files)
    said = clone.push(timeout=120)
    assert said.code == 0, said.err

    bob = meet("bob")
    bob.context.add_init_script(WATCH)
    found = {}
    for path in ["", *files]:
        page = bob.goto(f"/s/hostile/{path}")
        until_rendered(page)
        page.wait_for_timeout(250)
        ran, dangerous = page.evaluate("window.ran"), page.evaluate(DANGEROUS)
        if ran or dangerous or page.url != f"{bob.portal.url}/s/hostile/{path}":
            found[path] = (page.url, ran, dangerous)
    for listing in ("/", "/tags/", "/s/"):
        page = bob.goto(listing)
        if (ran := page.evaluate("window.ran")) or page.evaluate(DANGEROUS):
            found[listing] = ran
    assert found == {}
    assert bob.dialogs == []
    assert bob.outside == [], bob.outside


ATTACK = """<pre id="result"></pre><script>
const result = {};
const attempt = (name, act) => { try { result[name] = String(act()); } catch (error) { result[name] = "refused"; } };
const later = (name, promise) => promise.then((value) => { result[name] = String(value); }, () => { result[name] = "refused"; });
attempt("cookie", () => document.cookie);
attempt("localStorage", () => localStorage.length);
attempt("sessionStorage", () => sessionStorage.length);
attempt("parent title", () => parent.document.title);
attempt("parent cookie", () => parent.document.cookie);
attempt("top address", () => top.location.href);
attempt("frame element", () => window.frameElement ? "reached" : "refused");
attempt("move top", () => { top.location = "/accounts/logout/"; return "asked"; });
attempt("database", () => { indexedDB.open("x"); return "asked"; });
attempt("worker", () => navigator.serviceWorker ? "there" : "refused");
attempt("form", () => {
  const form = document.createElement("form");
  form.action = "PORTAL/account/profile"; form.method = "post"; document.body.append(form); form.submit(); return "sent";
});
const image = (name, source) => new Promise((done) => {
  const probe = new Image(); probe.onload = () => done("loaded"); probe.onerror = () => done("refused"); probe.src = source;
}).then((value) => { result[name] = value; });
const all = [
  later("fetch", fetch("PORTAL/api/v1/me/", { credentials: "include" }).then((answer) => answer.status)),
  later("fetch blind", fetch("PORTAL/api/v1/me/", { mode: "no-cors", credentials: "include" }).then(() => "sent")),
  later("cache", Promise.resolve().then(() => caches.open("x")).then(() => "opened")),
  image("image", "PORTAL/static/icon.svg"),
  image("beacon", "PORTAL/health/live?secret=1"),
];
try { navigator.sendBeacon("PORTAL/health/live", "x"); } catch (error) { result.sendBeacon = "refused"; }
try { new WebSocket("ws://127.0.0.1:9/"); } catch (error) { result.socket = "refused"; }
parent.postMessage({ almanac: "height", height: 1e9 }, "*");
parent.postMessage({ almanac: "height", height: "<img src=x onerror=alert(1)>" }, "*");
setTimeout(() => Promise.allSettled(all).then(() => {
  document.getElementById("result").textContent = JSON.stringify(result);
}), 500);
</script>"""


def test_an_attack_from_a_frame_gets_nothing(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]
) -> None:
    clone = clone_of("alice", "attack")
    attack = ATTACK.replace(
        "PORTAL", clone.remote.split("/git/")[0].replace(clone.remote.split("@")[0] + "@", "http://")
    )
    clone.commit({"attack.ipynb": notebook(text("# An attack"), code("attack()", {"text/html": attack}))})
    assert clone.push().code == 0

    bob = meet("bob")
    requested: list[str] = []
    bob.context.on(
        "response", lambda answer: requested.append(answer.url) if answer.frame.parent_frame else None
    )
    page = bob.goto("/s/attack/attack.ipynb")
    result = page.frame_locator("iframe.output-frame").locator("#result")
    expect(result).not_to_be_empty()
    told = json.loads(result.inner_text())
    sent = {name: value for name, value in told.items() if value not in {"refused", ""}}
    assert sent in ({}, {"form": "sent"})  # submit() of a sandboxed form returns, and sends nothing
    assert page.url == f"{bob.portal.url}/s/attack/attack.ipynb"
    assert [url for url in requested if "/o/" not in url and "/vendor/" not in url] == []
    height = page.locator("iframe.output-frame").bounding_box()
    assert height
    assert height["height"] <= 4000
    # still signed in: nobody logged bob out or changed his profile
    expect(bob.goto("/account/profile").get_by_label("Full name")).not_to_have_value("")


def test_an_output_document_opened_by_itself_has_no_origin(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]
) -> None:
    clone = clone_of("alice", "alone")
    shown = (
        "<pre id=origin></pre><script>document.getElementById('origin').textContent = self.origin</script>"
    )
    clone.commit({"alone.ipynb": notebook(text("# Alone"), code("x", {"text/html": shown}))})
    assert clone.push().code == 0
    bob = meet("bob")
    page = bob.goto("/s/alone/alone.ipynb")
    frame = page.locator("iframe.output-frame")
    expect(page.frame_locator("iframe.output-frame").locator("#origin")).to_have_text("null")
    address = frame.get_attribute("src")
    # typed into the address bar it leads to the post, for its only place is a frame
    page.goto(f"{bob.portal.url}{address}")
    expect(page).to_have_url(f"{bob.portal.url}/s/alone/alone.ipynb")
    mallory = meet()
    answer = mallory.page.goto(f"{mallory.portal.url}{(address or '').split('?')[0]}")
    assert answer
    assert "/accounts/login/" in mallory.page.url


ENDLESS = {"letters": "W", "joined": "x\u00a0", "wide": "\ufdfd"}


def test_a_header_without_an_end_widens_no_page(
    meet: Callable[..., Person], clone_of: Callable[[str, str], Clone]
) -> None:
    clone = clone_of("alice", "endless")
    headers = {
        name: dict.fromkeys(("title", "subtitle", "tldr"), word * 2_000)
        | {"tags": [word * 50, "endless"], "authors": [word * 2_000]}
        for name, word in ENDLESS.items()
    }
    clone.commit(
        {f"{name}.md": f"---\n{json.dumps(header)}\n---\n\nText." for name, header in headers.items()}
    )
    assert clone.push().code == 0
    bob = meet("bob")
    for name in headers:
        until_rendered(bob.goto(f"/s/endless/{name}.md"))
    for path in (
        "/",
        "/s/endless/",
        "/tags/",
        "/tags/endless",
        *(f"/s/endless/{name}.md" for name in headers),
    ):
        page = bob.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
